package dev.pools.connection;

import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The options of a {@link ConnectionPool} that say how it creates, checks, prepares, resets and
 * closes a connection: the calls of the user's code, and their limits.
 *
 * @param <T> what a connection is
 */
public abstract sealed class ConnectionCallsBuilder<T> permits ConnectionPoolBuilder {

  private final AsyncConnectionFactory<T> factory;
  private @Nullable AsyncHealthChecker<? super T> healthChecker;
  private Duration healthCheckTimeout = Duration.ofSeconds(1);
  private boolean checkOnCreate;
  private boolean checkOnBorrow = true;
  private Duration idleBypass = Duration.ofMillis(500);
  private boolean checkOnReturn;
  private Duration healthCheckInterval = Duration.ofSeconds(30);
  private Predicate<? super Throwable> brokenWhen = BrokenWhen.connectionFails();
  private @Nullable AsyncConnectionHook<? super T> onCreate;
  private @Nullable AsyncConnectionHook<? super T> onAcquire;
  private @Nullable AsyncConnectionHook<? super T> onReturn;
  private @Nullable AsyncConnectionHook<? super T> lastOnCreate;
  private @Nullable AsyncConnectionHook<? super T> firstOnReturn;
  private Duration hookTimeout = Duration.ofSeconds(5);
  private AsyncConnectionCleaner<? super T> cleaner =
      new Synchronous.Cleaning<>(ConnectionCleaner.<T>closing());
  private Duration closeTimeout = Duration.ofSeconds(10);
  private int maxConcurrentCloses = 10;
  private Duration createTimeout = Duration.ofSeconds(30);
  private int maxConcurrentCreates = 4;
  private Duration backoffInitial = Duration.ofMillis(100);
  private Duration backoffMax = Duration.ofSeconds(1);

  ConnectionCallsBuilder(AsyncConnectionFactory<T> factory) {
    this.factory = factory;
  }

  /** This builder. */
  abstract ConnectionPoolBuilder<T> self();

  CreationOptions<T> creation(String pool, StartFailure onStartFailure, Duration startTimeout) {
    return new CreationOptions<>(
        factory,
        lastOnCreate == null ? onCreate : HooksInOrder.of(pool, onCreate, lastOnCreate),
        createTimeout,
        maxConcurrentCreates,
        backoffInitial,
        backoffMax,
        onStartFailure,
        startTimeout);
  }

  HealthOptions<T> health() {
    return new HealthOptions<>(
        healthChecker,
        healthCheckTimeout,
        checkOnCreate,
        checkOnBorrow,
        idleBypass,
        checkOnReturn,
        healthCheckInterval,
        brokenWhen);
  }

  HookOptions<T> hooks(String pool) {
    return new HookOptions<>(
        onAcquire,
        firstOnReturn == null ? onReturn : HooksInOrder.of(pool, firstOnReturn, onReturn),
        hookTimeout);
  }

  ClosingOptions<T> closing() {
    return new ClosingOptions<>(cleaner, closeTimeout, maxConcurrentCloses);
  }

  // ---- Create

  /**
   * Prepares each new connection before it belongs to the pool; by default nothing does. The hook
   * and the factory's call together may take {@code createTimeout}. If the hook fails, the creation
   * has failed, and the connection is closed.
   */
  public ConnectionPoolBuilder<T> onCreate(ConnectionHook<? super T> hook) {
    return asyncOnCreate(async(hook));
  }

  /** As {@link #onCreate}, but without holding a thread meanwhile. */
  public ConnectionPoolBuilder<T> asyncOnCreate(AsyncConnectionHook<? super T> hook) {
    this.onCreate = Objects.requireNonNull(hook, "hook");
    return self();
  }

  /**
   * How long creating a connection may take; positive, by default 30 s. When it is over, the thread
   * of the call is interrupted, and another attempt may start. The call keeps its place until it
   * returns; if it still delivers a connection, the pool uses it.
   *
   * <p>If such calls hold all places for {@code createTimeout} once more, one of them loses its
   * place, and the pool closes what it delivers. That one call is all that can ever exceed {@code
   * maxSize}. It is better to give the factory timeouts of its own.
   */
  public ConnectionPoolBuilder<T> createTimeout(Duration createTimeout) {
    this.createTimeout = Objects.requireNonNull(createTimeout, "createTimeout");
    return self();
  }

