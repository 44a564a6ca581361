package dev.pools.advice;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A prediction, and what happened after the change.
 *
 * <p>No sample shows a limit behind a pool that its tasks do not feel yet. The scorecard does: then
 * the tasks take longer than before, although the pool has more workers.
 *
 * @param said the prediction; with a forecast
 * @param now what a sample shows that was taken after the change, best of {@link #ENOUGH_TASKS}
 * @param utilisationHeld whether the utilisation is in the range that was predicted
 * @param medianHeld whether the median wait is
 * @param p99Held whether the 99 % wait is
 * @param serviceChange how much longer tasks take than before: 0.6 is 60 % longer
 * @param hiddenLimit whether tasks take longer because more of them run
 */
public record Scorecard(
    Prediction said,
    Observed now,
    boolean utilisationHeld,
    boolean medianHeld,
    boolean p99Held,
    double serviceChange,
    boolean hiddenLimit) {

  /** After so many tasks a comparison says something. */
  public static final int ENOUGH_TASKS = 4000;

  private static final double LONGER = 0.1;
  private static final double MUCH_LONGER = 0.25;
  private static final double ERRORS = 3;
  private static final double AS_GOOD = 1.1;

  /**
   * Compares a prediction with a sample that was taken after the change.
   *
   * @throws IllegalArgumentException if the prediction has no forecast
   */
  public static Scorecard of(Prediction said, Sample after) {
    Forecast forecast = said.forecast();
    if (forecast == null) {
      throw new IllegalArgumentException(
          "The prediction for %d workers has no forecast to compare: %s."
              .formatted(said.workers(), said.reason()));
    }
    Observed now = Observed.of(after, said.workers());
    double before = said.observed().meanService().toNanos();
    double change = before > 0 ? now.meanService().toNanos() / before - 1 : 0;
    return new Scorecard(
        said,
        now,
        forecast.utilisation().contains(now.utilisation()),
        forecast.medianWait().contains(now.medianWait()),
        forecast.p99Wait().contains(now.p99Wait()),
        change,
        isLimitHidden(said, after, change, before));
  }

  private static boolean isLimitHidden(
      Prediction said, Sample after, double change, double before) {
    if (said.workers() <= said.observed().workers() || change < LONGER) {
      return false;
    }
    Slope.Line slope = Refusals.serviceOverRunning(after);
    return (slope != null && slope.t() > ERRORS) || isMuchLonger(after, before);
  }

  private static boolean isMuchLonger(Sample after, double before) {
    double mean = Observed.meanService(after);
    double squares = 0;
    long count = 0;
    for (TaskRecord task : after.tasks()) {
      if (task.hasService()) {
        squares += Math.pow(task.serviceNanos() - mean, 2);
        count++;
      }
    }
    double error = count < 2 ? mean : Math.sqrt(squares / (count - 1) / count);
    return mean - ERRORS * error > (1 + MUCH_LONGER) * before;
  }

  /** The comparison in one or two sentences, for an operator. */
  public String sentence() {
    Forecast forecast = Objects.requireNonNull(said.forecast());
    String compared =
        "With %d workers instead of %d: predicted %s busy, p99 wait %s, p50 %s; it is %s, %s, %s."
            .formatted(
                said.workers(),
                said.observed().workers(),
                Sentences.range(forecast.utilisation()),
                Sentences.range(forecast.p99Wait()),
                Sentences.range(forecast.medianWait()),
                Sentences.percent(now.utilisation()),
                Sentences.duration(now.p99Wait()),
                Sentences.duration(now.medianWait()));
    String why = reason();
    return why == null ? compared : compared + " " + why;
  }

  private @Nullable String reason() {
    if (!hiddenLimit) {
      return null;
    }
    Duration before = said.observed().meanService();
    double capacityThen = said.observed().workers() / (double) Math.max(1, before.toNanos());
    double capacityNow = said.workers() / (double) Math.max(1, now.meanService().toNanos());
    return "Tasks take %s longer since then: they share a limit behind this pool%s."
        .formatted(
            Sentences.percent(serviceChange),
            capacityNow <= AS_GOOD * capacityThen
                ? ", and %d workers were as good".formatted(said.observed().workers())
                : "");
  }

  @Override
  public String toString() {
    return sentence();
  }
}
