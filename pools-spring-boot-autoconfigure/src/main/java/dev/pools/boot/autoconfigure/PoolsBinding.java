package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.BeanUtils;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.BindException;
import org.springframework.boot.context.properties.bind.BindHandler;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.BoundPropertiesTrackingBindHandler;
import org.springframework.boot.context.properties.bind.PropertySourcesPlaceholdersResolver;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.boot.context.properties.source.ConfigurationPropertySource;
import org.springframework.boot.context.properties.source.ConfigurationPropertyState;
import org.springframework.boot.context.properties.source.IterableConfigurationPropertySource;
import org.springframework.boot.context.properties.source.UnboundElementsSourceFilter;
import org.springframework.core.convert.ConversionFailedException;
import org.springframework.core.convert.TypeDescriptor;
import org.springframework.core.env.Environment;

/**
 * The settings of all pools, bound once. The pools are created from it, and {@link PoolsProperties}
 * shows it, so that both have the same values.
 *
 * <p>The settings of a pool are, in this order: the built-in ones, {@code defaults}, the base
 * configuration that the pool names, its own. Later values replace earlier ones, setting by
 * setting.
 */
class PoolsBinding {

  private final Environment environment;
  private final PresentPools present;
  private final Placeholders placeholders;
  private final PoolSources sources;
  private final Binder binder;
  private final Map<ConfigurationPropertyName, ConfigurationProperty> bound = new LinkedHashMap<>();
  private final BindHandler tracking =
      new StrictValues(
          new BoundPropertiesTrackingBindHandler(
              property -> bound.putIfAbsent(property.getName(), property)));
  private final PoolsProperties properties = new PoolsProperties();

  /**
   * Binds all settings.
   *
   * @param present the pools of the application itself, whose names settings may have
   * @throws InvalidPoolException if a setting does not exist, or has a value of another kind
   */
  PoolsBinding(Environment environment, PresentPools present) {
    this.environment = environment;
    this.present = present;
    this.placeholders = new Placeholders(environment);
    this.sources = new PoolSources(environment, present);
    this.binder =
        new Binder(
            sources.sources(), new PropertySourcesPlaceholdersResolver(environment), null, null);
    bind(PoolSources.POOLS, properties);
    refuseUnknown();
    bindPools(
        PoolKind.ADVANCED,
        properties.getAdvanced().getBases(),
        properties.getAdvanced().getInstances(),
        AdvancedPoolProperties.class);
    bindPools(
        PoolKind.CONNECTION,
        properties.getConnection().getBases(),
        properties.getConnection().getInstances(),
        ConnectionPoolProperties.class);
    for (AdvancedPoolProperties settings : properties.getAdvanced().getInstances().values()) {
      settings.setThreads(settings.threadsOr(usualThreads()));
    }
  }

  /** The settings of this very context; null if the starter configures no pools in it. */
  static @Nullable PoolsBinding of(ConfigurableListableBeanFactory context) {
    String name = PoolsBinding.class.getName();
    return context.containsLocalBean(name) ? context.getBean(name, PoolsBinding.class) : null;
  }

  private AdvancedPoolProperties.Threads usualThreads() {
    return AdvancedPoolFactory.usualThreads(environment);
  }

  /** The same pools, with the settings that the environment has now. */
  PoolsBinding again() {
    return new PoolsBinding(environment, present);
  }

  /** What the placeholders in values stand for. */
  Placeholders placeholders() {
    return placeholders;
  }

  /** The properties object that shows all settings. */
  PoolsProperties properties() {
    return properties;
  }

  /** The configured pools of one kind. */
  Collection<PoolName> pools(PoolKind kind) {
    return sources.names(kind.instances);
  }

  /** A configured pool, however its name is spelled; null if there is none. */
  @Nullable PoolName pool(PoolKind kind, String spelling) {
    return sources.name(kind.instances, spelling);
  }

  /** The property of a setting of a pool, as it can be typed; of the whole pool if it is empty. */
  String property(PoolKind kind, String pool, String setting) {
    PoolName known = pool(kind, pool);
    return known == null
        ? kind.property(pool, setting)
        : UnknownSettings.typed(known.property()) + (setting.isEmpty() ? "" : "." + setting);
  }

