package dev.pools.benchmarks;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;

/** The JDK's virtual threads, where it has them: this is compiled for 17. */
public final class VirtualThreads {

  private VirtualThreads() {}

  /** Whether the running JDK has them. */
  public static boolean supported() {
    return Runtime.version().feature() >= 21;
  }

  /** {@code Executors.newVirtualThreadPerTaskExecutor()}. */
  public static ExecutorService perTaskExecutor() {
    try {
      return (ExecutorService)
          MethodHandles.publicLookup()
              .findStatic(
                  Executors.class,
                  "newVirtualThreadPerTaskExecutor",
                  MethodType.methodType(ExecutorService.class))
              .invoke();
    } catch (Throwable missing) {
      throw new UnsupportedOperationException("This JDK has no virtual threads.", missing);
    }
  }

  /** {@code Thread.ofVirtual().factory()}. */
  public static ThreadFactory factory() {
    try {
      Class<?> builder = Class.forName("java.lang.Thread$Builder");
      Class<?> virtual = Class.forName("java.lang.Thread$Builder$OfVirtual");
      MethodHandle ofVirtual =
          MethodHandles.publicLookup()
              .findStatic(Thread.class, "ofVirtual", MethodType.methodType(virtual));
      MethodHandle factory =
          MethodHandles.publicLookup()
              .findVirtual(builder, "factory", MethodType.methodType(ThreadFactory.class));
      return (ThreadFactory) factory.invoke(ofVirtual.invoke());
    } catch (Throwable missing) {
      throw new UnsupportedOperationException("This JDK has no virtual threads.", missing);
    }
  }
}
