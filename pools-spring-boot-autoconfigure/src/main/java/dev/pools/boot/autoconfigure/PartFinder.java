package dev.pools.boot.autoconfigure;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.BeanFactoryAnnotationUtils;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Finds the beans that a connection pool is made with.
 *
 * <p>The rule: the bean that the property names; or else the one named after the pool, with what it
 * is behind; or else the one whose qualifier is the pool's name; or else, of those that are not
 * named after another pool, the only one or the primary one. Two or more are a mistake, and so is
 * none where there must be one.
 */
final class PartFinder {

  private final ConfigurableListableBeanFactory beans;
  private final String pool;
  private final Collection<String> pools;

  /**
   * Makes it for one pool.
   *
   * @param pools the names of all configured pools that share connections
   */
  PartFinder(ConfigurableListableBeanFactory beans, String pool, Collection<String> pools) {
    this.beans = beans;
    this.pool = pool;
    this.pools = pools;
  }

  /**
   * The name of a bean that there must be.
   *
   * @param given what the property says, if anything
   * @param suffix what its name ends with if it is named after the pool
   * @param property the property's last part
   * @param types what it may be
   */
  String required(@Nullable String given, String suffix, String property, Class<?>... types) {
    List<String> candidates = candidates(types);
    String chosen = choose(given, suffix, property, candidates, types);
    if (chosen == null) {
      String declare =
          "Declare a bean of type %s, best named %s%s".formatted(namesOf(types), pool, suffix);
      throw new InvalidPoolException(
          "The pool '%s' has no %s: there is no bean of type %s%s."
              .formatted(
                  pool, property, namesOf(types), candidates.isEmpty() ? "" : " that is its own"),
          candidates.isEmpty()
              ? declare + "."
              : "%s, or set %s to one of these: %s."
                  .formatted(declare, propertyOf(property), String.join(", ", candidates)),
          null);
    }
    return chosen;
  }

  /**
   * The name of a bean that there may be, for this type of connection.
   *
   * @param connection what a connection is
   */
  @Nullable String optional(
      @Nullable String given,
      String suffix,
      String property,
      ResolvableType connection,
      Class<?>... types) {
    List<String> candidates = new ArrayList<>();
    for (String candidate : candidates(types)) {
      ResolvableType subject = argumentOf(candidate, types);
      if (subject.resolve() == null || subject.isAssignableFrom(connection)) {
        candidates.add(candidate);
      }
    }
    return choose(given, suffix, property, candidates, types);
  }

  private @Nullable String choose(
      @Nullable String given,
      String suffix,
      String property,
      List<String> candidates,
      Class<?>[] types) {
    if (given != null) {
      if (candidates.contains(given)) {
        return given;
      }
      throw new InvalidPoolException(
          "The property %s is '%s', but there is no such bean of type %s."
              .formatted(propertyOf(property), given, namesOf(types)),
          candidates.isEmpty()
              ? "Declare one, or leave the property out."
              : "Name one of these: %s.".formatted(String.join(", ", candidates)),
          null);
    }
    String own = pool + suffix;
    if (candidates.contains(own)) {
      return own;
    }
    List<String> qualified =
        filtered(
            candidates,
            name -> BeanFactoryAnnotationUtils.isQualifierMatch(pool::equals, name, beans));
    if (qualified.size() == 1) {
      return qualified.get(0);
    }
    List<String> common =
        filtered(
            candidates, name -> pools.stream().noneMatch(other -> name.equals(other + suffix)));
    if (common.size() <= 1) {
      return common.isEmpty() ? null : common.get(0);
    }
    List<String> primary = filtered(common, this::isPrimary);
    if (primary.size() == 1) {
      return primary.get(0);
    }
    throw new InvalidPoolException(
        "The pool '%s' needs one %s, but there are several beans of type %s: %s."
            .formatted(pool, property, namesOf(types), String.join(", ", common)),
        "Set %s to one of these names, or name the bean %s, or put @Qualifier(\"%s\") on it."
            .formatted(propertyOf(property), own, pool),
        null);
  }

  private String propertyOf(String property) {
    return "pools.connection.instances.%s.%s".formatted(pool, property);
  }

  private static List<String> filtered(List<String> names, Predicate<String> condition) {
    return names.stream().filter(condition).toList();
  }

  private boolean isPrimary(String bean) {
    return beans.containsBeanDefinition(bean) && beans.getMergedBeanDefinition(bean).isPrimary();
  }

  private List<String> candidates(Class<?>... types) {
    Set<String> names = new LinkedHashSet<>();
    for (Class<?> type : types) {
      // Without making any of them: it is too early for that.
      names.addAll(Arrays.asList(beans.getBeanNamesForType(type, true, false)));
    }
    return new ArrayList<>(names);
  }

  /** What the connections of this factory are, as far as its definition tells. */
  ResolvableType connectionType(String factory) {
    ResolvableType type =
        argumentOf(
            factory,
            dev.pools.connection.ConnectionFactory.class,
            dev.pools.connection.AsyncConnectionFactory.class);
    return type.resolve() == null ? ResolvableType.forClass(Object.class) : type;
  }

  private ResolvableType argumentOf(String bean, Class<?>... types) {
    ResolvableType declared = declaredType(bean);
    for (Class<?> type : types) {
      ResolvableType found = declared.as(type);
      if (!found.equals(ResolvableType.NONE)) {
        return found.getGeneric(0);
      }
    }
    return ResolvableType.NONE;
  }

  private ResolvableType declaredType(String bean) {
    Class<?> type = beans.getType(bean, false);
    if (beans.containsBeanDefinition(bean)) {
      // Asking for the type above has made the definition look at its factory method.
      BeanDefinition definition = beans.getMergedBeanDefinition(bean);
      ResolvableType declared =
          definition instanceof RootBeanDefinition root
              ? root.getResolvableType()
              : ResolvableType.NONE;
      if (declared.resolve() != null) {
        return declared;
      }
    }
    return type == null
        ? ResolvableType.NONE
        : ResolvableType.forClass(ClassUtils.getUserClass(type));
  }

  private static String namesOf(Class<?>... types) {
    return String.join(" or ", Arrays.stream(types).map(Class::getSimpleName).toList());
  }
}
