package dev.pools.boot.endpoint;

import dev.pools.boot.endpoint.PoolSetting.Source;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The settings of a pool as the endpoint shows them. */
record ShownSettings(PoolValues values, PoolType type, String pool, boolean showTexts) {

  /**
   * Returns them as plain values.
   *
   * @param changeable the options that can be changed now, as the builder calls them
   */
  List<Map<String, Object>> of(List<PoolSetting> settings, Collection<String> changeable) {
    return settings.stream().map(setting -> shown(setting, changeable)).toList();
  }

  private Map<String, Object> shown(PoolSetting setting, Collection<String> changeable) {
    Map<String, Object> shown = new LinkedHashMap<>();
    shown.put("name", setting.name());
    shown.put("value", value(setting, setting.value()));
    shown.put("source", setting.source().name().toLowerCase(Locale.ROOT));
    if (setting.origin() != null) {
      shown.put("origin", setting.origin());
    }
    if (setting.property() != null) {
      shown.put("property", setting.property());
    }
    if (setting.source() == Source.CUSTOMIZER || setting.source() == Source.RUNTIME) {
      shown.put("configured", value(setting, setting.configured()));
    }
    shown.put("changeable", changeable.stream().anyMatch(option -> same(option, setting.name())));
    return shown;
  }

  private @Nullable Object value(PoolSetting setting, @Nullable Object value) {
    String property = setting.property();
    String key =
        property == null
            ? "pools." + type.id() + ".instances." + pool + "." + setting.name()
            : property;
    return values.shown(key, value, setting.propertySource(), setting.isText(), showTexts);
  }

  /**
   * Whether an option of a builder and a setting are the same: {@code maxSize}, {@code max-size}.
   */
  private static boolean same(String option, String setting) {
    return option.equalsIgnoreCase(setting.replace("-", ""));
  }
}
