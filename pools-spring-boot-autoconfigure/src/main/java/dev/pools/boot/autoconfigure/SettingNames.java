package dev.pools.boot.autoconfigure;

import java.beans.PropertyDescriptor;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;

/** The names of the settings that there are, read off the classes that they are bound to. */
final class SettingNames {

  /** The name as it is typed, by class and uniform name; a name with a dot belongs to a group. */
  private final Map<String, String> typed = new LinkedHashMap<>();

  private SettingNames() {}

  /** Returns all settings of a class, including those of its groups. */
  static SettingNames of(Class<?> settings) {
    SettingNames names = new SettingNames();
    names.add(settings, "");
    return names;
  }

  private void add(Class<?> settings, String prefix) {
    for (String name : directly(settings)) {
      Class<?> group = group(settings, name);
      if (group == null) {
        typed.put(PoolName.uniform(prefix + name), prefix + name);
      } else {
        add(group, prefix + name + ".");
      }
    }
  }

  /** All settings as they are typed, sorted. */
  List<String> all() {
    return List.copyOf(new TreeSet<>(typed.values()));
  }

  /** The setting of this name, however it is spelled; null if there is none. */
  @Nullable String find(String name) {
    return typed.get(PoolName.uniform(name));
  }

  /** The setting whose name is so like this one that it may have been meant. */
  Optional<String> closest(String name) {
    return closest(name, typed.values());
  }

  static Optional<String> closest(String name, Iterable<String> candidates) {
    String uniform = PoolName.uniform(name);
    int most = Math.max(2, uniform.length() / 4);
    Comparator<String> byDistance =
        Comparator.comparingInt(candidate -> distance(PoolName.uniform(candidate), uniform));
    String best = null;
    for (String candidate : candidates) {
      if (best == null || byDistance.compare(candidate, best) < 0) {
        best = candidate;
      }
    }
    return Optional.ofNullable(best)
        .filter(candidate -> distance(PoolName.uniform(candidate), uniform) <= most);
  }

  /** The settings and groups of a class, as they are typed, sorted. */
  static List<String> directly(Class<?> settings) {
    TreeSet<String> names = new TreeSet<>();
    for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(settings)) {
      if (!property.getName().equals("class")) {
        names.add(PoolName.kebab(property.getName()));
      }
    }
    return List.copyOf(names);
  }

  /** The class of a group of settings; null if this is one setting. */
  static @Nullable Class<?> group(Class<?> settings, String name) {
    for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(settings)) {
      if (PoolName.same(property.getName(), name)) {
        Class<?> type = property.getPropertyType();
        return type.getName().startsWith("dev.pools.boot.") && !type.isEnum() ? type : null;
      }
    }
    return null;
  }

  /** Returns how many letters have to be changed, added or removed. */
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
