package dev.pools.connection;

import dev.pools.internal.Time;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where user code runs if the user names no executor: a thread for each call. */
final class ConnectionThreads {

  private static final Logger LOG = LoggerFactory.getLogger(ConnectionThreads.class);

  private static final @Nullable MethodHandle START_VIRTUAL = startVirtual();

  private ConnectionThreads() {}

  /**
   * Virtual threads from JDK 24 on, or else daemon threads that are kept for a while. The user's
   * code has the context class loader of whoever builds the pool, which is the calling thread: a
   * driver may be found by that alone.
   */
  static Executor standard(Time time) {
    ClassLoader builders = Thread.currentThread().getContextClassLoader();
    MethodHandle startVirtual = START_VIRTUAL;
    if (startVirtual == null || time != Time.system()) {
      return call -> time.handOff(with(builders, call));
    }
    return call -> {
      Runnable callWithLoader = with(builders, call);
      try {
        startVirtual.invoke(reported(callWithLoader));
      } catch (Throwable failure) {
        time.handOff(callWithLoader);
      }
    };
  }

  private static Runnable with(ClassLoader loader, Runnable call) {
    return () -> {
      Thread thread = Thread.currentThread();
      ClassLoader own = thread.getContextClassLoader();
      thread.setContextClassLoader(loader);
      try {
        call.run();
      } finally {
        thread.setContextClassLoader(own);
      }
    };
  }

  private static Runnable reported(Runnable call) {
    return () -> {
      try {
        call.run();
      } catch (Throwable fault) {
        LOG.error("A call for a connection pool failed", fault);
      }
    };
  }

  /**
   * {@code Thread.startVirtualThread}, from JDK 24 on: before that (JEP 491) user code that hangs
   * inside {@code synchronized}, as in many drivers, would hold up all virtual threads.
   */
  private static @Nullable MethodHandle startVirtual() {
    if (Runtime.version().feature() < 24) {
      return null;
    }
    try {
      return MethodHandles.publicLookup()
          .findStatic(
              Thread.class,
              "startVirtualThread",
              MethodType.methodType(Thread.class, Runnable.class))
          .asType(MethodType.methodType(void.class, Runnable.class));
    } catch (ReflectiveOperationException missing) {
      return null;
    }
  }
}
