package dev.pools.boot.autoconfigure;

import dev.pools.boot.health.ConnectionPoolHealthOptions;
import dev.pools.connection.ArgumentMatching;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Fairness;
import dev.pools.connection.StartFailure;
import dev.pools.connection.WhenDown;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The settings of one ConnectionPool, or of all of them. */
public class ConnectionPoolSettings implements PoolSettings {

  /** Whether there is such a pool. */
  private boolean enabled = true;

  /**
   * Name of the base configuration, under bases, whose settings come before those of the pool and
   * after the defaults.
   */
  private @Nullable String base;

  /**
   * Name of the bean that opens connections: a ConnectionFactory or an AsyncConnectionFactory. By
   * default the one named after the pool, with ConnectionFactory behind, or else the only one.
   */
  private @Nullable String factory;

  /**
   * Name of the bean that checks connections: a HealthChecker or an AsyncHealthChecker. By default
   * the one named after the pool, with HealthChecker behind, or else the only one for this type.
   */
  private @Nullable String healthChecker;

  /**
   * Name of the bean that closes connections: a ConnectionCleaner or an AsyncConnectionCleaner. By
   * default the one named after the pool, with ConnectionCleaner behind, or else the only one for
   * this type; without one, connections that are AutoCloseable are closed.
   */
  private @Nullable String cleaner;

  /**
   * Name of the bean that prepares each new connection: a ConnectionHook or an AsyncConnectionHook.
   * By default the one named after the pool, with OnCreate behind.
   */
  private @Nullable String onCreate;

  /**
   * Name of the bean that resets each connection that comes back: a ConnectionHook or an
   * AsyncConnectionHook. By default the one named after the pool, with OnReturn behind.
   */
  private @Nullable String onReturn;

  /**
   * Name of the bean that takes JDBC connections back to the state in which they were created: a
   * JdbcReset. By default the one named after the pool, with JdbcReset behind, or else the only
   * one. It notes the state after on-create, and restores it before on-return.
   */
  private @Nullable String jdbcReset;

  /** Least number of connections, from 0 to the greatest. */
  private int minSize = 1;

  /** Greatest number of connections, from 1 to 1,000,000. */
  private int maxSize = 10;

  /** How long a connection lives at most. Zero is without limit. */
  private Duration maxLife = Duration.ofHours(1);

  /** By how much of max-life a connection may live shorter, at random: from 0 to 0.5. */
  private double maxLifeJitter = 0.1;

  /** How long a health check may take. */
  private Duration healthCheckTimeout = Duration.ofSeconds(1);

  /**
   * Whether each new connection is checked before it is leased. While the pool is in doubt it is,
   * whatever this says.
   */
  private boolean checkOnCreate;

  /** Whether connections are checked before they are leased. */
  private boolean checkOnBorrow = true;

  /** For how long after its last use or check a connection is leased unchecked. */
  private Duration idleBypass = Duration.ofMillis(500);

  /** Whether connections are checked when they are given back. */
  private boolean checkOnReturn;

  /** How long an idle connection may go unchecked. Zero is for ever. */
  private Duration healthCheckInterval = Duration.ofSeconds(30);

  /** How long jdbc-reset and on-return together may take to reset a connection that comes back. */
  private Duration hookTimeout = Duration.ofSeconds(5);

  /** How long closing a connection may take before the pool gives its place to another. */
  private Duration closeTimeout = Duration.ofSeconds(10);

  /** How many connections are closed at a time, from 1 to 1,000,000. */
  private int maxConcurrentCloses = 10;

  /** How long an acquire waits that names no time. Zero is not at all. */
  private Duration acquireTimeout = Duration.ofSeconds(30);

  /** How long a connection beyond min-size may be idle. Zero is for ever. */
  private Duration idleTimeout = Duration.ofMinutes(10);

  /** How often a connection may be leased. Zero is without limit. */
  private int maxUses;

  /** How long making a connection may take. */
  private Duration createTimeout = Duration.ofSeconds(30);

