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
 * A pool of threads that calls synchronous functions concurrently behind an interface that never
 * blocks a caller that did not ask for it.
 *
 * <ul>
 *   <li><b>Priorities.</b> Smaller numbers run sooner, 0 is the default, first in first out among
 *       equals. The order is that in which tasks are taken from the queue.
 *   <li><b>Back-pressure.</b> With a {@code queueCapacity}, a task that finds no place waits for
 *       one asynchronously, in order; {@link PoolFuture#accepted()} tells when it has one.
 *   <li><b>Scaling.</b> Between {@code minWorkers} and {@code maxWorkers}, by waiting work and
 *       idleness.
 *   <li><b>A promise.</b> Every task that was submitted and not refused runs exactly once, or its
 *       future is cancelled or failed and it is counted, whatever else happens.
 * </ul>
 *
 * <p>All methods may be called by any thread. Methods that return a future do not block; those that
 * wait say so. It is an {@link ExecutorService} to the letter, and so can be used wherever Java
 * takes an {@link java.util.concurrent.Executor}.
 *
 * <p>A pool whose users have all forgotten it, so that it is unreachable, shuts itself down: the
 * tasks that it has accepted run, and then its threads end. It is better to close it.
 *
 * <p>Metrics: {@link #stats()} has all numbers of a pool at one moment. Do not use Micrometer's
 * {@code ExecutorServiceMetrics.monitor(registry, pool, name)}: it knows the executors of the JDK
 * only; of this pool it times the tasks, but shows neither its size nor its queue. Use {@code
 * dev.pools.boot.metrics.AdvancedPoolMetrics} of the Spring Boot starter, which needs no
 * application context and offers Micrometer's own names, too:
 *
 * <pre>{@code
 * AdvancedPoolMetrics metrics = new AdvancedPoolMetrics(true);
 * metrics.bindTo(registry);
 * AdvancedPool pool =
 *     AdvancedPool.builder().name("reports").listener(metrics.listenerFor("reports")).build();
 * metrics.add("reports", pool);
 * }</pre>
 *
 * <p>Or bind gauges of your own: {@code Gauge.builder("reports.queued", pool, p ->
 * p.stats().qsize())}.
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

  /** A pool with default options; see {@link AdvancedPoolBuilder}. */
  public static AdvancedPool create() {
    return builder().build();
  }

  /** Starts to describe a pool. */
  public static AdvancedPoolBuilder builder() {
    return new AdvancedPoolBuilder();
  }

  // ---- Waiting

  /**
   * Completes when every task submitted before this call has ended: later ones do not delay it. A
   * task must not wait for it, because it would wait for itself.
   */
  public CompletableFuture<Void> drain() {
    try {
      return parts.waits.drain();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Completes when the pool has terminated, with one report for each worker that it has ever had. A
   * worker is a place with a number, see {@link WorkerReport}. Does not shut the pool down.
   */
  public CompletableFuture<List<WorkerReport>> join() {
    try {
      return parts.shutdown.join();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Completes at the first moment at which the pool has nothing to do: no task is queued, waits for
   * a place or runs, and no map is open. Tasks that are submitted meanwhile are waited for, too.
   * The pool goes on accepting tasks. Cancel it to stop waiting.
   *
   * <p>Tasks that cannot end before this completes are not waited for: the one that calls this, and
   * those that have called {@link System#exit}, which does not return. So a thread that closes an
   * application can wait for its pools, whichever thread asked for the end.
   */
  public CompletableFuture<Void> whenIdle() {
    try {
      return parts.waits.whenIdle();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Completes when the queue has a free place, with the time waited. The place is not reserved:
   * when many wait, all are told. Cancel it to stop waiting. Fails with a {@link
   * PoolShutDownException} if the pool is or will be shut down.
   */
  public CompletableFuture<Duration> waitForSlot() {
    try {
      return parts.waits.waitForSlot(null);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * As {@link #waitForSlot()}, for at most so long: fails with a {@link TimeoutException} then.
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
   * Takes no more tasks from outside. All that were submitted run, those that wait for a place
   * included.
   *
   * <p>What was accepted is accepted as a whole. While the pool drains it still accepts the
   * elements of a {@code map} that had begun, and what its own tasks submit, or the completions of
   * their futures, such as {@code submit(a).thenApplyAsync(b, pool)}. All others get a {@link
   * PoolShutDownException} from now on, and {@link #isShutdown()} is true. The pool has terminated
   * when nothing of that is left: nothing is queued, waits for a place or runs, and no map is open.
   *
   * <p>A map keeps the pool as long as its input goes on. One whose input has delivered nothing for
   * 30 s (up to 60 s), while the pool has nothing else to do, fails with a {@link
   * PoolShutDownException}, so that a publisher that has fallen silent cannot hold up the end.
   * {@link #shutdownNow()}, cancelling what is pending, and the timeouts of {@link ShutdownOptions}
   * end all of this at once.
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
   * Takes no more tasks, and ends as the options say.
   *
   * @return completes with the uptime, when all has ended or the total timeout is over
   */
  public CompletableFuture<Duration> shutdown(ShutdownOptions options) {
    try {
      return parts.shutdown.shutdown(Objects.requireNonNull(options, "options"));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Takes no more tasks of any kind, cancels those that have not started, and interrupts those that
   * have. A map that would submit more fails or is cancelled.
   *
   * @return the tasks that have never run, the most urgent first: for an executed task the very
   *     Runnable, for a submitted one its future, which has been cancelled. Each can be run once by
   *     calling its {@code run()}, for its effect: the future stays cancelled, and what the code
   *     throws is thrown (a checked exception as the cause of a {@link
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
   * Shuts the pool down and waits until it has terminated: as {@link #shutdown()} does, or, with
   * {@code killAtExit}, as {@link #shutdownNow()} does. Blocks. If the thread is interrupted while
   * it waits, this stops the pool as {@link #shutdownNow()} does, goes on waiting, and leaves the
   * thread interrupted. May be called twice.
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
   * Does nothing while the pool takes tasks.
   *
   * @throws PoolShutDownException if it is shutting down or has been shut down
   */
  public void raiseForShutdown() {
    try {
      PoolState state = parts.core.state();
      if (state != PoolState.RUNNING) {
        throw new PoolShutDownException(name(), state);
      }
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  // ---- Readings: none takes a lock

  /** The pool's name, which its threads, log lines and metrics carry. */
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

  /** How many tasks are queued, without those for which an idle worker is on its way. */
  public int qsize() {
    return stats().qsize();
  }

  /** How long the pool has been up, or was when it had terminated. */
  public Duration uptime() {
    try {
      return parts.stats.uptime();
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /** The least number of workers. */
  public int minWorkers() {
    return stats().minWorkers();
  }

  /** The greatest number of workers. */
  public int maxWorkers() {
    return stats().maxWorkers();
  }

  /** How many tasks may be queued; {@link AdvancedPoolBuilder#UNBOUNDED} if there is no bound. */
  public int queueCapacity() {
    return parts.core.options.queueCapacity();
  }

  /** All numbers, which belong together; see {@link PoolStats}. */
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
