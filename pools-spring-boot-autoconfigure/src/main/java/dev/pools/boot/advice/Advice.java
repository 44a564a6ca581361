package dev.pools.boot.advice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with a pool, and what to do.
 *
 * @param rule the rule that has found it
 * @param window the time that it was looked at
 * @param figures what was seen in that time, in sentences
 * @param property the setting with the value to set, such as {@code
 *     pools.advanced.instances.reports.max-workers=8}; null if no value is known to help
 * @param cure what to do, in sentences; empty if there is nothing to do
 * @param prediction what the value would have done, or why that cannot be said; null if it was not
 *     asked
 * @param change the options to change at run time with their new values, such as {@code maxWorkers}
 *     and 8; empty if there is nothing to change
 * @param current the values that these options have now
 */
public record Advice(
    AdviceRule rule,
    Duration window,
    String figures,
    @Nullable String property,
    String cure,
    @Nullable String prediction,
    Map<String, Integer> change,
    Map<String, Integer> current) {

  /** Copies the maps, in their order. */
  public Advice {
    change = Collections.unmodifiableMap(new LinkedHashMap<>(change));
    current = Collections.unmodifiableMap(new LinkedHashMap<>(current));
  }

  /** Advice that changes no setting. */
  static Advice withoutChange(AdviceRule rule, Duration window, String figures, String cure) {
    return new Advice(rule, window, figures, null, cure, null, Map.of(), Map.of());
  }

  /** All of it in one text, for an operator. */
  public String sentence() {
    List<String> parts = new ArrayList<>(List.of(rule.id() + ": " + figures));
    parts.addAll(details());
    return String.join(" ", parts);
  }

  /** What to do, and what it would have done, as far as there is something to say. */
  List<String> details() {
    return Stream.of(Optional.of(cure), Optional.ofNullable(prediction))
        .flatMap(Optional::stream)
        .filter(text -> !text.isEmpty())
        .toList();
  }

  @Override
  public String toString() {
    return sentence();
  }
}
