package dev.pools.task;

import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A pool of threads that runs tasks: by priority, with back-pressure that does not block the
 * caller, and with a number of threads that follows the load.
 *
 * <pre>{@code
 * try (AdvancedPool pool = AdvancedPool.builder().maxWorkers(8).queueCapacity(1000).build()) {
 *   PoolFuture<String> urgent = pool.submit(() -> report(7), -10);
 *   CompletableFuture<List<String>> all = pool.map(this::report, accounts);
 * }
 * }</pre>
 *
 * <ul>
 *   <li><b>Priorities.</b> Smaller numbers run sooner; 0 is the default. Tasks of equal priority
 *       run in the order of their submission. The order is that in which tasks are taken from the
 *       queue.
 *   <li><b>Back-pressure.</b> With a {@code queueCapacity}, a task that finds the queue full waits
 *       for a place asynchronously, in order; {@link PoolFuture#accepted()} completes when it has
 *       one. {@link OverflowPolicy} has other choices.
 *   <li><b>Scaling.</b> The pool has {@code minWorkers} to {@code maxWorkers} threads. It adds
 *       workers while tasks wait, and removes idle ones.
 *   <li><b>A promise.</b> Each accepted task runs once, or its future is cancelled or failed and
 *       the task is counted.
 * </ul>
 *
 * <p>All methods may be called by any thread. Methods that return a future do not block; those that
 * wait say so. The pool is an {@link ExecutorService}, so it works wherever Java takes an {@link
 * java.util.concurrent.Executor}.
 *
 * <p>A pool that is unreachable shuts itself down: the tasks that it has accepted run, then its
 * threads end. It is better to close it.
 *
 * <p>Metrics: {@link #stats()} has all numbers of a pool at one moment. Micrometer's {@code
 * ExecutorServiceMetrics.monitor(registry, pool, name)} supports the executors of the JDK only: of
 * this pool it measures the tasks, but neither the number of workers nor the queue. Use {@code
 * dev.pools.boot.metrics.AdvancedPoolMetrics} of the Spring Boot starter, which needs no
 * application context.
 *
 * <p>Memory effects: what a thread does before it submits a task happens-before the task, and what
 * the task does happens-before the completion of its future.
 */
public final class AdvancedPool extends ChangeablePool implements AutoCloseable {

  private static final Cleaner FORGOTTEN = Cleaner.create();

  private final Cleaner.Cleanable forgotten;

  AdvancedPool(PoolOptions options) {
    super(new PoolParts(options));
    // The action must not refer to this object.
    forgotten = FORGOTTEN.register(this, new Forgotten(parts.shutdown));
    try {
      parts.lifecycle.open();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** What is done when the users of a pool have forgotten it. */
  private static final class Forgotten implements Runnable {

    private final PoolShutdown shutdown;

    Forgotten(PoolShutdown shutdown) {
      this.shutdown = shutdown;
    }

    @Override
    public void run() {
      shutdown.forgotten();
    }
  }

  /** Creates a pool with the default options; see {@link AdvancedPoolBuilder}. */
  public static AdvancedPool create() {
    return builder().build();
  }

  /** Returns a builder with the default options. */
  public static AdvancedPoolBuilder builder() {
    return new AdvancedPoolBuilder();
  }

  // ---- Waiting

  /**
   * Completes when each task that was submitted before this call has ended. Later tasks do not
   * delay it. A task of this pool must not wait for it: it would wait for itself.
   */
  public CompletableFuture<Void> drain() {
    try {
      return parts.waits.drain();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Completes when the pool has terminated, with one {@link WorkerReport} for each worker that it
   * has ever had. Does not shut the pool down.
   */
  public CompletableFuture<List<WorkerReport>> join() {
    try {
      return parts.shutdown.join();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Completes when the pool has nothing to do: no task is queued, waits for a place or runs, and no
   * map is open. It waits for tasks that are submitted meanwhile, too. The pool still accepts
   * tasks. Cancel the future to stop waiting.
   *
   * <p>It does not wait for tasks that cannot end before it completes: the task that calls this,
   * and those that have called {@link System#exit}, which does not return. So a thread that closes
   * an application can wait for its pools, even if a task asked for the end.
   */
  public CompletableFuture<Void> whenIdle() {
    try {
      return parts.waits.whenIdle();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Completes when the queue has a free place, with the time waited. The place is not reserved: if
   * several callers wait, all of their futures complete. Cancel the future to stop waiting. It
   * fails with a {@link PoolShutDownException} if the pool is shut down, now or meanwhile.
   */
  public CompletableFuture<Duration> waitForSlot() {
    try {
      return parts.waits.waitForSlot(null);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #waitForSlot()}, with a limit: the future fails with a {@link TimeoutException} when
   * the timeout is over.
   *
   * @param timeout zero or positive
   */
  public CompletableFuture<Duration> waitForSlot(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException(
          "timeout is "
              + timeout
              + ", but must be zero or positive. Leave it out to wait without a limit.");
    }
    try {
      return parts.waits.waitForSlot(timeout);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- Shut down

  /**
   * Accepts no more tasks from outside. All tasks that were submitted run, also those that wait for
   * a place in the queue. Does not wait.
   *
   * <p>Until the pool has terminated, it still accepts the elements of a {@code map} that has
   * begun, and what its own tasks and the dependants of their futures submit, such as {@code
   * submit(a).thenApplyAsync(b, pool)}. Other callers get a {@link PoolShutDownException} from now
   * on, and {@link #isShutdown()} is true. The pool has terminated when no task is queued, waits
   * for a place or runs, and no map is open.
   *
   * <p>A map keeps the pool running as long as its input delivers. If the input has delivered
   * nothing for 30 to 60 s, and the pool has nothing else to do, the map fails with a {@link
   * PoolShutDownException}. {@link #shutdownNow()}, {@link ShutdownOptions#cancelPending()} and the
   * timeouts of {@link ShutdownOptions} do not wait for maps.
   */
  @Override
  public void shutdown() {
    try {
      parts.shutdown.shutdown();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Shuts the pool down, with time limits: see {@link ShutdownOptions}. Does not wait.
   *
   * @return completes with the uptime when the pool has terminated, or when the total timeout is
   *     over. Cancelling it ends its time limits, not the shutdown.
   */
  public CompletableFuture<Duration> shutdown(ShutdownOptions options) {
    try {
      return parts.shutdown.shutdown(Objects.requireNonNull(options, "options"));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Accepts no more tasks of any kind, cancels the tasks that have not started, and interrupts
   * those that run (for one exception see {@link OverflowPolicy#CALLER_RUNS}). A map that is open
   * fails or is cancelled. Does not wait for the end. Tells the listeners of the cancelled tasks,
   * on this thread.
   *
   * @return the tasks that have not started, the most urgent first: for a task given to {@code
   *     execute} the Runnable itself, for a submitted one its future, which is cancelled. Its
   *     {@code run()} runs the code once: the future stays cancelled, and the caller gets what the
   *     code throws (a checked exception as the cause of a {@link
   *     java.util.concurrent.CompletionException}). A second {@code run()} of a submitted task
   *     throws an {@link IllegalStateException}.
   */
  @Override
  public List<Runnable> shutdownNow() {
    try {
      return parts.shutdown.stop();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public boolean isShutdown() {
    try {
      return parts.core.state() != PoolState.RUNNING;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public boolean isTerminated() {
    try {
      return parts.core.state() == PoolState.TERMINATED;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Waits until the pool has terminated. Blocks.
   *
   * @throws IllegalStateException if called by a task of this pool, on any thread, or by a listener
   *     that is told of a task's end: it would wait for itself
   */
  @Override
  public boolean awaitTermination(long timeout, TimeUnit unit) throws InterruptedException {
    try {
      requireOutside("awaitTermination");
      return parts.shutdown.awaitTermination(timeout, unit);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Calls {@link #shutdown()}, or {@link #shutdownNow()} with {@code killAtExit}, and waits until
   * the pool has terminated. Blocks, without a limit. If the thread is interrupted while it waits,
   * it calls {@link #shutdownNow()}, goes on waiting, and stays interrupted. May be called twice.
   *
   * <p>It waits for all that was accepted: as long as a task runs, or is queued because no thread
   * comes for it (see {@link WorkerThreads#of}). {@link #stats()} shows which of these it is, and
   * {@link #shutdownNow()} in another thread ends the wait unless a task ignores its interrupt. For
   * a wait with a limit call {@link #shutdown(ShutdownOptions)}.
   *
   * <p>A pool that is shut down terminates without the tasks that have called {@link System#exit},
   * which waits for the shutdown hooks: so a hook may close the pool.
   *
   * @throws IllegalStateException if called by a task of this pool, on any thread, by a listener
   *     that is told of a task's end, or by an input of a {@code map} or a dependant of its future:
   *     it would wait for itself. The pool is shut down all the same.
   */
  @Override
  public void close() {
    try {
      if (parts.core.options.killAtExit()) {
        shutdownNow();
      } else {
        shutdown();
      }
      requireOutside("close");
      boolean interrupted = false;
      while (!isTerminated()) {
        try {
          awaitTermination(Long.MAX_VALUE, TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
          if (!interrupted) {
            shutdownNow();
          }
          interrupted = true;
        }
      }
      forgotten.clean();
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private void requireOutside(String method) {
    if (parts.core.threads.isInside()) {
      throw new IllegalStateException(
          "%s was called inside of pool '%s', by a task, a listener or a map, and would wait for its own end. Call it from outside, or call shutdown()."
              .formatted(method, name()));
    }
  }

  /**
   * Does nothing while the pool accepts tasks.
   *
   * @throws PoolShutDownException if the pool is shutting down or has terminated
   */
  public void raiseForShutdown() {
    try {
      PoolState state = parts.core.state();
      if (state != PoolState.RUNNING) {
        throw new PoolShutDownException(parts.core, state);
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- Readings: none takes a lock

  /** The name of the pool in threads, log lines and metrics. */
  public String name() {
    return parts.core.options.name();
  }

  /** How many tasks have returned normally. */
  public long completed() {
    return stats().completed();
  }

  /** Whether no task waits in the queue. */
  public boolean empty() {
    return qsize() == 0;
  }

  /** Whether the queue is full, so that {@link #waitForSlot()} would wait. */
  public boolean full() {
    try {
      return parts.stats.full();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** Whether no task runs and none is queued. */
  public boolean idle() {
    PoolStats stats = stats();
    return stats.active() == 0 && stats.qsize() == 0 && stats.admissionsWaiting() == 0;
  }

  /** How many tasks are queued, without those that an idle worker is about to take. */
  public int qsize() {
    return stats().qsize();
  }

  /** How long the pool has been running, or had been when it terminated. */
  public Duration uptime() {
    try {
      return parts.stats.uptime();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** The smallest number of workers. */
  public int minWorkers() {
    return stats().minWorkers();
  }

  /** The largest number of workers. */
  public int maxWorkers() {
    return stats().maxWorkers();
  }

  /** How many tasks may be queued; {@link AdvancedPoolBuilder#UNBOUNDED} if there is no bound. */
  public int queueCapacity() {
    return parts.core.options.queueCapacity();
  }

  /** All numbers of one moment; see {@link PoolStats}. */
  public PoolStats stats() {
    try {
      return parts.stats.stats();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  @Override
  public String toString() {
    return "AdvancedPool" + stats();
  }
}
