package dev.pools.boot.autoconfigure;

import dev.pools.connection.AsyncConnectionCleaner;
import dev.pools.connection.AsyncConnectionFactory;
import dev.pools.connection.AsyncConnectionHook;
import dev.pools.connection.AsyncHealthChecker;
import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionHook;
import dev.pools.connection.HealthChecker;
import dev.pools.connection.JdbcReset;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.BeanDefinitionHolder;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Finds the beans that a connection pool is created with.
 *
 * <p>The rule: the bean that the property names; or else the one named after the pool in any
 * spelling, preferably in camel case, with the suffix of the part; or else the bean whose qualifier
 * is the pool's name; or else, of the beans that are not named after another pool, the only one or
 * the primary one. Several beans are an error, and so is a missing bean that is required. A bean
 * that belongs to the pool by its name but does not fit the connections is also an error: it is
 * never ignored. Where beans of several contexts would do, those of the nearest one count.
 *
 * <p>A hook is only found by the property or by its name, because its type does not show when it
 * runs: the only hook of an application would run at each of the three moments otherwise.
 */
final class ConnectionPoolBeanResolver {

  private final ConfigurableListableBeanFactory beans;
  private final PartBeans parts;
  private final PoolsBinding binding;
  private final String pool;

  /**
   * Creates it for one pool.
   *
   * @param parts the beans to choose from
   * @param binding where the properties are set that name beans
   */
  ConnectionPoolBeanResolver(
      ConfigurableListableBeanFactory beans, PartBeans parts, PoolsBinding binding, String pool) {
    this.beans = beans;
    this.parts = parts;
    this.binding = binding;
    this.pool = pool;
  }

  /** A part of a pool, with the property and the suffix of the name that select its bean. */
  private record Part(
      String property, String suffix, List<Class<?>> types, boolean isFoundByItsType) {

    Part(String property, String suffix, List<Class<?>> types) {
      this(property, suffix, types, /* isFoundByItsType= */ true);
    }

    /** The required type of the bean, for error messages. */
    String names() {
      return String.join(" or ", types.stream().map(Class::getSimpleName).toList());
    }

    String names(ResolvableType connection) {
      return String.join(
          " or ",
          types.stream().map(type -> type.getSimpleName() + "<" + connection + ">").toList());
    }
  }

  private static final Part FACTORY =
      new Part(
          "factory",
          "ConnectionFactory",
          List.of(ConnectionFactory.class, AsyncConnectionFactory.class));
  private static final Part HEALTH_CHECKER =
      new Part(
          "health-checker",
          "HealthChecker",
          List.of(HealthChecker.class, AsyncHealthChecker.class));
  private static final Part CLEANER =
      new Part(
          "cleaner",
          "ConnectionCleaner",
          List.of(ConnectionCleaner.class, AsyncConnectionCleaner.class));
  private static final List<Class<?>> HOOKS =
      List.of(ConnectionHook.class, AsyncConnectionHook.class);
  private static final Part ON_CREATE =
      new Part("on-create", "OnCreate", HOOKS, /* isFoundByItsType= */ false);
  private static final Part ON_ACQUIRE =
      new Part("on-acquire", "OnAcquire", HOOKS, /* isFoundByItsType= */ false);
  private static final Part ON_RETURN =
      new Part("on-return", "OnReturn", HOOKS, /* isFoundByItsType= */ false);
  private static final Part JDBC_RESET =
      new Part("jdbc-reset", "JdbcReset", List.of(JdbcReset.class));

  // ---- The parts

  /** The name of the bean that opens connections. */
  String factory(ConnectionPoolProperties settings) {
    List<String> candidates = candidates(FACTORY);
    String chosen = choose(settings.getFactory(), FACTORY, candidates, null);
    if (chosen == null) {
      throw noFactory(candidates);
    }
    return chosen;
  }

  /** The name of the bean that checks connections; null if there is none. */
  @Nullable String healthChecker(ConnectionPoolProperties settings, ResolvableType connection) {
    return optional(settings.getHealthChecker(), HEALTH_CHECKER, connection);
  }

  /** The name of the bean that closes connections; null if there is none. */
  @Nullable String cleaner(ConnectionPoolProperties settings, ResolvableType connection) {
    return optional(settings.getCleaner(), CLEANER, connection);
  }

  /** The name of the bean that prepares new connections; null if there is none. */
  @Nullable String onCreate(ConnectionPoolProperties settings, ResolvableType connection) {
    return optional(settings.getOnCreate(), ON_CREATE, connection);
  }

  /** The name of the bean that adapts connections before each lease; null if there is none. */
  @Nullable String onAcquire(ConnectionPoolProperties settings, ResolvableType connection) {
    return optional(settings.getOnAcquire(), ON_ACQUIRE, connection);
  }

  /** The name of the bean that resets connections; null if there is none. */
  @Nullable String onReturn(ConnectionPoolProperties settings, ResolvableType connection) {
    return optional(settings.getOnReturn(), ON_RETURN, connection);
  }

