package dev.pools.boot.autoconfigure;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;

/**
 * The properties of the pools in one property source, read once, with one name for each pool
 * however the source spells it.
 */
final class UniformSource implements IterableConfigurationPropertySource {

  private final ConfigurationPropertySource original;
  private final Map<ConfigurationPropertyName, ConfigurationProperty> properties =
      new LinkedHashMap<>();
  private final Map<ConfigurationPropertyName, ConfigurationProperty> originals = new HashMap<>();
  private final Set<ConfigurationPropertyName> ancestors = new HashSet<>();

  UniformSource(ConfigurationPropertySource original) {
    this.original = original;
  }

  /** Adds a property under another name; the first one of a name counts. */
  void add(ConfigurationPropertyName name, ConfigurationProperty property) {
    if (originals.putIfAbsent(name, property) != null) {
      return;
    }
    properties.put(
        name, new ConfigurationProperty(name, property.getValue(), property.getOrigin()));
    for (int size = 1; size < name.getNumberOfElements(); size++) {
      ancestors.add(name.chop(size));
    }
  }

  /** The property that was added under a name, as the source has it; null if there is none. */
  @Nullable ConfigurationProperty added(ConfigurationPropertyName name) {
    return originals.get(name);
  }

  /** The property as the source has it; null if it is none of this source. */
  @Nullable ConfigurationProperty original(ConfigurationProperty property) {
    ConfigurationProperty own = properties.get(property.getName());
    return own != null && own.equals(property) ? originals.get(property.getName()) : null;
  }

  @Override
  public @Nullable ConfigurationProperty getConfigurationProperty(
      @Nullable ConfigurationPropertyName name) {
    return name == null ? null : properties.get(name);
  }

  @Override
  public Stream<ConfigurationPropertyName> stream() {
    return properties.keySet().stream();
  }

  @Override
  public ConfigurationPropertyState containsDescendantOf(ConfigurationPropertyName name) {
    return ancestors.contains(name)
        ? ConfigurationPropertyState.PRESENT
        : ConfigurationPropertyState.ABSENT;
  }

  @Override
  public @Nullable Object getUnderlyingSource() {
    return original.getUnderlyingSource();
  }
}
