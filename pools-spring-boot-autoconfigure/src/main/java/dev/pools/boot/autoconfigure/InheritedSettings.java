package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;

/** Warns of settings of a child context that have no effect, because an ancestor has the pool. */
final class InheritedSettings {

  private static final Logger LOG = LoggerFactory.getLogger(InheritedSettings.class);

  private InheritedSettings() {}

  /**
   * Says nothing if the ancestor has the same settings, as it has if both read the same files: for
   * a pool that is a bean of the application, the ancestor has given its own warning then.
   */
  static void warnOfDifferences(
      PoolsBinding child, PoolKind kind, PoolName pool, InheritedPools.Inherited inherited) {
    List<String> different = different(child, kind, pool, PoolsBinding.of(inherited.context()));
    if (!different.isEmpty()) {
      LOG.warn(
          "Pool '{}': the settings {} under {} have no effect, because a parent context has this"
              + " pool with other settings, and its child uses it. Give the pool of the child"
              + " another name, or change the settings of the parent.",
          pool.name(),
          String.join(", ", different),
          kind.property(pool.name(), ""));
    }
  }

  private static List<String> different(
      PoolsBinding child, PoolKind kind, PoolName pool, @Nullable PoolsBinding parent) {
    PoolName above = parent == null ? null : parent.pool(kind, pool.name());
    BeanWrapper own =
        PropertyAccessorFactory.forBeanPropertyAccess(child.settingsOrDefaults(kind, pool.name()));
    BeanWrapper others =
        parent == null
            ? null
            : PropertyAccessorFactory.forBeanPropertyAccess(
                parent.settingsOrDefaults(kind, above == null ? pool.name() : above.name()));
    List<String> different = new ArrayList<>();
    for (String setting : kind.names.all()) {
      String path = SettingOrigins.path(setting);
      boolean isSame =
          others == null
              ? child.origin(kind, pool.name(), setting).isEmpty()
              : Objects.equals(own.getPropertyValue(path), others.getPropertyValue(path));
      if (!isSame && !setting.equals("base")) {
        different.add(setting);
      }
    }
    return different;
  }
}