  /**
   * How many connections are created, or checked in the background, at a time; from 1 to 1,000,000,
   * by default 4.
   */
  public ConnectionPoolBuilder<T> maxConcurrentCreates(int maxConcurrentCreates) {
    this.maxConcurrentCreates = maxConcurrentCreates;
    return self();
  }

  /**
   * The pause from the start of an attempt to create a connection that failed to the start of the
   * next attempt. The pool draws it at random from the upper half of a bound, which doubles with
   * each failure in a row; of attempts that are underway together, only the first failure counts.
   * Therefore, while the server is down, there is at most one attempt in each half of {@code max},
   * and the pool notices the server's return after {@code max} at the latest.
   *
   * <p>If the last attempt has failed, the pool makes these attempts even if no caller asks and
   * {@code minSize} is zero; with {@link ArgumentMatching#SAME} only if that attempt was made
   * without arguments.
   *
   * <p>Creations have the same pauses, one at a time, while connections are created but of no use:
   * from five in a row that were closed after their first lease, as broken, invalidated, unhealthy,
   * or because a hook failed, until one that was created since then is returned properly. Only
   * connections count that were created after the one before was lost, and are younger than {@code
   * max} times {@code maxSize}, so an event that kills all connections delays no replacement.
   *
   * @param initial the first bound; positive, by default 100 ms
   * @param max the last bound; at least the first, by default 1 s
   */
  public ConnectionPoolBuilder<T> backoff(Duration initial, Duration max) {
    this.backoffInitial = Objects.requireNonNull(initial, "initial");
    this.backoffMax = Objects.requireNonNull(max, "max");
    return self();
  }

  // ---- Check

  /** Decides whether a connection is healthy; by default each connection is. */
  public ConnectionPoolBuilder<T> healthChecker(HealthChecker<? super T> healthChecker) {
    Objects.requireNonNull(healthChecker, "healthChecker");
    this.healthChecker =
        connection -> CompletableFuture.completedFuture(healthChecker.isHealthy(connection));
    return self();
  }

  /** As {@link #healthChecker}, but without holding a thread meanwhile. */
  public ConnectionPoolBuilder<T> asyncHealthChecker(AsyncHealthChecker<? super T> healthChecker) {
    this.healthChecker = Objects.requireNonNull(healthChecker, "healthChecker");
    return self();
  }

  /**
   * How long a health check may take; positive, by default 1 s. This is also how long a connection
   * that died without notice can delay a caller.
   *
   * <p>When it is over, the checker's thread is interrupted, or its stage cancelled, the connection
   * is closed, and the call counts as overdue ({@link ConnectionPoolStats#callsOverdue()}) until it
   * returns. While 10 checks, or {@code maxSize} if that is more, are overdue, no more of them
   * start, and a connection that needs one is closed. One check now and then is a trial: as soon as
   * one returns in time, checks start again. The pause before a trial is twice this limit at first,
   * doubles with each trial that hangs, and is a minute at most. Therefore a checker that never
   * returns costs at most one more thread in each minute. It is better to give the checker timeouts
   * of its own.
   */
  public ConnectionPoolBuilder<T> healthCheckTimeout(Duration healthCheckTimeout) {
    this.healthCheckTimeout = Objects.requireNonNull(healthCheckTimeout, "healthCheckTimeout");
    return self();
  }

  /**
   * Whether a new connection is checked before it belongs to the pool; by default false. A new
   * connection that fails this check is closed without having been leased, and counts as a failed
   * attempt to create one, with its pause.
   *
   * <p>Whatever this option says, every new connection is checked like this after a failed attempt,
   * and after two connections in a row have failed their checks, until a new connection has passed.
   */
  public ConnectionPoolBuilder<T> checkOnCreate(boolean checkOnCreate) {
    this.checkOnCreate = checkOnCreate;
    return self();
  }

