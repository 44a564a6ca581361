package dev.pools.boot.lifecycle;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How one pool stops with its application.
 *
 * @param phase the phase in which it stops and starts; null means that of all pools
 * @param stopTimeout how long the application waits for the pool in total; null means the usual
 *     time for such pools
 * @param stopProperty the property by which the stop timeout of this pool is set; null if there is
 *     none
 * @param killProperty the property that says not to wait for the pool when it is closed; null if
 *     the application waits
 */
public record StopSettings(
    @Nullable Integer phase,
    @Nullable Duration stopTimeout,
    @Nullable String stopProperty,
    @Nullable String killProperty) {

  /** The settings of a pool that has none of its own. */
  public static final StopSettings NONE = new StopSettings(null, null, null, null);

  /** Checks them. */
  public StopSettings {
    if (stopTimeout != null && stopTimeout.isNegative()) {
      throw new IllegalArgumentException(
          "stopTimeout is %s, but must be zero (do not wait) or positive.".formatted(stopTimeout));
    }
  }

  /** Whether the application waits for the pool when it is closed. */
  public boolean waits() {
    return killProperty == null;
  }

  /** Finds the settings of a pool. */
  @FunctionalInterface
  public interface Source {

    /** The settings of the pool whose bean has this name; {@link #NONE} if it has none. */
    StopSettings of(String bean);
  }
}