  /** The name of the bean that resets connections of JDBC; null if there is none. */
  @Nullable String jdbcReset(ConnectionPoolProperties settings, ResolvableType connection) {
    String chosen = choose(settings.getJdbcReset(), JDBC_RESET, candidates(JDBC_RESET), null);
    if (chosen == null) {
      String named = named(JDBC_RESET);
      if (named != null) {
        throw ofAnotherType(
            "The bean '%s' is named after the pool '%s'".formatted(named, pool),
            named,
            JDBC_RESET,
            null,
            "");
      }
      return null;
    }
    if (ResolvableType.forClass(Connection.class).isAssignableFrom(connection)) {
      return chosen;
    }
    if (settings.getJdbcReset() == null && !isOwn(chosen, JDBC_RESET)) {
      return null;
    }
    throw new InvalidPoolException(
        "The bean '%s' is the jdbc-reset of the pool '%s', but the connections of the pool are %s, and a JdbcReset resets java.sql.Connection only."
            .formatted(chosen, pool, connection),
        "Declare the factory with the type java.sql.Connection. Or remove this JdbcReset from the pool: rename it, or remove %s."
            .formatted(property(JDBC_RESET)),
        null);
  }

  /** Finds all parts, so that a part of the wrong type is rejected. */
  void check(ConnectionPoolProperties settings, ResolvableType connection) {
    healthChecker(settings, connection);
    cleaner(settings, connection);
    onCreate(settings, connection);
    onAcquire(settings, connection);
    onReturn(settings, connection);
    jdbcReset(settings, connection);
  }

  private InvalidPoolException noFactory(List<String> candidates) {
    String declare =
        "Declare a bean of type %s, preferably named %s"
            .formatted(FACTORY.names(), ownName(FACTORY));
    String like = named(FACTORY);
    return new InvalidPoolException(
        "The pool '%s' has no factory: there is no bean of type %s%s.%s"
            .formatted(
                pool,
                FACTORY.names(),
                candidates.isEmpty() ? "" : " that is its own",
                like == null ? "" : " The bean '%s' is a %s.".formatted(like, declaredType(like))),
        candidates.isEmpty()
            ? declare + "."
            : "%s, or set %s to one of these: %s."
                .formatted(declare, property(FACTORY), String.join(", ", candidates)),
        null);
  }

  private @Nullable String optional(@Nullable String given, Part part, ResolvableType connection) {
    List<String> fitting = new ArrayList<>();
    List<String> others = new ArrayList<>();
    for (String candidate : candidates(part)) {
      ResolvableType subject = argumentOf(candidate, part.types());
      boolean fits = subject.resolve() == null || subject.isAssignableFrom(connection);
      (fits ? fitting : others).add(candidate);
    }
    String chosen = choose(given, part, fitting, connection);
    if (given == null && (chosen == null || !isOwn(chosen, part))) {
      refuseOwnOfAnotherType(part, connection, fitting, others);
    }
    return chosen;
  }

  private void refuseOwnOfAnotherType(
      Part part, ResolvableType connection, List<String> fitting, List<String> others) {
    String named = named(part);
    if (named != null && !fitting.contains(named)) {
      throw ofAnotherType(
          "The bean '%s' is named after the pool '%s'".formatted(named, pool),
          named,
          part,
          connection,
          "");
    }
    for (String other : others) {
      if (isOwn(other, part)) {
        throw ofAnotherType(
            "The bean '%s' is the %s of the pool '%s' by its name or qualifier"
                .formatted(other, part.property(), pool),
            other,
            part,
            connection,
            "");
      }
    }
  }

  private InvalidPoolException ofAnotherType(
      String whatHolds, String bean, Part part, @Nullable ResolvableType connection, String where) {
    String wanted = connection == null ? part.names() : part.names(connection);
    return new InvalidPoolException(
        "%s, but it is a %s, where %s is needed%s.%s"
            .formatted(
                whatHolds,
                declaredType(bean),
                wanted,
                connection == null ? "" : ": the connections of the pool are " + connection,
                where),
        "Declare the bean '%s' as a %s, rename it, or set %s to the name of another bean."
            .formatted(bean, wanted, property(part)),
        null);
  }

  // ---- The choice

  private @Nullable String choose(
      @Nullable String given,
      Part part,
      List<String> candidates,
      @Nullable ResolvableType connection) {
    if (given != null) {
      return named(given, part, candidates, connection);
    }
    if (candidates.isEmpty()) {
      return null;
    }
    String uniform = PoolName.uniform(pool + part.suffix());
    List<String> own = nearest(candidates, name -> parts.uniform(name).equals(uniform));
    if (!own.isEmpty()) {
      return own.contains(ownName(part)) ? ownName(part) : own.get(0);
    }
    if (!part.isFoundByItsType()) {
      return null;
    }
    List<String> qualified = nearest(candidates, this::isQualified);
    if (qualified.size() == 1) {
      return qualified.get(0);
    }
    List<String> common =
        nearest(candidates, name -> !parts.isNamedAfterAnyPool(name, part.suffix()));
    if (common.size() <= 1) {
      return common.isEmpty() ? null : common.get(0);
    }
    List<String> primary = common.stream().filter(this::isPrimary).toList();
    if (primary.size() == 1) {
      return primary.get(0);
    }
    throw new InvalidPoolException(
        "The pool '%s' needs one %s, but there are several beans of type %s: %s."
            .formatted(pool, part.property(), part.names(), String.join(", ", common)),
        "Set %s to one of these names, or name the bean %s, or put @Qualifier(\"%s\") on it."
            .formatted(property(part), ownName(part), pool),
        null);
  }

