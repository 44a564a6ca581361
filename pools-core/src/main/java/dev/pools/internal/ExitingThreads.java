package dev.pools.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * Threads that have called {@code System.exit}. It does not return, and waits for the shutdown
 * hooks; so a hook that waits for such a thread would wait for itself.
 */
public final class ExitingThreads {

  private ExitingThreads() {}

  /** Whether this thread is inside of {@code System.exit}, as far as it can be asked. */
  public static boolean isExiting(Thread thread) {
    if (!ThreadKind.tellsWhatItDoes(thread)) {
      return false;
    }
    Thread.State state = thread.getState();
    if (state != Thread.State.WAITING && state != Thread.State.BLOCKED) {
      return false;
    }
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().equals("java.lang.Runtime")
          && frame.getMethodName().equals("exit")) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether the JVM has begun to exit. It takes no shutdown hook any more then, which is the only
   * sign of it that the JDK gives.
   */
  public static synchronized boolean hasExitBegun() {
    try {
      // It runs if the JVM begins to exit at this moment.
      Thread hook = PoolThreads.shared().platform(null, () -> {}, "pools-exit", true, null);
      Runtime.getRuntime().addShutdownHook(hook);
      Runtime.getRuntime().removeShutdownHook(hook);
      return false;
    } catch (IllegalStateException begun) {
      return true;
    }
  }

  /** All of them, but for virtual threads. */
  public static List<Thread> all() {
    List<Thread> exiting = new ArrayList<>();
    for (Thread thread : LiveThreads.all()) {
      if (isExiting(thread)) {
        exiting.add(thread);
      }
    }
    return exiting;
  }
}
