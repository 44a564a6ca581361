package dev.pools.benchmarks;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.runner.IterationType;

/**
 * Ends the warm-up of a JMH run as soon as it is steady. JMH itself takes a fixed number of
 * iterations only, and asks for that number before each of them: this lowers it. So the same pool
 * and the same threads go on from the warm-up to the measurement.
 */
public final class WarmUp implements InternalProfiler {

  private static final Object LOCK = new Object();

  private static Steadiness rule = Steadiness.STANDARD;
  private static List<Double> rates = new ArrayList<>();

  /** Used by JMH. */
  public WarmUp() {}

  /** Begins anew; one JVM warms up one cell at a time. */
  static void begin(Steadiness with) {
    synchronized (LOCK) {
      rule = with;
      rates = new ArrayList<>();
    }
  }

  /** The rate of each iteration of the warm-up so far. */
  static List<Double> rates() {
    synchronized (LOCK) {
      return List.copyOf(rates);
    }
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {}

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    if (iteration.getType() == IterationType.WARMUP) {
      double rate = Rate.perSecond(result);
      synchronized (LOCK) {
        rates.add(Double.isNaN(rate) ? result.getPrimaryResult().getScore() : rate);
        if (rule.isOver(rates)) {
          endAfter(rates.size(), iteration);
        }
      }
    }
    return List.of();
  }

  /** Lets the warm-up end after that many iterations. */
  static void endAfter(int iterations, IterationParams warmUp) {
    try {
      Class<?> declaring = warmUp.getClass();
      while (!declaring.getSimpleName().equals("IterationParamsL2")) {
        declaring = declaring.getSuperclass();
      }
      Field count = declaring.getDeclaredField("count");
      count.setAccessible(true);
      count.setInt(warmUp, iterations);
    } catch (ReflectiveOperationException | RuntimeException other) {
      throw new IllegalStateException(
          "The warm-up cannot be ended: this JMH is not the one that WarmUp was written for.",
          other);
    }
  }

  @Override
  public String getDescription() {
    return "Ends the warm-up as soon as it is steady";
  }
}
