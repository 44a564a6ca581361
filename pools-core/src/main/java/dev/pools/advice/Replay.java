package dev.pools.advice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Runs the tasks of a sample through a pool with some number of workers, as the description of this
 * package says. Used once.
 */
final class Replay {

  /** A closed loop without any time in it would not end. */
  private static final int MOST_TASKS = 2_000_000;

  /** This part of the capacity is free before tasks in line get places. */
  private static final int BATCH_DIVISOR = 8;

  /** When other tasks arrive does not depend on it. */
  private static final ReplayTask.Source OPEN_SOURCE = now -> {};

  private record Event(long time, boolean ends, long number, ReplayTask task) {

    private static final Comparator<Event> ORDER =
        Comparator.<Event>comparingLong(Event::time)
            .thenComparing(event -> !event.ends)
            .thenComparingLong(Event::number);
  }

  private final PoolModel pool;
  private final long agingNanos;
  private final long maxQueueNanos;
  private final Measures measures;
  private final long toNanos;
  private final PriorityQueue<Event> events = new PriorityQueue<>(Event.ORDER);

  /** The open tasks, in the order of their arrival. */
  private final List<ReplayTask> open = new ArrayList<>();

  private final ReplayQueue queue;
  private final ReplayQueue line = new ReplayQueue(/* knowsOldest= */ false);
  private int running;
  private long numbers;
  private boolean ranByCaller;

  private Replay(PoolModel pool, Sample sample) {
    this.pool = pool;
    this.agingNanos = pool.aging().toNanos();
    this.maxQueueNanos = pool.maxQueueTime().toNanos();
    this.measures = new Measures(0, sample.nanos());
    this.toNanos = sample.nanos();
    this.queue = new ReplayQueue(agingNanos > 0);
  }

  /** What would have happened. */
  record Result(Measures measures, boolean ranByCaller) {}

  /**
   * Replays a sample.
   *
   * @param pool the pool with the number of workers to try
   * @param workersThen how many workers it had when the sample was taken
   */
  static Result run(
      Sample sample, Sources sources, PoolModel pool, int workersThen, RandomGenerator random) {
    Replay replay = new Replay(pool, sample);
    long from = sample.fromNanos();
    ServiceTimes services = new ServiceTimes(sample, random);
    for (List<TaskRecord> tasks : sources.callers()) {
      replay.new Caller(tasks, services, from).submitFirst();
    }
    for (List<TaskRecord> elements : sources.maps()) {
      replay.addMap(elements, services, from, workersThen);
    }
    for (TaskRecord task : Sources.filled(sources.open(), sample.step(), random)) {
      replay.addOpen(task, services, from);
    }
    replay.run();
    return new Result(replay.measures, replay.ranByCaller);
  }

  private void run() {
    open.sort(Comparator.comparingLong(task -> task.arrival));
    int arrived = 0;
    while (true) {
      Event event = events.peek();
      ReplayTask next = arrived < open.size() ? open.get(arrived) : null;
      if (next != null && (event == null || isBefore(next, event))) {
        arrived++;
        arrives(next, next.arrival);
      } else if (event == null) {
        return;
      } else {
        events.remove();
        if (event.ends) {
          ends(event.task, event.time);
        } else {
          arrives(event.task, event.time);
        }
      }
    }
  }

  private static boolean isBefore(ReplayTask arriving, Event event) {
    return event.ends ? arriving.arrival < event.time : arriving.arrival <= event.time;
  }

  // ---- The pool

  private void arrives(ReplayTask task, long now) {
    if (running < pool.workers()) {
      start(task, now);
    } else if (line.isEmpty() && queue.size() < pool.queueCapacity()) {
      queue.add(task);
    } else {
      overflows(task, now);
    }
  }

  private void overflows(ReplayTask task, long now) {
    switch (pool.whenFull()) {
      case WAIT -> line.add(task);
      case REJECT -> reject(task, now);
      case CALLER_RUNS -> {
        ranByCaller = true;
        measures.started(task.arrival, 0);
        task.source.ended(now + task.service);
      }
      case DISCARD_OLDEST -> {
        ReplayTask oldest = queue.leastUrgent();
        if (oldest == null || oldest.priority < task.priority) {
          reject(task, now);
        } else {
          queue.remove(oldest);
          queue.add(task);
          reject(oldest, now);
        }
      }
    }
  }

  private void reject(ReplayTask task, long now) {
    measures.rejected(task.arrival);
    task.source.ended(now);
  }

