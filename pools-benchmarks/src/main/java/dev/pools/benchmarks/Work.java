package dev.pools.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.Blackhole;

/** Keeps a processor busy for a given time: the work that tasks do and leases are held for. */
public final class Work {

  /** Names how many tokens of {@link Blackhole#consumeCPU} make a microsecond on this machine. */
  public static final String TOKENS_PER_MICRO = "pools.benchmarks.tokensPerMicro";

  private static final int CALIBRATION_TOKENS = 100_000;

  private static final double PER_MICRO = perMicro();

  private Work() {}

  /** What {@link #spend} takes for work of so many microseconds. */
  public static long tokens(int micros) {
    return Math.round(micros * PER_MICRO);
  }

  /** Works. */
  public static void spend(long tokens) {
    if (tokens > 0) {
      Blackhole.consumeCPU(tokens);
    }
  }

  /** The grid measures this once for all its forks, so that they all do the same work. */
  private static double perMicro() {
    String given = System.getProperty(TOKENS_PER_MICRO);
    return given == null ? calibrate() : Double.parseDouble(given);
  }

  /** Measures how many tokens make a microsecond, undisturbed. */
  static double calibrate() {
    long best = Long.MAX_VALUE;
    for (int round = 0; round < 200; round++) {
      long before = System.nanoTime();
      Blackhole.consumeCPU(CALIBRATION_TOKENS);
      best = Math.min(best, System.nanoTime() - before);
    }
    return (double) CALIBRATION_TOKENS * TimeUnit.MICROSECONDS.toNanos(1) / best;
  }
}
