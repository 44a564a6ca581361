package dev.pools.connection;

import dev.pools.internal.WantedOptions;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A change of the options of a {@link ConnectionPool} that runs; see {@link
 * ConnectionPool#reconfigure}. An option that is not named stays as it is. The meaning and the
 * range of each option are those of the {@link ConnectionPoolBuilder}. Not thread-safe.
 */
public final class ConnectionPoolChange {

  private static final Map<String, Class<?>> TYPES = types();

  private final WantedOptions wanted;

  ConnectionPoolChange() {
    this(new WantedOptions(TYPES));
  }

  private ConnectionPoolChange(WantedOptions wanted) {
    this.wanted = wanted;
  }

  private static Map<String, Class<?>> types() {
    Map<String, Class<?>> types = new LinkedHashMap<>();
    types.put("minSize", Integer.class);
    types.put("maxSize", Integer.class);
    types.put("maxLife", Duration.class);
    types.put("maxLifeJitter", Double.class);
    types.put("idleTimeout", Duration.class);
    types.put("maxUses", Integer.class);
    types.put("createTimeout", Duration.class);
    types.put("maxConcurrentCreates", Integer.class);
    types.put("backoffInitial", Duration.class);
    types.put("backoffMax", Duration.class);
    types.put("healthCheckTimeout", Duration.class);
    types.put("checkOnCreate", Boolean.class);
    types.put("checkOnBorrow", Boolean.class);
    types.put("idleBypass", Duration.class);
    types.put("checkOnReturn", Boolean.class);
    types.put("healthCheckInterval", Duration.class);
    types.put("hookTimeout", Duration.class);
    types.put("closeTimeout", Duration.class);
    types.put("maxConcurrentCloses", Integer.class);
    types.put("acquireTimeout", Duration.class);
    types.put("fairness", Fairness.class);
    types.put("waiterLimit", Integer.class);
    types.put("whenDown", WhenDown.class);
    types.put("leakThreshold", Duration.class);
    types.put("reclaimAfter", Duration.class);
    types.put("maintenanceInterval", Duration.class);
    return Collections.unmodifiableMap(types);
  }

  /**
   * The names of the options that can change while a pool runs. All others are fixed when it is
   * built.
   */
  public static Set<String> options() {
    return TYPES.keySet();
  }

  // ---- How many connections, and for how long

  /** The least number of connections. */
  public ConnectionPoolChange minSize(int minSize) {
    return put("minSize", minSize);
  }

  /** The greatest number of connections. Superfluous ones are closed as by a resize. */
  public ConnectionPoolChange maxSize(int maxSize) {
    return put("maxSize", maxSize);
  }

  /** How long a connection lives. Each connection that exists draws its life again. */
  public ConnectionPoolChange maxLife(Duration maxLife) {
    return put("maxLife", maxLife);
  }

  /** By which part a life may be shorter. Each connection that exists draws its life again. */
  public ConnectionPoolChange maxLifeJitter(double maxLifeJitter) {
    return put("maxLifeJitter", maxLifeJitter);
  }

  /** How long a connection beyond {@code minSize} may be idle; also counts for idle time so far. */
  public ConnectionPoolChange idleTimeout(Duration idleTimeout) {
    return put("idleTimeout", idleTimeout);
  }

  /** How often a connection may be leased; earlier leases count. */
  public ConnectionPoolChange maxUses(int maxUses) {
    return put("maxUses", maxUses);
  }

  // ---- How connections are created, checked and closed

  /** The time limit of creations that start from now on. */
  public ConnectionPoolChange createTimeout(Duration createTimeout) {
    return put("createTimeout", createTimeout);
  }

  /** How many connections are created at a time; creations that run go on. */
  public ConnectionPoolChange maxConcurrentCreates(int maxConcurrentCreates) {
    return put("maxConcurrentCreates", maxConcurrentCreates);
  }

  /** The pauses after failures; a pause that has begun keeps its length. */
  public ConnectionPoolChange backoff(Duration initial, Duration max) {
    put("backoffInitial", initial);
    return put("backoffMax", max);
  }

  /** The time limit of checks that start from now on. */
  public ConnectionPoolChange healthCheckTimeout(Duration healthCheckTimeout) {
    return put("healthCheckTimeout", healthCheckTimeout);
  }

  /** Whether a connection is checked after its creation. */
  public ConnectionPoolChange checkOnCreate(boolean checkOnCreate) {
    return put("checkOnCreate", checkOnCreate);
  }

  /** Whether a connection is checked before a lease. */
  public ConnectionPoolChange checkOnBorrow(boolean checkOnBorrow) {
    return put("checkOnBorrow", checkOnBorrow);
  }

  /** For how long a connection that was just used needs no check before a lease. */
  public ConnectionPoolChange idleBypass(Duration idleBypass) {
    return put("idleBypass", idleBypass);
  }

  /** Whether a connection is checked when its lease ends; counts for leases that are out. */
  public ConnectionPoolChange checkOnReturn(boolean checkOnReturn) {
    return put("checkOnReturn", checkOnReturn);
  }

  /** How often each connection is checked. Connections that are due by it are checked at once. */
  public ConnectionPoolChange healthCheckInterval(Duration healthCheckInterval) {
    return put("healthCheckInterval", healthCheckInterval);
  }

  /** The time limit of hooks that start from now on. */
  public ConnectionPoolChange hookTimeout(Duration hookTimeout) {
    return put("hookTimeout", hookTimeout);
  }

  /** The time limit of closings that start from now on. */
  public ConnectionPoolChange closeTimeout(Duration closeTimeout) {
    return put("closeTimeout", closeTimeout);
  }

  /** How many connections are closed at a time; closings that run go on. */
  public ConnectionPoolChange maxConcurrentCloses(int maxConcurrentCloses) {
    return put("maxConcurrentCloses", maxConcurrentCloses);
  }

  // ---- How callers wait

  /** How long {@code acquire()} waits. A caller that waits already keeps its timeout. */
  public ConnectionPoolChange acquireTimeout(Duration acquireTimeout) {
    return put("acquireTimeout", acquireTimeout);
  }

  /** Which caller gets a connection that is released while callers wait. */
  public ConnectionPoolChange fairness(Fairness fairness) {
    return put("fairness", fairness);
  }

  /** How many callers may wait. Callers that wait already stay in line. */
  public ConnectionPoolChange waiterLimit(int waiterLimit) {
    return put("waiterLimit", waiterLimit);
  }

  /** What callers do while the pool is down. A caller that waits already goes on waiting. */
  public ConnectionPoolChange whenDown(WhenDown whenDown) {
    return put("whenDown", whenDown);
  }

  // ---- What a lease may do, and how the pool runs

  /**
   * After how long a lease is reported as leaked; also counts for leases that are out. If the pool
   * did not look for leaks so far, a lease that is out counts from the maintenance that saw it
   * first, or from now on, and its report has no stack trace.
   */
  public ConnectionPoolChange leakThreshold(Duration leakThreshold) {
    return put("leakThreshold", leakThreshold);
  }

  /**
   * After how long a lease is reclaimed; counts for leases that are out as {@link #leakThreshold}.
   */
  public ConnectionPoolChange reclaimAfter(Duration reclaimAfter) {
    return put("reclaimAfter", reclaimAfter);
  }

  /** How often the pool maintains its connections. It also does so at once. */
  public ConnectionPoolChange maintenanceInterval(Duration maintenanceInterval) {
    return put("maintenanceInterval", maintenanceInterval);
  }

  /**
   * Sets an option by its name.
   *
   * @param option one of {@link #options()}
   * @param value of the type that {@link ConnectionPool#options()} has for it
   * @throws IllegalArgumentException if no option of this name can change, or the value has another
   *     type
   */
  public ConnectionPoolChange set(String option, Object value) {
    wanted.set(option, value);
    return this;
  }

  private ConnectionPoolChange put(String option, Object value) {
    wanted.put(option, value);
    return this;
  }

  /** A copy, which the user cannot change. */
  ConnectionPoolChange copy() {
    return new ConnectionPoolChange(wanted.copy());
  }

  /**
   * These options with the change.
   *
   * @throws IllegalArgumentException if a value is out of its range; the message is the builder's
   */
  <T> ConnectionOptions<T> appliedTo(ConnectionOptions<T> options) {
    return new ConnectionOptions<>(
        options.name(),
        sizes(options.sizes()),
        creation(options.creation()),
        health(options.health()),
        new HookOptions<>(
            options.hooks().onAcquire(),
            options.hooks().onReturn(),
            wanted.or("hookTimeout", options.hooks().hookTimeout())),
        new ClosingOptions<>(
            options.closing().cleaner(),
            wanted.or("closeTimeout", options.closing().closeTimeout()),
            wanted.or("maxConcurrentCloses", options.closing().maxConcurrentCloses())),
        waiting(options.waiting()),
        new LeakOptions(
            wanted.or("leakThreshold", options.leaks().leakThreshold()),
            wanted.or("reclaimAfter", options.leaks().reclaimAfter()),
            options.leaks().reclaimForgotten()),
        options.guard(),
        wanted.or("maintenanceInterval", options.maintenanceInterval()),
        options.executor(),
        options.listeners(),
        options.time());
  }

  private SizeOptions sizes(SizeOptions sizes) {
    return new SizeOptions(
        wanted.or("minSize", sizes.minSize()),
        wanted.or("maxSize", sizes.maxSize()),
        wanted.or("maxLife", sizes.maxLife()),
        wanted.or("maxLifeJitter", sizes.maxLifeJitter()),
        wanted.or("idleTimeout", sizes.idleTimeout()),
        wanted.or("maxUses", sizes.maxUses()));
  }

  private <T> CreationOptions<T> creation(CreationOptions<T> creation) {
    return new CreationOptions<>(
        creation.factory(),
        creation.onCreate(),
        wanted.or("createTimeout", creation.createTimeout()),
        wanted.or("maxConcurrentCreates", creation.maxConcurrentCreates()),
        wanted.or("backoffInitial", creation.backoffInitial()),
        wanted.or("backoffMax", creation.backoffMax()),
        creation.onStartFailure(),
        creation.startTimeout());
  }

  private <T> HealthOptions<T> health(HealthOptions<T> health) {
    return new HealthOptions<>(
        health.healthChecker(),
        wanted.or("healthCheckTimeout", health.healthCheckTimeout()),
        wanted.or("checkOnCreate", health.checkOnCreate()),
        wanted.or("checkOnBorrow", health.checkOnBorrow()),
        wanted.or("idleBypass", health.idleBypass()),
        wanted.or("checkOnReturn", health.checkOnReturn()),
        wanted.or("healthCheckInterval", health.healthCheckInterval()),
        health.brokenWhen());
  }

  private WaitingOptions waiting(WaitingOptions waiting) {
    return new WaitingOptions(
        wanted.or("acquireTimeout", waiting.acquireTimeout()),
        wanted.or("fairness", waiting.fairness()),
        waiting.argumentMatching(),
        wanted.or("waiterLimit", waiting.waiterLimit()),
        wanted.or("whenDown", waiting.whenDown()));
  }
}
