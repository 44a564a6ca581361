package dev.pools.advice;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * The "real" pool of these tests, in virtual time: written from the pool's documentation, and in
 * another way than the replay. All waiting tasks stand in one list, which is searched; code of the
 * load runs as callbacks; tasks may share a limit behind the pool.
 */
final class SimulatedPool {

  /** What a load knows of one of its tasks. */
  static final class Task {
    final long submitted;
    final long demand;
    final int priority;
    final int caller;
    final int map;
    final Runnable whenEnded;
    TaskRecord.End end = TaskRecord.End.WAITING;
    boolean hasPlace;
    long started;
    long ended;
    int running;

    Task(long submitted, long demand, int priority, int caller, int map, Runnable whenEnded) {
      this.submitted = submitted;
      this.demand = demand;
      this.priority = priority;
      this.caller = caller;
      this.map = map;
      this.whenEnded = whenEnded;
    }

    boolean hasStarted() {
      return end == TaskRecord.End.RAN || end == TaskRecord.End.RUNNING;
    }
  }

  private record Timer(long at, long number, Runnable action) {}

  final PoolModel settings;
  private final int sharedLimit;
  private final List<Task> all = new ArrayList<>();
  private final List<Task> waiting = new ArrayList<>();
  private int queued;
  private final Set<Task> running = new HashSet<>();
  private final Deque<Runnable> waitingForLimit = new ArrayDeque<>();
  private int inLimit;
  private final PriorityQueue<Timer> timers =
      new PriorityQueue<>(
          (a, b) -> a.at != b.at ? Long.compare(a.at, b.at) : Long.compare(a.number, b.number));
  private long numbers;
  private long now;

  /**
   * @param sharedLimit how many tasks at a time are served by what stands behind the pool
   */
  SimulatedPool(PoolModel settings, int sharedLimit) {
    this.settings = settings;
    this.sharedLimit = sharedLimit;
  }

  // ---- The clock

  long now() {
    return now;
  }

  void at(long time, Runnable action) {
    timers.add(new Timer(time, numbers++, action));
  }

  /** Runs until there is nothing to do; loads stop by themselves. */
  void run(long until) {
    while (!timers.isEmpty() && timers.peek().at <= until) {
      Timer timer = timers.remove();
      now = timer.at;
      timer.action.run();
    }
    now = Math.max(now, until == Long.MAX_VALUE ? now : until);
  }

  // ---- The pool

  void submit(long demand, int priority, int caller, int map, Runnable whenEnded) {
    Task task = new Task(now, demand, priority, caller, map, whenEnded);
    all.add(task);
    boolean isLine = queued < waiting.size();
    if (running.size() < settings.workers()) {
      begin(task);
    } else if (!isLine && queued < settings.queueCapacity()) {
      join(task);
    } else if (settings.whenFull() == WhenFull.WAIT) {
      waiting.add(task);
    } else if (settings.whenFull() == WhenFull.REJECT) {
      finish(task, TaskRecord.End.REJECTED);
    } else if (settings.whenFull() == WhenFull.DISCARD_OLDEST) {
      Task victim = task;
      for (Task other : waiting) {
        if (victim == task ? other.priority >= task.priority : other.priority > victim.priority) {
          victim = other;
        }
      }
      if (victim != task) {
        waiting.remove(victim);
        queued--;
        join(task);
      }
      finish(victim, TaskRecord.End.REJECTED);
    } else {
      throw new UnsupportedOperationException();
    }
  }

  private void join(Task task) {
    task.hasPlace = true;
    waiting.add(task);
    queued++;
  }

  private void begin(Task task) {
    task.started = now;
    task.end = TaskRecord.End.RUNNING;
    running.add(task);
    task.running = running.size();
    Runnable serve =
        () ->
            at(
                now + task.demand,
                () -> {
                  inLimit--;
                  if (!waitingForLimit.isEmpty()) {
                    inLimit++;
                    waitingForLimit.removeFirst().run();
                  }
                  // Its worker is not free yet while the element of a map brings the next one.
                  finish(task, TaskRecord.End.RAN);
                  running.remove(task);
                  beginNext();
                });
    if (inLimit < sharedLimit) {
      inLimit++;
      serve.run();
    } else {
      waitingForLimit.addLast(serve);
    }
  }

  private void finish(Task task, TaskRecord.End end) {
    task.end = end;
    task.ended = now;
    task.whenEnded.run();
  }

  private void beginNext() {
    while (running.size() < settings.workers() && !waiting.isEmpty()) {
      letIn();
      Task next = null;
      for (Task task : waiting) {
        if (task.hasPlace && (next == null || task.priority < next.priority)) {
          next = task;
          if (task.priority == Load.MOST_URGENT) {
            break;
          }
        }
      }
      if (!settings.aging().isZero()) {
        for (Task task : waiting) {
          if (task.hasPlace && now - task.submitted > settings.aging().toNanos()) {
            next = task;
            break;
          }
        }
      }
      if (next == null) {
        return;
      }
      waiting.remove(next);
      queued--;
      long limit = settings.maxQueueTime().toNanos();
      if (limit > 0 && now - next.submitted > limit) {
        finish(next, TaskRecord.End.EXPIRED);
      } else {
        begin(next);
      }
    }
  }

  /** "Let in when an eighth of the capacity is free, and then as many as fit." */
  private void letIn() {
    if (settings.queueCapacity() == Integer.MAX_VALUE) {
      return;
    }
    List<Task> line = new ArrayList<>(waiting.stream().filter(task -> !task.hasPlace).toList());
    line.sort((a, b) -> Integer.compare(a.priority, b.priority));
    int free =
        settings.queueCapacity()
            + settings.workers()
            - running.size()
            - (waiting.size() - line.size());
    int enough = Math.max(1, settings.queueCapacity() / 8);
    if (!line.isEmpty() && (free >= enough || (free > 0 && line.get(0).priority < 0))) {
      for (Task task : line.subList(0, Math.min(free, line.size()))) {
        // Behind those that are in, as a queue does.
        waiting.remove(task);
        join(task);
      }
    }
  }

  // ---- What it shows

  /** The sample that a pool would give at this moment. */
  Sample sample(long from) {
    return new Sample(records(), from, now);
  }

  List<TaskRecord> records() {
    return all.stream()
        .map(
            task ->
                new TaskRecord(
                    task.submitted,
                    (task.hasStarted()
                            ? task.started
                            : task.end == TaskRecord.End.WAITING ? now : task.ended)
                        - task.submitted,
                    task.hasStarted()
                        ? (task.end == TaskRecord.End.RAN ? task.ended : now) - task.started
                        : 0,
                    task.priority,
                    task.end,
                    task.caller,
                    task.map,
                    task.running))
        .toList();
  }

  /** The waits of tasks that came before a time and ran, ascending; for a pool that has drained. */
  long[] waits(long before) {
    return all.stream()
        .filter(task -> task.submitted < before && task.hasStarted())
        .mapToLong(task -> task.started - task.submitted)
        .sorted()
        .toArray();
  }

  double utilisation(long until) {
    double busy =
        all.stream()
            .filter(Task::hasStarted)
            .mapToLong(
                task -> Math.max(0, Math.min(until, task.ended) - Math.min(until, task.started)))
            .sum();
    return busy / until / settings.workers();
  }

  double meanService() {
    return all.stream()
        .filter(task -> task.end == TaskRecord.End.RAN)
        .mapToLong(task -> task.ended - task.started)
        .average()
        .orElse(0);
  }
}
