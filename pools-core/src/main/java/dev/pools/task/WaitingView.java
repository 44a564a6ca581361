package dev.pools.task;

import static java.util.Objects.requireNonNull;

import dev.pools.internal.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the tasks that wait, one by one, the oldest first: those in the queue, and after them
 * those that wait for a place in it.
 *
 * <p>A look takes the pool's lock and the lock of the sorter, so that no task moves between the
 * parts of the queue meanwhile, and sees each task once. It takes a bounded number of steps: it
 * looks at the most urgent priorities only if there are very many, and gives up after many
 * cancelled tasks.
 */
final class WaitingView {

  /** How many priorities are looked at: the most urgent ones. */
  static final int MOST_LANES = 1_000;

  /** How many tasks that no longer wait are passed by, besides some for each one found. */
  private static final int MOST_PASSED = 10_000;

  /** A task that waits; its code if it is a bare Runnable. */
  record Waiting(
      long id, long order, @Nullable PoolTask<?> task, @Nullable Runnable code, long stampNanos) {

    /** Whether it is known when it was submitted. */
    boolean isStamped() {
      return stampNanos != UNKNOWN;
    }
  }

  private static final long UNKNOWN = Long.MIN_VALUE;

  private final PoolCore core;

  WaitingView(PoolCore core) {
    this.core = core;
  }

  List<TaskSnapshot> oldest(int limit) {
    List<Waiting> queued = new ArrayList<>();
    List<Waiting> line = new ArrayList<>();
    look(limit, queued, line);
    long now = core.time.nanoTime();
    List<TaskSnapshot> snapshots = new ArrayList<>();
    describe(queued, TaskSnapshot.State.QUEUED, limit, now, snapshots);
    describe(line, TaskSnapshot.State.WAITING_FOR_PLACE, limit, now, snapshots);
    return List.copyOf(snapshots);
  }

  /** The tasks themselves, in the order of their submission, those without a place last. */
  List<Waiting> look(int limit) {
    List<Waiting> queued = new ArrayList<>();
    List<Waiting> line = new ArrayList<>();
    look(limit, queued, line);
    queued.sort(Comparator.comparingLong(Waiting::order));
    line.sort(Comparator.comparingLong(Waiting::order));
    queued.addAll(line);
    return queued.size() > limit ? queued.subList(0, limit) : queued;
  }

  private void look(int limit, List<Waiting> queued, List<Waiting> line) {
    core.enter();
    try {
      core.queue
          .readings()
          .look(
              (lanes, scans) -> {
                merge(lanes, TaskState.QUEUED, PoolTask::ticket, limit, queued);
                for (ArrivalScan scan : scans) {
                  scan(scan, limit, queued);
                }
              });
      merge(core.capacity.line(), TaskState.WAITING, task -> -task.id(), limit, line);
    } finally {
      core.leave();
    }
  }

  // ---- Under the locks

  /** The oldest tasks of all lanes; each lane is in order. */
  private static void merge(
      PriorityLanes lanes,
      TaskState inLine,
      ToLongFunction<PoolTask<?>> order,
      int limit,
      List<Waiting> found) {
    PriorityQueue<PoolTask<?>> heads = new PriorityQueue<>(Comparator.comparingLong(order));
    lanes.visitFirsts(MOST_LANES, heads::add);
    int most = found.size() + limit;
    long steps = MOST_PASSED + 4L * limit;
    for (PoolTask<?> task = heads.poll();
        task != null && found.size() < most && steps > 0;
        task = heads.poll(), steps--) {
      if (task.is(inLine)) {
        found.add(new Waiting(task.id(), order.applyAsLong(task), task, null, stampOf(task)));
      }
      if (task.next != null) {
        heads.add(task.next);
      }
    }
  }

  private static long stampOf(PoolTask<?> task) {
    return task.isStamped() ? task.submittedNanos() : UNKNOWN;
  }

  private static void scan(ArrivalScan scan, int limit, List<Waiting> found) {
    int most = found.size() + limit;
    scan.visitAll(
        new ArrivalScan.Visitor() {
          @Override
          public boolean visit(long ticket, @Nullable PoolTask<?> task) {
            if (task != null) {
              found.add(new Waiting(task.id(), ticket, task, null, stampOf(task)));
            }
            return found.size() < most;
          }

          @Override
          public boolean visitCode(long ticket, Runnable code, boolean stamped, long stampNanos) {
            if (code != ArrivalSegment.NO_TASK) {
              found.add(new Waiting(ticket, ticket, null, code, stamped ? stampNanos : UNKNOWN));
            }
            return found.size() < most;
          }
        });
  }

  // ---- Without a lock

  /** A task that has not noted when it came has come before the next one that has. */
  private static void describe(
      List<Waiting> found,
      TaskSnapshot.State state,
      int limit,
      long now,
      List<TaskSnapshot> snapshots) {
    found.sort(Comparator.comparingLong(Waiting::order));
    @Nullable Duration[] ages = new @Nullable Duration[found.size()];
    Duration younger = null;
    for (int i = found.size() - 1; i >= 0; i--) {
      long stamp = found.get(i).stampNanos;
      if (found.get(i).isStamped()) {
        younger = Duration.ofNanos(Math.max(0, now - stamp));
      }
      ages[i] = younger;
    }
    for (int i = 0; i < found.size() && snapshots.size() < limit; i++) {
      snapshots.add(snapshot(found.get(i), state, ages[i]));
    }
  }

  private static TaskSnapshot snapshot(
      Waiting waiting, TaskSnapshot.State state, @Nullable Duration age) {
    PoolTask<?> task = waiting.task;
    Object function = task == null ? requireNonNull(waiting.code) : task.submitted();
    String name = task == null ? null : task.name();
    return new TaskSnapshot(
        waiting.id,
        name == null ? null : Faults.redact(name),
        function == task ? "a task" : TaskNames.typeOf(function),
        task == null ? 0 : task.priority(),
        state,
        age,
        null,
        null);
  }

  // ---- One of them

  /** The task with this id that waits; null if none does. Under the pool's lock. */
  @Nullable PoolTask<?> find(long id) {
    PoolTask<?>[] found = new PoolTask<?>[1];
    core.capacity.line().visitAll(task -> found[0] = task.id() == id ? task : found[0]);
    if (found[0] == null) {
      core.queue
          .readings()
          .sortAndLook(
              lanes -> lanes.visitAll(task -> found[0] = task.id() == id ? task : found[0]));
    }
    return found[0];
  }
}
