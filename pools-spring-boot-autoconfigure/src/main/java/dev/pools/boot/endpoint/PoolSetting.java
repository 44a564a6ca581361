package dev.pools.boot.endpoint;

import org.jspecify.annotations.Nullable;
import org.springframework.core.env.PropertySource;

/**
 * One setting of a pool, and where its value comes from.
 *
 * @param name the setting as it is typed into yml, such as {@code max-workers}
 * @param value the value that the pool has now; null if there is none
 * @param source the kind of place that the value comes from
 * @param origin where that is, as exactly as it is known: a file with line and column, a variable,
 *     a bean, or who changed it
 * @param property the property that sets it; null if no property does
 * @param configured the value that the property has, if the pool has another one now
 * @param propertySource the source of the property, for functions that hide values
 * @param isText whether the value may be any text, and so may contain a secret
 */
public record PoolSetting(
    String name,
    @Nullable Object value,
    Source source,
    @Nullable String origin,
    @Nullable String property,
    @Nullable Object configured,
    @Nullable PropertySource<?> propertySource,
    boolean isText) {

  /** The kinds of places that a value comes from. */
  public enum Source {
    /** The value is built in. */
    DEFAULT,
    /** A property sets it, for this pool, for its base or for all pools. */
    PROPERTY,
    /** A bean of the application has changed it while the pool was built. */
    CUSTOMIZER,
    /** The application has built the pool itself. */
    BEAN,
    /** It was changed while the pool ran, by this endpoint or by the application. */
    RUNTIME
  }
}
