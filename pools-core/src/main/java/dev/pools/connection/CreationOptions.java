package dev.pools.connection;

import dev.pools.internal.Time;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** How connections are created: by what, how many at a time, and what happens if that fails. */
record CreationOptions<T>(
    AsyncConnectionFactory<T> factory,
    @Nullable AsyncConnectionHook<? super T> onCreate,
    Duration createTimeout,
    int maxConcurrentCreates,
    Duration backoffInitial,
    Duration backoffMax,
    StartFailure onStartFailure,
    Duration startTimeout) {

  CreationOptions {
    OptionRange.requirePositive("createTimeout", createTimeout);
    OptionRange.requireNumber("maxConcurrentCreates", maxConcurrentCreates);
    OptionRange.requirePositive("backoffInitial", backoffInitial);
    if (backoffMax.compareTo(backoffInitial) < 0) {
      throw new IllegalArgumentException(
          "backoffMax is %s, but must be at least backoffInitial, which is %s."
              .formatted(backoffMax, backoffInitial));
    }
    OptionRange.requireNotNegative("startTimeout", startTimeout, "no limit");
  }

  /** The limits that all tenants share. */
  CreationLimits limits(String pool, boolean severalTenants) {
    return new CreationLimits(
        pool,
        severalTenants,
        maxConcurrentCreates,
        Time.nanos(backoffInitial),
        Time.nanos(backoffMax));
  }

  /** Sets the limits that all tenants share. */
  void set(CreationLimits limits) {
    limits.limit(maxConcurrentCreates, Time.nanos(backoffInitial), Time.nanos(backoffMax));
  }

  long createTimeoutNanos() {
    return Time.nanos(createTimeout);
  }
}
