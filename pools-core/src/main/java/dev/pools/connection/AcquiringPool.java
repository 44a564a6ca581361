package dev.pools.connection;

import dev.pools.Arguments;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * How connections are acquired from a {@link ConnectionPool} and released to it.
 *
 * <p>All methods may be called by any thread. Those that wait say so.
 *
 * @param <T> what a connection is
 */
public abstract sealed class AcquiringPool<T> permits UsingPool {

  final ConnectionParts<T> parts;
  private final LeaseFastPath<T> leases;

  AcquiringPool(ConnectionParts<T> parts) {
    this.parts = parts;
    this.leases = parts.leases(/* door= */ this);
  }

  /** The rooms behind this door. */
  ConnectionParts<T> parts() {
    return parts;
  }

  /** The pool's name, which its log lines and metrics carry. */
  public String name() {
    return parts.core.name();
  }

  /** How long {@code acquire()} waits when called without a timeout; zero: it does not wait. */
  public Duration acquireTimeout() {
    return parts.options().waiting().acquireTimeout();
  }

  // ---- Acquire, and wait if necessary

  /**
   * Leases a connection. Waits for one up to the pool's {@code acquireTimeout}.
   *
   * @return a lease that the caller must close, best with try-with-resources
   * @throws AcquireTimeoutException if the timeout is over; if the pool could not create a
   *     connection, the reason is the cause
   * @throws PoolStoppedException if the pool is stopped, or is stopped while the caller waits
   * @throws WaiterLimitException if as many callers wait as {@code waiterLimit} allows
   * @throws BackendDownException if the pool has no connection, cannot create one, and {@link
   *     WhenDown#FAIL} says that the caller does not wait for one
   * @throws InterruptedException if the thread is interrupted while it waits; nothing is leased. If
   *     a connection is available at once, the caller gets it, and the thread stays interrupted.
   */
  public Lease<T> acquire() throws InterruptedException {
    Lease<T> lease = leases.pass(/* async= */ false);
    return lease != null ? lease : acquireAfterOthers(AcquireOptions.DEFAULT);
  }

  /**
   * As {@link #acquire()}.
   *
   * @param timeout how long to wait for a connection; zero: do not wait. If an idle connection must
   *     be checked, or prepared by {@code onAcquire}, a caller with zero waits for that all the
   *     same: for at most {@code healthCheckTimeout}, and {@code hookTimeout} if there is that
   *     hook. Any other timeout counts for that, too
   */
  public Lease<T> acquire(Duration timeout) throws InterruptedException {
    return acquire(Arguments.none(), timeout);
  }

  /**
   * As {@link #acquire()}.
   *
   * @param arguments for the factory, if the pool creates a connection for this call; otherwise
   *     unused
   */
  public Lease<T> acquire(Arguments arguments) throws InterruptedException {
    Objects.requireNonNull(arguments, "arguments");
    Lease<T> lease = leases.pass(/* async= */ false, arguments);
    return lease != null
        ? lease
        : acquireAfterOthers(arguments, acquireTimeout(), whenDown(), null);
  }

  /** As {@link #acquire(Arguments)} and {@link #acquire(Duration)}. */
  public Lease<T> acquire(Arguments arguments, Duration timeout) throws InterruptedException {
    Objects.requireNonNull(arguments, "arguments");
    OptionRange.requireNotNegative("timeout", timeout, "do not wait");
    Lease<T> lease = leases.pass(/* async= */ false, arguments);
    return lease != null ? lease : acquireAfterOthers(arguments, timeout, whenDown(), null);
  }

  /** As {@link #acquire()}, with options. */
  public Lease<T> acquire(AcquireOptions options) throws InterruptedException {
    Objects.requireNonNull(options, "options");
    Lease<T> lease = leases.pass(/* async= */ false, options.arguments());
    return lease != null ? watched(lease, options.leakThreshold()) : acquireAfterOthers(options);
  }

