package dev.pools.boot.endpoint;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A pool that is declared, but that the context has not created, because nothing has used it: it is
 * lazy, or lives in a scope.
 *
 * @param name the name of the pool's bean
 * @param scope the scope of the bean; null if there is one pool for the whole context
 * @param settings the settings with which it will be created, as far as they are known
 */
public record UncreatedPool(
    PoolType type, String name, @Nullable String scope, Supplier<List<PoolSetting>> settings) {}
