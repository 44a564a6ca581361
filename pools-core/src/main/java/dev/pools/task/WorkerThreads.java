package dev.pools.task;

import dev.pools.internal.PoolThreads;
import dev.pools.internal.TestAccess;
import dev.pools.internal.ThreadKind;
import dev.pools.scaling.ScalingPolicy;
import java.util.Objects;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What kind of threads a pool's workers are.
 *
 * <p>Threads of every kind have the context class loader of the thread that built the pool, normal
 * priority, a name with the pool's name in it, and the pool's {@code uncaughtExceptionHandler} if
 * there is one. They inherit nothing from the submitter for whose task they are started: no thread
 * locals, no priority and no thread group.
 */
public final class WorkerThreads {

  private enum Kind {
    PLATFORM,
    DAEMON,
    VIRTUAL,
    CUSTOM,
    MANUAL
  }

  /** How long a thread that its factory has started may take to begin. */
  private static final long ARRIVAL_PATIENCE_NANOS = 5_000_000_000L;

  /** How long it sleeps between two looks. */
  private static final long ARRIVAL_LOOK_NANOS = 1_000_000L;

  private static final WorkerThreads PLATFORM = new WorkerThreads(Kind.PLATFORM, null, null);
  private static final WorkerThreads DAEMON = new WorkerThreads(Kind.DAEMON, null, null);

  private final Kind kind;
  private final @Nullable ThreadFactory custom;
  private final @Nullable Consumer<? super TestAccess.Turn> turns;

  private WorkerThreads(
      Kind kind,
      @Nullable ThreadFactory custom,
      @Nullable Consumer<? super TestAccess.Turn> turns) {
    this.kind = kind;
    this.custom = custom;
    this.turns = turns;
  }

  /**
   * Platform threads named {@code <pool>-worker-<n>}, the default. Like those of {@link
   * java.util.concurrent.Executors} they keep the JVM alive until the pool is shut down.
   */
  public static WorkerThreads platform() {
    return PLATFORM;
  }

  /** As {@link #platform()}, but daemon threads, which do not keep the JVM alive. */
  public static WorkerThreads daemon() {
    return DAEMON;
  }

  /**
   * Virtual threads: one is created for each task, after the task has its place among the at most
   * {@code maxWorkers} that run at a time. They are never pooled, so {@code minWorkers} and {@code
   * keepAlive} have no effect, and no scaling policy but {@link ScalingPolicy#adaptive()}, which
   * finds how many tasks should run at a time.
   *
   * @throws UnsupportedOperationException if the running JDK has none (before 21)
   */
  public static WorkerThreads virtual() {
    if (!virtualSupported()) {
      throw new UnsupportedOperationException(
          "This JDK ("
              + Runtime.version().feature()
              + ") has no virtual threads: run on 21 or later, or use platform().");
    }
    return new WorkerThreads(Kind.VIRTUAL, null, null);
  }

  /** Whether the running JDK has virtual threads, so that {@link #virtual()} works. */
  public static boolean virtualSupported() {
    return PoolThreads.virtualSupported();
  }

  /**
   * Threads that a factory of the user creates, pooled like platform threads. If the factory throws
   * or returns null, tasks wait for the workers that there are, and it is asked again from time to
   * time; if there are none, the tasks fail.
   *
   * <p>The properties of such threads are the factory's choice. What it leaves to the JDK, a new
   * thread inherits from the thread that calls the factory. That is never a submitter, but a short
   * thread of the pool's own, with the properties of {@link #platform()}: so {@code Thread::new} is
   * a factory that inherits nothing from callers.
   *
   * <p>A factory may take its time, or hang. While tasks are queued, a worker whose thread has been
   * missing for a second is replaced by another one, as far as there may be more workers. After 5 s
   * the log says so, once while the pool runs and once while it drains, and {@link
   * PoolStats#missingWorkers} counts such workers. A pool in which each worker is missing or has a
   * task counts as stalled after a minute. Its tasks stay queued, because they were accepted, and
   * {@link AdvancedPool#close()} waits for them. A pool that is shut down, and lacks nothing but
   * such threads, as after {@link AdvancedPool#shutdownNow()}, waits 5 s for them and then
   * terminates. A thread that comes later ends at once.
   *
   * @param factory must return a new, unstarted thread that runs what it is given, once; called by
   *     one thread for each worker, so maybe by several at a time
   */
  public static WorkerThreads of(ThreadFactory factory) {
    return new WorkerThreads(Kind.CUSTOM, Objects.requireNonNull(factory, "factory"), null);
  }

  /**
   * Platform threads that a test starts: one is created for each task, as with virtual threads, and
   * handed to the test instead of being started.
   */
  static WorkerThreads manual(Consumer<? super TestAccess.Turn> turns) {
    return new WorkerThreads(Kind.MANUAL, null, turns);
  }

  /** Whether each task gets a virtual thread of its own. */
  public boolean isVirtual() {
    return kind == Kind.VIRTUAL;
  }

  /** Whether a test starts them, and waits until the run of the task is noted. */
  boolean areManual() {
    return turns != null;
  }

  /** Whether each task gets a thread of its own, virtual or not. */
  boolean arePerTask() {
    return kind == Kind.VIRTUAL || kind == Kind.MANUAL;
  }