  /** The settings of a configured pool; null if there is none of this name. */
  @Nullable CommonPoolProperties settings(PoolKind kind, String pool) {
    return switch (kind) {
      case ADVANCED -> properties.getAdvanced().getInstances().get(pool);
      case CONNECTION -> properties.getConnection().getInstances().get(pool);
    };
  }

  /** The settings of a pool; those of the defaults if it has none of its own. */
  CommonPoolProperties settingsOrDefaults(PoolKind kind, String pool) {
    CommonPoolProperties own = settings(kind, pool);
    if (own != null) {
      return own;
    }
    return kind == PoolKind.ADVANCED
        ? properties.getAdvanced().getDefaults()
        : properties.getConnection().getDefaults();
  }

  /** All properties that were bound, each as its source has it. */
  List<ConfigurationProperty> bound() {
    List<ConfigurationProperty> properties = new ArrayList<>();
    for (ConfigurationProperty property : bound.values()) {
      properties.add(original(property));
    }
    return properties;
  }

  /** Warnings that do not stop the application. */
  List<String> warnings() {
    List<String> all = new ArrayList<>(sources.warnings());
    for (ConfigurationProperty property : unknown(/* refused= */ false)) {
      all.add(
          "The property %s%s has no effect: there is no such setting."
              .formatted(UnknownSettings.typed(property.getName()), Origins.inBrackets(property)));
    }
    return all;
  }

  // ---- Binding

  /**
   * Refuses an empty value as one of the wrong kind. The binder refuses it only for a primitive
   * type. For others it leaves the property out, which would hide the values of other sources.
   * Refuses a fraction where a whole number is needed, too, which the binder would cut off.
   */
  private static final class StrictValues extends AbstractBindHandler {

    StrictValues(BindHandler parent) {
      super(parent);
    }

    @Override
    public void onFinish(
        ConfigurationPropertyName name,
        Bindable<?> target,
        BindContext context,
        @Nullable Object result)
        throws Exception {
      super.onFinish(name, target, context, result);
      ConfigurationProperty property = context.getConfigurationProperty();
      if (property == null || !property.getName().equals(name)) {
        return;
      }
      if (result == null) {
        throw refused(target, null, "it is empty");
      }
      if (isWhole(result)
          && property.getValue() instanceof Number number
          && number.doubleValue() != Math.rint(number.doubleValue())) {
        throw refused(target, number, "it is no whole number");
      }
    }

    private static boolean isWhole(Object result) {
      return result instanceof Integer || result instanceof Long;
    }

    private static ConversionFailedException refused(
        Bindable<?> target, @Nullable Object value, String why) {
      return new ConversionFailedException(
          TypeDescriptor.valueOf(String.class),
          TypeDescriptor.valueOf(target.getType().resolve(Object.class)),
          value,
          new IllegalArgumentException(why));
    }
  }

  private void bind(ConfigurationPropertyName name, Object into) {
    if (isUnset(name)) {
      return;
    }
    try {
      binder.bind(name, Bindable.ofInstance(into), tracking);
    } catch (BindException e) {
      throw InvalidValue.of(e, placeholders);
    }
  }

  /** Whether no property has the name or is below it; the binder would ask for each setting. */
  private boolean isUnset(ConfigurationPropertyName name) {
    for (ConfigurationPropertySource source : sources.sources()) {
      if (source.getConfigurationProperty(name) != null
          || source.containsDescendantOf(name) != ConfigurationPropertyState.ABSENT) {
        return false;
      }
    }
    return true;
  }

  private <S extends CommonPoolProperties> void bindPools(
      PoolKind kind, Map<String, S> bases, Map<String, S> instances, Class<S> type) {
    bases.clear();
    instances.clear();
    for (PoolName base : sources.names(kind.bases)) {
      bases.put(base.name(), settings(kind, layers(kind, base, new LinkedHashSet<>()), type));
    }
    for (PoolName pool : sources.names(kind.instances)) {
      instances.put(pool.name(), settings(kind, layers(kind, pool, new LinkedHashSet<>()), type));
    }
  }

  private <S extends CommonPoolProperties> S settings(
      PoolKind kind, List<PoolName> layers, Class<S> type) {
    S settings = BeanUtils.instantiateClass(type);
    bind(kind.defaults, settings);
    for (PoolName layer : layers) {
      bind(layer.property(), settings);
    }
    return settings;
  }

