package dev.pools.task;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * What the worker of one number has done, over all the threads that it has had. Counted by that
 * worker, without atomic operations, and read by anyone.
 *
 * <p>It is big enough that two workers' counters share no cache line.
 */
final class WorkerCounters {

  private static final VarHandle TAKEN;
  private static final VarHandle COMPLETED;
  private static final VarHandle FAILED;
  private static final VarHandle CANCELLED;
  private static final VarHandle SUBMITTED;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      TAKEN = lookup.findVarHandle(WorkerCounters.class, "taken", long.class);
      COMPLETED = lookup.findVarHandle(WorkerCounters.class, "completed", long.class);
      FAILED = lookup.findVarHandle(WorkerCounters.class, "failed", long.class);
      CANCELLED = lookup.findVarHandle(WorkerCounters.class, "cancelled", long.class);
      SUBMITTED = lookup.findVarHandle(WorkerCounters.class, "submittedInRun", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** Its place in the crew, from 1. */
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
    TAKEN.setRelease(this, (long) TAKEN.getOpaque(this) + 1);
  }

  void countEnded(Outcome outcome) {
    switch (outcome) {
      case COMPLETED -> COMPLETED.setRelease(this, (long) COMPLETED.getOpaque(this) + 1);
      case FAILED -> FAILED.setRelease(this, (long) FAILED.getOpaque(this) + 1);
      default -> CANCELLED.setRelease(this, (long) CANCELLED.getOpaque(this) + 1);
    }
  }

  /** Its task submits another one to the same pool. */
  void noteSubmission() {
    SUBMITTED.setOpaque(this, (long) TAKEN.getOpaque(this));
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
