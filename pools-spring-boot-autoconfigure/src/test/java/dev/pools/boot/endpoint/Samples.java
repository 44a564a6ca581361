package dev.pools.boot.endpoint;

/** Takes samples when a test of another package wants them. */
public final class Samples {

  private Samples() {}

  /** Samples each pool now. */
  public static void take(PoolWatch watch) {
    watch.sampleAll();
  }
}
