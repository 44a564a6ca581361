package dev.pools.connection;

import dev.pools.Arguments;
import java.util.Objects;

/**
 * A connection that a caller has leased. Close the lease to release the connection, best with
 * try-with-resources.
 *
 * <p>Any thread may close it, and several may: the first call counts, and the others do nothing. A
 * lease that the pool has ended by itself (a stop at its deadline, a reclaim) is closed, and
 * closing it once more does nothing.
 *
 * <p>Memory effects: what is done with a connection before its lease is closed happens-before the
 * next lease, check and closing of that connection.
 *
 * @param <T> what a connection is
 */
public final class Lease<T> implements AutoCloseable {

  // Each acquire creates a lease, so it has no field that it can do without.

  /** Also keeps the pool from being taken for forgotten. */
  private final LeaseOwner<T> owner;

  private final Slot<T> slot;
  private final long epoch;
  private final T connection;

  Lease(LeaseOwner<T> owner, Slot<T> slot, long epoch, T connection) {
    this.owner = owner;
    this.slot = slot;
    this.epoch = epoch;
    this.connection = connection;
  }

  /** The same lease, of the object that stands before its connection. */
  Lease<T> with(T guarded) {
    return new Lease<>(owner, slot, epoch, guarded);
  }

  Slot<T> slot() {
    return slot;
  }

  long epoch() {
    return epoch;
  }

  /**
   * The connection; use it until the lease is closed, and not after that. If the pool {@code
   * guard}s its connections, this is the object that stands before the connection.
   *
   * @throws IllegalStateException if the lease is closed
   */
  public T connection() {
    if (isClosed()) {
      throw new IllegalStateException(
          "This lease of pool '%s' is closed, and its connection may be someone else's by now. Use a connection only until its lease is closed."
              .formatted(owner.poolName()));
    }
    return connection;
  }

  /**
   * The connection itself if the pool {@code guard}s its connections, for what only its own class
   * can do; otherwise the same as {@link #connection()}. Code that keeps it is not told when the
   * lease ends.
   *
   * @throws IllegalStateException if the lease is closed
   */
  public T unguarded() {
    return owner.unguarded(connection());
  }

  /** As {@link #connection}, for the pool itself, also if the lease has ended meanwhile. */
  T leased() {
    return connection;
  }

  /** Releases the connection. May be called twice. */
  @Override
  public void close() {
    close(Arguments.none());
  }

  /**
   * Releases the connection.
   *
   * @param arguments if the pool closes the connection now, the cleaner gets these arguments, and
   *     the factory gets them if it creates another connection instead
   */
  public void close(Arguments arguments) {
    Objects.requireNonNull(arguments, "arguments");
    end(arguments, LeaseEnd.RETURNED);
  }

  /**
   * Releases a connection that is broken; the pool closes it. The pool checks its other connections
   * before their next lease, because they may be broken, too. May be called twice.
   */
  public void invalidate() {
    end(Arguments.none(), LeaseEnd.INVALIDATED);
  }

  /**
   * Puts the connection in doubt, as after an exception that need not mean that it is broken: the
   * pool checks it before the next lease. This lease goes on. Without a health checker nothing
   * happens. May be called twice, and does nothing if the lease is closed. Never blocks.
   *
   * <p>{@code use}, {@code useAsync} and the guard do this by themselves if they see an exception,
   * or even close the connection if {@code brokenWhen} says so. A holder of a lease has to call it:
   *
   * <pre>{@code
   * try (Lease<Session> lease = pool.acquire()) {
   *   try {
   *     lease.connection().send(message);
   *   } catch (ProtocolException e) {
   *     lease.doubt();
   *     throw e;
   *   }
   * }
   * }</pre>
   */
  public void doubt() {
    owner.doubt(slot, epoch);
  }

  /** A call of the connection has failed, and the lease goes on. */
  void hasFailed(Throwable failure) {
    owner.hasFailed(slot, epoch, failure);
  }

  /** Releases the connection after its use has failed; the pool checks or closes it. */
  void fail(Throwable failure) {
    owner.releaseFailed(slot, epoch, failure);
  }

  /** Ends the lease, because its caller never learns of it. */
  void undo() {
    owner.undo(slot, epoch);
  }

  /**
   * Ends the lease.
   *
   * @return whether it had not ended before
   */
  boolean end(Arguments arguments, LeaseEnd how) {
    return owner.release(slot, epoch, arguments, how);
  }

  /** Whether the lease has ended: its holder has closed it, or the pool has taken it back. */
  public boolean isClosed() {
    return !slot.isOwnedBy(epoch, Slot.State.IN_USE);
  }
}
