package dev.pools.task;

/** Keeps a pool at its greatest number of workers. */
final class FixedScaling extends ScalingPolicy {

  static final FixedScaling INSTANCE = new FixedScaling();

  private FixedScaling() {}

  @Override
  int grown(Load load) {
    return load.maxWorkers();
  }

  @Override
  int shrunk(Load load) {
    return load.workers();
  }

  @Override
  int least(int minWorkers, int maxWorkers) {
    return maxWorkers;
  }

  @Override
  public String toString() {
    return "fixed";
  }
}