  private Lease<T> acquireAfterOthers(AcquireOptions wanted) throws InterruptedException {
    return acquireAfterOthers(
        wanted.arguments(), timeout(wanted), whenDown(wanted), wanted.leakThreshold());
  }

  private Lease<T> acquireAfterOthers(
      Arguments arguments, Duration timeout, WhenDown whenDown, @Nullable Duration leakThreshold)
      throws InterruptedException {
    long since = parts.core.time.nanoTime();
    Lease<T> lease = timeout.isZero() ? null : leases.passAfterOthers(arguments);
    return lease != null
        ? watched(lease, leakThreshold)
        : parts.acquisition.await(arguments, since, timeout, whenDown, leakThreshold, leases);
  }

  private Lease<T> watched(Lease<T> lease, @Nullable Duration leakThreshold) {
    return leakThreshold == null ? lease : parts.acquisition.watched(lease, leakThreshold);
  }

  private Duration timeout(AcquireOptions wanted) {
    return Objects.requireNonNullElse(wanted.timeout(), acquireTimeout());
  }

  private WhenDown whenDown(AcquireOptions wanted) {
    return Objects.requireNonNullElse(wanted.whenDown(), whenDown());
  }

  private WhenDown whenDown() {
    return parts.options().waiting().whenDown();
  }

  // ---- Acquire in a future

  /**
   * Leases a connection without blocking. The future completes when a connection is available
   * within the pool's {@code acquireTimeout}, and fails as {@link #acquire()} does. If it has to
   * wait, its dependants run on the pool's executor. Cancel it to give up; then nothing is leased.
   */
  public CompletableFuture<Lease<T>> acquireAsync() {
    return acquireAsync(Arguments.none());
  }

  /**
   * As {@link #acquireAsync()}.
   *
   * @param timeout how long to wait, as in {@link #acquire(Duration)}
   */
  public CompletableFuture<Lease<T>> acquireAsync(Duration timeout) {
    return acquireAsync(Arguments.none(), timeout);
  }

  /**
   * As {@link #acquireAsync()}.
   *
   * @param arguments for the factory, if the pool creates a connection for this call; otherwise
   *     unused
   */
  public CompletableFuture<Lease<T>> acquireAsync(Arguments arguments) {
    Objects.requireNonNull(arguments, "arguments");
    Lease<T> lease = leases.pass(/* async= */ true, arguments);
    return lease != null
        ? inFuture(lease)
        : waitInFuture(arguments, acquireTimeout(), whenDown(), null);
  }

  /** As {@link #acquireAsync(Arguments)} and {@link #acquireAsync(Duration)}. */
  public CompletableFuture<Lease<T>> acquireAsync(Arguments arguments, Duration timeout) {
    Objects.requireNonNull(arguments, "arguments");
    OptionRange.requireNotNegative("timeout", timeout, "do not wait");
    Lease<T> lease = leases.pass(/* async= */ true, arguments);
    return lease != null ? inFuture(lease) : waitInFuture(arguments, timeout, whenDown(), null);
  }

  /** As {@link #acquireAsync()}, with options. */
  public CompletableFuture<Lease<T>> acquireAsync(AcquireOptions options) {
    Objects.requireNonNull(options, "options");
    Lease<T> lease = leases.pass(/* async= */ true, options.arguments());
    return lease != null
        ? inFuture(watched(lease, options.leakThreshold()))
        : waitInFuture(
            options.arguments(), timeout(options), whenDown(options), options.leakThreshold());
  }

  private static <T> CompletableFuture<Lease<T>> inFuture(Lease<T> lease) {
    try {
      return CompletableFuture.completedFuture(lease);
    } catch (Throwable noMemory) {
      lease.undo();
      throw noMemory;
    }
  }

  private CompletableFuture<Lease<T>> waitInFuture(
      Arguments arguments, Duration timeout, WhenDown whenDown, @Nullable Duration leakThreshold) {
    return parts.acquisition.waitInFuture(arguments, timeout, whenDown, leakThreshold, leases);
  }

