package dev.pools.task;

import dev.pools.internal.ThreadKind;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Watches how long runs take and whether any end, by looking from time to time, so that no task
 * pays for a clock. A look compares each worker's count of taken tasks with the one before: the
 * same count is the same run. Written under the pool's lock, read by anyone.
 *
 * <p>A pool is stalled when none of its workers is free, tasks are queued, and none has ended for a
 * while. A worker is not free as long as it has a task, tells listeners of its end, or runs the
 * dependants of its future. Slow tasks are no alarm, so what a while is depends on what the tasks
 * do:
 *
 * <ul>
 *   <li>3 s if each task has submitted others to this very pool, and now its thread waits for
 *       something that another thread must do: the queued tasks, since nothing else is left.
 *   <li>1 min if all threads wait like that, for whatever it is, or have not come because their
 *       factory does not deliver them.
 *   <li>10 min if one computes, reads, or sleeps: it will go on by itself.
 * </ul>
 *
 * <p>In any case it is four times as long as the longest runs that have ended lately.
 */
final class RunWatch {

  /** The first looks are so far apart, and those at old runs up to ten times as far. */
  static final long LOOK_NANOS = 100_000_000L;

  /** How long no run has ended before the pool looks at what the threads do. */
  static final long OWN_NANOS = 3_000_000_000L;

  /** What the threads of all workers do. */
  enum Waits {
    /** Each waits, and its task has submitted others to this pool. */
    FOR_OWN(OWN_NANOS),
    /** Each waits for something that another thread must do. */
    FOR_OTHERS(60_000_000_000L),
    /** One at least goes on by itself. */
    NOT(600_000_000_000L);

    private final long patienceNanos;

    Waits(long patienceNanos) {
      this.patienceNanos = patienceNanos;
    }
  }

  /** A run that was longer than this makes no later one normal. */
  private static final long LONGEST_USUAL_NANOS = 3_600_000_000_000L;

  private static final int TIMES_AS_LONG = 4;

  private static final int QUIET_LOOKS = 2;
  private static final int MOST_STRETCH = 10;
  private static final int USUAL_DECAY = 64;

  private long lastTaken = -1;
  private int quietLooks;
  private long usualNanos;

  private volatile long lastEnded = -1;
  private volatile long stalledSinceNanos;
  private volatile Waits waits = Waits.NOT;

  /**
   * Whether no worker comes for a task while tasks are queued.
   *
   * @param missing how many workers are free and have no thread, because their factory does not
   *     deliver it
   */
  static boolean isStalled(WorkerReadings readings, int queued, int workers, int missing) {
    return queued > 0 && workers > 0 && readings.free <= missing;
  }

  /**
   * Notes a look. Returns whether the pool is quiet, so that the next look can wait for a task.
   *
   * @param busy whether a worker has a task, or runs what follows from one
   */
  boolean look(
      WorkerReadings now, boolean busy, boolean stalled, long longestEndedNanos, long nowNanos) {
    boolean progress = now.ended() != lastEnded;
    if (progress) {
      usualNanos -= usualNanos / USUAL_DECAY;
    }
    usualNanos = Math.min(LONGEST_USUAL_NANOS, Math.max(usualNanos, longestEndedNanos));
    if (progress || !stalled) {
      stalledSinceNanos = nowNanos;
      waits = Waits.NOT;
    }
    lastEnded = now.ended();
    quietLooks = !busy && now.taken == lastTaken ? quietLooks + 1 : 0;
    lastTaken = now.taken;
    return quietLooks >= QUIET_LOOKS;
  }

  /** Forgets the looks so far. */
  void reset(long nowNanos) {
    lastTaken = -1;
    quietLooks = 0;
    stalledSinceNanos = nowNanos;
    waits = Waits.NOT;
  }

  void waits(Waits now) {
    waits = now;
  }

  /** What the threads of these workers do at the moment; none is free, or it has not come. */
  static Waits waitsOf(List<Worker> workers) {
    Waits waits = Waits.FOR_OWN;
    for (Worker worker : workers) {
      @Nullable Thread thread = worker.thread();
      boolean missed = thread == null && worker.missed;
      if (!missed && (thread == null || !waitsForOthers(thread))) {
        return Waits.NOT;
      }
      if (missed || !worker.counters.hasSubmitted()) {
        waits = Waits.FOR_OTHERS;
      }
    }
    return waits;
  }

  /** One that sleeps, or parks for a time without saying for what, does not. */
  private static boolean waitsForOthers(Thread thread) {
    if (!ThreadKind.tellsWhatItDoes(thread)) {
      return false;
    }
    return switch (thread.getState()) {
      case WAITING, BLOCKED -> true;
      case TIMED_WAITING -> LockSupport.getBlocker(thread) != null;
      default -> false;
    };
  }

  /**
   * How long until the next look.
   *
   * @param missingNanos how long the thread of a worker has not come
   */
  static long nextLookNanos(WorkerReadings now, long missingNanos) {
    long longest = Math.max(now.longestRunNanos, missingNanos);
    return Math.min(MOST_STRETCH * LOOK_NANOS, Math.max(LOOK_NANOS, longest / 16));
  }

  /** How long none has ended, as far as looks have shown. */
  long stalledNanos(WorkerReadings now, boolean stalled, long nowNanos) {
    return stalled && now.ended() == lastEnded ? Math.max(0, nowNanos - stalledSinceNanos) : 0;
  }

  /** Whether that is too long. */
  boolean isTooLong(long stalledNanos) {
    return stalledNanos >= Math.max(waits.patienceNanos, TIMES_AS_LONG * usualNanos);
  }
}
