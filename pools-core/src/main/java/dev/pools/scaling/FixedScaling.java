package dev.pools.scaling;

/** Keeps a pool at its largest number of workers. */
final class FixedScaling extends ScalingPolicy {

  static final FixedScaling INSTANCE = new FixedScaling();

  private FixedScaling() {}

  @Override
  public int grown(Load load) {
    return load.maxWorkers();
  }

  @Override
  public int shrunk(Load load) {
    return load.workers();
  }

  @Override
  public int least(int minWorkers, int maxWorkers) {
    return maxWorkers;
  }

  @Override
  public String toString() {
    return "fixed";
  }
}
