package dev.pools.advice;

/** A task in a replay. */
final class ReplayTask {

  final long arrival;
  final long service;
  final int priority;
  final Source source;

  /** Whether it is in the queue or in line. */
  boolean waits;

  /** What learns that the task has ended. */
  interface Source {

    /** The task ran, or was rejected or dropped; called once. */
    void ended(long now);
  }

  ReplayTask(long arrival, long service, int priority, Source source) {
    this.arrival = arrival;
    this.service = service;
    this.priority = priority;
    this.source = source;
  }
}