  /** How many connections are made, or checked in the background, at a time. */
  private int maxConcurrentCreates = 4;

  /** First bound of the random pause after an attempt to make a connection that failed. */
  private Duration backoffInitial = Duration.ofMillis(100);

  /** Last bound of that pause, up to which it doubles. */
  private Duration backoffMax = Duration.ofSeconds(1);

  /** After how long a lease is reported as leaked. Zero is never. */
  private Duration leakThreshold = Duration.ZERO;

  /** After how long a lease is taken back and its connection closed. Zero is never. */
  private Duration reclaimAfter = Duration.ZERO;

  /** Whether a lease is taken back when nothing in the program holds it any more. */
  private boolean reclaimForgotten;

  /**
   * Whether a leased connection, if its type is an interface, can be used no more when its lease
   * has ended.
   */
  private boolean guard;

  /** Who gets a connection that comes back while callers wait. */
  private Fairness fairness = Fairness.STRICT;

  /** Whether a caller may get a connection that was made with other arguments than his. */
  private ArgumentMatching argumentMatching = ArgumentMatching.ANY;

  /** How many callers may wait at a time. */
  private int waiterLimit = Integer.MAX_VALUE;

  /** What becomes of callers while the pool has no connection and cannot make one. */
  private WhenDown whenDown = WhenDown.WAIT;

  /** How often the pool looks after its connections. */
  private Duration maintenanceInterval = Duration.ofSeconds(30);

  /** What happens if the first connections cannot be made. */
  private StartFailure onStartFailure = StartFailure.FAIL;

  private final Health health = new Health();

  /** Whether, and by what limits, the health of the pool is shown. */
  public static class Health {

    /** Whether the health of the pool is shown. */
    private boolean enabled = true;

    /**
     * After how many failed attempts in a row to create a connection the pool is down, while it has
     * no connection; at least 1.
     */
    private int failures = 2;

    /**
     * For how long callers must have waited, without any of them getting a connection, until the
     * pool is down. By default acquire-timeout, but at least 1 s.
     */
    private @Nullable Duration unservedAfter;

    /** Whether the health of the pool is shown. */
    public boolean isEnabled() {
      return enabled;
    }

    /** Sets {@link #isEnabled()}. */
    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }

    /** After how many failed attempts in a row the pool is down, while it has no connection. */
    public int getFailures() {
      return failures;
    }

    /** Sets {@link #getFailures()}. */
    public void setFailures(int failures) {
      this.failures = failures;
    }

    /** For how long callers must have waited, and none been served, until the pool is down. */
    public @Nullable Duration getUnservedAfter() {
      return unservedAfter;
    }

    /** Sets {@link #getUnservedAfter()}. */
    public void setUnservedAfter(@Nullable Duration unservedAfter) {
      this.unservedAfter = unservedAfter;
    }

