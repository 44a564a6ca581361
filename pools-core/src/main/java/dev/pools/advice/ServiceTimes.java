package dev.pools.advice;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The known service times of a sample. An unknown one is drawn from tasks of the same priority. If
 * service times change with the time, because a server was slow for a while, it is drawn from tasks
 * that arrived at about the same time. Otherwise it is not: the mean of a few neighbours differs by
 * chance, and the replay would show slow times that did not happen.
 */
final class ServiceTimes {

  /** From how many neighbours a service time is drawn, if it is drawn from neighbours. */
  private static final int NEIGHBOURS = 256;

  /** Fewer tasks of a priority say too little about it. */
  private static final int FEW = 64;

  // Whether service times change with the time: the analysis of variance (Fisher).
  private static final int BLOCKS = 32;
  private static final double CHANGES = 2;

  private final List<TaskRecord> all = new ArrayList<>();
  private final Map<Integer, List<TaskRecord>> byPriority = new TreeMap<>();
  private final RandomGenerator random;
  private final boolean change;

  ServiceTimes(Sample sample, RandomGenerator random) {
    this.random = random;
    for (TaskRecord task : sample.tasks()) {
      if (task.hasService()) {
        all.add(task);
        byPriority.computeIfAbsent(task.priority(), priority -> new ArrayList<>()).add(task);
      }
    }
    this.change = changeWithTime(all);
  }

  private static boolean changeWithTime(List<TaskRecord> tasks) {
    int inBlock = tasks.size() / BLOCKS;
    if (inBlock < 2) {
      return false;
    }
    double[] means = new double[BLOCKS];
    double mean = 0;
    double within = 0;
    for (int block = 0; block < BLOCKS; block++) {
      for (int i = 0; i < inBlock; i++) {
        means[block] += logOfService(tasks.get(block * inBlock + i)) / inBlock;
      }
      for (int i = 0; i < inBlock; i++) {
        double deviation = logOfService(tasks.get(block * inBlock + i)) - means[block];
        within += deviation * deviation / (BLOCKS * (inBlock - 1.0));
      }
      mean += means[block] / BLOCKS;
    }
    double between = 0;
    for (double blockMean : means) {
      between += inBlock * (blockMean - mean) * (blockMean - mean) / (BLOCKS - 1);
    }
    return between > CHANGES * within;
  }

  private static double logOfService(TaskRecord task) {
    return Math.log1p((double) task.serviceNanos());
  }

  /** The service time of a task: the known one, or one that is drawn. */
  long of(TaskRecord task) {
    return switch (task.end()) {
      case RAN, RAN_BY_CALLER -> task.serviceNanos();
      case RUNNING -> Math.max(task.serviceNanos(), draw(task.arrivalNanos(), task.priority()));
      default -> draw(task.arrivalNanos(), task.priority());
    };
  }

  /** The service time of a task that is not in the sample. */
  long draw(long arrivalNanos, int priority) {
    List<TaskRecord> known = byPriority.getOrDefault(priority, List.of());
    if (known.size() < FEW) {
      known = all;
    }
    if (known.isEmpty()) {
      return 0;
    }
    if (!change) {
      return known.get(random.nextInt(known.size())).serviceNanos();
    }
    int first = Math.min(position(known, arrivalNanos) - NEIGHBOURS / 2, known.size() - NEIGHBOURS);
    first = Math.max(0, first);
    int count = Math.min(NEIGHBOURS, known.size() - first);
    return known.get(first + random.nextInt(count)).serviceNanos();
  }

  private static int position(List<TaskRecord> known, long arrivalNanos) {
    int low = 0;
    int high = known.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (known.get(middle).arrivalNanos() - arrivalNanos < 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }
}
