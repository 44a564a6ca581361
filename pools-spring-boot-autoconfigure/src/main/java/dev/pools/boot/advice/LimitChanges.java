package dev.pools.boot.advice;

import dev.pools.internal.Durations;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The changes of the largest size: whether they go back and forth.
 *
 * <p>Silent about changes in one direction, about a single way up and down, half an hour after the
 * last change, and about changes between two looks that take each other back.
 */
final class LimitChanges {

  private static final int MOST = 64;

  private record Change(long atNanos, int from, int to) {}

  private final Deque<Change> changes = new ArrayDeque<>();
  private int limit = -1;

  /** Adds a look, and returns whether the size differs from the one before. */
  boolean add(long nowNanos, int now) {
    boolean changed = limit >= 0 && now != limit;
    if (changed) {
      if (changes.size() == MOST) {
        changes.removeFirst();
      }
      changes.addLast(new Change(nowNanos, limit, now));
    }
    limit = now;
    while (!changes.isEmpty()
        && nowNanos - changes.getFirst().atNanos() > Thresholds.FLAPPING_WINDOW.toNanos()) {
      changes.removeFirst();
    }
    return changed;
  }

  @Nullable Finding find(long nowNanos, String setting) {
    int reversals = 0;
    int least = limit;
    int most = limit;
    boolean rose = false;
    boolean isFirst = true;
    for (Change change : List.copyOf(changes)) {
      boolean rises = change.to() > change.from();
      reversals += !isFirst && rises != rose ? 1 : 0;
      rose = rises;
      isFirst = false;
      least = Math.min(least, Math.min(change.from(), change.to()));
      most = Math.max(most, Math.max(change.from(), change.to()));
    }
    if (reversals < Thresholds.LEAST_REVERSALS
        || nowNanos - changes.getLast().atNanos() > Thresholds.FLAPPING_OVER.toNanos()) {
      return null;
    }
    return Finding.withValue(
        AdviceRule.FLAPPING,
        Thresholds.FLAPPING_WINDOW,
        "In the last %s %s was changed %d times, back and forth between %d and %d; it is %d now."
            .formatted(
                Durations.text(Thresholds.FLAPPING_WINDOW),
                setting,
                changes.size(),
                least,
                most,
                limit),
        new Finding.Setting(setting, limit, most),
        "Find out what changes it, and let it wait longer before it reduces the size; or stop it,"
            + " and set %s.");
  }
}
