package dev.pools.task;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What kind of threads a pool's workers are. */
public final class WorkerThreads {

  private static final @Nullable ThreadFactory VIRTUAL = virtualFactory();

  private enum Kind {
    PLATFORM,
    DAEMON,
    VIRTUAL,
    CUSTOM
  }

  private static final WorkerThreads PLATFORM = new WorkerThreads(Kind.PLATFORM, null);
  private static final WorkerThreads DAEMON = new WorkerThreads(Kind.DAEMON, null);

  private final Kind kind;
  private final @Nullable ThreadFactory custom;

  private WorkerThreads(Kind kind, @Nullable ThreadFactory custom) {
    this.kind = kind;
    this.custom = custom;
  }

  /**
   * Platform threads named {@code <pool>-worker-<n>}, the default. Like those of {@link
   * java.util.concurrent.Executors} they keep the JVM alive until the pool is shut down. They
   * inherit no thread locals, and have the context class loader of the thread that built the pool.
   */
  public static WorkerThreads platform() {
    return PLATFORM;
  }

  /** As {@link #platform()}, but daemon threads, which do not keep the JVM alive. */
  public static WorkerThreads daemon() {
    return DAEMON;
  }

  /**
   * Virtual threads: one is made for each task, after the task has its place among the at most
   * {@code maxWorkers} that run at a time. They are never pooled, so {@code minWorkers} and {@code
   * keepAlive} have no effect, and no scaling policy but {@link ScalingPolicy#adaptive()}, which
   * finds how many tasks should run at a time.
   *
   * @throws UnsupportedOperationException if the running JDK has none (before 21)
   */
  public static WorkerThreads virtual() {
    if (VIRTUAL == null) {
      throw new UnsupportedOperationException(
          "This JDK ("
              + Runtime.version().feature()
              + ") has no virtual threads: run on 21 or later, or use platform().");
    }
    return new WorkerThreads(Kind.VIRTUAL, null);
  }

  /** Whether the running JDK has virtual threads, so that {@link #virtual()} works. */
  public static boolean virtualSupported() {
    return VIRTUAL != null;
  }

  /**
   * Threads of the caller's own making, pooled like platform threads. If the factory throws or
   * returns null, tasks wait for the workers that there are; if there are none, they fail.
   *
   * @param factory must return a new, unstarted thread that runs what it is given
   */
  public static WorkerThreads of(ThreadFactory factory) {
    return new WorkerThreads(Kind.CUSTOM, Objects.requireNonNull(factory, "factory"));
  }

  /** Whether each task gets a virtual thread of its own. */
  public boolean isVirtual() {
    return kind == Kind.VIRTUAL;
  }

  /** Whether they are made by the user, so that they do not tell whose they are. */
  boolean areForeign() {
    return custom != null;
  }

  /** Makes a worker's thread, unstarted; null if a factory of the user's does. */
  interface Maker {
    @Nullable Thread make(Worker worker);
  }

  /** The maker for one pool, made by the thread that builds it. */
  Maker makerFor(String pool) {
    if (custom != null) {
      ThreadFactory factory = custom;
      return worker -> factory.newThread(worker);
    }
    if (kind == Kind.VIRTUAL && VIRTUAL != null) {
      ThreadFactory virtual = VIRTUAL;
      return worker -> {
        Thread thread = virtual.newThread(worker);
        thread.setName(worker.taskThreadName);
        // It also tells whose thread this is: a thread local would be made anew for each task.
        thread.setUncaughtExceptionHandler(worker);
        return thread;
      };
    }
    AtomicInteger started = new AtomicInteger();
    ClassLoader builder = Thread.currentThread().getContextClassLoader();
    return worker -> {
      Thread thread = new PoolThread(worker, pool + "-worker-" + started.incrementAndGet());
      thread.setDaemon(kind == Kind.DAEMON);
      thread.setContextClassLoader(builder);
      return thread;
    };
  }

  /** The worker that has made the current thread its own, if any has. */
  static @Nullable Worker workerOf(Thread thread) {
    if (thread instanceof PoolThread own) {
      return own.worker;
    }
    return thread.getUncaughtExceptionHandler() instanceof Worker worker ? worker : null;
  }

  private static final class PoolThread extends Thread {
    private final Worker worker;

    PoolThread(Worker worker, String name) {
      super(null, worker, name, 0, /* inheritThreadLocals= */ false);
      this.worker = worker;
    }
  }

  /** {@code Thread.ofVirtual().inheritInheritableThreadLocals(false).factory()}, from JDK 21 on. */
  private static @Nullable ThreadFactory virtualFactory() {
    if (Runtime.version().feature() < 21) {
      return null;
    }
    try {
      MethodHandles.Lookup lookup = MethodHandles.publicLookup();
      Class<?> builderType = Class.forName("java.lang.Thread$Builder");
      Class<?> ofVirtualType = Class.forName("java.lang.Thread$Builder$OfVirtual");
      MethodHandle ofVirtual =
          lookup.findStatic(Thread.class, "ofVirtual", MethodType.methodType(ofVirtualType));
      MethodHandle inherit =
          lookup.findVirtual(
              builderType,
              "inheritInheritableThreadLocals",
              MethodType.methodType(builderType, boolean.class));
      MethodHandle factory =
          lookup.findVirtual(builderType, "factory", MethodType.methodType(ThreadFactory.class));
      return (ThreadFactory) factory.invoke(inherit.invoke(ofVirtual.invoke(), false));
    } catch (Throwable missing) {
      return null;
    }
  }

  @Override
  public String toString() {
    return kind == Kind.CUSTOM
        ? "of(" + custom + ")"
        : kind.name().toLowerCase(java.util.Locale.ROOT);
  }
}
