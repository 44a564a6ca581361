package dev.pools.connection;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Decides whether a waiting thread spins briefly before it parks.
 *
 * <p>Waking a thread takes longer than a short lease, so without spinning a connection would spend
 * most of its time on the way from one thread to the next. But spinning in vain takes the processor
 * from others. Therefore only some threads spin at a time, they yield between two looks, and after
 * spinning in vain some waiters park at once before a thread tries again.
 */
final class SpinBeforePark {

  /** How often a thread looks: for about as long as it takes to wake a thread. */
  private static final int LOOKS = 200;

  /** How many waiters park at once, at most, before a thread tries again. */
  private static final int MOST_SLEEPERS = 255;

  /**
   * How many threads spin at a time, at most: none on one processor, where a spinning thread only
   * delays the thread that it waits for.
   */
  private static final int MOST_LOOKERS =
      Runtime.getRuntime().availableProcessors() > 1
          ? 2 * Runtime.getRuntime().availableProcessors()
          : 0;

  /** A waiter that is further back in line has time to park. */
  private static final int FURTHEST = 32;

  /** A waiter that times out sooner parks at once: a yield may take a while. */
  private static final long LEAST_LEFT_NANOS = 10_000_000;

  private final AtomicInteger lookers = new AtomicInteger();

  // Not guarded: lost or stale numbers only make a guess worse.

  private int sleepers;
  private int sleepersLeft;

  /**
   * Spins until the waiter is served, or is called, if spinning is likely to succeed.
   *
   * @param leftNanos how long the waiter may still wait
   */
  boolean hasComeFor(Waiter<?> waiter, long leftNanos) {
    if (waiter.place > FURTHEST || leftNanos < LEAST_LEFT_NANOS) {
      return false;
    }
    if (sleepersLeft > 0) {
      sleepersLeft--;
      return false;
    }
    if (lookers.incrementAndGet() <= MOST_LOOKERS) {
      look(waiter);
    }
    lookers.decrementAndGet();
    return waiter.isDone();
  }

  private void look(Waiter<?> waiter) {
    for (int looks = 0; looks < LOOKS; looks++) {
      if (waiter.isDone() || waiter.called) {
        sleepers = 0;
        return;
      }
      if (Thread.currentThread().isInterrupted()) {
        return;
      }
      Thread.yield();
    }
    sleepers = Math.min(2 * sleepers + 1, MOST_SLEEPERS);
    sleepersLeft = sleepers;
  }
}
