package dev.pools.connection;

import dev.pools.Arguments;

/**
 * What a lease asks of its pool. Therefore a lease names no class that is built upon leases.
 *
 * <p>There is one for each pool. It is an abstract class and not an interface: the JVM calls the
 * methods of the only subclass directly.
 *
 * @param <T> what a connection is
 */
abstract class LeaseOwner<T> {

  abstract String poolName();

  /**
   * Ends a lease.
   *
   * @return whether it was the lease of this connection
   */
  abstract boolean release(Slot<T> slot, long epoch, Arguments arguments, LeaseEnd how);

  /** Ends a lease whose user has failed. */
  abstract void releaseFailed(Slot<T> slot, long epoch, Throwable failure);

  /** Ends a lease that its caller never learns of. Needs no memory if the gate is open. */
  abstract void undo(Slot<T> slot, long epoch);

  /** Has a leased connection checked before its next lease; the lease goes on. */
  abstract void doubt(Slot<T> slot, long epoch);

  /** A failure was seen while the connection is leased; the lease goes on. */
  abstract void hasFailed(Slot<T> slot, long epoch, Throwable failure);

  /** The connection itself, if this is the object that stands before one. */
  abstract T unguarded(T connection);
}
