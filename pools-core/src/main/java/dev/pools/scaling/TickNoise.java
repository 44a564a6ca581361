package dev.pools.scaling;

/**
 * How much the counts of single ticks deviate from their mean. Not thread-safe.
 *
 * <p>It is computed from blocks of ticks that are much longer than a task, and then expressed for
 * one tick. Tasks that finish together make single ticks deviate although the sums of blocks do
 * not.
 */
final class TickNoise {

  private static final double AT_FIRST = 0.1;
  private static final double MEMORY_BLOCKS = 12;
  private static final double BLOCKS_AT_FIRST = 3;

  private double variance = AT_FIRST * AT_FIRST;
  private double blocks = BLOCKS_AT_FIRST;

  /** The relative standard deviation of a tick's count. */
  double deviation() {
    return Math.sqrt(variance);
  }

  /**
   * Learns from a block of ticks.
   *
   * @param known what was measured before it with the same number of workers
   */
  void add(Throughput known, Throughput block) {
    double deviation = block.perSecond() / known.perSecond() - 1;
    double ticks = 1 / (1 / block.ticks() + 1 / known.ticks());
    double ofTick = Math.min(1, deviation * deviation * ticks);
    variance += (ofTick - variance) / blocks;
    blocks = Math.min(MEMORY_BLOCKS, blocks + 1);
  }
}
