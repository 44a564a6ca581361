package dev.pools.advice;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What another number of workers would have done, or why that cannot be said.
 *
 * @param workers the number of workers that was tried
 * @param observed what the sample shows at the number of workers that the pool had
 * @param grade how far the forecast can be trusted
 * @param reason why it is not {@link Grade#GOOD}; empty if it is
 * @param forecast null if the grade is {@link Grade#NONE}
 */
public record Prediction(
    int workers, Observed observed, Grade grade, String reason, @Nullable Forecast forecast) {

  /** How far a forecast can be trusted. */
  public enum Grade {
    /** The ranges hold if the tasks take no longer with more of them at a time. */
    GOOD,
    /** Only the utilisation, and whether waits get longer or shorter. */
    ROUGH,
    /** There is no forecast. */
    NONE
  }

  /** The prediction in one or two sentences, for an operator. */
  public String sentence() {
    String past = observed.tasks() == 0 ? "" : past();
    if (forecast == null) {
      return "%sWhat %s would have done cannot be said: %s."
          .formatted(past, workersOf(workers), reason);
    }
    String told =
        grade == Grade.GOOD
            ? waits(forecast)
            : "waits would have been %s (roughly, because %s)"
                .formatted(direction(observed, forecast), reason);
    return "%sWith %d %s, %s busy%s%s%s."
        .formatted(
            past,
            workers,
            told,
            Sentences.range(forecast.utilisation()),
            unserved(forecast),
            maps(forecast),
            condition());
  }

  private String past() {
    return "In the last %s (%s tasks) the p99 wait was %s with %s, p50 %s, %s busy. "
        .formatted(
            Sentences.duration(observed.window()),
            Sentences.count(observed.tasks()),
            Sentences.duration(observed.p99Wait()),
            workersOf(observed.workers()),
            Sentences.duration(observed.medianWait()),
            Sentences.percent(observed.utilisation()))
        .replace("(1 tasks)", "(1 task)");
  }

  private static String waits(Forecast forecast) {
    return "it would have been %s, p50 %s"
        .formatted(Sentences.range(forecast.p99Wait()), Sentences.range(forecast.medianWait()));
  }

  private static String direction(Observed observed, Forecast forecast) {
    Forecast.Wait wait = forecast.p99Wait();
    if (wait.contains(observed.p99Wait())) {
      return "about as long";
    }
    return wait.most().compareTo(observed.p99Wait()) < 0 ? "shorter" : "longer";
  }

  private static String unserved(Forecast forecast) {
    return forecast.unservedShare() == 0
        ? ""
        : ", " + Sentences.percent(forecast.unservedShare()) + " of the tasks rejected or expired";
  }

  private static String maps(Forecast forecast) {
    Duration median = forecast.medianMapDuration();
    return median == null ? "" : ", half of the maps done within " + Sentences.duration(median);
  }

  private String condition() {
    int most = observed.mostRunning();
    return workers <= observed.workers()
        ? ""
        : ", if the tasks take no longer with %d at a time (so far at most %d ran)"
            .formatted(workers, most == 0 ? observed.workers() : most);
  }

  private static String workersOf(int number) {
    return number == 1 ? "1 worker" : number + " workers";
  }

  @Override
  public String toString() {
    return sentence();
  }
}
