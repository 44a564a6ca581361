package dev.pools.boot.autoconfigure;

import dev.pools.boot.health.ConnectionPoolHealthOptions;
import dev.pools.boot.lifecycle.StopSettings;
import dev.pools.connection.ArgumentMatching;
import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.Fairness;
import dev.pools.connection.WhenDown;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/** The settings of one ConnectionPool, or of all of them. */
public class ConnectionPoolProperties extends ConnectionCallsProperties {

  /**
   * Smallest number of connections. The pool opens them at startup and keeps them open. Raise it
   * when callers must not wait for new connections after a quiet time. Lower it to 0 when the
   * server is rarely needed.
   */
  private int minSize = 1;

  /**
   * Largest number of connections, including those that are being opened or closed. The pools of
   * all instances of the application together must fit the limit of the server. Raise it when
   * callers wait for connections and the server can take more. Lower it to protect the server.
   */
  private int maxSize = 10;

  /**
   * Longest life of a connection. A connection that is in use then is closed when it is released.
   * Zero means that there is no limit. Lower it below the time after which a server, proxy or
   * firewall closes connections by itself.
   */
  private Duration maxLife = Duration.ofHours(1);

  /**
   * Share of max-life by which the life of each connection is shortened at random, so that
   * connections that were opened together do not expire together. Raise it when many connections
   * expire at the same time.
   */
  private double maxLifeJitter = 0.1;

  /**
   * How long acquire() waits for a connection when it is called without a timeout. Zero means that
   * it does not wait. Lower it when callers should fail early, for example before their own callers
   * time out.
   */
  private Duration acquireTimeout = Duration.ofSeconds(30);

  /**
   * How long a connection beyond min-size may stay idle before it is closed. Zero means that there
   * is no limit. Lower it to free connections of the server sooner. Raise it when load comes in
   * bursts.
   */
  private Duration idleTimeout = Duration.ofMinutes(10);

  /**
   * How often a connection is leased before it is replaced. Zero means that there is no limit. Set
   * it when connections get slower or larger with use.
   */
  private int maxUses;

  /**
   * How long a lease may last before it is reported as leaked, with the stack trace of its acquire.
   * Zero turns the report off. Set it when connections run out and the code that does not close its
   * leases must be found. Every acquire then records a stack trace.
   */
  private Duration leakThreshold = Duration.ZERO;

  /**
   * How long a lease may last before the pool takes it back and closes its connection, even if that
   * is still in use. Zero means never. Set it when the pool must survive code that does not close
   * its leases.
   */
  private Duration reclaimAfter = Duration.ZERO;

  /**
   * Whether the pool takes back leases that no object refers to any more. Set it to true when the
   * pool must survive code that loses its leases.
   */
  private boolean reclaimForgotten;

  /**
   * Whether a leased connection refuses further use once its lease has ended. The type of the
   * connections must be an interface. Set it to true when code may keep a connection beyond its
   * lease, or releases it by its own close(), as JDBC code does.
   */
  private boolean guard;

  /**
   * Which caller gets a released connection. With strict, the caller that has waited longest. With
   * throughput, the first caller to take it, which may overtake a waiting one during the first 5 ms
   * of its wait. Set it to throughput when the number of leases per second matters more than their
   * order.
   */
  private Fairness fairness = Fairness.STRICT;

  /**
   * Which connections a caller that passes arguments can get. With any, all of them. With same,
   * only those that were opened with equal arguments. Set it to same when the arguments select a
   * tenant, a user or a database.
   */
  private ArgumentMatching argumentMatching = ArgumentMatching.ANY;

  /**
   * Largest number of callers that wait at the same time. Further callers are rejected at once.
   * Lower it when callers should be rejected early under overload, instead of all of them waiting
   * until their timeouts.
   */
  private int waiterLimit = Integer.MAX_VALUE;

  /**
   * What happens to callers while the pool has no connection and its last attempt to open one
   * failed. With wait, they wait until their timeouts. With fail, they get an exception at once.
   * Set it to fail when callers have an alternative.
   */
  private WhenDown whenDown = WhenDown.WAIT;

