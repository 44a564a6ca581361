package dev.pools.boot.advice;

import dev.pools.advice.Forecast;
import dev.pools.advice.Prediction;
import dev.pools.advice.Prediction.Grade;
import dev.pools.boot.advice.Finding.Setting;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Completes what the rules have found: with the full names of the settings, and with what the value
 * would have done. A prediction is computed at most once per rule and window; for as long, the
 * proposed value stays the same. One that is older is told until there is another one, for two
 * windows more. Safe for use by several threads.
 *
 * <ol>
 *   <li>A prediction is computed without the lock, so {@link #known} and {@link #forget} never wait
 *       for one.
 *   <li>One prediction is computed at a time: {@code computing} is locked before {@code this}, and
 *       never after it.
 *   <li>What is about a finding of before {@link #forget} is not kept: callers read the {@link
 *       #generation} before they read the findings, and it is over by then.
 * </ol>
 */
final class Proposals {

  private record Proposal(long atNanos, List<Setting> settings, @Nullable Prediction prediction) {}

  private final UnaryOperator<String> settings;
  private final IntFunction<@Nullable Prediction> whatIf;
  private final Object computing = new Object();

  // Guarded by this.
  private final Map<AdviceRule, Proposal> proposals = new EnumMap<>(AdviceRule.class);
  private long generation;

  /**
   * Creates it.
   *
   * @param settings the full name of a setting of the pool
   * @param whatIf what another number of workers would have done; null if that cannot be asked
   */
  Proposals(UnaryOperator<String> settings, IntFunction<@Nullable Prediction> whatIf) {
    this.settings = settings;
    this.whatIf = whatIf;
  }

  /**
   * Forgets what was said about another size.
   *
   * @param workers the size of now
   * @return whether it was predicted what this size would do
   */
  synchronized boolean forget(int workers) {
    boolean isPredicted =
        proposals.values().stream()
            .anyMatch(
                proposal ->
                    proposal.prediction() != null
                        && proposal.prediction().forecast() != null
                        && proposal.prediction().workers() == workers);
    proposals.clear();
    generation++;
    return isPredicted;
  }

  /** Changes when what was said is forgotten. */
  synchronized long generation() {
    return generation;
  }

  /**
   * The advice for a finding, with its prediction. It may take a second.
   *
   * @param generation that of the finding, or an earlier one
   */
  Advice complete(Finding finding, long nowNanos, long generation) {
    synchronized (computing) {
      return generation == generation() && isPredictionDue(finding, nowNanos)
          ? told(finding, computed(finding, nowNanos, generation))
          : known(finding, nowNanos, generation);
    }
  }

  /** The advice for a finding, with the prediction that was computed last, if there is one. */
  Advice known(Finding finding, long nowNanos, long generation) {
    return finding.settings().isEmpty()
        ? Advice.withoutChange(finding.rule(), finding.window(), finding.figures(), finding.cure())
        : told(finding, kept(finding, nowNanos, generation));
  }

  /** Whether the finding proposes a number of workers, and has no prediction of this window. */
  synchronized boolean isPredictionDue(Finding finding, long nowNanos) {
    Proposal before = proposals.get(finding.rule());
    return finding.workers() != null
        && (before == null || isOlder(before, nowNanos, Thresholds.PREDICTION_AGE));
  }

  private static boolean isOlder(Proposal proposal, long nowNanos, Duration age) {
    return nowNanos - proposal.atNanos() >= age.toNanos();
  }

  private synchronized Proposal kept(Finding finding, long nowNanos, long of) {
    Proposal before = proposals.get(finding.rule());
    boolean needsPrediction = finding.workers() != null;
    Duration age = needsPrediction ? Thresholds.PREDICTION_OVER : Thresholds.PREDICTION_AGE;
    if (before != null && !isOlder(before, nowNanos, age)) {
      return before;
    }
    Proposal now = new Proposal(nowNanos, finding.settings(), null);
    if (!needsPrediction && of == generation) {
      proposals.put(finding.rule(), now);
    }
    return now;
  }

  private Proposal computed(Finding finding, long nowNanos, long of) {
    Setting workers = finding.workers();
    // If the prediction fails, it is not tried again in this window.
    keep(finding.rule(), new Proposal(nowNanos, finding.settings(), null), of);
    Prediction prediction = workers == null ? null : whatIf.apply(workers.value());
    Proposal proposal = new Proposal(nowNanos, finding.settings(), prediction);
    keep(finding.rule(), proposal, of);
    return proposal;
  }

  private synchronized void keep(AdviceRule rule, Proposal proposal, long of) {
    if (of == generation) {
      proposals.put(rule, proposal);
    }
  }

  private Advice told(Finding finding, Proposal proposal) {
    Prediction prediction = proposal.prediction();
    if (prediction != null
        && finding.rule() == AdviceRule.SATURATED
        && prediction.forecast() != null
        && !isBetter(prediction, prediction.forecast())) {
      return new Advice(
          finding.rule(),
          finding.window(),
          finding.figures(),
          null,
          "More workers would not have helped: find out why the tasks take so long.",
          prediction.sentence(),
          Map.of(),
          Map.of());
    }
    String properties =
        proposal.settings().stream()
            .map(setting -> Words.property(settings.apply(setting.name()), setting.value()))
            .collect(Collectors.joining(" and "));
    String cure = finding.cure().replace("%s", properties);
    if (prediction != null && prediction.grade() == Grade.NONE) {
      cure += " Nothing confirms yet that this helps.";
    }
    Map<String, Integer> change = new LinkedHashMap<>();
    Map<String, Integer> current = new LinkedHashMap<>();
    for (Setting setting : proposal.settings()) {
      if (setting.now() != setting.value()) {
        change.put(Words.option(setting.name()), setting.value());
        current.put(Words.option(setting.name()), setting.now());
      }
    }
    return new Advice(
        finding.rule(),
        finding.window(),
        finding.figures(),
        properties,
        cure,
        prediction == null ? null : prediction.sentence(),
        change,
        current);
  }

  private static boolean isBetter(Prediction prediction, Forecast forecast) {
    return forecast.p99Wait().most().compareTo(prediction.observed().p99Wait()) < 0
        || forecast.unservedShare() < prediction.observed().unservedShare();
  }
}
