package dev.pools.boot.endpoint;

import dev.pools.connection.ConnectionPoolStats;
import dev.pools.task.PoolStats;
import org.jspecify.annotations.Nullable;
import org.springframework.aot.hint.BindingReflectionHintsRegistrar;
import org.springframework.aot.hint.MemberCategory;
import org.springframework.aot.hint.RuntimeHints;
import org.springframework.aot.hint.RuntimeHintsRegistrar;

/**
 * What a native image must keep for the endpoint and for JMX: the figures are read from the
 * components of two records, and JMX reads the attributes from the methods of three interfaces. All
 * answers are maps of plain values, which need no hint.
 */
public final class EndpointRuntimeHints implements RuntimeHintsRegistrar {

  /** Creates it. */
  public EndpointRuntimeHints() {}

  @Override
  public void registerHints(RuntimeHints hints, @Nullable ClassLoader classLoader) {
    new BindingReflectionHintsRegistrar()
        .registerReflectionHints(hints.reflection(), PoolStats.class, ConnectionPoolStats.class);
    for (Class<?> managed :
        new Class<?>[] {
          AdvancedPoolMXBean.class, ConnectionPoolMXBean.class, UncreatedPoolsMXBean.class
        }) {
      hints.reflection().registerType(managed, MemberCategory.INVOKE_PUBLIC_METHODS);
    }
  }
}
