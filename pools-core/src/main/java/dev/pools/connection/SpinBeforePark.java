package dev.pools.connection;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * Whether callers in line look out for what they will get, for a moment, before their threads
 * sleep. To wake a thread takes longer than a short lease, so that a connection would mostly be on
 * its way from one to the next; but to look out in vain takes the processor from others. So only
 * some do it at a time, they let others go on between two looks, and all do it for as long as it
 * pays off, and then only now and again.
 */
final class SpinBeforePark {

  /** How often one looks: for about as long as it takes to wake a thread. */
  private static final int LOOKS = 200;

  /** How many sleep at once, at most, before one tries again. */
  private static final int MOST_SLEEPERS = 255;

  /** How many look out at a time, at most: none where they would only hold up who is awaited. */
  private static final int MOST_LOOKERS =
      Runtime.getRuntime().availableProcessors() > 1
          ? 2 * Runtime.getRuntime().availableProcessors()
          : 0;

  /** Who stands further back in line has time to sleep. */
  private static final int FURTHEST = 32;

  /** Whose time is over sooner sleeps: to let others go on may take a while. */
  private static final long LEAST_LEFT_NANOS = 10_000_000;

  private final AtomicInteger lookers = new AtomicInteger();

  // Numbers that are lost or stale only make a guess worse, so that they are not guarded.

  private int sleepers;
  private int sleepersLeft;

  /**
   * Looks out for what this one gets, or is called for, if that is worth while.
   *
   * @param leftNanos how long he may wait still
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
