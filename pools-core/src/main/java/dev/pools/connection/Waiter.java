package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.SuppliedResult;
import dev.pools.internal.Time;
import dev.pools.internal.UntracedCancellationException;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A caller in line: the future of its lease, and the node of the queue, in one object. */
final class Waiter<T> extends CompletableFuture<Lease<T>> {

  /** What became of a caller. The first change, under the pool's lock, decides. */
  enum Status {
    /** In line, or about to be. */
    WAITING,
    /** A connection is its own; if its future is complete already, it goes back. */
    GRANTED,
    /** It has left the line: it gave up, or its user has completed the future. */
    CANCELLED,
    /** Its time was over. */
    TIMED_OUT,
    /** The pool has refused it. */
    FAILED
  }

  /** What a caller in line asks of its pool. */
  interface Owner<T> {

    /** Takes a caller that no longer waits out of the line. Returns whether it stood there. */
    boolean cancel(Waiter<T> waiter);

    /** The text of the exception of a caller that has cancelled its future. */
    String cancelled();

    /** The tenant of the callers that give no arguments. */
    Tenant<Waiter<T>> standardTenant();
  }

  // Fixed at construction.
  private final Owner<T> owner;
  final long sinceNanos;
  final boolean async;
  final boolean failsWhenDown;

  /** Of its lease; also keeps the pool from being taken for forgotten meanwhile. */
  final LeaseOwner<T> leaseOwner;

  /** The number of the thread that asked. */
  final long callerId = Thread.currentThread().getId();

  final @Nullable Throwable acquiredAt;

  /** The name of the thread that asked, if a report may tell it. */
  final @Nullable String callerName;

  /** The threshold of its own for leaks, in nanoseconds; null if it has that of the pool. */
  final @Nullable Long leakNanos;

  // Kept only for as long as they are needed, because the user may keep this future.

  Arguments arguments;
  Tenant<Waiter<T>> tenant;

  /** Who is told what becomes of it; null if these are the listeners of the pool. */
  @Nullable ConnectionListeners<T> listeners;

  /** The thread that asked; null once a caller that does not block is in line. */
  @Nullable Thread caller = Thread.currentThread();

  /** Whether its caller is still on its way into the line, so that it expects an answer at once. */
  volatile boolean arriving = true;

  /** Whether the pool has called it to take a connection itself, before another caller does. */
  volatile boolean called;

  /**
   * Whether its thread sleeps, or is about to. The thread sets this, and then looks whether its
   * outcome is decided; a thread that decides the outcome reads this afterwards. So one of them
   * sees the other.
   */
  private volatile boolean asleep;

  /** When it gives up. Changed only on its way into the line, by its own thread. */
  long deadlineNanos;

  // Written under the pool's lock; the caller reads it when it is over.
  volatile Status status = Status.WAITING;

  // Guarded by the pool's lock.
  @Nullable Waiter<T> previous;
  @Nullable Waiter<T> next;

  /** Its place in the line of its tenant, if that has one. */
  final Tenant.@Nullable Place<Waiter<T>> placeOfTenant;

  /** Its place among all callers that ever joined: an earlier one has a smaller number. */
  long number;

  /**
   * Whether it stands in line only as long as a check is under way for it; see {@link WaitQueue}.
   */
  boolean awaitsCheckOnly;

  /** Whether it does so because its timeout was over when it arrived. */
  boolean hasNoTime;

  /** Whether a place was kept for it: a connection may be created for it when that is free. */
  boolean awaitsPlace;

  /** Where in the line it stood when it arrived, from 1; its caller reads this, too. */
  int place;

  /** When it was granted a connection. */
  long servedNanos;

  // Written under the pool's lock, then read by the thread that serves it after that hold.
  @Nullable Lease<T> granted;
  @Nullable Waiter<T> nextServed;

