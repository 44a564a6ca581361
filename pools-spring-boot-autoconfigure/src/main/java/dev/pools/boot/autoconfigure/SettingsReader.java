package dev.pools.boot.autoconfigure;

import java.beans.PropertyDescriptor;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.beans.BeanUtils;
import org.springframework.boot.context.properties.bind.AbstractBindHandler;
import org.springframework.boot.context.properties.bind.BindContext;
import org.springframework.boot.context.properties.bind.Bindable;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.ConfigurationPropertyName;
import org.springframework.core.env.Environment;

/**
 * Reads the settings of pools from the environment, where they are needed before there are beans.
 * What a pool's own settings leave out, the defaults say, field by field.
 */
final class SettingsReader<S> {

  /** What the core says about an option that is out of its range. */
  private static final Pattern OPTION =
      Pattern.compile("^([a-z]+(?:[A-Z][a-z]+)*) is (.*)$", Pattern.DOTALL);

  private static final Pattern PLAIN_NAME = Pattern.compile("[A-Za-z0-9_-]+");

  private final Binder binder;
  private final String prefix;
  private final Class<S> type;

  private SettingsReader(Environment environment, String prefix, Class<S> type) {
    this.binder = Binder.get(environment);
    this.prefix = prefix;
    this.type = type;
  }

  static SettingsReader<AdvancedPoolSettings> advanced(Environment environment) {
    return new SettingsReader<>(environment, "pools.advanced", AdvancedPoolSettings.class);
  }

  static SettingsReader<ConnectionPoolSettings> connection(Environment environment) {
    return new SettingsReader<>(environment, "pools.connection", ConnectionPoolSettings.class);
  }

  /** The settings of each configured pool, by its name as it was typed. */
  Map<String, S> instances() {
    return binder
        .bind(
            prefix + ".instances",
            Bindable.mapOf(String.class, type),
            new EmptySettingsHandler(new Inheriting()))
        .orElseGet(LinkedHashMap::new);
  }

  /** The settings of a pool that has none of its own. */
  S defaults() {
    return binder
        .bind(prefix + ".defaults", Bindable.of(type), new EmptySettingsHandler())
        .orElseGet(() -> BeanUtils.instantiateClass(type));
  }

  /** Lets the settings of each instance begin as the defaults are. */
  private final class Inheriting extends AbstractBindHandler {

    private final ConfigurationPropertyName instances =
        ConfigurationPropertyName.of(prefix + ".instances");

    private final Set<Object> begunAsDefaults = Collections.newSetFromMap(new IdentityHashMap<>());

    private boolean isInstance(ConfigurationPropertyName name, Bindable<?> target) {
      return instances.isParentOf(name) && target.getType().resolve() == type;
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T> Bindable<T> onStart(
        ConfigurationPropertyName name, Bindable<T> target, BindContext context) {
      return isInstance(name, target) ? target.withSuppliedValue(() -> (T) begun()) : target;
    }

    private S begun() {
      S settings = defaults();
      begunAsDefaults.add(settings);
      return settings;
    }

    /** Of an empty value the binder makes settings of its own. */
    @Override
    public Object onSuccess(
        ConfigurationPropertyName name, Bindable<?> target, BindContext context, Object result) {
      return isInstance(name, target) && !begunAsDefaults.contains(result) ? begun() : result;
    }
  }

  /** The property of a pool as it can be typed. */
  String property(String pool, String kebab) {
    String element = PLAIN_NAME.matcher(pool).matches() ? "." + pool : "[" + pool + "]";
    return prefix + ".instances" + element + (kebab.isEmpty() ? "" : "." + kebab);
  }

  /** What is wrong with a pool's settings, in terms of the property that was, or can be, typed. */
  InvalidPoolException invalid(String pool, RuntimeException fault) {
    String message = String.valueOf(fault.getMessage());
    Matcher option = OPTION.matcher(message);
    if (!option.matches() || !isProperty(option.group(1))) {
      return new InvalidPoolException(
          "The pool '%s' cannot be made: %s".formatted(pool, message),
          "Change the properties under %s, or the bean that customizes the pool."
              .formatted(property(pool, "")),
          fault);
    }
    String kebab = kebab(option.group(1));
    String own = property(pool, kebab);
    String inherited = prefix + ".defaults." + kebab;
    boolean fromDefaults =
        !isSet(prefix + ".instances", pool, kebab) && isSet(prefix, "defaults", kebab);
    return new InvalidPoolException(
        "The property %s of the pool '%s' is %s"
            .formatted(fromDefaults ? inherited : own, pool, inProperties(option.group(2))),
        fromDefaults
            ? "Change %s, or set %s for this pool alone.".formatted(inherited, own)
            : "Change %s.".formatted(own),
        fault);
  }

  private boolean isProperty(String option) {
    return BeanUtils.getPropertyDescriptor(type, option) != null;
  }

  private boolean isSet(String parent, String name, String kebab) {
    Map<String, Object> all =
        binder.bind(parent, Bindable.mapOf(String.class, Object.class)).orElseGet(Map::of);
    return all.get(name) instanceof Map<?, ?> set
        && set.keySet().stream().anyMatch(key -> uniform(key.toString()).equals(uniform(kebab)));
  }

  private static String uniform(String key) {
    return key.replace("-", "").replace("_", "").toLowerCase(Locale.ROOT);
  }

  /** The core's text, with options called as the properties are. */
  private String inProperties(String text) {
    String translated = text;
    for (PropertyDescriptor property : BeanUtils.getPropertyDescriptors(type)) {
      translated =
          translated.replaceAll("\\b" + property.getName() + "\\b", kebab(property.getName()));
    }
    return translated;
  }

  static String kebab(String camel) {
    return camel.replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }
}
