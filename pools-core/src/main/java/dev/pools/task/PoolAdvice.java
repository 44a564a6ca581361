package dev.pools.task;

import dev.pools.advice.Observed;
import dev.pools.advice.PoolModel;
import dev.pools.advice.Prediction;
import dev.pools.advice.Predictor;
import dev.pools.advice.Sample;
import dev.pools.advice.Scorecard;
import dev.pools.advice.WhenFull;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Says what another number of workers would have done, and compares that with what followed. */
final class PoolAdvice {

  /** How many predictions are remembered. */
  private static final int MOST_REMEMBERED = 16;

  /** If more tasks were cancelled while they waited, their load is unknown. */
  private static final double MANY_CANCELLED = 0.05;

  private final PoolCore core;
  private final TaskRecorder recorder;

  /** What was said, with the options of the pool: other options make it void. */
  private record Said(Prediction prediction, PoolModel model) {}

  // Guarded by this.
  private final Map<Integer, Said> said = new LinkedHashMap<>();

  PoolAdvice(PoolCore core, TaskRecorder recorder) {
    this.core = core;
    this.recorder = recorder;
  }

  Prediction whatIf(int workers) {
    PoolModel model = model(core);
    Prediction prediction = predict(RecordedSample.of(core, recorder), model, workers);
    remember(prediction, model);
    return prediction;
  }

  private static Prediction predict(RecordedSample recorded, PoolModel model, int workers) {
    Sample sample = recorded.sample();
    if (recorded.cutShort()) {
      return Predictor.refuse(
          sample,
          model,
          workers,
          String.format(
              Locale.ROOT,
              "more than %,d tasks wait, which are too many to replay",
              RecordedSample.MOST_WAITING));
    }
    double cancelled = recorded.cancelledShare();
    if (cancelled > MANY_CANCELLED) {
      return Predictor.refuse(
          sample,
          model,
          workers,
          "%d %% of the tasks were cancelled before they started"
              .formatted(Math.round(100 * cancelled)));
    }
    return Predictor.predict(sample, model, workers);
  }

  /** What a pool says that records nothing. */
  static Prediction unrecorded(PoolCore core, int workers) {
    Observed nothing =
        new Observed(
            core.workers.most(),
            Duration.ZERO,
            0,
            0,
            Duration.ZERO,
            Duration.ZERO,
            0,
            Duration.ZERO,
            0);
    return new Prediction(
        workers,
        nothing,
        Prediction.Grade.NONE,
        "the pool records no tasks; set adviceWindow to some minutes, as in PT5M",
        null);
  }

  static PoolModel model(PoolCore core) {
    PoolOptions options = core.options;
    return new PoolModel(
        core.workers.most(),
        options.queueCapacity(),
        whenFull(options.overflow()),
        options.aging(),
        options.maxQueueTime());
  }

  static WhenFull whenFull(OverflowPolicy overflow) {
    return switch (overflow) {
      case WAIT -> WhenFull.WAIT;
      case REJECT, DISCARD_NEWEST -> WhenFull.REJECT;
      case CALLER_RUNS -> WhenFull.CALLER_RUNS;
      case DISCARD_OLDEST -> WhenFull.DISCARD_OLDEST;
    };
  }

  // ---- After a change

  private synchronized void remember(Prediction prediction, PoolModel model) {
    int now = prediction.observed().workers();
    if (prediction.forecast() == null || prediction.workers() == now) {
      return;
    }
    said.remove(prediction.workers());
    said.put(prediction.workers(), new Said(prediction, model));
    if (said.size() > MOST_REMEMBERED) {
      said.remove(said.keySet().iterator().next());
    }
  }

  private synchronized @Nullable Prediction saidOf(PoolModel model) {
    Said about = said.get(model.workers());
    return about != null && about.model.withWorkers(model.workers()).equals(model)
        ? about.prediction
        : null;
  }

  /** The scorecard of the present number of workers; null if there is none, or not yet. */
  @Nullable Scorecard scorecard() {
    Prediction prediction = saidOf(model(core));
    if (prediction == null) {
      return null;
    }
    RecordedSample after = RecordedSample.of(core, recorder);
    return after.tasksSinceResize() < Scorecard.ENOUGH_TASKS
        ? null
        : Scorecard.of(prediction, after.sample());
  }
}