  /**
   * @param deadlineNanos when it gives up; {@link Long#MAX_VALUE} means never
   * @param failsWhenDown whether it does not wait while the pool is down, see {@link WhenDown}
   * @param acquiredAt the stack of the caller, if a report may tell it
   * @param callerName the name of the thread that asks, if a report may tell it
   * @param leakNanos its own threshold for leaks; null if it has that of the pool
   */
  Waiter(
      Owner<T> owner,
      Arguments arguments,
      Tenant<Waiter<T>> tenant,
      long sinceNanos,
      long deadlineNanos,
      boolean async,
      boolean failsWhenDown,
      LeaseOwner<T> leaseOwner,
      @Nullable Throwable acquiredAt,
      @Nullable String callerName,
      @Nullable Long leakNanos) {
    this.owner = owner;
    this.arguments = arguments;
    this.tenant = tenant;
    this.placeOfTenant = tenant.placeFor(this);
    this.sinceNanos = sinceNanos;
    this.deadlineNanos = deadlineNanos;
    this.async = async;
    this.failsWhenDown = failsWhenDown;
    this.leaseOwner = leaseOwner;
    this.acquiredAt = acquiredAt;
    this.callerName = callerName;
    this.leakNanos = leakNanos;
  }

  /** The arguments to create a connection for it with. */
  ConnectionSpec spec() {
    return new ConnectionSpec(arguments, tenant);
  }

  boolean isOverdue(long nowNanos) {
    return deadlineNanos != Long.MAX_VALUE && nowNanos - deadlineNanos >= 0;
  }

  /** How long it may still wait; {@link Long#MAX_VALUE} means without limit. */
  long leftNanos(long nowNanos) {
    return deadlineNanos == Long.MAX_VALUE ? Long.MAX_VALUE : deadlineNanos - nowNanos;
  }

  /** How long it has waited for its connection. */
  Duration waited() {
    return Duration.ofNanos(servedNanos - sinceNanos);
  }

  // A user that cancels or completes this future gives up. If the pool has already granted a
  // connection, deliver finds the future complete and releases the connection.

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    if (isDone()) {
      return isCancelled();
    }
    owner.cancel(this);
    return super.completeExceptionally(new UntracedCancellationException(owner.cancelled()))
        || isCancelled();
  }

  @Override
  public boolean complete(Lease<T> lease) {
    leaveTheLine();
    return super.complete(lease);
  }

  @Override
  public boolean completeExceptionally(Throwable cause) {
    // Before it leaves the line: it would never complete.
    Objects.requireNonNull(cause, "cause");
    leaveTheLine();
    return super.completeExceptionally(cause);
  }

  @Override
  public void obtrudeValue(Lease<T> lease) {
    leaveTheLine();
    super.obtrudeValue(lease);
  }

  @Override
  public void obtrudeException(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    leaveTheLine();
    super.obtrudeException(cause);
  }

  @Override
  public CompletableFuture<Lease<T>> completeAsync(
      Supplier<? extends Lease<T>> supplier, Executor executor) {
    executor.execute(new SuppliedResult<>(this, supplier));
    return this;
  }

  private void leaveTheLine() {
    if (!isDone()) {
      owner.cancel(this);
    }
  }

  /** Its caller has failed, and takes nothing: leaves the line, or releases what it was granted. */
  void abandon() {
    cancel(false);
    if (isDone() && !isCompletedExceptionally()) {
      join().undo();
    }
  }

  /** Completes the future with the lease; if the user has completed it, releases the connection. */
  void deliver() {
    Lease<T> lease = granted;
    if (lease == null) {
      // The lease was delivered, though a step after that has failed.
      return;
    }
    // A lease that its user forgets is not kept by the future that delivered it.
    granted = null;
    if (!super.complete(lease)) {
      // In a thread the beginning of the lease is told by the caller, which never learns of it.
      if (async) {
        lease.close();
      } else {
        lease.undo();
      }
    }
    ended();
  }

  void fail(Throwable cause) {
    super.completeExceptionally(cause);
    ended();
  }

  private void ended() {
    if (!async && asleep) {
      LockSupport.unpark(caller);
    }
    forget();
  }

  /** It is in line, or already out of it: its caller expects no answer on its own thread. */
  void hasArrived() {
    arriving = false;
    if (async) {
      caller = null;
    }
  }

  /** It has left the line: forgets its arguments and its listeners. */
  void forget() {
    arguments = Arguments.none();
    listeners = null;
    tenant = owner.standardTenant();
  }

  /** Lets its thread sleep until it is woken, or for so long. */
  void sleep(Time time, long nanos) {
    asleep = true;
    if (!isDone() && !called) {
      time.park(this, nanos);
    }
    asleep = false;
  }
}
