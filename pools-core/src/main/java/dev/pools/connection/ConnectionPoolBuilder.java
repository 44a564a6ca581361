package dev.pools.connection;

import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The options of a {@link ConnectionPool} to be created; {@link ConnectionPool#builder} creates a
 * builder. Not thread-safe; may be used again after {@link #build()}.
 *
 * @param <T> what a connection is
 */
public final class ConnectionPoolBuilder<T> extends ConnectionCallsBuilder<T> {

  private static final AtomicInteger UNNAMED = new AtomicInteger();

  private @Nullable String name;
  private int minSize = 1;
  private int maxSize = 10;
  private Duration maxLife = Duration.ofHours(1);
  private double maxLifeJitter = 0.1;
  private Duration idleTimeout = Duration.ofMinutes(10);
  private int maxUses;
  private Duration acquireTimeout = Duration.ofSeconds(30);
  private Fairness fairness = Fairness.STRICT;
  private ArgumentMatching argumentMatching = ArgumentMatching.ANY;
  private int waiterLimit = Integer.MAX_VALUE;
  private WhenDown whenDown = WhenDown.WAIT;
  private Duration leakThreshold = Duration.ZERO;
  private Duration reclaimAfter = Duration.ZERO;
  private boolean reclaimForgotten;
  private @Nullable Class<T> guard;
  private Duration maintenanceInterval = Duration.ofSeconds(30);
  private StartFailure onStartFailure = StartFailure.FAIL;
  private Duration startTimeout = Duration.ofMinutes(5);
  private @Nullable Executor executor;
  private final List<ConnectionPoolListener<? super T>> listeners = new ArrayList<>();
  private Time time = Time.system();

  ConnectionPoolBuilder(AsyncConnectionFactory<T> factory) {
    super(factory);
  }

  @Override
  ConnectionPoolBuilder<T> self() {
    return this;
  }

  /** The name of the pool in log lines and metrics. By default {@code connections-<n>}. */
  public ConnectionPoolBuilder<T> name(String name) {
    this.name = Objects.requireNonNull(name, "name");
    return this;
  }

  // ---- How many connections, and for how long

  /**
   * The largest number of connections, including those that are being created or closed; from 1 to
   * 1,000,000, by default 10.
   */
  public ConnectionPoolBuilder<T> maxSize(int maxSize) {
    this.maxSize = maxSize;
    return this;
  }

  /**
   * The smallest number of connections, idle or in use, which the pool keeps open; from 0 to {@link
   * #maxSize}, by default 1.
   */
  public ConnectionPoolBuilder<T> minSize(int minSize) {
    this.minSize = minSize;
    return this;
  }

  /**
   * How long a connection lives at most; zero: no limit. By default 1 hour. The life starts when
   * the factory has delivered the connection. No lease starts after its end; a lease that started
   * before may go on. An idle connection is closed at the end of its life, a connection in use when
   * it is released.
   *
   * <p>The pool looks at the age before each lease, with one exception: a pool that has neither a
   * health checker, nor a listener, nor a guard, nor looks for leaks, and whose {@code maxLife} is
   * a minute or more, does not read the clock for a lease. It looks at the age only in the last
   * sixteenth of a connection's life, but in the last 10 s at most, from when its timer fires. In
   * such a pool a lease can start too late if the machine delays this timer for longer than that.
   */
  public ConnectionPoolBuilder<T> maxLife(Duration maxLife) {
    this.maxLife = Objects.requireNonNull(maxLife, "maxLife");
    return this;
  }

  /**
   * By which part of {@code maxLife} the life of a connection may be shorter; from 0 to 0.5, by
   * default 0.1. The pool draws it at random for each connection, so that the lives do not all end
   * together.
   */
  public ConnectionPoolBuilder<T> maxLifeJitter(double maxLifeJitter) {
    this.maxLifeJitter = maxLifeJitter;
    return this;
  }

  /**
   * How long a connection beyond {@code minSize} may be idle; zero: no limit. By default 10
   * minutes.
   */
  public ConnectionPoolBuilder<T> idleTimeout(Duration idleTimeout) {
    this.idleTimeout = Objects.requireNonNull(idleTimeout, "idleTimeout");
    return this;
  }

  /** How often a connection may be leased; zero: no limit, which is the default. */
  public ConnectionPoolBuilder<T> maxUses(int maxUses) {
    this.maxUses = maxUses;
    return this;
  }

  // ---- How callers wait

  /**
   * How long {@code acquire()} waits when called without a timeout; zero: it does not wait. By
   * default 30 s.
   */
  public ConnectionPoolBuilder<T> acquireTimeout(Duration acquireTimeout) {
    this.acquireTimeout = Objects.requireNonNull(acquireTimeout, "acquireTimeout");
    return this;
  }

  /**
   * Which caller gets a connection that is released while callers wait; by default {@link
   * Fairness#STRICT}.
   */
  public ConnectionPoolBuilder<T> fairness(Fairness fairness) {
    this.fairness = Objects.requireNonNull(fairness, "fairness");
    return this;
  }

  /**
   * Whether a caller may get a connection that was created with other arguments than the caller's;
   * by default {@link ArgumentMatching#ANY}. {@link ArgumentMatching#SAME} cannot be combined with
   * {@link Fairness#THROUGHPUT}.
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
   * What callers do while the pool has no connection and cannot create one; by default {@link
   * WhenDown#WAIT}. {@link AcquireOptions} can say otherwise for one acquire.
   */
  public ConnectionPoolBuilder<T> whenDown(WhenDown whenDown) {
    this.whenDown = Objects.requireNonNull(whenDown, "whenDown");
    return this;
  }

  // ---- What a lease may do

  /**
   * After how long a lease is reported as leaked, with the stack trace of its acquire. Zero: never,
   * which is the default, because each acquire then records a stack trace.
   */
  public ConnectionPoolBuilder<T> leakThreshold(Duration leakThreshold) {
    this.leakThreshold = Objects.requireNonNull(leakThreshold, "leakThreshold");
    return this;
  }

  /**
   * After how long a lease is reported as leaked and reclaimed: the lease counts as closed, the
   * pool closes its connection, even if a caller still uses it, and another connection may take its
   * place. Closing the lease later does nothing. Zero: never, which is the default. The pool looks
   * for such leases once in this duration, and in every {@code maintenanceInterval}.
   */
  public ConnectionPoolBuilder<T> reclaimAfter(Duration reclaimAfter) {
    this.reclaimAfter = Objects.requireNonNull(reclaimAfter, "reclaimAfter");
    return this;
  }

  /**
   * Whether the pool reclaims a lease, and closes its connection, when no code can close the lease
   * any more, because nothing refers to the {@link Lease}; by default false. The pool finds such a
   * lease after the garbage collector has found it: at once if a caller has to wait, and otherwise
   * at the next maintenance.
   *
   * <p>Do not set this if callers keep only the connection and release it with {@link
   * ConnectionPool#release(Object)}: the pool would take their leases for forgotten. Each lease
   * then costs one more object.
   */
  public ConnectionPoolBuilder<T> reclaimForgotten(boolean reclaimForgotten) {
    this.reclaimForgotten = reclaimForgotten;
    return this;
  }

  /**
   * Protects connections from use after their lease. A lease then has an object of this interface,
   * which passes each call on to the connection, with its exceptions, until the lease has ended in
   * any way. From then on each call fails with an {@link IllegalStateException}. A call that runs
   * at that moment goes on. By default off: callers get the connections themselves.
   *
   * <p>If the type has a {@code close()}, it ends the lease and does not close the connection; a
   * second call does nothing. If the type has {@code isClosed()}, it then returns true.
   *
   * <p>The object is equal only to itself, so that it can be an element of a set, and its {@code
   * toString} never fails. A method that returns the connection itself returns the object. Objects
   * that lead back to a connection, such as statements, their results and {@code getMetaData()} of
   * JDBC, are guarded in the same way, and return the object where they would return the
   * connection; the elements of collections, futures and publishers are not. {@code isWrapperFor}
   * and {@code unwrap} agree: an interface is guarded again, a class leads to the connection
   * itself. A default method of an interface that the class of the connection inherits runs on the
   * object, and not on the connection.
   *
   * <p>Statements of JDBC that a user has opened through the object, and not closed, are closed
   * when the lease ends, with their results: before {@code onReturn}, before the next lease, and
   * within {@code hookTimeout}. If one cannot be closed, the connection is closed ({@link
   * RetireReason#RESET_FAILED}).
   *
   * <p>Factory, checker, cleaner and listeners get the connection itself, and the holder of a lease
   * gets it from {@link Lease#unguarded()}. {@link ConnectionPool#release(Object)} rejects it: only
   * the object tells which lease it belongs to.
   *
   * @param guard the type of the connections; an interface that is not sealed
   */
  public ConnectionPoolBuilder<T> guard(Class<T> guard) {
    this.guard = Objects.requireNonNull(guard, "guard");
    return this;
  }

  // ---- How the pool runs

  /**
   * How often the pool maintains its connections; positive, by default 30 s. It does so more often
   * if {@code healthCheckInterval}, {@code idleTimeout}, {@code leakThreshold} or {@code
   * reclaimAfter} is shorter, and when the life of a connection is over.
   */
  public ConnectionPoolBuilder<T> maintenanceInterval(Duration maintenanceInterval) {
    this.maintenanceInterval = Objects.requireNonNull(maintenanceInterval, "maintenanceInterval");
    return this;
  }

  /**
   * What happens if the first connections cannot be created; by default {@link StartFailure#FAIL}.
   */
  public ConnectionPoolBuilder<T> onStartFailure(StartFailure onStartFailure) {
    this.onStartFailure = Objects.requireNonNull(onStartFailure, "onStartFailure");
    return this;
  }

  /**
   * How long a start with {@link StartFailure#WAIT} waits for the first connections; by default 5
   * minutes. Zero: no limit. Has no effect with another {@code onStartFailure}.
   */
  public ConnectionPoolBuilder<T> startTimeout(Duration startTimeout) {
    this.startTimeout = Objects.requireNonNull(startTimeout, "startTimeout");
    return this;
  }

  /**
   * Runs factory, checker, cleaner, and the dependants of {@code acquireAsync}. By default daemon
   * platform threads of the pool do, one for each call at a time, on every JDK: a factory that
   * computes, or waits in native code, would hold the carriers of all virtual threads.
   *
   * <p>The time limit of a call starts when the call starts, and not while it waits for a thread. A
   * call that the executor rejects, or does not start within half a second (or within the call's
   * limit, if that is shorter), runs on a thread of the pool instead: the executor may be full of
   * tasks that wait for this pool.
   *
   * <p>{@link Executor#execute} must return at once. It is called by whichever thread has made the
   * call necessary: a caller that acquires or releases a connection, or a helper thread of the
   * pool. If it blocks, or runs the call itself as {@code CallerRunsPolicy} does, it holds up that
   * thread, and what the same step of the pool has decided for other callers. A thread dump shows
   * it. The call itself starts within half a second on a thread of the pool, as do all others until
   * {@code execute} has returned, and the log says so.
   *
   * @param executor should have more than one thread: each call that hangs holds one
   */
  public ConnectionPoolBuilder<T> executor(Executor executor) {
    this.executor = Objects.requireNonNull(executor, "executor");
    return this;
  }

  /** Adds a listener. Listeners are called in the order in which they were added. */
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
   * Creates the pool. It creates no connection until it is started or first used.
   *
   * @throws IllegalArgumentException if an option is out of its range; the message names the
   *     option, its value, the range and the fix
   */
  public ConnectionPool<T> build() {
    String known =
        name == null ? "connections-".concat(Integer.toString(UNNAMED.incrementAndGet())) : name;
    return new ConnectionPool<>(
        new ConnectionOptions<>(
            known,
            new SizeOptions(minSize, maxSize, maxLife, maxLifeJitter, idleTimeout, maxUses),
            creation(known, onStartFailure, startTimeout),
            health(),
            hooks(known),
            closing(),
            new WaitingOptions(acquireTimeout, fairness, argumentMatching, waiterLimit, whenDown),
            new LeakOptions(leakThreshold, reclaimAfter, reclaimForgotten),
            guard == null ? null : new ConnectionGuard<>(known, guard),
            maintenanceInterval,
            executor,
            listeners,
            time));
  }
}
