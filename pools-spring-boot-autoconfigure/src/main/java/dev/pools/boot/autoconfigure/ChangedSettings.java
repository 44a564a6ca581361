package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;

/**
 * The settings of one pool whose configured values have changed.
 *
 * @param pool the name of the pool's bean
 * @param freshName the name of the pool in the new settings, which may spell it in another way
 * @param options the new values of options that a pool can change while it runs, by their names
 * @param settings the settings of these options, as they are typed
 * @param fixed the other settings, as they are typed
 * @param differs whether any setting has changed, those of alarms included
 */
record ChangedSettings(
    PoolKind kind,
    String pool,
    String freshName,
    Map<String, Object> options,
    List<String> settings,
    List<String> fixed,
    boolean differs) {

  /**
   * Compares.
   *
   * @param changeable the options of the pool that can change while it runs
   * @param first the settings with which the pool was created; a setting that is fixed and has the
   *     value of the start again needs no restart
   */
  static ChangedSettings between(
      PoolKind kind,
      String pool,
      String freshName,
      Collection<String> changeable,
      CommonPoolProperties first,
      CommonPoolProperties before,
      CommonPoolProperties after) {
    BeanWrapper atStart = PropertyAccessorFactory.forBeanPropertyAccess(first);
    BeanWrapper earlier = PropertyAccessorFactory.forBeanPropertyAccess(before);
    BeanWrapper later = PropertyAccessorFactory.forBeanPropertyAccess(after);
    Map<String, Object> options = new LinkedHashMap<>();
    List<String> settings = new ArrayList<>();
    List<String> fixed = new ArrayList<>();
    boolean differs = false;
    for (String setting : kind.names.all()) {
      String path = SettingOrigins.path(setting);
      Object value = later.getPropertyValue(path);
      if (Objects.equals(value, earlier.getPropertyValue(path))) {
        continue;
      }
      differs = true;
      if (isOnlyRead(setting)) {
        continue;
      }
      if (value != null && changeable.contains(path)) {
        options.put(path, value);
        settings.add(setting);
      } else if (!Objects.equals(value, atStart.getPropertyValue(path))) {
        fixed.add(setting);
      }
    }
    return new ChangedSettings(kind, pool, freshName, options, settings, fixed, differs);
  }

  /** A base only says where other settings come from, and alarms change by themselves. */
  private static boolean isOnlyRead(String setting) {
    return setting.equals("base") || setting.startsWith("alarms.");
  }

  /** Shows the new values in the settings from which a pool is created. */
  void writeTo(@Nullable CommonPoolProperties settings) {
    if (settings != null) {
      PropertyAccessorFactory.forBeanPropertyAccess(settings).setPropertyValues(options);
    }
  }
}