  private String named(
      String given, Part part, List<String> candidates, @Nullable ResolvableType connection) {
    if (candidates.contains(given)) {
      return given;
    }
    for (String alias : beans.getAliases(given)) {
      if (candidates.contains(alias)) {
        return given;
      }
    }
    Optional<ConfigurationProperty> set =
        binding.origin(PoolKind.CONNECTION, pool, part.property());
    String typed =
        set.map(property -> UnknownSettings.typed(property.getName())).orElse(property(part));
    String where = set.map(binding.placeholders()::line).orElse("");
    String holds = "The property %s is '%s'".formatted(typed, shown(typed, given, set));
    if (beans.containsBean(given)) {
      throw ofAnotherType(holds, given, part, connection, where);
    }
    throw new InvalidPoolException(
        "%s, but there is no such bean of type %s.%s".formatted(holds, part.names(), where),
        set.map(binding.placeholders()::cure).orElse("")
            + (candidates.isEmpty()
                ? "Declare such a bean, or remove the property."
                : "Name one of these: %s.".formatted(String.join(", ", candidates))),
        null);
  }

  private String shown(String typed, String given, Optional<ConfigurationProperty> set) {
    return set.map(property -> binding.placeholders().shown(typed, property)).orElse(given);
  }

  private boolean isOwn(String bean, Part part) {
    return PoolName.same(bean, pool + part.suffix())
        || (part.isFoundByItsType() && isQualified(bean));
  }

  private boolean isQualified(String bean) {
    return hasQualifier(bean) || hasQualifier(behind(bean));
  }

  private boolean hasQualifier(String bean) {
    return BeanFactoryAnnotationUtils.isQualifierMatch(
        qualifier -> PoolName.same(qualifier, pool), bean, beans);
  }

  /** The bean that a scoped proxy stands for, which is declared; any other bean is its own. */
  private String behind(String bean) {
    BeanDefinitionHolder decorated =
        ContextChain.definition(bean, beans) instanceof RootBeanDefinition root
            ? root.getDecoratedDefinition()
            : null;
    return decorated == null ? bean : decorated.getBeanName();
  }

  private String ownName(Part part) {
    return PoolName.camel(pool) + part.suffix();
  }

  /** A bean of any type that is named after the pool. */
  private @Nullable String named(Part part) {
    for (String name : List.of(ownName(part), pool + part.suffix())) {
      if (beans.containsBean(name)) {
        return name;
      }
    }
    return null;
  }

  private String property(Part part) {
    return PoolKind.CONNECTION.property(pool, part.property());
  }

  /** Those that meet a condition, of the nearest context that has any. */
  private List<String> nearest(List<String> names, Predicate<String> condition) {
    List<String> found = names.stream().filter(condition).toList();
    if (found.size() < 2 || beans.getParentBeanFactory() == null) {
      return found;
    }
    int least = found.stream().mapToInt(this::distance).min().orElse(0);
    return found.stream().filter(name -> distance(name) == least).toList();
  }

  private int distance(String bean) {
    return ContextChain.distance(bean, beans);
  }

  private boolean isPrimary(String bean) {
    BeanDefinition definition = ContextChain.definition(bean, beans);
    return definition != null && definition.isPrimary();
  }

  private List<String> candidates(Part part) {
    return parts.of(part.types());
  }

  // ---- Types

  /** Returns the type of the connections of this factory, as far as its definition shows it. */
  ResolvableType connectionType(String factory) {
    ResolvableType type = argumentOf(factory, FACTORY.types());
    return type.resolve() == null ? ResolvableType.forClass(Object.class) : type;
  }

  private ResolvableType argumentOf(String bean, List<Class<?>> types) {
    ResolvableType declared = declaredType(bean);
    for (Class<?> type : types) {
      ResolvableType found = declared.as(type);
      if (!found.equals(ResolvableType.NONE)) {
        return found.getGeneric(0);
      }
    }
    return ResolvableType.NONE;
  }

  private ResolvableType declaredType(String name) {
    String bean = behind(name);
    Class<?> type = beans.getType(bean, false);
    // The look-up of the type above has resolved the factory method of the definition.
    ResolvableType declared =
        ContextChain.definition(bean, beans) instanceof RootBeanDefinition root
            ? root.getResolvableType()
            : ResolvableType.NONE;
    if (declared.resolve() != null) {
      return declared;
    }
    return type == null
        ? ResolvableType.NONE
        : ResolvableType.forClass(ClassUtils.getUserClass(type));
  }
}