  // ---- Acquire without waiting

  /**
   * Leases a connection if one is idle, needs neither a check nor preparation by {@code onAcquire},
   * and no other caller waits for one. Never waits.
   *
   * <p>If there is none, the pool prepares one for a later call: it checks and prepares an idle
   * connection, or creates one if it has room. That connection is leased without another check, for
   * as long as {@code healthCheckInterval} allows. With {@link ArgumentMatching#SAME} the pool may
   * close a connection that was created with other arguments to get room.
   *
   * @throws PoolStoppedException if the pool is stopped
   */
  public Optional<Lease<T>> tryAcquire() {
    return tryAcquire(Arguments.none());
  }

  /**
   * As {@link #tryAcquire()}.
   *
   * @param arguments for the factory, if the pool creates a connection because of this call;
   *     otherwise unused
   */
  public Optional<Lease<T>> tryAcquire(Arguments arguments) {
    Objects.requireNonNull(arguments, "arguments");
    Lease<T> lease = leases.pass(/* async= */ false, arguments);
    Lease<T> taken = lease != null ? lease : parts.acquisition.tryAcquire(arguments, leases);
    try {
      return Optional.ofNullable(taken);
    } catch (Throwable noMemory) {
      if (taken != null) {
        taken.undo();
      }
      throw noMemory;
    }
  }

  // ---- Release

  /**
   * Releases a connection, which the pool finds by identity. Prefer to close the lease: this method
   * cannot tell the current holder from a caller that has released the same connection before.
   *
   * @throws IllegalReleaseException if the connection is not leased from this pool; nothing changes
   */
  public void release(T connection) {
    release(connection, Arguments.none());
  }

  /**
   * As {@link #release(Object)}.
   *
   * @param arguments if the pool closes the connection now, the cleaner gets these arguments, and
   *     the factory gets them if it creates another connection instead
   */
  public void release(T connection, Arguments arguments) {
    Objects.requireNonNull(connection, "connection");
    Objects.requireNonNull(arguments, "arguments");
    parts.release.release(connection, arguments, LeaseEnd.RETURNED);
  }

  /**
   * Releases a connection that is broken; the pool closes it. The pool checks its other connections
   * before their next lease, because they may be broken, too.
   *
   * @throws IllegalReleaseException if the connection is not leased from this pool; nothing changes
   */
  public void invalidate(T connection) {
    Objects.requireNonNull(connection, "connection");
    parts.release.release(connection, Arguments.none(), LeaseEnd.INVALIDATED);
  }

  // ---- The leases that are out

  /**
   * All leases that are out, oldest first: who holds a connection, and for how long. Reads all
   * connections at once, with the pool's lock; meant for operators, and costs callers nothing while
   * it is not called.
   */
  public List<LeaseInfo> leases() {
    return parts.leaseControl().leases();
  }

  /**
   * Replaces the connection of one lease, as {@link ConnectionPool#softEvict()} does for all: the
   * lease goes on, and the pool closes the connection when it ends. May be called twice. Never
   * blocks.
   *
   * @param id the {@linkplain LeaseInfo#id() id} of the lease
   * @return whether the lease is out; if not, nothing has changed
   */
  public boolean evictLease(String id) {
    return parts.leaseControl().evictLease(Objects.requireNonNull(id, "id"));
  }

  /**
   * Ends one lease now: it counts as closed, the pool closes its connection, even if a caller still
   * uses it, and another connection may take its place. Closing the lease later does nothing. Logs
   * a warning. Never blocks.
   *
   * @param id the {@linkplain LeaseInfo#id() id} of the lease
   * @return whether the lease was out; if not, nothing has changed
   */
  public boolean revokeLease(String id) {
    return parts.leaseControl().revokeLease(Objects.requireNonNull(id, "id"));
  }
}
