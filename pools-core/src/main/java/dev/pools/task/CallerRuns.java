package dev.pools.task;

import dev.pools.internal.PaddedLong;
import java.util.function.Function;

/**
 * Those who run their own tasks because the queue is full, counted without a lock: as they come and
 * as they go, in several stripes, so that threads on different processors do not disturb each
 * other.
 *
 * <p>Invariant: who has come and not gone is seen. Whoever waits until nobody is inside says so
 * first, at the gate, and then counts; who comes counts himself first and then reads the gate, and
 * so does who goes. In the total order of these accesses, which are all volatile, the one who waits
 * sees him, or he sees that someone waits, and comes to the lock.
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

  private final Stripe[] stripes;

  /**
   * @param any whether there may be any
   */
  CallerRuns(boolean any) {
    stripes = new Stripe[any ? STRIPES : 0];
    for (int i = 0; i < stripes.length; i++) {
      stripes[i] = new Stripe();
    }
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

  /** How many run their own task: each stripe's beginnings are read before its ends. */
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

  /** Whether somebody is inside, as far as those count who had come before this. */
  boolean areInside() {
    return inside() != 0;
  }

  /** How many are inside at most, as far as those count who had come before this. */
  long inside() {
    // Who goes in between is counted as inside, and comes to the lock.
    long gone = completed() + failed();
    return begun() - gone;
  }
}