    /**
     * These settings as the health indicator takes them.
     *
     * @throws IllegalArgumentException if one is out of its range
     */
    ConnectionPoolHealthOptions options() {
      return new ConnectionPoolHealthOptions(failures, unservedAfter);
    }
  }

  /** Whether, and by what limits, the health of the pool is shown. */
  public Health getHealth() {
    return health;
  }

  /** Carries these settings over to a builder. */
  void applyTo(ConnectionPool.Builder<?> builder) {
    health.options();
    builder
        .minSize(minSize)
        .maxSize(maxSize)
        .maxLife(maxLife)
        .maxLifeJitter(maxLifeJitter)
        .healthCheckTimeout(healthCheckTimeout)
        .checkOnCreate(checkOnCreate)
        .checkOnBorrow(checkOnBorrow)
        .idleBypass(idleBypass)
        .checkOnReturn(checkOnReturn)
        .healthCheckInterval(healthCheckInterval)
        .hookTimeout(hookTimeout)
        .closeTimeout(closeTimeout)
        .maxConcurrentCloses(maxConcurrentCloses)
        .acquireTimeout(acquireTimeout)
        .idleTimeout(idleTimeout)
        .maxUses(maxUses)
        .createTimeout(createTimeout)
        .maxConcurrentCreates(maxConcurrentCreates)
        .backoff(backoffInitial, backoffMax)
        .leakThreshold(leakThreshold)
        .reclaimAfter(reclaimAfter)
        .reclaimForgotten(reclaimForgotten)
        .fairness(fairness)
        .argumentMatching(argumentMatching)
        .waiterLimit(waiterLimit)
        .whenDown(whenDown)
        .maintenanceInterval(maintenanceInterval)
        .onStartFailure(onStartFailure);
  }

  /** Whether there is such a pool. */
  @Override
  public boolean isEnabled() {
    return enabled;
  }

  /** Sets {@link #isEnabled()}. */
  public void setEnabled(boolean enabled) {
    this.enabled = enabled;
  }

  /** Name of the base configuration whose settings come before those of the pool. */
  @Override
  public @Nullable String getBase() {
    return base;
  }

  /** Sets {@link #getBase()}. */
  public void setBase(@Nullable String base) {
    this.base = base;
  }

  /** Name of the bean that opens connections. */
  public @Nullable String getFactory() {
    return factory;
  }

  /** Sets {@link #getFactory()}. */
  public void setFactory(@Nullable String factory) {
    this.factory = factory;
  }

  /** Name of the bean that checks connections. */
  public @Nullable String getHealthChecker() {
    return healthChecker;
  }

  /** Sets {@link #getHealthChecker()}. */
  public void setHealthChecker(@Nullable String healthChecker) {
    this.healthChecker = healthChecker;
  }

  /** Name of the bean that closes connections. */
  public @Nullable String getCleaner() {
    return cleaner;
  }

  /** Sets {@link #getCleaner()}. */
  public void setCleaner(@Nullable String cleaner) {
    this.cleaner = cleaner;
  }

  /** Name of the bean that prepares each new connection. */
  public @Nullable String getOnCreate() {
    return onCreate;
  }

  /** Sets {@link #getOnCreate()}. */
  public void setOnCreate(@Nullable String onCreate) {
    this.onCreate = onCreate;
  }

  /** Name of the bean that resets each connection that comes back. */
  public @Nullable String getOnReturn() {
    return onReturn;
  }

  /** Sets {@link #getOnReturn()}. */
  public void setOnReturn(@Nullable String onReturn) {
    this.onReturn = onReturn;
  }

  /** Name of the bean that takes JDBC connections back to the state at their creation. */
  public @Nullable String getJdbcReset() {
    return jdbcReset;
  }

  /** Sets {@link #getJdbcReset()}. */
  public void setJdbcReset(@Nullable String jdbcReset) {
    this.jdbcReset = jdbcReset;
  }

  /** Least number of connections, from 0 to the greatest. */
  public int getMinSize() {
    return minSize;
  }

  /** Sets {@link #getMinSize()}. */
  public void setMinSize(int minSize) {
    this.minSize = minSize;
  }

  /** Greatest number of connections, from 1 to 1,000,000. */
  public int getMaxSize() {
    return maxSize;
  }

  /** Sets {@link #getMaxSize()}. */
  public void setMaxSize(int maxSize) {
    this.maxSize = maxSize;
  }

  /** How long a connection lives at most. */
  public Duration getMaxLife() {
    return maxLife;
  }

  /** Sets {@link #getMaxLife()}. */
  public void setMaxLife(Duration maxLife) {
    this.maxLife = maxLife;
  }

  /** By how much of max-life a connection may live shorter, at random. */
  public double getMaxLifeJitter() {
    return maxLifeJitter;
  }

  /** Sets {@link #getMaxLifeJitter()}. */
  public void setMaxLifeJitter(double maxLifeJitter) {
    this.maxLifeJitter = maxLifeJitter;
  }

  /** How long a health check may take. */
  public Duration getHealthCheckTimeout() {
    return healthCheckTimeout;
  }

  /** Sets {@link #getHealthCheckTimeout()}. */
  public void setHealthCheckTimeout(Duration healthCheckTimeout) {
    this.healthCheckTimeout = healthCheckTimeout;
  }

  /**
   * Whether each new connection is checked before it is leased. While the pool is in doubt it is,
   * whatever this says.
   */
  public boolean isCheckOnCreate() {
    return checkOnCreate;
  }

  /** Sets {@link #isCheckOnCreate()}. */
  public void setCheckOnCreate(boolean checkOnCreate) {
    this.checkOnCreate = checkOnCreate;
  }

  /** Whether connections are checked before they are leased. */
  public boolean isCheckOnBorrow() {
    return checkOnBorrow;
  }

  /** Sets {@link #isCheckOnBorrow()}. */
  public void setCheckOnBorrow(boolean checkOnBorrow) {
    this.checkOnBorrow = checkOnBorrow;
  }

  /** For how long after its last use or check a connection is leased unchecked. */
  public Duration getIdleBypass() {
    return idleBypass;
  }

  /** Sets {@link #getIdleBypass()}. */
  public void setIdleBypass(Duration idleBypass) {
    this.idleBypass = idleBypass;
  }

  /** Whether connections are checked when they are given back. */
  public boolean isCheckOnReturn() {
    return checkOnReturn;
  }

  /** Sets {@link #isCheckOnReturn()}. */
  public void setCheckOnReturn(boolean checkOnReturn) {
    this.checkOnReturn = checkOnReturn;
  }

  /** How long an idle connection may go unchecked. */
  public Duration getHealthCheckInterval() {
    return healthCheckInterval;
  }

  /** Sets {@link #getHealthCheckInterval()}. */
  public void setHealthCheckInterval(Duration healthCheckInterval) {
    this.healthCheckInterval = healthCheckInterval;
  }

  /** How long the reset of a connection that comes back may take. */
  public Duration getHookTimeout() {
    return hookTimeout;
  }

  /** Sets {@link #getHookTimeout()}. */
  public void setHookTimeout(Duration hookTimeout) {
    this.hookTimeout = hookTimeout;
  }

  /** How long closing a connection may take before the pool gives its place to another. */
  public Duration getCloseTimeout() {
    return closeTimeout;
  }

  /** Sets {@link #getCloseTimeout()}. */
  public void setCloseTimeout(Duration closeTimeout) {
    this.closeTimeout = closeTimeout;
  }

  /** How many connections are closed at a time. */
  public int getMaxConcurrentCloses() {
    return maxConcurrentCloses;
  }

  /** Sets {@link #getMaxConcurrentCloses()}. */
  public void setMaxConcurrentCloses(int maxConcurrentCloses) {
    this.maxConcurrentCloses = maxConcurrentCloses;
  }

  /** How long an acquire waits that names no time. */
  public Duration getAcquireTimeout() {
    return acquireTimeout;
  }

  /** Sets {@link #getAcquireTimeout()}. */
  public void setAcquireTimeout(Duration acquireTimeout) {
    this.acquireTimeout = acquireTimeout;
  }

  /** How long a connection beyond min-size may be idle. */
  public Duration getIdleTimeout() {
    return idleTimeout;
  }

  /** Sets {@link #getIdleTimeout()}. */
  public void setIdleTimeout(Duration idleTimeout) {
    this.idleTimeout = idleTimeout;
  }

  /** How often a connection may be leased. */
  public int getMaxUses() {
    return maxUses;
  }

  /** Sets {@link #getMaxUses()}. */
  public void setMaxUses(int maxUses) {
    this.maxUses = maxUses;
  }

  /** How long making a connection may take. */
  public Duration getCreateTimeout() {
    return createTimeout;
  }

  /** Sets {@link #getCreateTimeout()}. */
  public void setCreateTimeout(Duration createTimeout) {
    this.createTimeout = createTimeout;
  }

  /** How many connections are made, or checked in the background, at a time. */
  public int getMaxConcurrentCreates() {
    return maxConcurrentCreates;
  }

  /** Sets {@link #getMaxConcurrentCreates()}. */
  public void setMaxConcurrentCreates(int maxConcurrentCreates) {
    this.maxConcurrentCreates = maxConcurrentCreates;
  }

  /** First bound of the random pause after an attempt to make a connection that failed. */
  public Duration getBackoffInitial() {
    return backoffInitial;
  }

  /** Sets {@link #getBackoffInitial()}. */
  public void setBackoffInitial(Duration backoffInitial) {
    this.backoffInitial = backoffInitial;
  }

  /** Last bound of that pause, up to which it doubles. */
  public Duration getBackoffMax() {
    return backoffMax;
  }

  /** Sets {@link #getBackoffMax()}. */
  public void setBackoffMax(Duration backoffMax) {
    this.backoffMax = backoffMax;
  }

  /** After how long a lease is reported as leaked. */
  public Duration getLeakThreshold() {
    return leakThreshold;
  }

  /** Sets {@link #getLeakThreshold()}. */
  public void setLeakThreshold(Duration leakThreshold) {
    this.leakThreshold = leakThreshold;
  }

  /** After how long a lease is taken back and its connection closed. */
  public Duration getReclaimAfter() {
    return reclaimAfter;
  }

  /** Sets {@link #getReclaimAfter()}. */
  public void setReclaimAfter(Duration reclaimAfter) {
    this.reclaimAfter = reclaimAfter;
  }

  /** Whether a lease is taken back when nothing in the program holds it any more. */
  public boolean isReclaimForgotten() {
    return reclaimForgotten;
  }

  /** Sets {@link #isReclaimForgotten()}. */
  public void setReclaimForgotten(boolean reclaimForgotten) {
    this.reclaimForgotten = reclaimForgotten;
  }

  /** Whether a leased connection can be used no more when its lease has ended. */
  public boolean isGuard() {
    return guard;
  }

  /** Sets {@link #isGuard()}. */
  public void setGuard(boolean guard) {
    this.guard = guard;
  }

  /** Who gets a connection that comes back while callers wait. */
  public Fairness getFairness() {
    return fairness;
  }

  /** Sets {@link #getFairness()}. */
  public void setFairness(Fairness fairness) {
    this.fairness = fairness;
  }

  /** Whether a caller may get a connection that was made with other arguments than his. */
  public ArgumentMatching getArgumentMatching() {
    return argumentMatching;
  }

  /** Sets {@link #getArgumentMatching()}. */
  public void setArgumentMatching(ArgumentMatching argumentMatching) {
    this.argumentMatching = argumentMatching;
  }

  /** How many callers may wait at a time. */
  public int getWaiterLimit() {
    return waiterLimit;
  }

  /** Sets {@link #getWaiterLimit()}. */
  public void setWaiterLimit(int waiterLimit) {
    this.waiterLimit = waiterLimit;
  }

  /** What becomes of callers while the pool has no connection and cannot make one. */
  public WhenDown getWhenDown() {
    return whenDown;
  }

  /** Sets {@link #getWhenDown()}. */
  public void setWhenDown(WhenDown whenDown) {
    this.whenDown = whenDown;
  }

  /** How often the pool looks after its connections. */
  public Duration getMaintenanceInterval() {
    return maintenanceInterval;
  }

  /** Sets {@link #getMaintenanceInterval()}. */
  public void setMaintenanceInterval(Duration maintenanceInterval) {
    this.maintenanceInterval = maintenanceInterval;
  }

  /** What happens if the first connections cannot be made. */
  public StartFailure getOnStartFailure() {
    return onStartFailure;
  }

  /** Sets {@link #getOnStartFailure()}. */
  public void setOnStartFailure(StartFailure onStartFailure) {
    this.onStartFailure = onStartFailure;
  }
}
