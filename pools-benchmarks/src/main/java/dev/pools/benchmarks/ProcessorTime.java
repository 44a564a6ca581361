package dev.pools.benchmarks;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
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
 * How much processor time the JVM has taken for each operation, on all its threads. A few
 * nanoseconds more for each task are seen here, and not in a rate, which depends on how threads
 * meet. For JMH's command line: {@code -prof dev.pools.benchmarks.ProcessorTime}.
 */
public final class ProcessorTime implements InternalProfiler {

  /** Nanoseconds for each operation. */
  public static final String NAME = "cpu.norm";

  private long beforeNanos;

  /** Used by JMH. */
  public ProcessorTime() {}

  /** Of this JVM since its start; -1 where the system does not tell. */
  private static long nanos() {
    return ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class).getProcessCpuTime();
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    beforeNanos = nanos();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long taken = nanos() - beforeNanos;
    long operations = result.getMetadata().getAllOps();
    return beforeNanos < 0 || operations == 0
        ? List.of()
        : List.of(
            new ScalarResult(NAME, (double) taken / operations, "ns/op", AggregationPolicy.AVG));
  }

  @Override
  public String getDescription() {
    return "How much processor time the JVM has taken for each operation";
  }
}
