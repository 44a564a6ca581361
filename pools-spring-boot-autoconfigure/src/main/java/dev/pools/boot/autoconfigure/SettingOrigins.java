package dev.pools.boot.autoconfigure;

import dev.pools.boot.endpoint.PoolSetting;
import dev.pools.boot.endpoint.PoolSetting.Source;
import dev.pools.boot.endpoint.WatchedPool;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanWrapper;
import org.springframework.beans.PropertyAccessorFactory;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.core.env.PropertySource;

/** Says for each setting of a pool which value it has, and where that comes from. */
final class SettingOrigins {

  private final ConfigurableListableBeanFactory beans;
  private final @Nullable PoolsBinding binding;
  private final PoolKind kind;

  SettingOrigins(
      ConfigurableListableBeanFactory beans, @Nullable PoolsBinding binding, PoolKind kind) {
    this.beans = beans;
    this.binding = binding;
    this.kind = kind;
  }

  /** The settings of a pool, in alphabetical order. */
  List<PoolSetting> of(WatchedPool pool) {
    Map<String, Object> options = pool.options();
    if (binding == null || PoolBeanRegistrar.isOfTheUser(pool.name(), beans)) {
      return ofTheUser(pool, options);
    }
    BeanWrapper bound =
        PropertyAccessorFactory.forBeanPropertyAccess(
            binding.settingsOrDefaults(kind, pool.name()));
    List<PoolSetting> settings = new ArrayList<>();
    for (String setting : kind.names.all()) {
      settings.add(setting(pool, binding, setting, bound, options));
    }
    return settings;
  }

  /**
   * The settings with which a pool will be created, in alphabetical order. None are known of a pool
   * that the application builds.
   */
  List<PoolSetting> configured(String pool) {
    PoolsBinding bindings = binding;
    if (bindings == null || PoolBeanRegistrar.isOfTheUser(pool, beans)) {
      return List.of();
    }
    BeanWrapper bound =
        PropertyAccessorFactory.forBeanPropertyAccess(bindings.settingsOrDefaults(kind, pool));
    List<PoolSetting> settings = new ArrayList<>();
    for (String setting : kind.names.all()) {
      Object value = bound.getPropertyValue(path(setting));
      Optional<ConfigurationProperty> property =
          bindings.origin(kind, pool, setting).map(bindings::original);
      settings.add(asConfigured(setting, value, property, value instanceof String));
    }
    return settings;
  }

  private PoolSetting setting(
      WatchedPool pool,
      PoolsBinding bindings,
      String setting,
      BeanWrapper bound,
      Map<String, Object> options) {
    Object configured = bound.getPropertyValue(path(setting));
    String option = PoolName.camel(setting);
    Object value = options.getOrDefault(option, configured);
    Optional<ConfigurationProperty> property =
        bindings.origin(kind, pool.name(), setting).map(bindings::original);
    String name = property.map(set -> UnknownSettings.typed(set.getName())).orElse(null);
    PropertySource<?> source = property.map(SettingOrigins::sourceOf).orElse(null);
    boolean isText = configured instanceof String;
    String changed = pool.changed(option, value);
    if (changed != null) {
      return new PoolSetting(
          setting, value, Source.RUNTIME, changed, name, configured, source, isText);
    }
    if (!same(value, configured)) {
      boolean built = value != null && value.equals(customized(pool.name()).get(option));
      return new PoolSetting(
          setting,
          value,
          built ? Source.CUSTOMIZER : Source.RUNTIME,
          built
              ? "one of the beans " + String.join(", ", customizers())
              : "a call of the application",
          name,
          configured,
          source,
          isText);
    }
    return asConfigured(setting, value, property, isText);
  }

  private static PoolSetting asConfigured(
      String setting,
      @Nullable Object value,
      Optional<ConfigurationProperty> property,
      boolean isText) {
    return new PoolSetting(
        setting,
        value,
        property.isPresent() ? Source.PROPERTY : Source.DEFAULT,
        property.map(set -> String.valueOf(set.getOrigin())).orElse(null),
        property.map(set -> UnknownSettings.typed(set.getName())).orElse(null),
        null,
        property.map(SettingOrigins::sourceOf).orElse(null),
        isText);
  }

  /**
   * What customizers have set in a pool that has just been created: the options whose values are
   * not those of its settings.
   */
  static Map<String, Object> customized(
      PoolKind kind, CommonPoolProperties settings, Map<String, Object> options) {
    BeanWrapper bound = PropertyAccessorFactory.forBeanPropertyAccess(settings);
    Map<String, Object> customized = new HashMap<>();
    for (String setting : kind.names.all()) {
      String option = PoolName.camel(setting);
      Object value = options.get(option);
      if (value != null && !same(value, bound.getPropertyValue(path(setting)))) {
        customized.put(option, value);
      }
    }
    return customized;
  }

  private Map<String, Object> customized(String pool) {
    return beans.getBean(PoolsInCreation.class).customized(pool);
  }

  /** The customizers of the application, without the starter's own. */
  private List<String> customizers() {
    Class<?> type =
        kind == PoolKind.ADVANCED ? AdvancedPoolCustomizer.class : ConnectionPoolCustomizer.class;
    return PoolCustomizers.of(beans, type).ofTheUser();
  }

  /** A pool that is a bean of the application has the options of its builder only. */
  private List<PoolSetting> ofTheUser(WatchedPool pool, Map<String, Object> options) {
    String described =
        beans.containsBeanDefinition(pool.name())
            ? beans.getBeanDefinition(pool.name()).getResourceDescription()
            : null;
    String bean = "the bean '" + pool.name() + "'" + (described == null ? "" : ", " + described);
    List<PoolSetting> settings = new ArrayList<>();
    options.forEach(
        (option, value) -> {
          String changed = pool.changed(option, value);
          settings.add(
              new PoolSetting(
                  PoolName.kebab(option),
                  value,
                  changed == null ? Source.BEAN : Source.RUNTIME,
                  changed == null ? bean : changed,
                  null,
                  null,
                  null,
                  false));
        });
    settings.sort((one, other) -> one.name().compareTo(other.name()));
    return settings;
  }

  /** The path of a property of a bean: {@code health.stalledAfter}. */
  static String path(String setting) {
    List<String> words = new ArrayList<>();
    for (String word : setting.split("\\.", -1)) {
      words.add(PoolName.camel(word));
    }
    return String.join(".", words);
  }

  private static boolean same(@Nullable Object value, @Nullable Object configured) {
    if (value instanceof Enum<?> one && configured instanceof Enum<?> other) {
      return one.name().equals(other.name());
    }
    return Objects.equals(value, configured);
  }

  private static @Nullable PropertySource<?> sourceOf(ConfigurationProperty property) {
    ConfigurationPropertySource source = property.getSource();
    return source != null && source.getUnderlyingSource() instanceof PropertySource<?> underlying
        ? underlying
        : null;
  }
}
