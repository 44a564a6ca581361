package dev.pools.benchmarks.task;

/**
 * What is asked of an executor.
 *
 * @param threads what its workers are
 * @param workers how many tasks it runs at a time, always as many
 * @param bound what holds its queue back
 */
record Demand(Threads threads, int workers, Bound bound) {

  /** How many tasks a bounded queue takes. */
  static final int CAPACITY = 1000;

  /** What happens at {@link #CAPACITY}. */
  enum Bound {
    /** There is no bound. */
    NONE,
    /** The submitter waits. */
    WAIT,
    /** The submitter runs the task. */
    CALLER_RUNS
  }
}
