package dev.pools.connection;

import dev.pools.Arguments;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one acquire is to be treated.
 *
 * @param arguments for the factory, if a connection is made for this call; otherwise unused
 * @param timeout how long to wait: zero means not at all, null the pool's {@code acquireTimeout}
 * @param whenDown what to do while the pool is known to be cut off; null means what the pool's
 *     {@code whenDown} says
 */
public record AcquireOptions(
    Arguments arguments, @Nullable Duration timeout, @Nullable WhenDown whenDown) {

  /** No arguments, and what the pool says. */
  public static final AcquireOptions DEFAULT = new AcquireOptions(Arguments.none(), null, null);

  /** Checks the options. */
  public AcquireOptions {
    Objects.requireNonNull(arguments, "arguments");
    if (timeout != null) {
      OptionRange.requireNotNegative("timeout", timeout, "do not wait");
    }
  }

  /** Options that say what to do while the pool is known to be cut off. */
  public static AcquireOptions whenDown(WhenDown whenDown) {
    return new AcquireOptions(Arguments.none(), null, Objects.requireNonNull(whenDown, "whenDown"));
  }

  /** These options with these arguments. */
  public AcquireOptions withArguments(Arguments others) {
    return new AcquireOptions(others, timeout, whenDown);
  }

  /** These options with this time-out. */
  public AcquireOptions withTimeout(Duration other) {
    return new AcquireOptions(arguments, Objects.requireNonNull(other, "timeout"), whenDown);
  }
}
