package dev.pools.task;

/**
 * What a worker notes of the run that it begins, where anything asks for it: the task has options,
 * or the pool has listeners. Otherwise a run costs no note, and no clock is read.
 */
final class RunNote {

  /** A {@link PoolTask}, or a bare Runnable. */
  final Object task;

  final long startNanos;

  /** When it was submitted, if that is known. */
  final long submittedNanos;

  final boolean knowsSubmission;

  RunNote(Object task, long startNanos, boolean knowsSubmission, long submittedNanos) {
    this.task = task;
    this.startNanos = startNanos;
    this.knowsSubmission = knowsSubmission;
    this.submittedNanos = submittedNanos;
  }
}
