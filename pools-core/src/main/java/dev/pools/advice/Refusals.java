package dev.pools.advice;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what makes a sample unfit for a prediction, whatever the number of workers to try. */
final class Refusals {

  private static final int LEAST_TASKS = 200;
  private static final double BUSY_CPU = 0.85;

  // A trend: blocks of time, how much changes from the first to the last, and how certain that is.
  private static final int TREND_BLOCKS = 16;
  private static final double TREND = 0.25;
  private static final double TREND_ERRORS = 3;

  // A bottleneck: within so many tasks in a row nothing else changes.
  private static final int BLOCK_TASKS = 64;
  private static final double SLOPE_ERRORS = 3;

  private Refusals() {}

  /** Why the sample is unfit; null if it is not. */
  static @Nullable String reason(Sample sample, Sources sources) {
    if (sample.resized()) {
      return "the number of workers changed within this time; ask again later";
    }
    if (sample.taskCount() < LEAST_TASKS) {
      return "%d tasks are too few, at least %d are needed"
          .formatted(sample.taskCount(), LEAST_TASKS);
    }
    if (sample.step() > 1 && sample.tasks().stream().anyMatch(task -> task.map() != 0)) {
      return "the pool runs maps, which cannot be replayed from a sample of one task in %d"
          .formatted(sample.step());
    }
    if (sample.blockedWorkers() > 0) {
      return "%d workers wait for other tasks of this pool, so more workers do other work"
          .formatted(sample.blockedWorkers());
    }
    if (sample.cpuShare() > BUSY_CPU) {
      return "the processors are %s busy, so tasks would take longer with more workers"
          .formatted(Sentences.percent(sample.cpuShare()));
    }
    Slope.Line slope = serviceOverRunning(sample);
    if (slope != null && slope.t() > SLOPE_ERRORS) {
      return "tasks take longer when more of them run, so they share a limit behind this pool"
          + " (a server, a connection pool, a lock): see to that one";
    }
    return trend(sample, sources);
  }

  // ---- A limit behind the tasks

  /**
   * How the service time grows with the number of tasks that run, as a logarithm. Compared are only
   * tasks of one priority that came at about the same time: a slow time makes tasks take longer,
   * and therefore more of them run; that is no limit that they share.
   */
  static Slope.@Nullable Line serviceOverRunning(Sample sample) {
    List<TaskRecord> started = new ArrayList<>();
    for (TaskRecord task : sample.tasks()) {
      if (task.end() == TaskRecord.End.RAN && task.running() > 0) {
        started.add(task);
      }
    }
    long from = sample.fromNanos();
    started.sort(Comparator.comparingLong(task -> task.startNanos() - from));
    Map<Kind, Integer> groups = new HashMap<>();
    Slope slope = new Slope();
    for (int i = 0; i < started.size(); i++) {
      TaskRecord task = started.get(i);
      Kind kind = new Kind(i / BLOCK_TASKS, task.priority(), task.map() != 0);
      int group = groups.computeIfAbsent(kind, unused -> groups.size());
      slope.add(group, task.running(), Math.log1p((double) task.serviceNanos()));
    }
    return slope.line();
  }

  private record Kind(int block, int priority, boolean element) {}

  // ---- Change

  private static @Nullable String trend(Sample sample, Sources sources) {
    double services = serviceTrend(sample);
    if (Math.abs(services) > TREND) {
      return "the time that tasks take has %s in this time, by about %s"
          .formatted(services > 0 ? "risen" : "fallen", Sentences.percent(Math.abs(services)));
    }
    double arrivals = arrivalTrend(sample, sources);
    if (Math.abs(arrivals) > TREND) {
      return "the number of tasks that arrive has %s in this time, by about %s"
          .formatted(arrivals > 0 ? "risen" : "fallen", Sentences.percent(Math.abs(arrivals)));
    }
    return null;
  }

  private static double serviceTrend(Sample sample) {
    double[] sums = new double[TREND_BLOCKS];
    double[] counts = new double[TREND_BLOCKS];
    for (TaskRecord task : sample.tasks()) {
      int block = blockOf(task, sample);
      if (task.hasService() && block >= 0) {
        sums[block] += Math.log1p((double) task.serviceNanos());
        counts[block]++;
      }
    }
    double mean = 0;
    int known = 0;
    for (int block = 0; block < TREND_BLOCKS; block++) {
      if (counts[block] > 0) {
        sums[block] /= counts[block];
        mean += sums[block];
        known++;
      }
    }
    // Of a block whose tasks still wait nothing is known.
    for (int block = 0; block < TREND_BLOCKS; block++) {
      if (counts[block] == 0) {
        sums[block] = mean / Math.max(1, known);
      }
    }
    double change = significantChange(sums);
    return change == 0 ? 0 : Math.exp(change) - 1;
  }

  /** Only the open tasks: when the others arrive follows from when tasks end. */
  private static double arrivalTrend(Sample sample, Sources sources) {
    double[] counts = new double[TREND_BLOCKS];
    double mean = 0;
    for (TaskRecord task : sources.open()) {
      int block = blockOf(task, sample);
      if (block >= 0) {
        counts[block]++;
        mean += 1.0 / TREND_BLOCKS;
      }
    }
    return mean == 0 ? 0 : significantChange(counts) / mean;
  }

  private static int blockOf(TaskRecord task, Sample sample) {
    long at = task.arrivalNanos() - sample.fromNanos();
    return at < 0 || at >= sample.nanos()
        ? -1
        : (int) Math.min(TREND_BLOCKS - 1, (double) at / sample.nanos() * TREND_BLOCKS);
  }

  /** The change from the first to the last value on a straight line; 0 if it may be chance. */
  private static double significantChange(double[] values) {
    Slope slope = new Slope();
    for (int i = 0; i < values.length; i++) {
      slope.add(0, (double) i / values.length, values[i]);
    }
    double meanX = (values.length - 1) / 2.0 / values.length;
    double meanY = 0;
    for (double value : values) {
      meanY += value / values.length;
    }
    Slope.Line line = slope.line();
    if (line == null) {
      return 0;
    }
    double squares = 0;
    double residuals = 0;
    for (int i = 0; i < values.length; i++) {
      double dx = (double) i / values.length - meanX;
      double residual = values[i] - meanY - line.slope() * dx;
      squares += dx * dx;
      residuals += residual * residual;
    }
    double error = Math.sqrt(residuals / (values.length - 2) / squares);
    return Math.abs(line.slope()) > TREND_ERRORS * error ? line.slope() : 0;
  }
}
