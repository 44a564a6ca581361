package dev.pools.internal;

import java.lang.Thread.UncaughtExceptionHandler;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.security.AccessController;
import java.security.PrivilegedAction;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Creates the threads of both pools. A thread inherits nothing from the thread that happens to
 * start it, because that may be any caller of the pool:
 *
 * <table border="1">
 * <caption>Where the properties of a thread come from</caption>
 * <tr><th>property</th><th>value</th></tr>
 * <tr><td>context class loader</td><td>that of the thread that built the pool; the system class
 *     loader for threads that all pools share</td></tr>
 * <tr><td>inheritable thread locals</td><td>none</td></tr>
 * <tr><td>priority</td><td>normal</td></tr>
 * <tr><td>thread group</td><td>the main group of the JVM</td></tr>
 * <tr><td>access control context (JDK 17 to 23)</td><td>that of this class; a caller's would keep
 *     the class loaders of all classes on the caller's stack reachable</td></tr>
 * <tr><td>name, daemon, uncaught exception handler</td><td>as asked for, in every kind</td></tr>
 * </table>
 *
 * <p>A virtual thread has a priority and a group that the JDK fixes, and is always a daemon.
 */
public final class PoolThreads {

  private static final boolean CAPTURES_ACCESS_CONTROL = Runtime.version().feature() < 24;

  private static final ThreadGroup GROUP = mainGroup();

  private final @Nullable ClassLoader loader;

  private PoolThreads(@Nullable ClassLoader loader) {
    this.loader = loader;
  }

  /** A platform thread that knows what it works for. */
  public static final class OwnedThread extends Thread {

    private final @Nullable Object owner;

    private OwnedThread(@Nullable Object owner, Runnable code, String name) {
      super(GROUP, code, name, 0, /* inheritThreadLocals= */ false);
      this.owner = owner;
    }

    /** What the thread works for, if its creator said so. */
    public @Nullable Object owner() {
      return owner;
    }
  }

  /** Threads with the context class loader of the current thread, which builds a pool. */
  public static PoolThreads ofBuilder() {
    return new PoolThreads(Thread.currentThread().getContextClassLoader());
  }

  /**
   * Threads that outlive a single pool. They have the system class loader, because they would keep
   * that of one application reachable for the others.
   */
  public static PoolThreads shared() {
    return new PoolThreads(ClassLoader.getSystemClassLoader());
  }

  /** Whether the running JDK has virtual threads (21 and later). */
  public static boolean virtualSupported() {
    return Virtual.FACTORY != null;
  }

  /**
   * A new platform thread, not started.
   *
   * @param owner what the thread works for, if anyone is to ask for it
   * @param handler gets what the thread throws; null means what is usual for threads
   */
  public OwnedThread platform(
      @Nullable Object owner,
      Runnable code,
      String name,
      boolean daemon,
      @Nullable UncaughtExceptionHandler handler) {
    OwnedThread thread =
        CAPTURES_ACCESS_CONTROL
            ? WithoutCallersContext.construct(owner, code, name)
            : new OwnedThread(owner, code, name);
    thread.setDaemon(daemon);
    thread.setPriority(Thread.NORM_PRIORITY);
    thread.setContextClassLoader(loader);
    if (handler != null) {
      thread.setUncaughtExceptionHandler(handler);
    }
    return thread;
  }

  /**
   * A new virtual thread, not started.
   *
   * @param handler gets what the thread throws
   * @throws UnsupportedOperationException if the running JDK has none
   */
  public Thread virtual(Runnable code, String name, UncaughtExceptionHandler handler) {
    ThreadFactory factory = Virtual.FACTORY;
    if (factory == null) {
      throw new UnsupportedOperationException("This JDK has no virtual threads.");
    }
    Thread thread = factory.newThread(code);
    thread.setName(name);
    thread.setContextClassLoader(loader);
    thread.setUncaughtExceptionHandler(handler);
    return thread;
  }

  /**
   * An action that a shared thread can run as if the thread belonged to the pool. The thread has
   * the pool's class loader and this name meanwhile. Afterwards the thread is as before, whatever
   * the action has set, and no interrupt is left.
   */
  Runnable lent(String name, Runnable action) {
    return new LentAction(loader, name, action);
  }

  private static final class LentAction implements Runnable {

    private final @Nullable ClassLoader loader;
    private final String name;
    private final Runnable action;
    private final ThreadProperties before = new ThreadProperties();

    LentAction(@Nullable ClassLoader loader, String name, Runnable action) {
      this.loader = loader;
      this.name = name;
      this.action = action;
    }

    @Override
    public void run() {
      before.note();
      Thread thread = Thread.currentThread();
      thread.setContextClassLoader(loader);
      ThreadProperties.rename(thread, name);
      try {
        action.run();
      } finally {
        before.restore();
      }
    }
  }

  /** Of a caller's group a thread would inherit the greatest priority and, on 17, its end. */
  private static ThreadGroup mainGroup() {
    ThreadGroup root = Thread.currentThread().getThreadGroup();
    for (ThreadGroup parent = root.getParent(); parent != null; parent = root.getParent()) {
      root = parent;
    }
    ThreadGroup[] groups = new ThreadGroup[root.activeGroupCount() + 1];
    int count = root.enumerate(groups, /* recurse= */ false);
    for (int i = 0; i < count; i++) {
      if (groups[i].getName().equals("main")) {
        return groups[i];
      }
    }
    return root;
  }

  /** A class of its own, so that its method handles are looked up only for virtual threads. */
  private static final class Virtual {

    static final @Nullable ThreadFactory FACTORY = factory();

    private Virtual() {}

    /** {@code Thread.ofVirtual().inheritInheritableThreadLocals(false).factory()}, since JDK 21. */
    private static @Nullable ThreadFactory factory() {
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
  }

  /**
   * A class of its own, so that later JDKs, which need it not and may not have it, never see it.
   */
  @SuppressWarnings("removal")
  private static final class WithoutCallersContext {

    private WithoutCallersContext() {}

    static OwnedThread construct(@Nullable Object owner, Runnable code, String name) {
      return AccessController.doPrivileged(
          new PrivilegedAction<OwnedThread>() {
            @Override
            public OwnedThread run() {
              return new OwnedThread(owner, code, name);
            }
          });
    }
  }
}
