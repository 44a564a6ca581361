package dev.pools.advice;

import java.time.Duration;

/**
 * The figures that a sample shows.
 *
 * @param workers how many workers the pool could have
 * @param window how long the sample is
 * @param tasks how many tasks it stands for
 * @param utilisation how busy the workers were, from 0 to 1
 * @param medianWait the wait that half of the tasks did not exceed
 * @param p99Wait the wait that 99 % of the tasks did not exceed
 * @param unservedShare how many of the tasks were rejected or expired, from 0 to 1
 * @param meanService how long a task ran on average
 * @param mostRunning how many tasks ran at a time at most
 */
public record Observed(
    int workers,
    Duration window,
    long tasks,
    double utilisation,
    Duration medianWait,
    Duration p99Wait,
    double unservedShare,
    Duration meanService,
    int mostRunning) {

  static Observed of(Sample sample, int workers) {
    Measures measures = measure(sample);
    long[] waits = measures.sortedWaits();
    return new Observed(
        workers,
        Duration.ofNanos(sample.nanos()),
        sample.taskCount(),
        Math.min(1, measures.utilisation(workers) * sample.step()),
        Duration.ofNanos(Measures.quantile(waits, 0.5)),
        Duration.ofNanos(Measures.quantile(waits, 0.99)),
        measures.unservedShare(),
        Duration.ofNanos((long) meanService(sample)),
        sample.tasks().stream().mapToInt(TaskRecord::running).max().orElse(0));
  }

  /** The waits of a sample, those of tasks that still wait included. */
  static Measures measure(Sample sample) {
    long from = sample.fromNanos();
    Measures measures = new Measures(0, sample.nanos());
    for (TaskRecord task : sample.tasks()) {
      long arrival = task.arrivalNanos() - from;
      switch (task.end()) {
        case EXPIRED -> measures.expired(arrival);
        case REJECTED -> measures.rejected(arrival);
        case RAN_BY_CALLER -> measures.started(arrival, 0);
        case WAITING -> measures.started(arrival, task.waitNanos());
        default -> {
          measures.started(arrival, task.waitNanos());
          measures.ran(task.startNanos() - from, task.serviceNanos());
        }
      }
    }
    return measures;
  }

  static double meanService(Sample sample) {
    return sample.tasks().stream()
        .filter(TaskRecord::hasService)
        .mapToLong(TaskRecord::serviceNanos)
        .average()
        .orElse(0);
  }
}
