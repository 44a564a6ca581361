package dev.pools.connection;

import dev.pools.internal.Time;
import java.util.concurrent.Executor;

/** Where user code runs if the user names no executor: a thread for each call. */
final class ConnectionThreads {

  private ConnectionThreads() {}

  /**
   * Daemon platform threads, as many as there are calls at a time, kept for a while. They have the
   * context class loader of the thread that builds the pool, which is the calling thread, because a
   * driver may be found by that alone; and they inherit nothing from the thread that happens to
   * bring about a call.
   *
   * <p>They are not virtual on any JDK: a factory that computes, or that waits in native code,
   * would hold a carrier, and with it the virtual threads of the whole JVM.
   */
  static Executor standard(String pool, Time time) {
    return time.forPool(pool + "-calls")::handOff;
  }
}
