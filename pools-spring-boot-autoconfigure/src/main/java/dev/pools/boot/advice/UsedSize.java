package dev.pools.boot.advice;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The largest number of workers or connections that was seen in use in each of the last hours:
 * whether the pool keeps far more than it uses.
 *
 * <p>Silent until a day was looked at, at least once a minute on average of each hour; if anything
 * has waited; about small pools; and after a change of the size that is kept. It proposes the
 * smallest size only: the pool still grows to its largest one, so a burst that no look has seen is
 * served.
 */
final class UsedSize {

  private static final long HOUR = Duration.ofHours(1).toNanos();

  /** The hour that is not over yet has a place, too. */
  private static final int PLACES = Thresholds.OVERSIZED_HOURS + 1;

  private final int[] most = new int[PLACES];
  private final int[] looks = new int[PLACES];
  private long sinceNanos;
  private long hour = -1;
  private int kept = -1;
  private int size;

  /**
   * Adds a look.
   *
   * @param size how many workers or connections the pool has
   */
  void add(Reading look, int size) {
    long now = look.atNanos();
    if (hour < 0 || look.kept() != kept || look.hasWaiting() || !look.isOpen()) {
      beginAgain(now);
    }
    kept = look.kept();
    this.size = size;
    long next = (now - sinceNanos) / HOUR;
    if (next - hour >= most.length) {
      beginAgain(now);
      next = 0;
    }
    while (hour < next) {
      hour++;
      most[place(hour)] = 0;
      looks[place(hour)] = 0;
    }
    most[place(hour)] = Math.max(most[place(hour)], look.used());
    looks[place(hour)]++;
  }

  private void beginAgain(long now) {
    sinceNanos = now;
    hour = 0;
    most[0] = 0;
    looks[0] = 0;
  }

  private static int place(long hour) {
    return (int) (hour % PLACES);
  }

  @Nullable Finding find(String setting, String what) {
    if (hour < Thresholds.OVERSIZED_HOURS || kept < Thresholds.LEAST_KEPT || size > kept) {
      return null;
    }
    int used = 0;
    for (long past = hour - Thresholds.OVERSIZED_HOURS; past <= hour; past++) {
      if (past < hour && looks[place(past)] < Thresholds.LOOKS_OF_AN_HOUR) {
        return null;
      }
      used = Math.max(used, most[place(past)]);
    }
    if (used > Thresholds.LITTLE_USED * kept) {
      return null;
    }
    return Finding.withValue(
        AdviceRule.OVERSIZED,
        Duration.ofHours(Thresholds.OVERSIZED_HOURS),
        "In the last %d h at most %d of the %d %s that the pool keeps were seen in use, and nothing waited."
            .formatted(Thresholds.OVERSIZED_HOURS, used, kept, what),
        new Finding.Setting(setting, kept, Math.max(1, Thresholds.RESERVE * used)),
        "Set %s. The pool still grows when more are needed.");
  }
}
