package dev.pools.internal;

/** A {@link ManualTime}; a test overrides the one method that it needs to be different. */
public abstract class DelegatingTime implements Time {

  protected final ManualTime time;

  protected DelegatingTime(ManualTime time) {
    this.time = time;
  }

  @Override
  public long nanoTime() {
    return time.nanoTime();
  }

  @Override
  public long wallMillis() {
    return time.wallMillis();
  }

  @Override
  public void park(Object blocker, long nanos) {
    time.park(blocker, nanos);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    return time.schedule(delayNanos, action);
  }

  @Override
  public void runOnHelperThread(Runnable action) {
    time.runOnHelperThread(action);
  }
}
