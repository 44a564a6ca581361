package dev.pools.boot.advice;

import dev.pools.advice.Scorecard;
import java.time.Duration;
import java.util.Locale;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * After a change of the largest size: asks for the scorecard once enough tasks have arrived, and
 * keeps it for a day, or until the next change. Pools that were not asked what the size would do
 * have none, and it stops asking after an hour. Safe for use by several threads.
 */
final class ResizeFollowUp {

  private final Supplier<@Nullable Scorecard> scorecard;

  // Guarded by this.
  private boolean isDue;
  private boolean isPredicted;
  private long changedNanos;
  private long askedNanos;
  private long arrivedBefore;
  private int attempts;
  private @Nullable TaskReading latest;
  private @Nullable Advice compared;

  ResizeFollowUp(Supplier<@Nullable Scorecard> scorecard) {
    this.scorecard = scorecard;
  }

  /**
   * What was predicted and what has happened, or when that will be known; null if it is not and
   * will not be known.
   */
  synchronized @Nullable Advice compared(long nowNanos) {
    if (nowNanos - changedNanos > Thresholds.SCORECARD_AGE.toNanos()) {
      return null;
    }
    return compared == null && isDue && isPredicted && latest != null ? pending(latest) : compared;
  }

  private Advice pending(TaskReading look) {
    return Advice.withoutChange(
        AdviceRule.RESIZED,
        Duration.ofNanos(look.atNanos() - changedNanos),
        String.format(
            Locale.ROOT,
            "%s is %d now. The comparison with the prediction follows when %,d tasks have arrived; %,d have arrived so far.",
            TaskRules.SIZE,
            look.maxWorkers(),
            Scorecard.ENOUGH_TASKS,
            look.arrived() - arrivedBefore),
        "");
  }

  /**
   * The size has changed.
   *
   * @param predicted whether it was predicted what the size would do
   */
  synchronized void resized(TaskReading look, boolean predicted) {
    isDue = true;
    isPredicted = predicted;
    attempts = 0;
    arrivedBefore = look.arrived();
    changedNanos = look.atNanos();
    askedNanos = look.atNanos();
    latest = look;
    compared = null;
  }

  /** Returns the comparison when it is there for the first time. */
  @Nullable Scorecard look(TaskReading look) {
    if (!isWorthAsking(look)) {
      return null;
    }
    Scorecard card = scorecard.get();
    return card != null && isKept(card, look) ? card : null;
  }

  private synchronized boolean isWorthAsking(TaskReading look) {
    latest = look;
    if (!isDue
        || look.arrived() - arrivedBefore < Scorecard.ENOUGH_TASKS
        || look.atNanos() - askedNanos < Thresholds.SCORECARD_PAUSE.toNanos()) {
      return false;
    }
    askedNanos = look.atNanos();
    attempts++;
    isDue = attempts < Thresholds.SCORECARD_ATTEMPTS;
    return true;
  }

  /** One of another size than this is of the time before the last change. */
  private synchronized boolean isKept(Scorecard card, TaskReading look) {
    if (card.said().workers() != look.maxWorkers()) {
      return false;
    }
    isDue = false;
    compared = Advice.withoutChange(AdviceRule.RESIZED, card.now().window(), card.sentence(), "");
    return true;
  }
}
