package dev.pools.boot.advice;

import dev.pools.internal.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * The looks of the window, the oldest first. It begins again when the limit of the pool changes,
 * when the pool is closed or suspended, and after a pause without a look: what was before says
 * nothing about the pool as it is. It keeps at most some eighty looks.
 */
final class Readings<R extends Reading> {

  private final List<R> looks = new ArrayList<>();

  void add(R look) {
    if (!look.isOpen()) {
      looks.clear();
      return;
    }
    if (!looks.isEmpty()) {
      R last = last();
      if (look.limit() != last.limit()
          || look.atNanos() - last.atNanos() > Thresholds.LONGEST_PAUSE.toNanos()) {
        looks.clear();
      }
    }
    looks.add(look);
    while (look.atNanos() - looks.get(0).atNanos() > Thresholds.WINDOW.toNanos()) {
      looks.remove(0);
    }
  }

  /** Whether enough was seen to say anything. */
  boolean areEnough() {
    return looks.size() >= Thresholds.LEAST_LOOKS
        && covered().compareTo(Thresholds.LEAST_COVERED) >= 0;
  }

  /** The time from the first to the last look. */
  Duration covered() {
    return looks.isEmpty() ? Duration.ZERO : Duration.ofNanos(last().atNanos() - first().atNanos());
  }

  int size() {
    return looks.size();
  }

  List<R> all() {
    return looks;
  }

  /** The looks of the last part of the window. */
  List<R> ofTheLast(Duration time) {
    return looks.stream()
        .filter(look -> last().atNanos() - look.atNanos() <= time.toNanos())
        .toList();
  }

  R first() {
    return looks.get(0);
  }

  R last() {
    return looks.get(looks.size() - 1);
  }

  /** In which share of the looks a state was seen. */
  double share(Predicate<? super R> state) {
    return (double) looks.stream().filter(state).count() / Math.max(1, looks.size());
  }

  /** Whether a state was seen most of the time, and last. */
  boolean mostly(Predicate<? super R> state) {
    return state.test(last()) && share(state) >= Thresholds.MOSTLY;
  }

  /** How much a counter has grown. */
  long growth(ToLongFunction<? super R> counter) {
    return counter.applyAsLong(last()) - counter.applyAsLong(first());
  }

  /** How the time is told: {@code In the last 4 min (49 looks)}. */
  String told() {
    return "In the last %s (%d looks)".formatted(Durations.text(covered()), looks.size());
  }
}
