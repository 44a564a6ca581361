package dev.pools.benchmarks;

import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * What all threads of an iteration have done together, by the time from when the first began until
 * the last ended. JMH's own score adds up the rates of the threads, each by its own time: where an
 * operation takes a good part of an iteration, and an unfair pool lets some threads wait meanwhile,
 * that comes to more than was ever done.
 */
public final class Rate implements InternalProfiler {

  /** Operations in a second. */
  public static final String NAME = "rate";

  private static final Object LOCK = new Object();

  private static long firstBegin = Long.MAX_VALUE;
  private static long lastEnd = Long.MIN_VALUE;

  /** Used by JMH. */
  public Rate() {}

  /** A thread of the benchmark begins an iteration. */
  public static void begin() {
    long now = System.nanoTime();
    synchronized (LOCK) {
      firstBegin = Math.min(firstBegin, now);
    }
  }

  /** A thread of the benchmark has ended an iteration. */
  public static void end() {
    long now = System.nanoTime();
    synchronized (LOCK) {
      lastEnd = Math.max(lastEnd, now);
    }
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    synchronized (LOCK) {
      firstBegin = Long.MAX_VALUE;
      lastEnd = Long.MIN_VALUE;
    }
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    double rate = perSecond(result);
    return Double.isNaN(rate)
        ? List.of()
        : List.of(new ScalarResult(NAME, rate, "ops/s", AggregationPolicy.AVG));
  }

  /** The rate of the iteration that has just ended; NaN where the benchmark does not tell. */
  static double perSecond(IterationResult result) {
    synchronized (LOCK) {
      return lastEnd <= firstBegin
          ? Double.NaN
          : (double) result.getMetadata().getAllOps()
              * TimeUnit.SECONDS.toNanos(1)
              / (lastEnd - firstBegin);
    }
  }

  @Override
  public String getDescription() {
    return "What all threads have done together, by the time of all of them";
  }
}
