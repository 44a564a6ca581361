package dev.pools.boot.autoconfigure;

import java.beans.PropertyDescriptor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;

/** The names of the settings that there are, read off the classes that they are bound to. */
final class SettingNames {

  /** The name as it is typed, by class and uniform name; a name with a dot belongs to a group. */
  private final Map<String, String> typed = new LinkedHashMap<>();

  /** The same of the groups. */
  private final Map<String, String> groups = new LinkedHashMap<>();

  private SettingNames() {}

  /** Returns all settings of a class, including those of its groups. */
  static SettingNames of(Class<?> settings) {
    SettingNames names = new SettingNames();
    names.add(settings, "");
    return names;
  }

  private void add(Class<?> settings, String prefix) {
    for (Map.Entry<String, Class<?>> setting : types(settings).entrySet()) {
      String name = prefix + setting.getKey();
      if (isGroup(setting.getValue())) {
        groups.put(PoolName.uniform(name), name);
        add(setting.getValue(), name + ".");
      } else {
        typed.put(PoolName.uniform(name), name);
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

  /** The group of settings of this name, however it is spelled; null if there is none. */
  @Nullable String group(String name) {
    return groups.get(PoolName.uniform(name));
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
    return List.copyOf(types(settings).keySet());
  }

  /** The groups of a class, as they are typed, sorted. */
  static List<String> groups(Class<?> settings) {
    List<String> groups = new ArrayList<>();
    for (Map.Entry<String, Class<?>> setting : types(settings).entrySet()) {
      if (isGroup(setting.getValue())) {
        groups.add(setting.getKey());
      }
    }
    return groups;
  }

  /** The class of a group of settings; null if this is one setting. */
  static @Nullable Class<?> group(Class<?> settings, String name) {
    for (Map.Entry<String, Class<?>> setting : types(settings).entrySet()) {
      if (PoolName.same(setting.getKey(), name)) {
        return isGroup(setting.getValue()) ? setting.getValue() : null;
      }
    }
    return null;
  }

  /** The types of the settings and groups of a class, by their names as they are typed, sorted. */
  private static SortedMap<String, Class<?>> types(Class<?> settings) {
    SortedMap<String, Class<?>> types = new TreeMap<>();
    for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(settings)) {
      if (!property.getName().equals("class")) {
        types.put(PoolName.kebab(property.getName()), property.getPropertyType());
      }
    }
    return types;
  }

  private static boolean isGroup(Class<?> type) {
    return type.getName().startsWith("dev.pools.boot.") && !type.isEnum();
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
