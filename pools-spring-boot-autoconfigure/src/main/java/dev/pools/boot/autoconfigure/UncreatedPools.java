package dev.pools.boot.autoconfigure;

import dev.pools.boot.endpoint.PoolType;
import dev.pools.boot.endpoint.UncreatedPool;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.BeanDefinition;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;

/**
 * Finds the pools of one context that are declared and not created. A pool that is a prototype is
 * none of them: each use creates another one, which belongs to its user.
 */
final class UncreatedPools {

  private UncreatedPools() {}

  /** Returns those of this very context, without those of its parents. Creates none. */
  static List<UncreatedPool> of(ConfigurableListableBeanFactory context) {
    List<UncreatedPool> found = new ArrayList<>();
    for (PoolKind kind : PoolKind.values()) {
      SettingOrigins settings = new SettingOrigins(context, PoolsBinding.of(context), kind);
      PoolType type = kind == PoolKind.ADVANCED ? PoolType.ADVANCED : PoolType.CONNECTION;
      for (String name : context.getBeanNamesForType(kind.pool, true, false)) {
        BeanDefinition definition =
            context.containsSingleton(name) ? null : ContextChain.definition(name, context);
        if (definition != null && !definition.isPrototype()) {
          found.add(
              new UncreatedPool(type, name, scope(definition), () -> settings.configured(name)));
        }
      }
    }
    return found;
  }

  private static @Nullable String scope(BeanDefinition definition) {
    return definition.isSingleton() ? null : definition.getScope();
  }
}
