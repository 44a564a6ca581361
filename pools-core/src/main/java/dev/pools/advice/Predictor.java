package dev.pools.advice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * Says what another number of workers would have done. Has no state; can be called by any thread.
 */
public final class Predictor {

  /** Each draws the unknown service times anew. */
  private static final int DRAWS = 3;

  private static final int ENOUGH_TASKS = 4000;
  private static final double FULL = 0.9;
  private static final double QUARTERS_DIFFER = 2.5;

  // How much wider a range is than what the replays show.
  private static final double MARGIN = 0.1;
  private static final double MARGIN_OF_SERVICE = 0.2;
  private static final double MARGIN_OF_UTILISATION = 0.03;

  // The replay at the present size may miss what was recorded by so much.
  private static final double SELF_TEST = 0.5;
  private static final double SELF_TEST_OF_SERVICE = 1;

  private Predictor() {}

  /**
   * Predicts what so many workers would have done with the tasks of a sample.
   *
   * @param now the pool with the number of workers that it had when the sample was taken
   * @param workers the number to try, at least 1
   */
  public static Prediction predict(Sample sample, PoolModel now, int workers) {
    Observed observed = Observed.of(sample, now.workers());
    Sources sources = Sources.of(sample);
    String refusal = Refusals.reason(sample, sources);
    if (refusal == null && !fits(sample, sources, now)) {
      refusal = "the waits in this time are not those of a queue";
    }
    if (refusal != null) {
      return new Prediction(workers, observed, Prediction.Grade.NONE, refusal, null);
    }
    List<Replay.Result> replays = replays(sample, sources, now, workers);
    Forecast forecast = forecast(sample, replays, workers);
    if (isMostlyOpen(sample, sources) && forecast.utilisation().likely() > FULL) {
      return new Prediction(
          workers,
          observed,
          Prediction.Grade.NONE,
          "with %d the pool would be too full, and waits would grow".formatted(workers),
          null);
    }
    String doubt = doubt(sample, replays, forecast);
    return new Prediction(
        workers,
        observed,
        doubt.isEmpty() ? Prediction.Grade.GOOD : Prediction.Grade.ROUGH,
        doubt,
        forecast);
  }

  /** A refusal, for a reason that the sample does not show. */
  public static Prediction refuse(Sample sample, PoolModel now, int workers, String reason) {
    return new Prediction(
        workers, Observed.of(sample, now.workers()), Prediction.Grade.NONE, reason, null);
  }

  static List<Replay.Result> replays(Sample sample, Sources sources, PoolModel now, int workers) {
    List<Replay.Result> replays = new ArrayList<>();
    for (int seed = 1; seed <= DRAWS; seed++) {
      replays.add(
          Replay.run(
              sample,
              sources,
              now.withWorkers(workers),
              now.workers(),
              new SplittableRandom(seed)));
    }
    return replays;
  }

  private static boolean isMostlyOpen(Sample sample, Sources sources) {
    return sources.open().size() > sample.tasks().size() / 10;
  }

  // ---- Doubts

  /** Whether the replay at the present size shows the waits that were recorded. */
  private static boolean fits(Sample sample, Sources sources, PoolModel now) {
    Measures replayed =
        Replay.run(sample, sources, now, now.workers(), new SplittableRandom(1)).measures();
    long[] waits = Observed.measure(sample).sortedWaitsSoFar();
    long[] replayedWaits = replayed.sortedWaitsSoFar();
    double service = Observed.meanService(sample);
    long floor = floor(sample);
    return isNear(waits, replayedWaits, 0.5, service, floor)
        && isNear(waits, replayedWaits, 0.99, service, floor);
  }

  private static boolean isNear(
      long[] waits, long[] replayed, double share, double service, long floor) {
    double recorded = (double) Measures.quantile(waits, share);
    double found = (double) Math.max(floor, Measures.quantile(replayed, share));
    return Math.abs(recorded - found)
        <= Math.max(SELF_TEST * Math.max(recorded, found), SELF_TEST_OF_SERVICE * service);
  }