  /** Whether connections are checked before they are leased; by default true. */
  public ConnectionPoolBuilder<T> checkOnBorrow(boolean checkOnBorrow) {
    this.checkOnBorrow = checkOnBorrow;
    return self();
  }

  /**
   * How long after its creation, its last check, or the normal end of its last use a connection is
   * leased unchecked; zero: every borrow is checked. By default 500 ms. A use that failed does not
   * count, and no use delays the next check beyond {@code healthCheckInterval}. A connection that
   * has not been leased since its last check is leased once without another check for 500 ms,
   * however short this option is.
   */
  public ConnectionPoolBuilder<T> idleBypass(Duration idleBypass) {
    this.idleBypass = Objects.requireNonNull(idleBypass, "idleBypass");
    return self();
  }

  /** Whether connections are checked when they are released; by default false. */
  public ConnectionPoolBuilder<T> checkOnReturn(boolean checkOnReturn) {
    this.checkOnReturn = checkOnReturn;
    return self();
  }

  /**
   * How long a connection may go without a check, idle or busy, give or take a tenth. By default 30
   * s. The maintenance checks idle connections, and runs sooner than its {@code
   * maintenanceInterval} for this if necessary. Busy connections are checked when they are
   * released, or before their next lease. Zero: there is no such limit; a use that ended normally
   * then counts as a sign of health, however long ago the last check was.
   */
  public ConnectionPoolBuilder<T> healthCheckInterval(Duration healthCheckInterval) {
    this.healthCheckInterval = Objects.requireNonNull(healthCheckInterval, "healthCheckInterval");
    return self();
  }

  /**
   * Which failures of a use mean that the connection is broken. Such a connection is closed when
   * its lease ends, and the others are checked before their next lease. By default {@link
   * BrokenWhen#connectionFails()}. After any other failure the connection is checked before its
   * next lease, if there is a health checker.
   *
   * <p>{@code use}, {@code useAsync} and the guard call it, on the thread that has seen the failure
   * and outside of locks. It should be quick. If it throws, the pool logs that, once in a minute at
   * most, and the connection counts as broken.
   */
  public ConnectionPoolBuilder<T> brokenWhen(Predicate<? super Throwable> brokenWhen) {
    this.brokenWhen = Objects.requireNonNull(brokenWhen, "brokenWhen");
    return self();
  }

  // ---- Prepare and reset

  /**
   * Prepares a connection before each lease, after its health check if one is due; by default
   * nothing does. The hook runs on the pool's executor while the caller waits in line. It gets the
   * connection itself, and not the object that a guard puts before it. Meanwhile the connection
   * counts as being checked. A caller that gives up (timeout, cancel, interrupt) owns nothing; the
   * connection that was prepared for it goes to the next caller, without another run of the hook.
   *
   * <p>If the hook fails, or takes longer than {@code hookTimeout}, the connection is closed
   * ({@link RetireReason#PREPARATION_FAILED}), the others are checked before their next lease, and
   * the caller gets another connection within its timeout. From then on each new connection must
   * pass the hook before it belongs to the pool. If the hook fails there, the creation has failed:
   * the pauses between attempts grow ({@code backoff}), and a caller that times out gets the last
   * failure as the cause of its error. This ends with the first new connection that passes. A hook
   * that passes says nothing about the health of the connection.
   *
   * <p>{@code tryAcquire} does not wait for the hook: it has an idle connection prepared and
   * returns nothing, and the connection stays prepared for the next call. {@code acquire} with a
   * timeout of zero waits for the hook of an idle connection, as it waits for a check.
   *
   * <p>With this hook each acquire and each end of a lease takes the pool's lock, and each lease
   * costs a call on the executor.
   */
  public ConnectionPoolBuilder<T> onAcquire(ConnectionHook<? super T> hook) {
    return asyncOnAcquire(async(hook));
  }

  /** As {@link #onAcquire}, but without holding a thread meanwhile. */
  public ConnectionPoolBuilder<T> asyncOnAcquire(AsyncConnectionHook<? super T> hook) {
    this.onAcquire = Objects.requireNonNull(hook, "hook");
    return self();
  }

