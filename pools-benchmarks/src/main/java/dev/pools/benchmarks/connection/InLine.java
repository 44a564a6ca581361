package dev.pools.benchmarks.connection;

import java.lang.Thread.State;
import java.util.concurrent.TimeUnit;

/** Sees that a thread stands in line. */
final class InLine {

  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(2);

  private InLine() {}

  /**
   * Waits until the thread sleeps, or has ended. One that spins in line for longer than any does is
   * taken for being there.
   */
  static void await(Thread waiter) {
    long deadline = System.nanoTime() + PATIENCE_NANOS;
    State state = waiter.getState();
    while (state != State.WAITING
        && state != State.TIMED_WAITING
        && state != State.TERMINATED
        && System.nanoTime() < deadline) {
      Thread.yield();
      state = waiter.getState();
    }
  }
}
