package dev.pools.connection;

import dev.pools.Arguments;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The options of one acquire.
 *
 * @param arguments for the factory, if the pool creates a connection for this call; otherwise
 *     unused
 * @param timeout how long to wait; zero: do not wait; null: the pool's {@code acquireTimeout}
 * @param whenDown what to do while the pool is down; null: what the pool's {@code whenDown} says
 */
public record AcquireOptions(
    Arguments arguments, @Nullable Duration timeout, @Nullable WhenDown whenDown) {

  /** No arguments, and the options of the pool. */
  public static final AcquireOptions DEFAULT = new AcquireOptions(Arguments.none(), null, null);

  /** Checks the options. */
  public AcquireOptions {
    Objects.requireNonNull(arguments, "arguments");
    if (timeout != null) {
      OptionRange.requireNotNegative("timeout", timeout, "do not wait");
    }
  }

  /** Options that say what to do while the pool is down. */
  public static AcquireOptions whenDown(WhenDown whenDown) {
    return new AcquireOptions(Arguments.none(), null, Objects.requireNonNull(whenDown, "whenDown"));
  }

  /** These options with these arguments. */
  public AcquireOptions withArguments(Arguments others) {
    return new AcquireOptions(others, timeout, whenDown);
  }

  /** These options with this timeout. */
  public AcquireOptions withTimeout(Duration other) {
    return new AcquireOptions(arguments, Objects.requireNonNull(other, "timeout"), whenDown);
  }
}
