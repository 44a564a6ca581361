package dev.pools.connection;

import org.jspecify.annotations.Nullable;

/**
 * Decides which connection serves which caller in line, and what the pool creates, checks or closes
 * for the callers that no connection can serve. Guarded by the pool's lock.
 */
interface ArgumentsMatcher<T> {

  /** Serves the callers in line as far as possible, and creates the connections they need. */
  void serve(long now);

  /** A connection, which is held, is known to be fit: grants it to a caller, or lets it rest. */
  void offerProven(Slot<T> slot, long now);

  /** The idle connection that a caller with these arguments takes first, held. */
  @Nullable Slot<T> holdWarmest(Tenant<?> tenant);

  /**
   * Whether a connection that a caller with these arguments could take is being checked, or
   * prepared, for a lease; a reset is neither.
   */
  boolean isGettingReady(Tenant<?> tenant);

  /** Whether a connection that a caller with these arguments could take is created or checked. */
  boolean isOnItsWay(Tenant<?> tenant);

  /**
   * Whether, of the connections that are being checked, one is left for this caller and those
   * before it.
   *
   * @param place where it stands in the line, from 1
   */
  boolean isCheckedFor(Waiter<T> waiter, int place);

  /** Closes an idle connection that a caller cannot take that wants this, if the pool is full. */
  void makeRoomFor(ConnectionSpec wanted);

  /** The pool starts. */
  void open();

  /** The pool is stopped. */
  void clear();

  /**
   * A round has failed halfway, or the options have changed: the next one looks at all callers in
   * line once more.
   */
  void beginAnew();
}