  /**
   * Resets each connection that is released, however its lease ended, before another caller gets
   * it; by default nothing does. Meanwhile the connection counts as being checked. If the hook
   * fails, or takes longer than {@code hookTimeout}, the connection is closed ({@link
   * RetireReason#RESET_FAILED}). For JDBC there is {@link JdbcReset}.
   *
   * <p>With this hook each acquire and each end of a lease takes the pool's lock.
   */
  public ConnectionPoolBuilder<T> onReturn(ConnectionHook<? super T> hook) {
    return asyncOnReturn(async(hook));
  }

  /** As {@link #onReturn}, but without holding a thread meanwhile. */
  public ConnectionPoolBuilder<T> asyncOnReturn(AsyncConnectionHook<? super T> hook) {
    this.onReturn = Objects.requireNonNull(hook, "hook");
    return self();
  }

  /**
   * Adds the hooks of a {@link JdbcReset}, which run beside those of the user, in whichever order
   * they are set: notes a new connection after {@code onCreate}, resets it before {@code onReturn}.
   */
  ConnectionPoolBuilder<T> resetBy(
      ConnectionHook<? super T> notes, ConnectionHook<? super T> resets) {
    this.lastOnCreate = async(notes);
    this.firstOnReturn = async(resets);
    return self();
  }

  private static <C> AsyncConnectionHook<C> async(ConnectionHook<C> hook) {
    Objects.requireNonNull(hook, "hook");
    return connection -> {
      hook.run(connection);
      return CompletableFuture.completedFuture(null);
    };
  }

  /**
   * How long {@code onAcquire} and {@code onReturn} may take each; positive, by default 5 s. The
   * time of {@code onReturn} includes closing the statements that a guarded lease has left open.
   *
   * <p>A call that is over it counts as overdue until it returns, and each of the two hooks is
   * bounded as the health checker is: see {@link #healthCheckTimeout}. While too many calls of
   * {@code onReturn} hang, released connections are closed. While too many of {@code onAcquire}
   * hang, new connections cannot be prepared either, so callers wait, and the exception of a caller
   * that times out names the number of calls that hang.
   */
  public ConnectionPoolBuilder<T> hookTimeout(Duration hookTimeout) {
    this.hookTimeout = Objects.requireNonNull(hookTimeout, "hookTimeout");
    return self();
  }

  // ---- Close

  /** Closes a connection; by default {@link ConnectionCleaner#closing()}. */
  public ConnectionPoolBuilder<T> cleaner(ConnectionCleaner<? super T> cleaner) {
    this.cleaner = new Synchronous.Cleaning<>(Objects.requireNonNull(cleaner, "cleaner"));
    return self();
  }

  /** As {@link #cleaner}, but without holding a thread meanwhile. */
  public ConnectionPoolBuilder<T> asyncCleaner(AsyncConnectionCleaner<? super T> cleaner) {
    this.cleaner = Objects.requireNonNull(cleaner, "cleaner");
    return self();
  }

  /**
   * How long closing a connection may take, from the call of the cleaner; positive, by default 10
   * s. When it is over, the cleaner's thread is interrupted, or its stage cancelled, the place of
   * the connection is free, and the call counts as overdue ({@link
   * ConnectionPoolStats#closingsOverdue()}) until it returns.
   *
   * <p>While as many calls are overdue as the pool may have connections, it closes connections one
   * at a time. Therefore a cleaner that never returns costs at most one more thread in each {@code
   * closeTimeout}, and the pool goes on serving. It is better to give the cleaner timeouts of its
   * own.
   */
  public ConnectionPoolBuilder<T> closeTimeout(Duration closeTimeout) {
    this.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
    return self();
  }

  /**
   * How many connections are closed at a time, from 1 to 1,000,000; by default 10. Others wait, and
   * keep their places meanwhile. A stop that is at its deadline closes all at once.
   */
  public ConnectionPoolBuilder<T> maxConcurrentCloses(int maxConcurrentCloses) {
    this.maxConcurrentCloses = maxConcurrentCloses;
    return self();
  }
}
