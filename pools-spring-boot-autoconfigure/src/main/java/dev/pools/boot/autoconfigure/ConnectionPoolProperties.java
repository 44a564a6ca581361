package dev.pools.boot.autoconfigure;

import dev.pools.boot.health.ConnectionPoolHealthOptions;
import dev.pools.boot.lifecycle.StopSettings;
import dev.pools.connection.ArgumentMatching;
import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.Fairness;
import dev.pools.connection.StartFailure;
import dev.pools.connection.WhenDown;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The settings of one ConnectionPool, or of all of them. */
public class ConnectionPoolProperties extends CommonPoolProperties {

  /**
   * Name of the bean that opens connections, a ConnectionFactory or an AsyncConnectionFactory. By
   * default the bean named after the pool with the suffix ConnectionFactory, or else the only bean
   * of these types. Set it when the bean has another name.
   */
  private @Nullable String factory;

  /**
   * Name of the bean that checks connections, a HealthChecker or an AsyncHealthChecker. By default
   * the bean named after the pool with the suffix HealthChecker, or else the only one for this type
   * of connection. Set it when the bean has another name.
   */
  private @Nullable String healthChecker;

  /**
   * Name of the bean that closes connections, a ConnectionCleaner or an AsyncConnectionCleaner. By
   * default the bean named after the pool with the suffix ConnectionCleaner, or else the only one
   * for this type of connection. Without any, connections that are AutoCloseable are closed. Set it
   * when the bean has another name.
   */
  private @Nullable String cleaner;

  /**
   * Name of the bean that prepares each new connection, a ConnectionHook or an AsyncConnectionHook.
   * By default the bean named after the pool with the suffix OnCreate. Set it when the bean has
   * another name.
   */
  private @Nullable String onCreate;

  /**
   * Name of the bean that adapts a connection before each lease, a ConnectionHook or an
   * AsyncConnectionHook. By default the bean named after the pool with the suffix OnAcquire. Set it
   * when the bean has another name.
   */
  private @Nullable String onAcquire;

  /**
   * Name of the bean that resets each released connection, a ConnectionHook or an
   * AsyncConnectionHook. By default the bean named after the pool with the suffix OnReturn. Set it
   * when the bean has another name.
   */
  private @Nullable String onReturn;

  /**
   * Name of the bean that restores the initial state of released JDBC connections, a JdbcReset. By
   * default the bean named after the pool with the suffix JdbcReset, or else the only one. It
   * records the state of a connection after on-create, and restores it before on-return. Set it
   * when the bean has another name.
   */
  private @Nullable String jdbcReset;

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
   * How long a health check may take. A connection whose check takes longer is closed. Raise it
   * when healthy servers answer slowly. Lower it to replace dead connections sooner.
   */
  private Duration healthCheckTimeout = Duration.ofSeconds(1);

  /**
   * Whether a new connection is checked before its first lease. After a failed attempt or check,
   * new connections are checked in any case until one passes. Set it to true when a server or proxy
   * accepts connections that it cannot serve.
   */
  private boolean checkOnCreate;

  /**
   * Whether a connection is checked before it is leased, unless idle-bypass exempts it. Set it to
   * false when callers detect dead connections themselves and must not wait for a check.
   */
  private boolean checkOnBorrow = true;

  /**
   * How long after its last check or successful use a connection is leased without another check.
   * Zero means that every lease starts with a check. Raise it when checks are slow. Lower it when
   * connections often die without notice.
   */
  private Duration idleBypass = Duration.ofMillis(500);

  /**
   * Whether a connection is checked when it is released. Set it to true when callers can leave a
   * connection unusable without an exception.
   */
  private boolean checkOnReturn;

  /**
   * Longest time without a check, for idle and busy connections. Zero means that there is no such
   * limit. Lower it when a firewall drops idle connections, or to replace dead connections sooner.
   * Raise it when checks burden the server.
   */
  private Duration healthCheckInterval = Duration.ofSeconds(30);

  /**
   * How long on-acquire may take to adapt a connection, and how long jdbc-reset and on-return
   * together may take to reset one. A connection whose hook takes longer is closed. Raise it when a
   * rollback can take longer.
   */
  private Duration hookTimeout = Duration.ofSeconds(5);