  private void start(ReplayTask task, long now) {
    running++;
    measures.started(task.arrival, now - task.arrival);
    measures.ran(now, task.service);
    events.add(new Event(now + task.service, true, numbers++, task));
  }

  private void ends(ReplayTask task, long now) {
    task.source.ended(now);
    running--;
    while (true) {
      admitLine();
      ReplayTask next = next(now);
      if (next == null) {
        return;
      }
      queue.remove(next);
      if (maxQueueNanos > 0 && now - next.arrival > maxQueueNanos) {
        measures.expired(next.arrival);
        next.source.ended(now);
      } else {
        start(next, now);
        return;
      }
    }
  }

  /** A worker is about to take a task: one more than the capacity may be queued for a moment. */
  private void admitLine() {
    ReplayTask first = line.first();
    if (first != null) {
      int wanted = first.priority < 0 ? 1 : Math.max(1, pool.queueCapacity() / BATCH_DIVISOR);
      if (roomForLine() >= wanted) {
        while (first != null && roomForLine() > 0) {
          line.remove(first);
          queue.add(first);
          first = line.first();
        }
      }
    }
  }

  private long roomForLine() {
    return 1L + pool.queueCapacity() - queue.size();
  }

  private @Nullable ReplayTask next(long now) {
    ReplayTask oldest = queue.oldest();
    return oldest != null && now - oldest.arrival > agingNanos ? oldest : queue.first();
  }

  // ---- The sources

  private void arriveAt(long time, long service, int priority, ReplayTask.Source source) {
    events.add(new Event(time, false, numbers++, new ReplayTask(time, service, priority, source)));
  }

  private void addOpen(TaskRecord task, ServiceTimes services, long from) {
    open.add(
        new ReplayTask(
            task.arrivalNanos() - from, services.of(task), task.priority(), OPEN_SOURCE));
  }

  private void addMap(
      List<TaskRecord> elements, ServiceTimes services, long from, int workersThen) {
    int window = MapWindow.of(elements, workersThen, pool.workers());
    if (window == MapWindow.UNKNOWN) {
      elements.forEach(task -> addOpen(task, services, from));
    } else {
      new MapElements(elements, services, from).submit(window);
    }
  }

  /** A thread that waits for each of its tasks. */
  private final class Caller implements ReplayTask.Source {

    private final List<TaskRecord> tasks;
    private final ServiceTimes services;
    private final long from;
    private int next;

    Caller(List<TaskRecord> tasks, ServiceTimes services, long from) {
      this.tasks = tasks;
      this.services = services;
      this.from = from;
    }

    void submitFirst() {
      submit(tasks.get(0).arrivalNanos() - from);
    }

    private void submit(long time) {
      TaskRecord task = tasks.get(next);
      arriveAt(time, services.of(task), task.priority(), this);
    }

    /** Its records may run out before the time, if tasks end sooner. Then they start again. */
    @Override
    public void ended(long now) {
      TaskRecord ended = tasks.get(next);
      next++;
      long pause = 0;
      if (next < tasks.size()) {
        pause = tasks.get(next).arrivalNanos() - ended.endNanos();
      } else {
        next = 0;
        pause = tasks.size() == 1 ? toNanos : tasks.get(1).arrivalNanos() - tasks.get(0).endNanos();
      }
      long time = now + Math.max(0, pause);
      if (time < toNanos && numbers < MOST_TASKS) {
        submit(time);
      }
    }
  }

  /** The elements of a map of this pool. */
  private final class MapElements implements ReplayTask.Source {

    private final List<ReplayTask> tasks = new ArrayList<>();
    private final long start;
    private int next;
    private int ended;

    MapElements(List<TaskRecord> elements, ServiceTimes services, long from) {
      start = elements.get(0).arrivalNanos() - from;
      for (TaskRecord element : elements) {
        tasks.add(new ReplayTask(start, services.of(element), element.priority(), this));
      }
    }

    void submit(int window) {
      while (next < Math.min(window, tasks.size())) {
        submitNext(start);
      }
    }

    private void submitNext(long now) {
      ReplayTask task = tasks.get(next++);
      arriveAt(now, task.service, task.priority, this);
    }

    @Override
    public void ended(long now) {
      ended++;
      if (next < tasks.size()) {
        submitNext(now);
      } else if (ended == tasks.size()) {
        measures.mapEnded(start, now);
      }
    }
  }
}