  /**
   * How often the pool looks for connections to close, check or open. It looks earlier where
   * another setting requires it. Lower it only to detect forgotten leases sooner.
   */
  private Duration maintenanceInterval = Duration.ofSeconds(30);

  /**
   * Phase in which the pool starts, and in which it stops when the application stops without being
   * closed. By default 1024 less than pools.lifecycle.phase. Set it when other beans with a phase
   * need the pool to start before them.
   */
  private @Nullable Integer phase;

  /**
   * How long the pool waits for its leased connections when the application stops, before it closes
   * them. Zero means that it does not wait. Raise it when threads that the application does not
   * wait for use connections for longer.
   */
  private Duration stopTimeout = Duration.ofSeconds(10);

  private final Health health = new Health();

  @NestedConfigurationProperty
  private final ConnectionPoolAlarmProperties alarms = new ConnectionPoolAlarmProperties();

  /** Settings of the pool's health. */
  public static class Health {

    /**
     * Whether the health endpoint shows the pool. Set it to false when the pool must not affect the
     * health of the application.
     */
    private boolean enabled = true;

    /**
     * Number of failed attempts in a row to open a connection after which the pool is DOWN while it
     * has no connection. Raise it when single failures are normal.
     */
    private int failures = 2;

    /**
     * How long callers must have waited, without any of them getting a connection, before the pool
     * is DOWN. By default acquire-timeout, but at least 1 s. Raise it when long waits are normal.
     * Lower it to notice a stuck pool sooner.
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

  /** Settings of the pool's health. */
  public Health getHealth() {
    return health;
  }

  /** The alarms of the pool. */
  public ConnectionPoolAlarmProperties getAlarms() {
    return alarms;
  }

  /** Carries these settings over to a builder. */
  void applyTo(ConnectionPoolBuilder<?> builder) {
    checkHealthAlarmsAndStop();
    applyCallsTo(builder);
    builder
        .minSize(minSize)
        .maxSize(maxSize)
        .maxLife(maxLife)
        .maxLifeJitter(maxLifeJitter)
        .acquireTimeout(acquireTimeout)
        .idleTimeout(idleTimeout)
        .maxUses(maxUses)
        .leakThreshold(leakThreshold)
        .reclaimAfter(reclaimAfter)
        .reclaimForgotten(reclaimForgotten)
        .fairness(fairness)
        .argumentMatching(argumentMatching)
        .waiterLimit(waiterLimit)
        .whenDown(whenDown)
        .maintenanceInterval(maintenanceInterval);
  }

  @Override
  void checkHealthAlarmsAndStop() {
    health.options();
    alarms.options();
    stop("");
  }

  /** How the pool stops with the application. */
  @Override
  public StopSettings stop(String prefix) {
    return new StopSettings(phase, stopTimeout, prefix + ".stop-timeout", null);
  }

  /** Phase in which the pool starts. */
  @Override
  public @Nullable Integer getPhase() {
    return phase;
  }

  /** Sets {@link #getPhase()}. */
  public void setPhase(@Nullable Integer phase) {
    this.phase = phase;
  }

  /** How long the pool waits for its leased connections when the application stops. */
  public Duration getStopTimeout() {
    return stopTimeout;
  }

  /** Sets {@link #getStopTimeout()}. */
  public void setStopTimeout(Duration stopTimeout) {
    this.stopTimeout = stopTimeout;
  }

  /** Minimum number of connections, from 0 to the maximum. */
  public int getMinSize() {
    return minSize;
  }

  /** Sets {@link #getMinSize()}. */
  public void setMinSize(int minSize) {
    this.minSize = minSize;
  }

  /** Maximum number of connections, from 1 to 1,000,000. */
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

  /** How long an acquire waits that names no timeout. */
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

  /** Which waiting caller gets a released connection. */
  public Fairness getFairness() {
    return fairness;
  }

  /** Sets {@link #getFairness()}. */
  public void setFairness(Fairness fairness) {
    this.fairness = fairness;
  }

  /** Whether a caller can get a connection that was opened with other arguments. */
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

  /** What happens to callers while the pool has no connection and cannot open one. */
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
}