  /**
   * How long closing a connection may take before its place is free for another one. Raise it when
   * closing is slow but succeeds. Lower it when callers wait because closings hang.
   */
  private Duration closeTimeout = Duration.ofSeconds(10);

  /**
   * Largest number of connections that are closed at the same time. Raise it when closing is slow
   * and many connections are replaced at once.
   */
  private int maxConcurrentCloses = 10;

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
   * How long opening a connection may take before the attempt fails. Raise it when logins are slow.
   * Lower it so that a hanging server is noticed while callers still wait.
   */
  private Duration createTimeout = Duration.ofSeconds(30);

  /**
   * Largest number of connections that are opened, or checked in the background, at the same time.
   * Raise it when opening is slow and load rises fast. Lower it to protect the server from bursts
   * of logins.
   */
  private int maxConcurrentCreates = 4;

  /**
   * Upper bound of the random pause after the first failed attempt to open a connection. It doubles
   * with each further failure, up to backoff-max. Raise it to protect a server that has just
   * failed.
   */
  private Duration backoffInitial = Duration.ofMillis(100);

  /**
   * Largest upper bound of that pause, and so the longest time between the return of the server and
   * the next attempt. Raise it to protect a server that is down for long. Lower it to recover
   * sooner.
   */
  private Duration backoffMax = Duration.ofSeconds(1);

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
   * What happens when the first connections cannot be opened. With fail, the application does not
   * start. With wait, the start waits until the server is there. With start-empty, the application
   * starts without connections and the pool keeps trying. Set it to wait when the server may start
   * later than the application, and to start-empty when the application is useful without the
   * server.
   */
  private StartFailure onStartFailure = StartFailure.FAIL;

  /**
   * How long the application waits for the first connections when on-start-failure is wait, before
   * it fails to start. Zero means no limit. Raise it when the server may take longer to start.
   */
  private Duration startTimeout = Duration.ofMinutes(5);

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

  /** Carries these settings over to a builder. */
  void applyTo(ConnectionPoolBuilder<?> builder) {
    health.options();
    stop(null);
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
        .onStartFailure(onStartFailure)
        .startTimeout(startTimeout);
  }

  /** How the pool stops with the application. */
  @Override
  public StopSettings stop(@Nullable String property) {
    return new StopSettings(phase, stopTimeout, property, true);
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

  /** Name of the bean that adapts a connection before each lease. */
  public @Nullable String getOnAcquire() {
    return onAcquire;
  }

  /** Sets {@link #getOnAcquire()}. */
  public void setOnAcquire(@Nullable String onAcquire) {
    this.onAcquire = onAcquire;
  }

  /** Name of the bean that resets each released connection. */
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
   * regardless of this setting.
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

  /** How long the reset of a released connection may take. */
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

  /** How long opening a connection may take. */
  public Duration getCreateTimeout() {
    return createTimeout;
  }

  /** Sets {@link #getCreateTimeout()}. */
  public void setCreateTimeout(Duration createTimeout) {
    this.createTimeout = createTimeout;
  }

  /** How many connections are opened, or checked in the background, at the same time. */
  public int getMaxConcurrentCreates() {
    return maxConcurrentCreates;
  }

  /** Sets {@link #getMaxConcurrentCreates()}. */
  public void setMaxConcurrentCreates(int maxConcurrentCreates) {
    this.maxConcurrentCreates = maxConcurrentCreates;
  }

  /** Upper bound of the random pause after the first failed attempt to open a connection. */
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

  /** What happens when the first connections cannot be opened. */
  public StartFailure getOnStartFailure() {
    return onStartFailure;
  }

  /** Sets {@link #getOnStartFailure()}. */
  public void setOnStartFailure(StartFailure onStartFailure) {
    this.onStartFailure = onStartFailure;
  }

  /** How long the application waits for the first connections if on-start-failure is wait. */
  public Duration getStartTimeout() {
    return startTimeout;
  }

  /** Sets {@link #getStartTimeout()}. */
  public void setStartTimeout(Duration startTimeout) {
    this.startTimeout = startTimeout;
  }
}
