package dev.pools.connection;

import dev.pools.Arguments;
import java.util.Objects;

/**
 * A connection on loan. Close it to give the connection back, best with try-with-resources.
 *
 * <p>It may be closed by any thread, and by several: the first one counts, and the others do
 * nothing. A lease that the pool has ended by itself (a stop at its deadline, a reclaim) is closed,
 * and closing it once more harms nobody.
 *
 * <p>Memory effects: what is done with a connection before its lease is closed happens-before the
 * next lease, check and closing of that connection.
 *
 * @param <T> what a connection is
 */
public final class Lease<T> implements AutoCloseable {

  // Each lease is made anew, so it has no field that it can do without.

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

  /** The same lease, of what stands before its connection. */
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
   * The connection, to be used until the lease is closed and not after; or what stands before it,
   * if the pool {@code guard}s its connections.
   *
   * @throws IllegalStateException if the lease is closed
   */
  public T connection() {
    if (isClosed()) {
      throw new IllegalStateException(
          "This lease of pool '%s' is closed, and its connection may be someone else's by now."
              .formatted(owner.poolName()));
    }
    return connection;
  }

  /**
   * The connection itself if the pool {@code guard}s its connections, for what only its own class
   * can do; or else the same as {@link #connection()}. Nothing tells whoever keeps it that the
   * lease has ended.
   *
   * @throws IllegalStateException if the lease is closed
   */
  public T unguarded() {
    return owner.unguarded(connection());
  }

  /** The connection, guarded if so, for the pool itself, even if the lease has ended meanwhile. */
  T leased() {
    return connection;
  }

  /** Gives the connection back. May be called twice. */
  @Override
  public void close() {
    close(Arguments.none());
  }

  /**
   * Gives the connection back.
   *
   * @param arguments if the pool closes the connection now, the cleaner gets these, and so does the
   *     factory if it makes another instead
   */
  public void close(Arguments arguments) {
    Objects.requireNonNull(arguments, "arguments");
    end(arguments, LeaseEnd.RETURNED);
  }

  /**
   * Gives the connection back to be closed, because it is broken. The others are checked before
   * their next lease: they may be broken, too. May be called twice.
   */
  public void invalidate() {
    end(Arguments.none(), LeaseEnd.INVALIDATED);
  }

  /**
   * Puts the connection in doubt, as after an exception that need not mean that it is broken: the
   * pool's health checker is asked before the next lease. This lease goes on. Without a health
   * checker nothing happens. May be called twice, and does nothing if the lease is closed. Never
   * blocks.
   *
   * <p>{@code use}, {@code useAsync} and the guard do this by themselves if they see an exception,
   * or even close the connection if {@code brokenWhen} says so. Who holds a lease has to say it:
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

  /** Gives the connection back after its use has failed: checked, or closed. */
  void fail(Throwable failure) {
    owner.releaseFailed(slot, epoch, failure);
  }

  /** Ends it, because its caller never learns of it. */
  void undo() {
    owner.undo(slot, epoch);
  }

  /**
   * Ends it.
   *
   * @return whether it had not ended before
   */
  boolean end(Arguments arguments, LeaseEnd how) {
    return owner.release(slot, epoch, arguments, how);
  }

  /** Whether it has been closed, by its holder or by the pool. */
  public boolean isClosed() {
    return !slot.isOwnedBy(epoch, Slot.State.IN_USE);
  }
}
