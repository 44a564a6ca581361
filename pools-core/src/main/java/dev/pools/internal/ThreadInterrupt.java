package dev.pools.internal;

/**
 * Interrupts the thread of a run or a call. That can be user code: a method of the thread's own
 * class, if a factory or an executor of the user has created the thread or a caller runs its own
 * task; or what closes the channel or wakes the selector that the thread waits in. So it is never
 * called under a lock, and what it throws stands between no decision and what must follow.
 */
public final class ThreadInterrupt {

  private ThreadInterrupt() {}

  /**
   * Interrupts a thread; what that throws is logged.
   *
   * @return whether it threw nothing
   */
  public static boolean send(Thread thread, String pool) {
    try {
      thread.interrupt();
      return true;
    } catch (Throwable fault) {
      Faults.error(
          ThreadInterrupt.class,
          fault,
          "Pool '{}' could not interrupt thread '{}', whose interrupt() failed",
          pool,
          thread.getName());
      return false;
    }
  }
}
