package dev.pools.connection;

import dev.pools.internal.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What a pool was built with, checked once. Its sizes can change later; see resize. */
record ConnectionOptions<T>(
    String name,
    AsyncConnectionFactory<T> factory,
    int minSize,
    int maxSize,
    Duration maxLife,
    double maxLifeJitter,
    @Nullable AsyncHealthChecker<? super T> healthChecker,
    Duration healthCheckTimeout,
    boolean checkOnCreate,
    boolean checkOnBorrow,
    Duration idleBypass,
    boolean checkOnReturn,
    Duration healthCheckInterval,
    Predicate<? super Throwable> brokenWhen,
    @Nullable AsyncConnectionHook<? super T> onCreate,
    @Nullable AsyncConnectionHook<? super T> onAcquire,
    @Nullable AsyncConnectionHook<? super T> onReturn,
    Duration hookTimeout,
    AsyncConnectionCleaner<? super T> cleaner,
    Duration closeTimeout,
    int maxConcurrentCloses,
    Duration acquireTimeout,
    Duration idleTimeout,
    int maxUses,
    Duration createTimeout,
    int maxConcurrentCreates,
    Duration backoffInitial,
    Duration backoffMax,
    Duration leakThreshold,
    Duration reclaimAfter,
    boolean reclaimForgotten,
    @Nullable ConnectionGuard<T> guard,
    Fairness fairness,
    ArgumentMatching argumentMatching,
    int waiterLimit,
    WhenDown whenDown,
    Duration maintenanceInterval,
    StartFailure onStartFailure,
    Duration startTimeout,
    @Nullable Executor executor,
    List<ConnectionPoolListener<? super T>> listeners,
    Time time) {

  /** More would be a mistake: each is something expensive. */
  static final int MOST_CONNECTIONS = 1_000_000;

  ConnectionOptions {
    if (name.isBlank()) {
      throw new IllegalArgumentException(
          "name is blank, but names the pool in log lines and metrics. Give it a word.");
    }
    checkSizes(minSize, maxSize);
    requireNotNegative("maxLife", maxLife, "no limit");
    if (!(maxLifeJitter >= 0 && maxLifeJitter <= 0.5)) {
      throw new IllegalArgumentException(
          "maxLifeJitter is %s, but must be from 0 (none) to 0.5 (connections live half to all of maxLife)."
              .formatted(maxLifeJitter));
    }
    requirePositive("healthCheckTimeout", healthCheckTimeout);
    requireNotNegative("idleBypass", idleBypass, "every borrow is checked");
    requireNotNegative("healthCheckInterval", healthCheckInterval, "off");
    requirePositive("hookTimeout", hookTimeout);
    requirePositive("closeTimeout", closeTimeout);
    if (maxConcurrentCloses < 1 || maxConcurrentCloses > MOST_CONNECTIONS) {
      throw new IllegalArgumentException(
          "maxConcurrentCloses is %d, but must be from 1 to %d."
              .formatted(maxConcurrentCloses, MOST_CONNECTIONS));
    }
    requireNotNegative("acquireTimeout", acquireTimeout, "do not wait");
    requireNotNegative("idleTimeout", idleTimeout, "off");
    if (maxUses < 0) {
      throw new IllegalArgumentException(
          "maxUses is %d, but must be zero (no limit) or positive.".formatted(maxUses));
    }
    requirePositive("createTimeout", createTimeout);
    if (maxConcurrentCreates < 1 || maxConcurrentCreates > MOST_CONNECTIONS) {
      throw new IllegalArgumentException(
          "maxConcurrentCreates is %d, but must be from 1 to %d."
              .formatted(maxConcurrentCreates, MOST_CONNECTIONS));
    }
    requirePositive("backoffInitial", backoffInitial);
    if (backoffMax.compareTo(backoffInitial) < 0) {
      throw new IllegalArgumentException(
          "backoffMax is %s, but must be at least backoffInitial, which is %s."
              .formatted(backoffMax, backoffInitial));
    }
    requireNotNegative("leakThreshold", leakThreshold, "off");
    requireNotNegative("reclaimAfter", reclaimAfter, "never");
    if (argumentMatching == ArgumentMatching.SAME && fairness != Fairness.STRICT) {
      throw new IllegalArgumentException(
          "argumentMatching is SAME, but must be ANY if fairness is %s: callers of different arguments cannot overtake each other. Set fairness to STRICT, or argumentMatching to ANY."
              .formatted(fairness));
    }
    if (waiterLimit < 0) {
      throw new IllegalArgumentException(
          "waiterLimit is %d, but must be zero (nobody may wait) or positive."
              .formatted(waiterLimit));
    }
    requirePositive("maintenanceInterval", maintenanceInterval);
    requireNotNegative("startTimeout", startTimeout, "no limit");
    listeners = List.copyOf(listeners);
  }

  /** Checks sizes, for the builder and for resize alike. */
  static void checkSizes(int minSize, int maxSize) {
    if (maxSize < 1 || maxSize > MOST_CONNECTIONS) {
      throw new IllegalArgumentException(
          "maxSize is %d, but must be from 1 to %d.".formatted(maxSize, MOST_CONNECTIONS));
    }
    if (minSize < 0 || minSize > maxSize) {
      throw new IllegalArgumentException(
          "minSize is %d, but must be from 0 to maxSize, which is %d. Lower minSize or raise maxSize."
              .formatted(minSize, maxSize));
    }
  }

  static void requireNotNegative(String option, Duration value, String zeroMeans) {
    if (value.isNegative()) {
      throw new IllegalArgumentException(
          "%s is %s, but must be zero (%s) or positive.".formatted(option, value, zeroMeans));
    }
  }

  private static void requirePositive(String option, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(
          "%s is %s, but must be positive.".formatted(option, value));
    }
  }
}
