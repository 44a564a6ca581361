package dev.pools.boot.autoconfigure;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;

/** The names of all pools and base configurations that settings were found for. */
final class PoolNames {

  /** Where the name of a pool, or of a base configuration, is in a property of its settings. */
  static final int INDEX = 3;

  private final PresentPools present;
  private final Map<ConfigurationPropertyName, Map<String, PoolName>> names = new LinkedHashMap<>();
  private final Map<ConfigurationPropertyName, PoolKind> kinds = new LinkedHashMap<>();

  PoolNames(PresentPools present) {
    this.present = present;
    for (PoolKind kind : PoolKind.values()) {
      for (ConfigurationPropertyName group : List.of(kind.bases, kind.instances)) {
        names.put(group, new LinkedHashMap<>());
        kinds.put(group, kind);
      }
    }
  }

  /** All {@code instances} and {@code bases}. */
  Collection<ConfigurationPropertyName> groups() {
    return kinds.keySet();
  }

  /** The kind of the pools of a group; null if it has no pools. */
  @Nullable PoolKind kind(ConfigurationPropertyName group) {
    return kinds.get(group);
  }

  /** As {@link #kind}, of a group that is known to have pools. */
  PoolKind kindOf(ConfigurationPropertyName group) {
    PoolKind kind = kinds.get(group);
    if (kind == null) {
      throw new IllegalStateException(group + " is no group of pools");
    }
    return kind;
  }

  /** The group in which a property names a pool; null if it names none. */
  @Nullable ConfigurationPropertyName groupOf(ConfigurationPropertyName property) {
    if (property.getNumberOfElements() <= INDEX) {
      return null;
    }
    ConfigurationPropertyName group = property.chop(INDEX);
    return kinds.containsKey(group) ? group : null;
  }

  /** All names of a group. */
  Collection<PoolName> in(ConfigurationPropertyName group) {
    return names.getOrDefault(group, Map.of()).values();
  }

  /** The name of a group, however it is spelled; null if it has none. */
  @Nullable PoolName find(ConfigurationPropertyName group, String spelling) {
    return names.getOrDefault(group, Map.of()).get(PoolName.uniform(spelling));
  }

  /** Whether a pool has this name in any spelling: one with settings, or one of the application. */
  boolean knows(ConfigurationPropertyName group, String spelling) {
    PoolKind kind = kindOf(group);
    return find(group, spelling) != null
        || (group.equals(kind.instances) && !present.named(kind, spelling).isEmpty());
  }

  /**
   * Adds a name that the group lacks. If a pool of the application has it, in any spelling, it is
   * the name of that bean.
   *
   * @param property the prefix of the settings
   * @param origin a property that has the name
   */
  PoolName add(
      ConfigurationPropertyName group,
      String spelling,
      ConfigurationPropertyName property,
      ConfigurationProperty origin) {
    PoolName name = new PoolName(bean(group, spelling, property, origin), property);
    name.addSpelling(spelling);
    names
        .computeIfAbsent(group, ignored -> new LinkedHashMap<>())
        .put(PoolName.uniform(spelling), name);
    return name;
  }

  private String bean(
      ConfigurationPropertyName group,
      String spelling,
      ConfigurationPropertyName property,
      ConfigurationProperty origin) {
    PoolKind kind = kindOf(group);
    List<String> beans = group.equals(kind.instances) ? present.named(kind, spelling) : List.of();
    if (beans.isEmpty() || beans.contains(spelling)) {
      return spelling;
    }
    if (beans.size() > 1) {
      throw new InvalidPoolException(
          "The settings under %s%s may be those of %d pools: the beans %s of the application have this name, except for case, dashes and underscores."
              .formatted(
                  UnknownSettings.typed(property),
                  Origins.inBrackets(origin),
                  beans.size(),
                  String.join(", ", beans.stream().sorted().map("'%s'"::formatted).toList())),
          "Rename all but one of these beans, or declare the settings in a file under the exact name of one of them.",
          null);
    }
    return beans.get(0);
  }
}
