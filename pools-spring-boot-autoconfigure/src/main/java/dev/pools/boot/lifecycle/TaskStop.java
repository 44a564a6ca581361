package dev.pools.boot.lifecycle;

import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolStats;
import dev.pools.task.ShutdownOptions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of one task pool, in up to two steps: in its phase the application waits until the pool
 * is idle, and the pool still accepts tasks. When the bean of the pool is destroyed, after all
 * beans that depend on it, it accepts no more tasks from outside and the application waits once
 * more. Both waits together take no longer than the limit.
 *
 * <pre>
 *   from      to         when
 *   WAITS     RESTED     it is idle; more tasks may be submitted until its bean is destroyed
 *   WAITS     WAITS      the phase ends before the limit: waits again when its bean is destroyed
 *   WAITS     CUT OFF    the limit has expired: queued tasks are cancelled, running ones interrupted
 *   RESTED    WAITS      its bean is destroyed
 * </pre>
 *
 * <p>If the thread that closes the context runs a task of the pool itself, it is not waited for,
 * and never interrupted: an interrupt would end all other waits of the close.
 */
final class TaskStop {

  private static final Logger LOG = LoggerFactory.getLogger(AdvancedPoolLifecycle.class);

  /** How long idle threads may take to leave; they need next to nothing. */
  private static final long THREADS_SECONDS = 5;

  private final String name;
  private final AdvancedPool pool;
  private final StopLimit limit;
  private final boolean insideTask;
  private final PoolStats before;
  private final long sinceNanos;
  private final CompletableFuture<Void> idle;

  /** Begins to wait, on the thread that closes or stops the context. */
  TaskStop(String name, AdvancedPool pool, StopLimit limit) {
    this(name, pool, limit, System.nanoTime());
  }

  private TaskStop(String name, AdvancedPool pool, StopLimit limit, long sinceNanos) {
    this.name = name;
    this.pool = pool;
    this.limit = limit;
    this.sinceNanos = sinceNanos;
    this.insideTask = isInsideTask(pool);
    this.before = pool.stats();
    this.idle = pool.whenIdle();
  }

  /** Waits once more; on any thread, so not if a task of the pool closes the context. */
  TaskStop again() {
    return new TaskStop(name, pool, limit, sinceNanos);
  }

  AdvancedPool pool() {
    return pool;
  }

  /** Whether the current thread runs a task of the pool, which would wait for itself. */
  static boolean isInsideTask(AdvancedPool pool) {
    try {
      pool.awaitTermination(0, TimeUnit.NANOSECONDS);
      return false;
    } catch (IllegalStateException inside) {
      return true;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Completes when the pool has nothing to do. */
  CompletableFuture<Void> idle() {
    return idle;
  }

  boolean isIdle() {
    return idle.isDone();
  }

  /**
   * Whether the pool has something to do once more, after it had rested. If no task has come since
   * the wait began, then those that run cannot end before the close does.
   */
  boolean isBusyAgain() {
    PoolStats now = pool.stats();
    boolean isBusy = now.active() > 0 || now.qsize() > 0 || now.admissionsWaiting() > 0;
    return !insideTask && isBusy && now.submitted() != before.submitted();
  }

  /** How long the application waits for it at most in this phase. */
  Duration leftInPhase() {
    Duration left = limit.inPhase().minus(spent());
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Whether all of its time has been spent. */
  boolean isOver() {
    return limit.isOfPhase() || limit.after(spent()).isZero();
  }

  /** After a shutdown, when it rests: waits for its threads, unless a task cannot end. */
  void awaitThreads() throws InterruptedException {
    if (!insideTask && pool.stats().active() == 0) {
      pool.awaitTermination(THREADS_SECONDS, TimeUnit.SECONDS);
    }
  }

  Duration spent() {
    return Duration.ofNanos(System.nanoTime() - sinceNanos);
  }

  /** Logs that the application waits, if it waits. */
  void announce(Duration most) {
    LOG.info(
        "Pool '{}' finishes its tasks before the application stops: {} running, {} queued. It has up to {}",
        name,
        before.active(),
        before.qsize() + before.admissionsWaiting(),
        Durations.text(most));
  }

  void finished() {
    LOG.info("Pool '{}' has finished its tasks after {}", name, Durations.text(spent()));
  }

  /** The phase is over and the limit is not. */
  void goesOn() {
    PoolStats now = pool.stats();
    LOG.info(
        "Pool '{}' still has tasks at the end of its phase ({} is {}): {} running, {} queued. They continue while other beans are closed; {} gives them up to {} more",
        name,
        StopLimit.PHASE_PROPERTY,
        Durations.typed(limit.phase()),
        now.active(),
        now.qsize() + now.admissionsWaiting(),
        limit.property() == null ? "the stop timeout" : limit.property(),
        Durations.text(limit.after(spent())));
  }

  /** The limit has expired: queued tasks are cancelled, and running tasks are interrupted. */
  void cutOff() {
    idle.cancel(false);
    PoolStats then = pool.stats();
    if (insideTask) {
      // Without interrupts, which would hit the thread that closes the context.
      pool.shutdown(ShutdownOptions.DEFAULT.cancelPending());
    } else {
      pool.shutdownNow();
    }
    PoolStats now = pool.stats();
    int running = then.active() - (insideTask ? 1 : 0);
    long cancelled = now.cancelled() - then.cancelled();
    if (running > 0 || cancelled > 0) {
      Faults.warn(
          AdvancedPoolLifecycle.class,
          null,
          "Pool '{}' has not finished after {}: {} tasks cancelled before they started; {} still running, which are {}. {}",
          name,
          Durations.text(spent()),
          cancelled,
          running,
          insideTask ? "left alone" : "interrupted",
          limit.advice());
    }
  }

  /** A stop without a close has timed out: the tasks continue. */
  void leftAlone() {
    idle.cancel(false);
    LOG.warn("Pool '{}' has not finished its tasks. They continue. {}", name, limit.advice());
  }
}
