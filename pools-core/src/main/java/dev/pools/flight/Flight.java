package dev.pools.flight;

import dev.pools.internal.Faults;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * What pools ask before they write an event: is there a recording, what time is it, was this long
 * enough to be recorded.
 *
 * <p>The clock of a recording is a field. While an event of tasks or leases is recorded, one thread
 * of the JVM writes the time into it every {@link FlightClock#TICK_NANOS}; otherwise it is zero. So
 * a task that no recording asks for costs a plain read, and a task of a recording costs no look at
 * the machine's clock. All times of these events are right to a tick.
 *
 * <p>The fields are plain: a worker that reads an old value records a task more or less. Between
 * two tasks there is always an acquire read, so that each worker sees a change soon.
 */
public final class Flight {

  /** How old a pool is when it makes itself known, see {@link FlightStart#know}. */
  public static final Duration KNOWN_AFTER = Duration.ofSeconds(1);

  /** What a time is that was not noted. */
  public static final long UNKNOWN = -1;

  // Written by the thread of the clock.
  private static long now;
  private static long taskWaitNanos = Long.MAX_VALUE;
  private static long taskRunNanos = Long.MAX_VALUE;
  private static long leaseUseNanos = Long.MAX_VALUE;
  private static volatile boolean recording;

  /** The pools that are known; a pool that its users have forgotten is not kept. */
  private static final CopyOnWriteArrayList<Known> POOLS = new CopyOnWriteArrayList<>();

  /**
   * A pool that is known. A pool that has ended is shown once more: otherwise a recording would end
   * with the callers that waited before. It is not shown after that, because its figures would hide
   * those of another pool of its name.
   */
  static final class Known {
    private final WeakReference<FlightPool> pool;

    /** Whether it had not ended at the last look. Used by the thread of the clock. */
    private boolean wasLive;

    Known(FlightPool pool) {
      this.pool = new WeakReference<>(pool);
    }

    boolean isForgotten() {
      return pool.get() == null;
    }

    void sample() {
      FlightPool present = pool.get();
      if (present == null) {
        return;
      }
      boolean isLive = !present.hasEnded();
      boolean isShown = isLive || wasLive;
      wasLive = isLive;
      if (isShown) {
        present.sample();
      }
    }
  }

  private Flight() {}

  // ---- Asked for each task and lease

  /** The time of the recording, as {@link System#nanoTime()}; zero if there is none. */
  public static long now() {
    return now;
  }

  /** Whether a task that has waited for this long is recorded. */
  public static boolean isLongWait(long waitedNanos) {
    return waitedNanos >= taskWaitNanos;
  }

  /** Whether a task that has run for this long is recorded. */
  public static boolean isLongRun(long ranNanos) {
    return ranNanos >= taskRunNanos;
  }

  /** Whether a lease that was out for this long is recorded. */
  public static boolean isLongUse(long usedNanos) {
    return usedNanos >= leaseUseNanos;
  }

  /** Whether there may be a recording, for events that are rare. */
  public static boolean isRecording() {
    return recording;
  }

  // ---- For the clock

  /** A pool is shown from now on. */
  static void add(FlightPool pool) {
    POOLS.removeIf(Known::isForgotten);
    POOLS.add(new Known(pool));
  }

  static void isRecording(boolean now) {
    recording = now;
  }

  /** Sets the time; zero if no event of tasks and leases is recorded. */
  static void now(long nanos) {
    now = nanos;
  }

  static void limits(long taskWait, long taskRun, long leaseUse) {
    taskWaitNanos = taskWait;
    taskRunNanos = taskRun;
    leaseUseNanos = leaseUse;
  }

  static void samplePools() {
    for (Known known : POOLS) {
      Faults.guard(Flight.class, "A look at a pool for Flight Recorder", known::sample);
    }
  }
}
