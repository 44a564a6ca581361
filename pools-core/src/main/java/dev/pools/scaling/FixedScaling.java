package dev.pools.scaling;

/** Keeps a pool at its largest number of workers. */
final class FixedScaling extends ScalingPolicy {

  // Not of its own type: the verifier of a caller would load this class.
  static final ScalingPolicy INSTANCE = new FixedScaling();

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
