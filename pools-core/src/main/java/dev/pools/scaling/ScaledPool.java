package dev.pools.scaling;

/**
 * The pool that a {@link ScalingSampler} samples: all that scaling needs of a pool. The pool
 * implements it; the sampler calls it on timer threads and helper threads, never under a lock.
 */
public interface ScaledPool {

  /** Reads the pool's numbers at one moment. Does not block. */
  PoolReading read();

  /**
   * Sets how many workers the pool may have for now. The pool keeps its own limits in any case.
   *
   * <p>May start workers and therefore call the user's thread factory, so the sampler calls it on a
   * thread from {@link #runOnHelperThread} only.
   */
  void limitWorkers(int most);

  /** The pool's monotonic clock, in nanoseconds. */
  long nanoTime();

  /**
   * Runs an action once, later, on a timer thread.
   *
   * @param delayNanos the delay in nanoseconds
   * @param action short, does not block, calls no user code
   * @return cancels the timer; does nothing if the action has started
   */
  Runnable schedule(long delayNanos, Runnable action);

  /**
   * Runs an action on another thread, where user code may run: soon, or as soon as a thread can be
   * started.
   */
  void runOnHelperThread(Runnable action);
}
