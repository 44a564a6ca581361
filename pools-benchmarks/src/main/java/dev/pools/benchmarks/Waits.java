package dev.pools.benchmarks;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to a benchmark's score how long its threads had to wait, where the benchmark measures that.
 * JMH runs iterations one after the other and touches the samples of its threads only between them.
 */
public final class Waits implements InternalProfiler {

  /** The half of all waits that were shorter ended in so many nanoseconds. */
  public static final String MEDIAN = "wait.p50.ns";

  /** Of a thousand waits one took longer. */
  public static final String P999 = "wait.p99.9.ns";

  private static final List<Percentiles> SAMPLES = new ArrayList<>();

  /** Used by JMH. */
  public Waits() {}

  /** Where a thread of a benchmark counts its waits. */
  public static Percentiles newSample() {
    Percentiles sample = new Percentiles();
    synchronized (SAMPLES) {
      SAMPLES.add(sample);
    }
    return sample;
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    synchronized (SAMPLES) {
      SAMPLES.forEach(Percentiles::clear);
    }
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    Percentiles all = new Percentiles();
    synchronized (SAMPLES) {
      SAMPLES.forEach(all::add);
    }
    if (all.total() == 0) {
      return List.of();
    }
    return List.of(
        new ScalarResult(MEDIAN, all.at(0.5), "ns", AggregationPolicy.AVG),
        new ScalarResult(P999, all.at(0.999), "ns", AggregationPolicy.AVG));
  }

  @Override
  public String getDescription() {
    return "How long acquires waited, where the benchmark takes samples";
  }
}
