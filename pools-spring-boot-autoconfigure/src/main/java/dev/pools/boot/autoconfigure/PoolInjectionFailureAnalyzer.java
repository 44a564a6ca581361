package dev.pools.boot.autoconfigure;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.BeanFactoryUtils;
import org.springframework.beans.factory.NoSuchBeanDefinitionException;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.beans.factory.support.RootBeanDefinition;
import org.springframework.boot.context.properties.source.ConfigurationProperty;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.analyzer.AbstractInjectionFailureAnalyzer;
import org.springframework.core.ResolvableType;
import org.springframework.core.annotation.Order;
import org.springframework.core.env.Environment;

/**
 * Lists the pools that there are, with their types, where one is injected that there is not, and
 * the properties that turn off others.
 */
@Order(0)
class PoolInjectionFailureAnalyzer
    extends AbstractInjectionFailureAnalyzer<NoSuchBeanDefinitionException> {

  private final @Nullable ConfigurableListableBeanFactory beans;

  private final Environment environment;

  PoolInjectionFailureAnalyzer(BeanFactory beans, Environment environment) {
    this.environment = environment;
    this.beans = beans instanceof ConfigurableListableBeanFactory listable ? listable : null;
  }

  @Override
  protected @Nullable FailureAnalysis analyze(
      Throwable rootFailure, NoSuchBeanDefinitionException cause, @Nullable String description) {
    ResolvableType wanted = cause.getResolvableType();
    Class<?> type = wanted == null ? null : wanted.resolve();
    PoolKind kind =
        type == ConnectionPool.class
            ? PoolKind.CONNECTION
            : type == AdvancedPool.class ? PoolKind.ADVANCED : null;
    if (beans == null
        || wanted == null
        || kind == null
        || cause instanceof NoUniqueBeanDefinitionException) {
      return null;
    }
    List<String> pools = pools(beans, kind);
    List<ConfigurationProperty> off = turnedOff(kind);
    return new FailureAnalysis(
        "%s required a %s, and there is no such pool.%n%n%s"
                .formatted(
                    description == null ? "A bean" : description,
                    named(wanted),
                    pools.isEmpty()
                        ? "There is no pool of this kind."
                        : "There are:%n%n%s".formatted(String.join(System.lineSeparator(), pools)))
            + off.stream()
                .map(
                    property ->
                        "%n%nThe property %s%s is false."
                            .formatted(
                                UnknownSettings.typed(property.getName()),
                                Origins.inBrackets(property)))
                .collect(Collectors.joining()),
        action(kind, wanted, pools, off),
        cause);
  }

  /** The properties that turn off all pools, or pools of this kind. */
  private List<ConfigurationProperty> turnedOff(PoolKind kind) {
    PoolsBinding binding = new PoolsBinding(environment, PresentPools.NONE);
    if (!binding.properties().isEnabled()) {
      return binding.bound().stream()
          .filter(property -> property.getName().equals(PoolSources.POOLS.append("enabled")))
          .toList();
    }
    List<ConfigurationProperty> off = new ArrayList<>();
    for (PoolName pool : binding.pools(kind)) {
      CommonPoolProperties settings = binding.settings(kind, pool.name());
      if (settings != null && !settings.isEnabled()) {
        binding.origin(kind, pool.name(), "enabled").ifPresent(off::add);
      }
    }
    return off.stream().distinct().toList();
  }

  private static String action(
      PoolKind kind, ResolvableType wanted, List<String> pools, List<ConfigurationProperty> off) {
    String turnOn =
        "If the pool is turned off, set %s to true."
            .formatted(
                off.stream()
                    .map(property -> UnknownSettings.typed(property.getName()))
                    .collect(Collectors.joining(" or ")));
    if (pools.isEmpty()) {
      return off.isEmpty() ? "Configure a pool under %s.instances.".formatted(kind.prefix) : turnOn;
    }
    String choose =
        kind == PoolKind.ADVANCED
            ? "Use the name of one of these pools, or of all of them in a Map<String, AdvancedPool>."
            : "Inject one of these types, or declare the factory of the pool as a ConnectionFactory<%s>."
                .formatted(wanted.hasGenerics() ? wanted.getGeneric(0) : "?");
    return off.isEmpty() ? choose : choose + " " + turnOn;
  }

  private static List<String> pools(ConfigurableListableBeanFactory beans, PoolKind kind) {
    List<String> pools = new ArrayList<>();
    for (String name :
        BeanFactoryUtils.beanNamesForTypeIncludingAncestors(beans, kind.pool, true, false)) {
      ResolvableType type = typeOf(beans, name);
      pools.add(
          "    - '%s', a %s%s"
              .formatted(
                  name,
                  type.resolve() == null ? kind.pool.getSimpleName() : named(type),
                  origin(beans, name, type)));
    }
    return pools;
  }

  private static ResolvableType typeOf(ConfigurableListableBeanFactory beans, String name) {
    return ContextChain.definition(name, beans) instanceof RootBeanDefinition root
        ? root.getResolvableType()
        : ResolvableType.NONE;
  }

  /** Why a connection pool has its type. */
  private static String origin(
      ConfigurableListableBeanFactory beans, String name, ResolvableType type) {
    String factory = PoolBeanRegistrar.factoryOf(name, beans);
    if (factory == null) {
      return "";
    }
    return type.getGeneric(0).resolve() == Object.class
        ? ": its factory, the bean '%s', does not say what it opens".formatted(factory)
        : ": its factory is the bean '%s'".formatted(factory);
  }

  private static String named(ResolvableType type) {
    String generics = type.hasGenerics() ? "<" + type.getGeneric(0) + ">" : "";
    return type.toClass().getSimpleName() + generics;
  }
}
