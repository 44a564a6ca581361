package dev.pools.benchmarks.task;

/** What workers are. */
public enum Threads {
  /** Threads of the system. */
  PLATFORM,
  /** Virtual threads. */
  VIRTUAL
}
