package dev.pools.scaling;

/** Grows and shrinks at fixed ratios of pending tasks to workers. */
final class ThresholdScaling extends ScalingPolicy {

  static final ThresholdScaling INSTANCE = new ThresholdScaling();

  // The thresholds and factors of asyncutils.pools.AdvancedPool.
  private static final double GROW_ABOVE = 1.5;
  private static final double GROW_BY = 0.5;
  private static final double SHRINK_BELOW = 0.5;
  private static final double SHRINK_BY = 0.3;

  private ThresholdScaling() {}

  /**
   * A waiting task always gets a worker while there may be more; above the threshold, several
   * workers start at once.
   */
  @Override
  public int grown(Load load) {
    boolean crowded = load.pending() > GROW_ABOVE * load.workers();
    int step = crowded ? Math.max(1, (int) (load.workers() * GROW_BY)) : 1;
    return Math.min(load.maxWorkers(), load.workers() + Math.min(step, load.unmet()));
  }

  @Override
  public int shrunk(Load load) {
    if (load.pending() >= SHRINK_BELOW * load.workers()) {
      return load.workers();
    }
    int step = Math.max(1, (int) (load.workers() * SHRINK_BY));
    return Math.max(load.minWorkers(), load.workers() - step);
  }

  @Override
  public int least(int minWorkers, int maxWorkers) {
    return minWorkers;
  }

  @Override
  public String toString() {
    return "thresholds";
  }
}
