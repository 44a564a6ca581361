package dev.pools.benchmarks;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Adds to a benchmark's score how often the workers of the pool went to sleep, and so had to be
 * woken, for a thousand tasks. That is what Linux counts as voluntary context switches, of threads
 * that are named as workers are here; other systems have no such count, and give none.
 */
public final class WakeUps implements InternalProfiler {

  /** The count for a thousand tasks. */
  public static final String NAME = "wakeups.per.1000";

  /** What each peer's threads are named; Linux keeps the first 15 characters. */
  public static final String WORKER_NAME = "bench-worker";

  /** The carriers of virtual threads, which no one can name. */
  private static final String CARRIER_NAME = "ForkJoinPool-1-";

  private static final Path THREADS = Path.of("/proc/self/task");

  private Map<String, Long> before = Map.of();

  /** Used by JMH. */
  public WakeUps() {}

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = sleepsByThread();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    if (!Files.isDirectory(THREADS)) {
      return List.of();
    }
    double each =
        (double) since(before, sleepsByThread()) / Math.max(1, result.getMetadata().getAllOps());
    return List.of(new ScalarResult(NAME, 1000 * each, "wake-ups", AggregationPolicy.AVG));
  }

  /** By how much workers have grown in sum; those that have ended meanwhile are not counted. */
  public static long since(Map<String, Long> before, Map<String, Long> after) {
    long grown = 0;
    for (Map.Entry<String, Long> thread : after.entrySet()) {
      grown += thread.getValue() - before.getOrDefault(thread.getKey(), 0L);
    }
    return grown;
  }

  /** How often each worker has gone to sleep so far; none where the system does not tell. */
  public static Map<String, Long> sleepsByThread() {
    return byThread(WakeUps::voluntarySwitches);
  }

  /** How long each worker has been on a processor; none where the system does not tell. */
  public static Map<String, Long> cpuNanosByThread() {
    return byThread(WakeUps::cpuNanos);
  }

  private interface Count {
    long of(Path thread) throws IOException;
  }

  private static Map<String, Long> byThread(Count count) {
    Map<String, Long> readings = new HashMap<>();
    if (!Files.isDirectory(THREADS)) {
      return readings;
    }
    try (DirectoryStream<Path> threads = Files.newDirectoryStream(THREADS)) {
      for (Path thread : threads) {
        try {
          String name = Files.readString(thread.resolve("comm"));
          if (name.startsWith(WORKER_NAME) || name.startsWith(CARRIER_NAME)) {
            readings.put(thread.getFileName().toString(), count.of(thread));
          }
        } catch (IOException ended) {
          // Its thread has ended meanwhile.
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return readings;
  }

  private static long cpuNanos(Path thread) throws IOException {
    String times = Files.readString(thread.resolve("schedstat"));
    return Long.parseLong(times.substring(0, times.indexOf(' ')));
  }

  private static long voluntarySwitches(Path thread) throws IOException {
    for (String line : Files.readAllLines(thread.resolve("status"))) {
      if (line.startsWith("voluntary_ctxt_switches:")) {
        return Long.parseLong(line.substring(line.indexOf(':') + 1).trim());
      }
    }
    return 0;
  }

  @Override
  public String getDescription() {
    return "How often workers went to sleep, for a thousand tasks";
  }
}
