package dev.pools.test;

import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolState;
import dev.pools.task.PoolStats;
import java.util.function.ToLongFunction;
import org.assertj.core.api.AbstractAssert;

/**
 * Assertions about an {@link AdvancedPool}. A failure shows all figures of the pool, as they were
 * when the assertion read them.
 */
public final class TaskPoolAssert extends AbstractAssert<TaskPoolAssert, AdvancedPool> {

  TaskPoolAssert(AdvancedPool actual) {
    super(actual, TaskPoolAssert.class);
  }

  /** Asserts that no task runs, is queued, or waits for a place in the queue. */
  public TaskPoolAssert isQuiet() {
    PoolStats stats = stats();
    if (stats.active() + stats.qsize() + stats.admissionsWaiting() > 0) {
      fail(
          stats,
          "to be quiet, but it has %d active tasks, %d queued, and %d that wait for a place"
              .formatted(stats.active(), stats.qsize(), stats.admissionsWaiting()));
    }
    return this;
  }

  /** Asserts that the pool has terminated: it runs no task, and has no thread. */
  public TaskPoolAssert isTerminated() {
    PoolStats stats = stats();
    if (stats.state() != PoolState.TERMINATED) {
      fail(stats, "to be TERMINATED, but it is " + stats.state());
    }
    return this;
  }

  /** Asserts that the pool makes progress, or has nothing to do; see {@link PoolStats#starved}. */
  public TaskPoolAssert isNotStarved() {
    PoolStats stats = stats();
    if (stats.starved()) {
      fail(
          stats, "not to be starved, but none of its tasks makes progress while others are queued");
    }
    return this;
  }

  /** Asserts how many tasks are queued and have no worker on its way. */
  public TaskPoolAssert hasQueued(long expected) {
    return has("queued tasks", PoolStats::qsize, expected);
  }

  /** Asserts how many tasks run, or have a worker on its way. */
  public TaskPoolAssert hasActive(long expected) {
    return has("active tasks", PoolStats::active, expected);
  }

  /** Asserts how many tasks the pool has taken in its life. */
  public TaskPoolAssert hasSubmitted(long expected) {
    return has("submitted tasks", PoolStats::submitted, expected);
  }

  /** Asserts how many tasks have returned normally. */
  public TaskPoolAssert hasCompleted(long expected) {
    return has("completed tasks", PoolStats::completed, expected);
  }

  /** Asserts how many tasks have thrown, or could not be run. */
  public TaskPoolAssert hasFailed(long expected) {
    return has("failed tasks", PoolStats::failed, expected);
  }

  /** Asserts how many tasks were cancelled. */
  public TaskPoolAssert hasCancelled(long expected) {
    return has("cancelled tasks", PoolStats::cancelled, expected);
  }

  /** Asserts how many tasks were rejected. */
  public TaskPoolAssert hasRejected(long expected) {
    return has("rejected tasks", PoolStats::rejected, expected);
  }

  /** Asserts how many tasks were queued for longer than their {@code maxQueueTime}. */
  public TaskPoolAssert hasExpired(long expected) {
    return has("expired tasks", PoolStats::expired, expected);
  }

  /** Asserts how many tasks ran for longer than their {@code maxRunTime}. */
  public TaskPoolAssert hasTimeouts(long expected) {
    return has("tasks beyond their maxRunTime", PoolStats::timedOut, expected);
  }

  /** Asserts how many tasks run now that were reported as stuck. */
  public TaskPoolAssert hasStuck(long expected) {
    return has("stuck tasks", PoolStats::stuck, expected);
  }

  private TaskPoolAssert has(String what, ToLongFunction<PoolStats> figure, long expected) {
    PoolStats stats = stats();
    long found = figure.applyAsLong(stats);
    if (found != expected) {
      fail(stats, "to have %d %s, but it has %d".formatted(expected, what, found));
    }
    return this;
  }

  private void fail(PoolStats stats, String expectation) {
    failWithMessage("%nExpecting pool '%s'%n  %s.%n%s", stats.name(), expectation, stats);
  }

  private PoolStats stats() {
    isNotNull();
    return actual.stats();
  }
}