  /** Why the forecast is rough; empty if it is not. */
  private static String doubt(Sample sample, List<Replay.Result> replays, Forecast forecast) {
    if (sample.taskCount() < ENOUGH_TASKS) {
      return "%s tasks are few".formatted(Sentences.count(sample.taskCount()));
    }
    if (replays.stream().anyMatch(Replay.Result::ranByCaller)
        || sample.tasks().stream().anyMatch(t -> t.end() == TaskRecord.End.RAN_BY_CALLER)) {
      return "submitters ran tasks themselves, which slows them down";
    }
    if (sample.step() > 1 && ClosedCallers.mayBeAmong(sample)) {
      return "in a sample of one task in %d it cannot be seen which submitters wait for their tasks"
          .formatted(sample.step());
    }
    Measures first = replays.get(0).measures();
    long least = Long.MAX_VALUE;
    long most = 0;
    for (int quarter = 0; quarter < Measures.QUARTERS; quarter++) {
      long wait = Measures.quantile(first.sortedWaits(quarter), 0.99);
      least = Math.min(least, wait);
      most = Math.max(most, wait);
    }
    double negligible = MARGIN_OF_SERVICE * Observed.meanService(sample);
    return most > negligible
            && most > QUARTERS_DIFFER * Math.max((double) least, negligible)
            && forecast.p99Wait().likely().toNanos() > negligible
        ? "the load changed a lot within this time"
        : "";
  }

  // ---- The forecast

  /** Waits of tasks that met a free worker do not go away with more workers. */
  static long floor(Sample sample) {
    int most = sample.tasks().stream().mapToInt(TaskRecord::running).max().orElse(0);
    LongList waits = new LongList();
    for (TaskRecord task : sample.tasks()) {
      if (task.end() == TaskRecord.End.RAN && task.running() > 0 && task.running() < most) {
        waits.add(task.waitNanos());
      }
    }
    return Measures.quantile(waits.sorted(), 0.99);
  }

  static Forecast forecast(Sample sample, List<Replay.Result> replays, int workers) {
    long floor = floor(sample);
    double margin = MARGIN_OF_SERVICE * Observed.meanService(sample);
    Spread utilisation = new Spread();
    Spread median = new Spread();
    Spread p99 = new Spread();
    double unserved = 0;
    long mapDuration = -1;
    for (Replay.Result replay : replays) {
      Measures measures = replay.measures();
      utilisation.addWhole(measures.utilisation(workers));
      long[] all = measures.sortedWaits();
      median.addWhole((double) Measures.quantile(all, 0.5));
      p99.addWhole((double) Math.max(floor, Measures.quantile(all, 0.99)));
      for (int quarter = 0; quarter < Measures.QUARTERS; quarter++) {
        long[] waits = measures.sortedWaits(quarter);
        if (waits.length > 0) {
          utilisation.add(measures.utilisation(workers, quarter));
          median.add((double) Measures.quantile(waits, 0.5));
          p99.add((double) Math.max(floor, Measures.quantile(waits, 0.99)));
        }
      }
      unserved += measures.unservedShare() / replays.size();
      mapDuration = Math.max(mapDuration, measures.medianMapDuration());
    }
    return new Forecast(
        share(utilisation),
        wait(median, margin),
        wait(p99, margin),
        unserved,
        duration(mapDuration));
  }

  private static Forecast.Share share(Spread spread) {
    return new Forecast.Share(
        Math.max(0, spread.least - Math.max(MARGIN * spread.least, MARGIN_OF_UTILISATION)),
        spread.whole(),
        Math.min(1, spread.most + Math.max(MARGIN * spread.most, MARGIN_OF_UTILISATION)));
  }

  private static Forecast.Wait wait(Spread spread, double margin) {
    return new Forecast.Wait(
        Duration.ofNanos(
            (long) Math.max(0, spread.least - Math.max(MARGIN * spread.least, margin))),
        Duration.ofNanos((long) spread.whole()),
        Duration.ofNanos((long) (spread.most + Math.max(MARGIN * spread.most, margin))));
  }

  private static @Nullable Duration duration(long nanos) {
    return nanos < 0 ? null : Duration.ofNanos(nanos);
  }

  /** The least and the greatest of some values, and the mean of those of whole replays. */
  private static final class Spread {

    private double least = Double.POSITIVE_INFINITY;
    private double most;
    private double sum;
    private int wholes;

    void add(double value) {
      least = Math.min(least, value);
      most = Math.max(most, value);
    }

    void addWhole(double value) {
      add(value);
      sum += value;
      wholes++;
    }

    double whole() {
      return sum / wholes;
    }
  }
}