  /** Whether a factory of the user creates them, so that a thread does not tell whose it is. */
  boolean areForeign() {
    return custom != null;
  }

  /** What the thread of a worker runs. It is also the handler of its virtual threads. */
  interface WorkerRun extends Runnable, Thread.UncaughtExceptionHandler {

    /** How many tasks have been taken for it. */
    long taken();

    /** Whether the run of what it has taken last is noted, or has ended. */
    boolean hasBegun();

    /** Whether a thread has begun to run it, unless each task has a thread of its own. */
    boolean hasArrived();

    /** The name of its threads, if each runs one task. */
    String taskThreadName();

    /** Its thread could not be started. */
    void startFailed(Throwable failure);
  }

  /** Starts the threads of one pool's workers. */
  interface Starter {

    /**
     * Starts a thread for a worker. If that fails, this throws, or another thread calls {@link
     * WorkerRun#startFailed} later.
     */
    void start(WorkerRun worker);
  }

  /**
   * The starter for one pool; called by the thread that builds the pool.
   *
   * @param handler gets what a thread throws; null means what is usual for threads
   */
  Starter starterFor(String pool, Thread.@Nullable UncaughtExceptionHandler handler) {
    PoolThreads threads = PoolThreads.ofBuilder();
    if (kind == Kind.PLATFORM || kind == Kind.DAEMON) {
      return new PlatformStarter(threads, pool, kind == Kind.DAEMON, handler);
    }
    if (custom != null) {
      return customStarter(pool, custom, threads);
    }
    if (turns != null) {
      return manualStarter(turns, threads, handler);
    }
    // The handler also tells whose thread this is: a thread local would be set for each task.
    return worker -> threads.virtual(worker, worker.taskThreadName(), worker).start();
  }

  /** The default; named, so that no pool needs a lambda for it. */
  private static final class PlatformStarter implements Starter {

    private final PoolThreads threads;
    private final String pool;
    private final boolean daemon;
    private final Thread.@Nullable UncaughtExceptionHandler handler;
    private final AtomicInteger started = new AtomicInteger();

    PlatformStarter(
        PoolThreads threads,
        String pool,
        boolean daemon,
        Thread.@Nullable UncaughtExceptionHandler handler) {
      this.threads = threads;
      this.pool = pool;
      this.daemon = daemon;
      this.handler = handler;
    }

    @Override
    public void start(WorkerRun worker) {
      String name = pool.concat("-worker-").concat(Integer.toString(started.incrementAndGet()));
      threads.platform(worker, worker, name, daemon, handler).start();
    }
  }

  /**
   * A thread of the user's factory inherits from the thread that created it: not from a submitter.
   */
  private static Starter customStarter(String pool, ThreadFactory factory, PoolThreads threads) {
    return worker -> {
      Runnable start =
          () -> {
            try {
              Thread thread = factory.newThread(worker);
              if (thread == null) {
                throw new IllegalStateException("The thread factory returned null.");
              }
              startUnlessStarted(thread, worker);
            } catch (Throwable failure) {
              worker.startFailed(failure);
            }
          };
      // No daemon, because threads inherit that as well.
      threads.platform(null, start, pool + "-thread-factory", /* daemon= */ false, null).start();
    };
  }

  /** A factory may have started the thread itself; then that thread is waited for. */
  private static void startUnlessStarted(Thread thread, WorkerRun worker) {
    try {
      thread.start();
    } catch (IllegalThreadStateException startedBefore) {
      long since = System.nanoTime();
      while (!worker.hasArrived()) {
        if (!thread.isAlive() || System.nanoTime() - since > ARRIVAL_PATIENCE_NANOS) {
          throw startedBefore;
        }
        LockSupport.parkNanos(ARRIVAL_LOOK_NANOS);
      }
    }
  }

  private static Starter manualStarter(
      Consumer<? super TestAccess.Turn> turns,
      PoolThreads threads,
      Thread.@Nullable UncaughtExceptionHandler handler) {
    return worker ->
        turns.accept(
            new TestAccess.Turn(
                threads.platform(
                    worker, worker, worker.taskThreadName(), /* daemon= */ true, handler),
                worker::taken,
                worker::hasBegun));
  }

  /**
   * The worker to which a thread belongs, or some other object, or null. To ask a thread for its
   * handler costs more than to submit a task; therefore only the threads of a pool with virtual
   * workers are asked.
   *
   * @param virtual whether the threads of the pool are virtual
   */
  static @Nullable Object ownerOf(Thread thread, boolean virtual) {
    if (virtual) {
      return ThreadKind.isVirtual(thread) ? thread.getUncaughtExceptionHandler() : null;
    }
    return thread instanceof PoolThreads.OwnedThread own ? own.owner() : null;
  }

  /** Whether a virtual thread has a handler that the JDK has not given to it. */
  static boolean hasOwnHandler(Thread thread) {
    return ThreadKind.isVirtual(thread)
        && !(thread.getUncaughtExceptionHandler() instanceof ThreadGroup);
  }

  @Override
  public String toString() {
    return kind == Kind.CUSTOM
        ? "of(" + custom + ")"
        : kind.name().toLowerCase(java.util.Locale.ROOT);
  }
}
