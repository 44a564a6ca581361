package dev.pools.task;

import dev.pools.internal.PaddingBefore;
import dev.pools.internal.ThreadKind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * A place in which a caller that runs a bare Runnable registers, one caller at a time. While it
 * runs, the place has the id of its thread. An id costs less to store than a reference, which the
 * garbage collector tracks.
 *
 * <p>Its fields are its own, not objects that it refers to, and alone on their cache lines: behind
 * an atomic step each reference would have to be read again, and no read starts before the step has
 * ended.
 */
final class CallerPlace extends CallerPlaceFields {

  private static final VarHandle RUNNER;
  private static final VarHandle COMPLETED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      RUNNER = lookup.findVarHandle(CallerPlaceFields.class, "runner", long.class);
      COMPLETED = lookup.findVarHandle(CallerPlaceFields.class, "completed", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // Two cache lines after the fields, as there are two before them.
  @SuppressWarnings("UnusedVariable")
  private long after1, after2, after3, after4, after5, after6, after7, after8;
  @SuppressWarnings("UnusedVariable")
  private long after9, after10, after11, after12, after13, after14, after15;

  /** Takes the place if it is free, with the effects of a volatile write. */
  boolean tryTake(long thread) {
    return RUNNER.compareAndSet(this, FREE, thread);
  }

  /** The run has completed normally. */
  void countCompleted() {
    COMPLETED.setRelease(this, completed + 1);
  }

  /** The run has ended, or has not begun. Has the effects of a volatile write. */
  void leave() {
    // One atomic step is faster than a volatile write, which is a write and a fence.
    RUNNER.getAndSet(this, FREE);
  }

  boolean isTaken() {
    return runner != FREE;
  }

  boolean isTakenBy(long thread) {
    return runner == thread;
  }

  /** How many runs have completed normally here. */
  long completed() {
    return completed;
  }
}

@SuppressWarnings("MultipleTopLevelClasses")
class CallerPlaceFields extends PaddingBefore {

  /** Belongs to no thread. */
  static final long FREE = ThreadKind.NO_ID;

  /** The id of the thread that runs here, or {@link #FREE}. */
  volatile long runner;

  /** Only the thread that runs here changes it. */
  volatile long completed;
}
