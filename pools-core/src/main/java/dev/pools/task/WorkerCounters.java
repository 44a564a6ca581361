package dev.pools.task;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * What the worker of one number has done, over all the threads that it has had. Counted by that
 * worker, without atomic operations, and read by anyone.
 *
 * <p>It is big enough that two workers' counters share no cache line.
 */
final class WorkerCounters {

  // Not VarHandles: a JVM that has just started interprets several times as many steps for one.
  private static final AtomicLongFieldUpdater<WorkerCounters> TAKEN = updater("taken");
  private static final AtomicLongFieldUpdater<WorkerCounters> COMPLETED = updater("completed");
  private static final AtomicLongFieldUpdater<WorkerCounters> FAILED = updater("failed");
  private static final AtomicLongFieldUpdater<WorkerCounters> CANCELLED = updater("cancelled");
  private static final AtomicLongFieldUpdater<WorkerCounters> SUBMITTED = updater("submittedInRun");

  private static AtomicLongFieldUpdater<WorkerCounters> updater(String field) {
    return AtomicLongFieldUpdater.newUpdater(WorkerCounters.class, field);
  }

  /** The number of the worker, from 1. */
  final int number;

  private volatile long taken;
  private volatile long completed;
  private volatile long failed;
  private volatile long cancelled;

  /** During which run, by the count of taken tasks, it has last submitted to its own pool. */
  private volatile long submittedInRun = -1;

  @SuppressWarnings("UnusedVariable")
  private long apart1, apart2, apart3, apart4, apart5, apart6, apart7, apart8;

  // Guarded by the pool's lock.
  private @Nullable Throwable failure;

  // Written under the pool's lock, read by anyone: since when the run with this count is watched.
  private volatile long watchedTaken = -1;
  private volatile long watchedSinceNanos;

  WorkerCounters(int number) {
    this.number = number;
  }

  // ---- By the worker

  void countTaken() {
    TAKEN.lazySet(this, taken + 1);
  }

  void countEnded(Outcome outcome) {
    switch (outcome) {
      case COMPLETED -> COMPLETED.lazySet(this, completed + 1);
      case FAILED -> FAILED.lazySet(this, failed + 1);
      default -> CANCELLED.lazySet(this, cancelled + 1);
    }
  }

  /** Its task submits another one to the same pool. */
  void noteSubmission() {
    SUBMITTED.lazySet(this, taken);
  }

  // ---- By anyone

  /** Whether the task that it runs has submitted another one to the same pool. */
  boolean hasSubmitted() {
    return submittedInRun == taken;
  }

  /** Whether its task runs; false in the moments between two tasks. */
  boolean isRunning() {
    return taken > completed + failed + cancelled;
  }

  long taken() {
    return taken;
  }

  long completed() {
    return completed;
  }

  long failed() {
    return failed;
  }

  long cancelled() {
    return cancelled;
  }

  /**
   * Notes which run there is; under the pool's lock.
   *
   * @return how long a run was watched that has ended since the last time; zero if there was none
   */
  long watch(long nowNanos) {
    long now = taken;
    boolean runs = now > completed + failed + cancelled;
    long before = watchedTaken;
    if (before == now && runs) {
      return 0;
    }
    long ended = before < 0 ? 0 : nowNanos - watchedSinceNanos;
    watchedTaken = -1;
    if (runs) {
      watchedSinceNanos = nowNanos;
      watchedTaken = now;
    }
    return ended;
  }

  /** How long the run with this count has been watched. */
  long watchedNanos(long count, long nowNanos) {
    return watchedTaken == count ? Math.max(0, nowNanos - watchedSinceNanos) : 0;
  }

  /** Its worker was lost with a task that it had taken and not run. */
  void endLost() {
    if (taken > completed + failed + cancelled) {
      countEnded(Outcome.FAILED);
    }
  }

  void endedBy(@Nullable Throwable cause) {
    failure = cause;
  }

  WorkerReport report() {
    return new WorkerReport(number, completed, failure);
  }
}
