package dev.pools.boot.autoconfigure;

import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.StartFailure;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a ConnectionPool that say how it creates, checks, prepares, resets and closes a
 * connection.
 */
public abstract class ConnectionCallsProperties extends CommonPoolProperties {

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

  ConnectionCallsProperties() {}

  /** Carries these settings over to a builder, except the beans. */
  void applyCallsTo(ConnectionPoolBuilder<?> builder) {
    builder
        .healthCheckTimeout(healthCheckTimeout)
        .checkOnCreate(checkOnCreate)
        .checkOnBorrow(checkOnBorrow)
        .idleBypass(idleBypass)
        .checkOnReturn(checkOnReturn)
        .healthCheckInterval(healthCheckInterval)
        .hookTimeout(hookTimeout)
        .closeTimeout(closeTimeout)
        .maxConcurrentCloses(maxConcurrentCloses)
        .createTimeout(createTimeout)
        .maxConcurrentCreates(maxConcurrentCreates)
        .backoff(backoffInitial, backoffMax)
        .onStartFailure(onStartFailure)
        .startTimeout(startTimeout);
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
