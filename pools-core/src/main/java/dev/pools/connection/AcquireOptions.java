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
 * @param leakThreshold after how long this lease is reported as leaked, with the stack trace of
 *     this acquire; zero: never; null: the pool's {@code leakThreshold}. With a threshold of its
 *     own an acquire takes the pool's lock once, and its end does so once more
 */
public record AcquireOptions(
    Arguments arguments,
    @Nullable Duration timeout,
    @Nullable WhenDown whenDown,
    @Nullable Duration leakThreshold) {

  /** No arguments, and the options of the pool. */
  public static final AcquireOptions DEFAULT =
      new AcquireOptions(Arguments.none(), null, null, null);

  /** Checks the options. */
  public AcquireOptions {
    Objects.requireNonNull(arguments, "arguments");
    if (timeout != null) {
      OptionRange.requireNotNegative("timeout", timeout, "do not wait");
    }
    if (leakThreshold != null) {
      OptionRange.requireNotNegative("leakThreshold", leakThreshold, "never");
    }
  }

  /** Options that say what to do while the pool is down. */
  public static AcquireOptions whenDown(WhenDown whenDown) {
    return new AcquireOptions(
        Arguments.none(), null, Objects.requireNonNull(whenDown, "whenDown"), null);
  }

  /** These options with these arguments. */
  public AcquireOptions withArguments(Arguments others) {
    return new AcquireOptions(others, timeout, whenDown, leakThreshold);
  }

  /** These options with this timeout. */
  public AcquireOptions withTimeout(Duration other) {
    return new AcquireOptions(
        arguments, Objects.requireNonNull(other, "timeout"), whenDown, leakThreshold);
  }

  /** These options with this threshold for leaks, for a lease that may or must not be held long. */
  public AcquireOptions withLeakThreshold(Duration other) {
    return new AcquireOptions(
        arguments, timeout, whenDown, Objects.requireNonNull(other, "leakThreshold"));
  }
}
