package dev.pools.connection;

import java.time.Duration;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** When a connection is checked, and which failures of a use mean that it is broken. */
record HealthOptions<T>(
    @Nullable AsyncHealthChecker<? super T> healthChecker,
    Duration healthCheckTimeout,
    boolean checkOnCreate,
    boolean checkOnBorrow,
    Duration idleBypass,
    boolean checkOnReturn,
    Duration healthCheckInterval,
    Predicate<? super Throwable> brokenWhen) {

  HealthOptions {
    OptionRange.requirePositive("healthCheckTimeout", healthCheckTimeout);
    OptionRange.requireNotNegative("idleBypass", idleBypass, "every borrow is checked");
    OptionRange.requireNotNegative("healthCheckInterval", healthCheckInterval, "off");
  }
}
