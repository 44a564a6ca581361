package dev.pools.internal;

/** A time in which nothing ever becomes due, and in which no thread may wait. */
public class StillTime implements Time {

  @Override
  public long nanoTime() {
    return 0;
  }

  @Override
  public long wallMillis() {
    return 0;
  }

  @Override
  public void park(Object blocker, long nanos) {
    throw new UnsupportedOperationException();
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    return () -> {};
  }

  /** Runs the action on the calling thread. */
  @Override
  public void runOnHelperThread(Runnable action) {
    action.run();
  }
}
