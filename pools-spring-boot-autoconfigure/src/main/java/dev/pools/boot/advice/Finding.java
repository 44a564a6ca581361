package dev.pools.boot.advice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a rule has found.
 *
 * @param settings the settings to change together; empty if none is known to help
 * @param cure what to do; {@code %s} stands for the settings with their values, if there are some
 */
record Finding(
    AdviceRule rule, Duration window, String figures, List<Setting> settings, String cure) {

  /**
   * A setting to change.
   *
   * @param name its name in the configuration, such as {@code max-workers}
   * @param now the value that it has
   * @param value the value to set
   */
  record Setting(String name, int now, int value) {}

  static Finding withValue(
      AdviceRule rule, Duration window, String figures, Setting setting, String cure) {
    return withValues(rule, window, figures, List.of(setting), cure);
  }

  static Finding withValues(
      AdviceRule rule, Duration window, String figures, List<Setting> settings, String cure) {
    return new Finding(rule, window, figures, settings, cure);
  }

  static Finding withoutValue(AdviceRule rule, Duration window, String figures, String cure) {
    return new Finding(rule, window, figures, List.of(), cure);
  }

  /** The number of workers that it proposes; null if it proposes none. */
  @Nullable Setting workers() {
    return settings.stream()
        .filter(setting -> setting.name().equals(TaskRules.SIZE))
        .findFirst()
        .orElse(null);
  }

  /** Those that are not null. */
  static List<Finding> present(List<@Nullable Finding> all) {
    List<Finding> found = new ArrayList<>();
    for (Finding finding : all) {
      if (finding != null) {
        found.add(finding);
      }
    }
    return found;
  }
}
