package dev.pools.connection;

import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Describes a {@link ConnectionPool}; {@link ConnectionPool#builder} creates one. Not thread-safe;
 * may be used again after {@link #build()}.
 *
 * @param <T> what a connection is
 */
public final class ConnectionPoolBuilder<T> {

  private static final AtomicInteger UNNAMED = new AtomicInteger();

  private final AsyncConnectionFactory<T> factory;
  private @Nullable String name;
  private int minSize = 1;
  private int maxSize = 10;
  private Duration maxLife = Duration.ofHours(1);
  private double maxLifeJitter = 0.1;
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
  private Duration hookTimeout = Duration.ofSeconds(5);
  private AsyncConnectionCleaner<? super T> cleaner = async(ConnectionCleaner.closing());
  private Duration closeTimeout = Duration.ofSeconds(10);
  private int maxConcurrentCloses = 10;
  private Duration acquireTimeout = Duration.ofSeconds(30);
  private Duration idleTimeout = Duration.ofMinutes(10);
  private int maxUses;
  private Duration createTimeout = Duration.ofSeconds(30);
  private int maxConcurrentCreates = 4;
  private Duration backoffInitial = Duration.ofMillis(100);
  private Duration backoffMax = Duration.ofSeconds(1);
  private Duration leakThreshold = Duration.ZERO;
  private Duration reclaimAfter = Duration.ZERO;
  private boolean reclaimForgotten;
  private @Nullable Class<T> guard;
  private Fairness fairness = Fairness.STRICT;
  private ArgumentMatching argumentMatching = ArgumentMatching.ANY;
  private int waiterLimit = Integer.MAX_VALUE;
  private WhenDown whenDown = WhenDown.WAIT;
  private Duration maintenanceInterval = Duration.ofSeconds(30);
  private StartFailure onStartFailure = StartFailure.FAIL;
  private Duration startTimeout = Duration.ofMinutes(5);
  private @Nullable Executor executor;
  private final List<ConnectionPoolListener<? super T>> listeners = new ArrayList<>();
  private Time time = Time.system();

  ConnectionPoolBuilder(AsyncConnectionFactory<T> factory) {
    this.factory = factory;
  }

  /** What log lines and metrics are named after. By default {@code connections-<n>}. */
  public ConnectionPoolBuilder<T> name(String name) {
    this.name = Objects.requireNonNull(name, "name");
    return this;
  }

  /** The greatest number of connections, from 1 to 1,000,000; by default 10. */
  public ConnectionPoolBuilder<T> maxSize(int maxSize) {
    this.maxSize = maxSize;
    return this;
  }

  /** The least number of connections, from 0 to the greatest; by default 1. */
  public ConnectionPoolBuilder<T> minSize(int minSize) {
    this.minSize = minSize;
    return this;
  }

  /**
   * How long a connection lives at most; zero means without limit. By default 1 hour. No lease
   * begins after that time, counted from the moment at which the pool has got the connection from
   * the factory; a lease that has begun before may go on. An idle connection is closed when its
   * life is over, one in use when it is given back.
   *
   * <p>The age is looked at before each lease, unless the pool has neither a health checker, nor a
   * listener, nor a guard, nor looks for leaks, and {@code maxLife} is a minute or more: such a
   * pool, whose leases cost no look at the clock, looks at the age in the last sixteenth of a
   * connection's life, but in the last 10 s at most, from when its timer says so. There a lease can
   * begin too late if the machine holds up this timer for longer than that.
   */
  public ConnectionPoolBuilder<T> maxLife(Duration maxLife) {
    this.maxLife = Objects.requireNonNull(maxLife, "maxLife");
    return this;
  }

  /**
   * By how much of {@code maxLife} a connection may live shorter, drawn at random, so that they do
   * not all end together; from 0 to 0.5, by default 0.1.
   */
  public ConnectionPoolBuilder<T> maxLifeJitter(double maxLifeJitter) {
    this.maxLifeJitter = maxLifeJitter;
    return this;
  }

  /** Tells whether a connection is fit; by default each is. */
  public ConnectionPoolBuilder<T> healthChecker(HealthChecker<? super T> healthChecker) {
    Objects.requireNonNull(healthChecker, "healthChecker");
    this.healthChecker =
        connection -> CompletableFuture.completedFuture(healthChecker.isHealthy(connection));
    return this;
  }

  /** As {@link #healthChecker}, but without holding a thread meanwhile. */
  public ConnectionPoolBuilder<T> asyncHealthChecker(AsyncHealthChecker<? super T> healthChecker) {
    this.healthChecker = Objects.requireNonNull(healthChecker, "healthChecker");
    return this;
  }

  /**
   * How long a health check may take; positive, by default 1 s. That is also how long a caller may
   * be held up by a connection that died without a word.
   */
  public ConnectionPoolBuilder<T> healthCheckTimeout(Duration healthCheckTimeout) {
    this.healthCheckTimeout = Objects.requireNonNull(healthCheckTimeout, "healthCheckTimeout");
    return this;
  }

  /**
   * Whether a new connection is checked before it belongs to the pool; by default false. One that
   * fails this check is closed and counts as a failed attempt to create one, with its pause: it is
   * never leased. While the pool is in doubt, every new connection is checked like this, whatever
   * this option says: after a failed attempt, or after a connection failed its check, until a new
   * connection has passed.
   */
  public ConnectionPoolBuilder<T> checkOnCreate(boolean checkOnCreate) {
    this.checkOnCreate = checkOnCreate;
    return this;
  }

  /** Whether connections are checked before they are leased; by default true. */
  public ConnectionPoolBuilder<T> checkOnBorrow(boolean checkOnBorrow) {
    this.checkOnBorrow = checkOnBorrow;
    return this;
  }

  /**
   * For how long after its creation, its last check, or the normal end of its last use a connection
   * is leased unchecked; zero means that every borrow is checked. By default 500 ms. A use that
   * failed does not count, and no use puts the next check off beyond {@code healthCheckInterval}. A
   * connection that has not been leased since its last check is leased once without another one for
   * 500 ms, however short this is.
   */
  public ConnectionPoolBuilder<T> idleBypass(Duration idleBypass) {
    this.idleBypass = Objects.requireNonNull(idleBypass, "idleBypass");
    return this;
  }

  /** Whether connections are checked when they are given back; by default false. */
  public ConnectionPoolBuilder<T> checkOnReturn(boolean checkOnReturn) {
    this.checkOnReturn = checkOnReturn;
    return this;
  }

  /**
   * How long a connection may go without a check, idle or busy, give or take a tenth. Idle ones are
   * checked by the maintenance, which comes sooner than in its {@code maintenanceInterval} if need
   * be; busy ones are checked when they come back, or before their next lease. Zero means that
   * there is no such limit: a use that ended normally then counts as a sign of health, however long
   * ago the last check was. By default 30 s.
   */
  public ConnectionPoolBuilder<T> healthCheckInterval(Duration healthCheckInterval) {
    this.healthCheckInterval = Objects.requireNonNull(healthCheckInterval, "healthCheckInterval");
    return this;
  }

  /**
   * Which failures of a use mean that the connection is broken: it is then closed when its lease
   * ends, and the others are checked before their next lease. By default {@link
   * BrokenWhen#connectionFails()}. After any other failure the connection is checked before its
   * next lease, if there is a health checker.
   *
   * <p>{@code use}, {@code useAsync} and the guard ask, on the thread that has seen the failure and
   * outside of locks. It should be quick. If it throws, that is logged, and the connection counts
   * as broken.
   */
  public ConnectionPoolBuilder<T> brokenWhen(Predicate<? super Throwable> brokenWhen) {
    this.brokenWhen = Objects.requireNonNull(brokenWhen, "brokenWhen");
    return this;
  }

  /**
   * Prepares each new connection before it belongs to the pool; by default nothing does. Together
   * with the factory's call it may take {@code createTimeout}. If it fails, that is a failed
   * creation, and the connection is closed.
   */
  public ConnectionPoolBuilder<T> onCreate(ConnectionHook<? super T> hook) {
    return asyncOnCreate(asynchronous(hook));
  }

  /** As {@link #onCreate}, but without holding a thread meanwhile. */
  public ConnectionPoolBuilder<T> asyncOnCreate(AsyncConnectionHook<? super T> hook) {
    this.onCreate = Objects.requireNonNull(hook, "hook");
    return this;
  }

  /**
   * Adapts a connection before each lease, after its health check if one is due; by default nothing
   * does. It runs on the pool's executor, while the caller waits in line: it gets the connection
   * itself, and not what a guard puts before it. Meanwhile the connection is the pool's and counts
   * as being checked. A caller that gives up (timeout, cancel, interrupt) owns nothing; what was
   * prepared for it goes to the next caller, who gets it without another run.
   *
   * <p>If the hook fails, or takes longer than {@code hookTimeout}, the connection is closed
   * ({@link RetireReason#PREPARATION_FAILED}), the others are checked before their next lease, and
   * the caller gets another one within its time. Then each new connection must pass the hook before
   * it belongs to the pool: if it fails, that is a failed creation, so the pauses between attempts
   * grow ({@code backoff}), and the error of a caller whose time is over has the last failure as
   * its cause. This ends with the first new connection that passes. That the hook passes says
   * nothing about the health of the connection.
   *
   * <p>{@code tryAcquire} does not wait for the hook: it has an idle connection prepared, returns
   * nothing, and the connection stays prepared for the next call. {@code acquire} with a timeout of
   * zero waits for the hook of an idle connection, as it does for a check.
   *
   * <p>With this hook each acquire and each end of a lease takes the pool's lock, and each lease
   * costs a call on the executor.
   */
  public ConnectionPoolBuilder<T> onAcquire(ConnectionHook<? super T> hook) {
    return asyncOnAcquire(asynchronous(hook));
  }

  /** As {@link #onAcquire}, but without holding a thread meanwhile. */
  public ConnectionPoolBuilder<T> asyncOnAcquire(AsyncConnectionHook<? super T> hook) {
    this.onAcquire = Objects.requireNonNull(hook, "hook");
    return this;
  }

  /**
   * Resets each connection that comes back, however its lease ended, before anyone else gets it; by
   * default nothing does. Meanwhile it counts as being checked. If the hook fails, or takes longer
   * than {@code hookTimeout}, the connection is closed ({@link RetireReason#RESET_FAILED}). For
   * JDBC there is {@link JdbcReset}.
   *
   * <p>With this hook each acquire and each end of a lease takes the pool's lock.
   */
  public ConnectionPoolBuilder<T> onReturn(ConnectionHook<? super T> hook) {
    return asyncOnReturn(asynchronous(hook));
  }

  /** As {@link #onReturn}, but without holding a thread meanwhile. */
  public ConnectionPoolBuilder<T> asyncOnReturn(AsyncConnectionHook<? super T> hook) {
    this.onReturn = Objects.requireNonNull(hook, "hook");
    return this;
  }

  private static <T> AsyncConnectionHook<T> asynchronous(ConnectionHook<T> hook) {
    Objects.requireNonNull(hook, "hook");
    return connection -> {
      hook.run(connection);
      return CompletableFuture.completedFuture(null);
    };
  }

  /** How long {@code onAcquire} or {@code onReturn} may take each; positive, by default 5 s. */
  public ConnectionPoolBuilder<T> hookTimeout(Duration hookTimeout) {
    this.hookTimeout = Objects.requireNonNull(hookTimeout, "hookTimeout");
    return this;
  }

  /** Closes a connection; by default {@link ConnectionCleaner#closing()}. */
  public ConnectionPoolBuilder<T> cleaner(ConnectionCleaner<? super T> cleaner) {
    this.cleaner = async(Objects.requireNonNull(cleaner, "cleaner"));
    return this;
  }

  /** As {@link #cleaner}, but without holding a thread meanwhile. */
  public ConnectionPoolBuilder<T> asyncCleaner(AsyncConnectionCleaner<? super T> cleaner) {
    this.cleaner = Objects.requireNonNull(cleaner, "cleaner");
    return this;
  }

  private static <C> AsyncConnectionCleaner<C> async(ConnectionCleaner<C> cleaner) {
    return (connection, arguments, reason) -> {
      cleaner.clean(connection, arguments, reason);
      return CompletableFuture.completedFuture(null);
    };
  }

  /**
   * How long closing a connection may take, from when the cleaner is called; positive, by default
   * 10 s. Then the cleaner's thread is interrupted, or its stage cancelled, the place of the
   * connection is free, and the call counts as overdue ({@link
   * ConnectionPoolStats#closingsOverdue()}) until it returns.
   *
   * <p>While as many calls are overdue as there may be connections, connections are closed one at a
   * time. So a cleaner that never returns costs one more thread in each {@code closeTimeout} at
   * most, and the pool goes on serving. Better give the cleaner time-outs of its own.
   */
  public ConnectionPoolBuilder<T> closeTimeout(Duration closeTimeout) {
    this.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
    return this;
  }

  /**
   * How many connections are closed at a time, from 1 to 1,000,000; by default 10. Others wait, and
   * their places stay taken meanwhile. A stop that is at its deadline closes all at once.
   */
  public ConnectionPoolBuilder<T> maxConcurrentCloses(int maxConcurrentCloses) {
    this.maxConcurrentCloses = maxConcurrentCloses;
    return this;
  }

  /** How long an acquire waits that names no time; zero means not at all. By default 30 s. */
  public ConnectionPoolBuilder<T> acquireTimeout(Duration acquireTimeout) {
    this.acquireTimeout = Objects.requireNonNull(acquireTimeout, "acquireTimeout");
    return this;
  }

  /**
   * How long a connection beyond {@code minSize} may be idle; zero means without limit. By default
   * 10 minutes.
   */
  public ConnectionPoolBuilder<T> idleTimeout(Duration idleTimeout) {
    this.idleTimeout = Objects.requireNonNull(idleTimeout, "idleTimeout");
    return this;
  }

  /** How often a connection may be leased; zero means without limit, which is the default. */
  public ConnectionPoolBuilder<T> maxUses(int maxUses) {
    this.maxUses = maxUses;
    return this;
  }

  /**
   * How long making a connection may take; positive, by default 30 s. Then its thread is
   * interrupted and another attempt may begin. Its place stays taken until the factory's call ends,
   * and if it still brings a connection, that is used.
   *
   * <p>If all places are held by such calls for as long again, one of them loses its place, and
   * what it brings is closed: that one call is all that may ever be beyond {@code maxSize}. Better
   * give the factory time-outs of its own.
   */
  public ConnectionPoolBuilder<T> createTimeout(Duration createTimeout) {
    this.createTimeout = Objects.requireNonNull(createTimeout, "createTimeout");
    return this;
  }

  /** How many connections are made, or checked in the background, at a time; by default 4. */
  public ConnectionPoolBuilder<T> maxConcurrentCreates(int maxConcurrentCreates) {
    this.maxConcurrentCreates = maxConcurrentCreates;
    return this;
  }

  /**
   * The pause from the beginning of an attempt to make a connection that failed to that of the
   * next: drawn at random from the upper half of a bound, which doubles with each failure in a row.
   * So while the server is down there is at most one attempt in each half of {@code max}, and no
   * longer than {@code max} passes from its return to the next. While the last attempt has failed
   * the pool makes these attempts even if no caller asks and {@code minSize} is zero, so that it
   * knows when the server is back; with {@link ArgumentMatching#SAME} only if that attempt was made
   * without arguments.
   *
   * @param initial the first bound; positive, by default 100 ms
   * @param max the last bound; at least the first, by default 1 s
   */
  public ConnectionPoolBuilder<T> backoff(Duration initial, Duration max) {
    this.backoffInitial = Objects.requireNonNull(initial, "initial");
    this.backoffMax = Objects.requireNonNull(max, "max");
    return this;
  }

  /**
   * After how long a lease is reported as leaked, with the stack of its acquire. Zero means never,
   * and is the default, because each acquire then takes a stack trace.
   */
  public ConnectionPoolBuilder<T> leakThreshold(Duration leakThreshold) {
    this.leakThreshold = Objects.requireNonNull(leakThreshold, "leakThreshold");
    return this;
  }

  /**
   * After how long a lease is reported as leaked and taken back: the lease counts as closed, the
   * pool closes its connection, even if a caller still uses it, and another connection may take its
   * place. Closing the lease later does nothing. Zero means never, and is the default. Looked at as
   * often as this, and every {@code maintenanceInterval}.
   */
  public ConnectionPoolBuilder<T> reclaimAfter(Duration reclaimAfter) {
    this.reclaimAfter = Objects.requireNonNull(reclaimAfter, "reclaimAfter");
    return this;
  }

  /**
   * Whether the pool takes a lease back, and closes its connection, when no code can close it any
   * more, because nothing refers to the {@link Lease}; by default false. The pool finds such a
   * lease after the garbage collector has found it: at once if a caller has to wait, and otherwise
   * at the next maintenance.
   *
   * <p>Do not set this if callers keep only the connection and release it with {@link
   * ConnectionPool#release(Object)}: their leases look forgotten. Each lease then costs one more
   * object.
   */
  public ConnectionPoolBuilder<T> reclaimForgotten(boolean reclaimForgotten) {
    this.reclaimForgotten = reclaimForgotten;
    return this;
  }

  /**
   * Protects connections from being used after their lease: what is leased is then an object of
   * this interface that passes each call on, exceptions and all, until its lease has ended in
   * whatever way; from then on each call fails with an {@link IllegalStateException}. A call that
   * is under way at that moment goes on. By default off: connections are leased as they are.
   *
   * <p>If the type has a {@code close()}, that ends the lease, and closes nothing: a second one
   * does nothing. If it has {@code isClosed()}, that is true afterwards.
   *
   * <p>The object is equal to itself only, so that it may be kept in a set, and its {@code
   * toString} never fails. A connection that returns itself returns the object. What leads back to
   * a connection, as statements, their results and {@code getMetaData()} of JDBC do, is guarded in
   * the same way, and returns the object where it would return the connection; not so the elements
   * of collections, futures and publishers. {@code isWrapperFor} and {@code unwrap} agree: an
   * interface is guarded again, a class leads to the connection itself.
   *
   * <p>Factory, checker, cleaner and listeners see the connection itself, and so does the holder of
   * a lease by {@link Lease#unguarded()}. {@link ConnectionPool#release(Object)} refuses it: only
   * the object tells whose lease it is.
   *
   * @param guard the connections' type, if it is an interface and not sealed
   */
  public ConnectionPoolBuilder<T> guard(Class<T> guard) {
    this.guard = Objects.requireNonNull(guard, "guard");
    return this;
  }

  /**
   * Who gets a connection that comes back while callers wait; by default {@link Fairness#STRICT}.
   */
  public ConnectionPoolBuilder<T> fairness(Fairness fairness) {
    this.fairness = Objects.requireNonNull(fairness, "fairness");
    return this;
  }

  /**
   * Whether a caller may get a connection that was created with other arguments than the caller's;
   * by default {@link ArgumentMatching#ANY}. {@link ArgumentMatching#SAME} cannot go with {@link
   * Fairness#THROUGHPUT}.
   */
  public ConnectionPoolBuilder<T> argumentMatching(ArgumentMatching argumentMatching) {
    this.argumentMatching = Objects.requireNonNull(argumentMatching, "argumentMatching");
    return this;
  }

  /**
   * How many callers may wait at a time, blocking or not; by default without limit. Zero means that
   * no caller may wait: a caller that finds no idle connection is rejected, and the pool creates a
   * connection for the next caller if it has room. A caller may always wait for the end of a check
   * that is already running for it.
   */
  public ConnectionPoolBuilder<T> waiterLimit(int waiterLimit) {
    this.waiterLimit = waiterLimit;
    return this;
  }

  /**
   * What becomes of callers while the pool has no connection and cannot make one; by default {@link
   * WhenDown#WAIT}. A single acquire may say otherwise by {@link AcquireOptions}.
   */
  public ConnectionPoolBuilder<T> whenDown(WhenDown whenDown) {
    this.whenDown = Objects.requireNonNull(whenDown, "whenDown");
    return this;
  }

  /**
   * How often the pool looks after its connections; positive, by default 30 s. It does so more
   * often where {@code healthCheckInterval}, {@code idleTimeout}, {@code leakThreshold} or {@code
   * reclaimAfter} is shorter, and when the life of a connection is over.
   */
  public ConnectionPoolBuilder<T> maintenanceInterval(Duration maintenanceInterval) {
    this.maintenanceInterval = Objects.requireNonNull(maintenanceInterval, "maintenanceInterval");
    return this;
  }

  /** What happens if the first connections cannot be made; by default {@link StartFailure#FAIL}. */
  public ConnectionPoolBuilder<T> onStartFailure(StartFailure onStartFailure) {
    this.onStartFailure = Objects.requireNonNull(onStartFailure, "onStartFailure");
    return this;
  }

  /**
   * How long a start with {@link StartFailure#WAIT} waits for the first connections; by default 5
   * minutes. Zero means without limit. Has no effect with another {@code onStartFailure}.
   */
  public ConnectionPoolBuilder<T> startTimeout(Duration startTimeout) {
    this.startTimeout = Objects.requireNonNull(startTimeout, "startTimeout");
    return this;
  }

  /**
   * Where factory, checker, cleaner and the dependants of {@code acquireAsync} run. By default
   * daemon platform threads of the pool, one for each call at a time, on every JDK: a factory that
   * computes, or waits in native code, would hold the carriers of all virtual threads.
   *
   * <p>A time limit of a call starts when the call starts, not while it waits for a thread. A call
   * that the executor refuses, or has not begun within half a second (or the call's limit, if that
   * is shorter), runs on a thread of the pool instead: the executor may be full of tasks that wait
   * for this pool.
   *
   * @param executor should have more than one thread: calls that hang hold up as many
   */
  public ConnectionPoolBuilder<T> executor(Executor executor) {
    this.executor = Objects.requireNonNull(executor, "executor");
    return this;
  }

  /** Adds a listener; they are told in the order in which they were added. */
  public ConnectionPoolBuilder<T> listener(ConnectionPoolListener<? super T> listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /** Replaces the time of this machine, in tests. */
  ConnectionPoolBuilder<T> time(Time time) {
    this.time = time;
    return this;
  }

  /**
   * Makes the pool; it opens nothing until it is started or first used.
   *
   * @throws IllegalArgumentException if an option is out of its range; says which, and what to do
   */
  public ConnectionPool<T> build() {
    String known = name == null ? "connections-" + UNNAMED.incrementAndGet() : name;
    return new ConnectionPool<>(
        new ConnectionOptions<>(
            known,
            factory,
            minSize,
            maxSize,
            maxLife,
            maxLifeJitter,
            healthChecker,
            healthCheckTimeout,
            checkOnCreate,
            checkOnBorrow,
            idleBypass,
            checkOnReturn,
            healthCheckInterval,
            brokenWhen,
            onCreate,
            onAcquire,
            onReturn,
            hookTimeout,
            cleaner,
            closeTimeout,
            maxConcurrentCloses,
            acquireTimeout,
            idleTimeout,
            maxUses,
            createTimeout,
            maxConcurrentCreates,
            backoffInitial,
            backoffMax,
            leakThreshold,
            reclaimAfter,
            reclaimForgotten,
            guard == null ? null : new ConnectionGuard<>(known, guard),
            fairness,
            argumentMatching,
            waiterLimit,
            whenDown,
            maintenanceInterval,
            onStartFailure,
            startTimeout,
            executor,
            listeners,
            time));
  }
}