  /** The bases of a pool, the most general one first, and the pool itself. */
  private List<PoolName> layers(PoolKind kind, PoolName name, Set<PoolName> inside) {
    if (!inside.add(name)) {
      throw new InvalidPoolException(
          "The base configurations %s refer to each other in a circle."
              .formatted(inside.stream().map(PoolName::name).toList()),
          "Remove the setting base from one of them.",
          null);
    }
    List<PoolName> layers = new ArrayList<>();
    ConfigurationProperty base = baseOf(kind, name);
    if (base != null) {
      layers.addAll(layers(kind, find(kind, base), inside));
    }
    layers.add(name);
    return layers;
  }

  private @Nullable ConfigurationProperty baseOf(PoolKind kind, PoolName name) {
    ConfigurationProperty own = find(name.property().append("base"));
    boolean isBase = kind.bases.isAncestorOf(name.property());
    return own != null || isBase ? own : find(kind.defaults.append("base"));
  }

  private PoolName find(PoolKind kind, ConfigurationProperty property) {
    String base = resolved(property);
    PoolName known = sources.name(kind.bases, base);
    if (known != null) {
      return known;
    }
    Collection<PoolName> bases = sources.names(kind.bases);
    String unset = placeholders.cure(property);
    String name = UnknownSettings.typed(property.getName());
    throw new InvalidPoolException(
        "The property %s is '%s', but there is no base configuration of that name.%s"
            .formatted(name, placeholders.shown(name, property), placeholders.line(property)),
        bases.isEmpty()
            ? unset.isEmpty()
                ? "Put the settings of the base under %s."
                    .formatted(
                        placeholders.isSecret(property)
                            ? kind.bases
                            : PoolName.under(kind.bases.toString(), base))
                : unset.strip()
            : unset
                + "Name one of these: %s."
                    .formatted(String.join(", ", bases.stream().map(PoolName::name).toList())),
        null);
  }

  private String resolved(ConfigurationProperty property) {
    String value = property.getValue().toString();
    try {
      return environment.resolvePlaceholders(value);
    } catch (RuntimeException circular) {
      return value;
    }
  }

  // ---- The origin of a value

  private @Nullable ConfigurationProperty find(ConfigurationPropertyName name) {
    for (ConfigurationPropertySource source : sources.sources()) {
      ConfigurationProperty property = source.getConfigurationProperty(name);
      if (property != null) {
        return property;
      }
    }
    return null;
  }

  /** The property that a setting of a pool has its value from; empty if it has the built-in one. */
  Optional<ConfigurationProperty> origin(PoolKind kind, String pool, String setting) {
    PoolName name = pool(kind, pool);
    List<PoolName> layers =
        name != null && name.name().equals(pool)
            ? layers(kind, name, new LinkedHashSet<>())
            : List.of();
    for (int i = layers.size() - 1; i >= 0; i--) {
      ConfigurationProperty property = find(layers.get(i).property().append(setting));
      if (property != null) {
        return Optional.of(property);
      }
    }
    return Optional.ofNullable(find(kind.defaults.append(setting)));
  }

  /** A property as its source has it, which knows the source. */
  ConfigurationProperty original(ConfigurationProperty property) {
    ConfigurationProperty original = sources.original(property);
    return original == null ? property : original;
  }

  // ---- Unknown properties

  private void refuseUnknown() {
    List<ConfigurationProperty> unknown = unknown(/* refused= */ true);
    if (!unknown.isEmpty()) {
      throw UnknownSettings.of(unknown);
    }
  }

  /** Returns the unknown properties, either of sources for the pools only or of shared sources. */
  private List<ConfigurationProperty> unknown(boolean refused) {
    UnboundElementsSourceFilter ofTheApplication = new UnboundElementsSourceFilter();
    Map<ConfigurationPropertyName, ConfigurationProperty> unknown = new LinkedHashMap<>();
    for (ConfigurationPropertySource source : sources.sources()) {
      if (source instanceof IterableConfigurationPropertySource all
          && ofTheApplication.apply(source) == refused) {
        for (ConfigurationPropertyName name : all) {
          ConfigurationProperty property = all.getConfigurationProperty(name);
          if (property != null && !bound.containsKey(name)) {
            unknown.putIfAbsent(name, property);
          }
        }
      }
    }
    return List.copyOf(unknown.values());
  }
}
