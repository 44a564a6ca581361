package dev.pools.boot.autoconfigure;

import java.beans.PropertyDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.UnboundConfigurationPropertiesException;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.annotation.Order;

/** Says for each property of ours that does not exist which ones do. */
@Order(0)
class UnknownPropertyFailureAnalyzer
    extends AbstractFailureAnalyzer<UnboundConfigurationPropertiesException> {

  private static final ConfigurationPropertyName POOLS = ConfigurationPropertyName.of("pools");

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable rootFailure, UnboundConfigurationPropertiesException cause) {
    List<ConfigurationProperty> unknown = new ArrayList<>(cause.getUnboundProperties());
    if (!unknown.stream().allMatch(property -> POOLS.isAncestorOf(property.getName()))) {
      return null;
    }
    return new FailureAnalysis(
        unknown.stream()
            .map(
                property ->
                    "The property %s, which is '%s' (%s), does not exist."
                        .formatted(property.getName(), property.getValue(), property.getOrigin()))
            .collect(Collectors.joining(System.lineSeparator())),
        unknown.stream()
            .map(property -> cure(property.getName()))
            .distinct()
            .collect(Collectors.joining(System.lineSeparator())),
        cause);
  }

  private static String cure(ConfigurationPropertyName name) {
    // The first part that does not exist; what is behind it may be right.
    int first = 1;
    while (first < name.getNumberOfElements() - 1
        && (isPoolName(name, first) || known(name.chop(first)).contains(part(name, first)))) {
      first++;
    }
    ConfigurationPropertyName parent = name.chop(first);
    List<String> known = known(parent);
    String unknown = part(name, first);
    String closest =
        known.stream()
            .min(Comparator.comparingInt(candidate -> distance(candidate, unknown)))
            .filter(candidate -> distance(candidate, unknown) <= Math.max(2, unknown.length() / 4))
            .map("Did you mean %s? "::formatted)
            .orElse("");
    return "%sThere are, under %s: %s.".formatted(closest, parent, String.join(", ", known));
  }

  private static String part(ConfigurationPropertyName name, int index) {
    return name.getElement(index, ConfigurationPropertyName.Form.DASHED);
  }

  private static boolean isPoolName(ConfigurationPropertyName name, int index) {
    return index == 3 && part(name, 2).equals("instances");
  }

  /** What there is under a name. */
  private static List<String> known(ConfigurationPropertyName parent) {
    if (parent.equals(POOLS)) {
      return List.of("advanced", "connection", "lifecycle", "metrics");
    }
    String kind = part(parent, 1);
    return switch (kind) {
      case "lifecycle" -> properties(PoolsProperties.Lifecycle.class);
      case "metrics" -> properties(PoolsProperties.Metrics.class);
      default ->
          parent.getNumberOfElements() == 2
              ? List.of("defaults", "instances")
              : properties(
                  kind.equals("advanced")
                      ? AdvancedPoolSettings.class
                      : ConnectionPoolSettings.class);
    };
  }

  private static List<String> properties(Class<?> settings) {
    return Stream.of(BeanUtils.getPropertyDescriptors(settings))
        .map(PropertyDescriptor::getName)
        .filter(property -> !property.equals("class"))
        .map(SettingsReader::kebab)
        .sorted()
        .toList();
  }

  /** How many letters are to be changed, added or left out. */
  private static int distance(String one, String other) {
    int[] row = new int[other.length() + 1];
    for (int j = 0; j <= other.length(); j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= other.length(); j++) {
        int changed = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(changed, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return row[other.length()];
  }
}
