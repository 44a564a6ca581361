package dev.pools.internal;

/**
 * Runs an action on a helper thread: a timer, or a thread that has released a lock, runs this
 * object and need not wait for the action.
 */
public final class OnHelperThread implements Runnable {

  private final Time time;
  private final Runnable action;

  /** With the time whose helper threads run the action. */
  public OnHelperThread(Time time, Runnable action) {
    this.time = time;
    this.action = action;
  }

  @Override
  public void run() {
    time.runOnHelperThread(action);
  }
}
