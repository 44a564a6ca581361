package dev.pools.task;

import dev.pools.internal.PaddedLong;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The callers that run their own tasks because the queue is full.
 *
 * <p>A caller whose task has a future registers under the pool's lock, like a worker: so it is
 * known which thread runs which task. A caller that runs a bare Runnable is only counted, without a
 * lock, when it starts and when it ends; in several stripes, so that threads on different
 * processors do not disturb each other.
 *
 * <p>Invariant: a caller that has started and not ended is seen. A thread that waits until no
 * caller is inside says so first, in the {@link PoolFlags}, and then counts. A caller counts itself
 * first and then reads the flags, both when it starts and when it ends. In the total order of these
 * accesses, which are all volatile, the waiting thread sees the caller, or the caller sees that a
 * thread waits, and comes to the lock.
 */
final class CallerRuns {

  /** A thread's own counts, as a rule; some may share one. */
  static final class Stripe {
    private final PaddedLong begun = new PaddedLong(0);
    private final PaddedLong completed = new PaddedLong(0);
    private final PaddedLong failed = new PaddedLong(0);

    void begin() {
      begun.getAndAdd(1);
    }

    /** It has begun nothing. */
    void takeBack() {
      begun.getAndAdd(-1);
    }

    void end(boolean normally) {
      (normally ? completed : failed).getAndAdd(1);
    }
  }

  private static final int STRIPES =
      2 * Integer.highestOneBit(Math.max(1, Runtime.getRuntime().availableProcessors()));

  private final boolean takeBareCode;
  private final Stripe[] stripes;

  // Guarded by the pool's lock.
  private final IdentityHashMap<PoolTask<?>, Thread> registered = new IdentityHashMap<>();

  /**
   * @param takeBareCode whether callers may run bare Runnables
   */
  CallerRuns(boolean takeBareCode) {
    this.takeBareCode = takeBareCode;
    stripes = new Stripe[takeBareCode ? STRIPES : 0];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new Stripe();
    }
  }

  // ---- Registered, under the pool's lock

  void register(PoolTask<?> task, Thread caller) {
    registered.put(task, caller);
  }

  void unregister(PoolTask<?> task) {
    registered.remove(task);
  }

  /** The caller that runs this task; null if none does. */
  @Nullable Thread threadOf(PoolTask<?> task) {
    return registered.get(task);
  }

  /** All that are registered. */
  Collection<Thread> threads() {
    return registered.values();
  }

  /** Whether this thread runs its own task. */
  boolean isRegistered(Thread thread) {
    for (Thread caller : registered.values()) {
      if (caller == thread) {
        return true;
      }
    }
    return false;
  }

  /** How many are registered. */
  int registered() {
    return registered.size();
  }

  // ---- Counted, without the lock

  boolean takeBareCode() {
    return takeBareCode;
  }

  Stripe own() {
    return stripes[(int) Thread.currentThread().getId() & (stripes.length - 1)];
  }

  long completed() {
    return sum(stripe -> stripe.completed);
  }

  long failed() {
    return sum(stripe -> stripe.failed);
  }

  long begun() {
    return sum(stripe -> stripe.begun);
  }

  /** How many run a bare Runnable: each stripe's beginnings are read before its ends. */
  int running() {
    long running = 0;
    for (Stripe stripe : stripes) {
      long begun = stripe.begun.get();
      running += Math.max(0, begun - stripe.completed.get() - stripe.failed.get());
    }
    return (int) running;
  }

  private long sum(Function<Stripe, PaddedLong> count) {
    long sum = 0;
    for (Stripe stripe : stripes) {
      sum += count.apply(stripe).get();
    }
    return sum;
  }

  /** Whether a caller runs a bare Runnable that had started before this call. */
  boolean areInside() {
    return inside() != 0;
  }

  /** How many callers at most run a bare Runnable that had started before this call. */
  long inside() {
    // A caller that ends in between is counted as inside, and comes to the lock.
    long gone = completed() + failed();
    return begun() - gone;
  }
}
