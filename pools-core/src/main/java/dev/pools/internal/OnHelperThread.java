package dev.pools.internal;

/** Has an action run on a helper thread, when it runs itself: as a timer, or after a lock. */
public final class OnHelperThread implements Runnable {

  private final Time time;
  private final Runnable action;

  /** The time has the helper threads. */
  public OnHelperThread(Time time, Runnable action) {
    this.time = time;
    this.action = action;
  }

  @Override
  public void run() {
    time.runOnHelperThread(action);
  }
}
