package dev.pools.internal;

import org.jspecify.annotations.Nullable;

/**
 * What user code may change of the thread that it runs on: the context class loader, the name, the
 * priority and the interrupt status. A thread that runs the code of several users notes them first
 * and restores them in between, so that no code sees what other code has left behind.
 *
 * <p>One thread at a time uses it. Once it is created, it needs no memory.
 */
public final class ThreadProperties {

  private @Nullable ClassLoader loader;
  private String name = "";
  private int priority = Thread.NORM_PRIORITY;
  private boolean interrupted;

  /** Notes those of the current thread, and clears its interrupt status. */
  public void note() {
    Thread thread = Thread.currentThread();
    loader = thread.getContextClassLoader();
    name = thread.getName();
    priority = thread.getPriority();
    interrupted = Thread.interrupted();
  }

  /** Gives the current thread what was noted, and clears its interrupt status, which it notes. */
  public void restore() {
    Thread thread = Thread.currentThread();
    interrupted |= Thread.interrupted();
    if (thread.getContextClassLoader() != loader) {
      thread.setContextClassLoader(loader);
    }
    if (!thread.getName().equals(name)) {
      rename(thread, name);
    }
    if (thread.getPriority() != priority) {
      thread.setPriority(priority);
    }
  }

  /**
   * As {@link #restore}, and interrupts the current thread if it was interrupted before or at any
   * time since: the thread may be a caller's, and the interrupt meant for what the caller does.
   */
  public void restoreAll() {
    restore();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** The JVM may have no memory for the name, which must not cost the action. */
  static void rename(Thread thread, String name) {
    try {
      thread.setName(name);
    } catch (OutOfMemoryError noMemory) {
      // Then the thread keeps the name that it has.
    }
  }
}
