package dev.pools.connection;

import dev.pools.OptionChange;
import java.time.Duration;
import java.util.List;

/**
 * Gets the events of a pool, on the thread of the event and outside of locks, so it should be
 * quick. The pool logs what it throws, and goes on.
 *
 * <p>The end of a lease is reported after its beginning. Apart from that, two threads may report
 * two events of one connection at the same time, so the later event may arrive first. For example,
 * a lease may be reported before the creation of its connection, or before the end of the previous
 * lease of the same connection.
 *
 * @param <T> what a connection is
 */
public interface ConnectionPoolListener<T> {

  /**
   * A caller of {@code acquireAsync} or {@code useAsync} cannot be served at once, and is about to
   * wait. Called on the caller's thread, because another thread may tell what becomes of the
   * caller: here a listener can keep what belongs to the caller, such as its span.
   *
   * @return gets {@link #acquired} or {@link #acquireTimedOut} of this caller in place of this
   *     listener, and no other events; by default this listener. The pool forgets it when the
   *     caller has its lease, gives up or is rejected.
   */
  default ConnectionPoolListener<T> forWaiter() {
    return this;
  }

  /** A connection was leased. */
  default void acquired(T connection, Duration waited) {}

  /** A caller has timed out. */
  default void acquireTimedOut(Duration waited) {}

  /**
   * A caller has ended a lease, and the pool has its connection again. Each lease that was told by
   * {@link #acquired} has one end: this event or {@link #takenBack}.
   */
  default void released(T connection, Duration used) {}

  /**
   * The pool has ended a lease that its caller has not ended, and closes its connection: {@link
   * RetireReason#RECLAIMED}, {@link RetireReason#EVICTED} after {@code revokeLease}, or {@link
   * RetireReason#STOPPED} at the deadline of a stop. The caller may still use the connection.
   * Nothing more is told of this lease but {@link #leakReturned}.
   */
  default void takenBack(T connection, Duration used, RetireReason reason) {}

  /**
   * A connection was created, which may be closed at once: it is unfit, came too late, or could not
   * be prepared. Each connection that is told by this event is told by {@link #retired} when it is
   * closed, once; connections of {@code createConnection} belong to their callers, and are told by
   * neither.
   */
  default void created(T connection, Duration took) {}

  /** A connection could not be created, or not in time. */
  default void createFailed(Throwable cause, Duration took) {}

  /** A connection leaves the pool and is about to be closed. */
  default void retired(T connection, RetireReason reason) {}

  /** A connection's cleaner failed. */
  default void cleanFailed(T connection, Throwable cause) {}

  /** A lease has been out for too long; once for each lease. */
  default void leaked(LeakReport report) {}

  /**
   * A lease that was reported as leaked has been closed after all, by its holder; once for each
   * lease, and also if the pool has taken its connection back meanwhile.
   */
  default void leakReturned(LeakReport report) {}

  /** Options of the pool have changed, or its sizes; once for each change that changed anything. */
  default void reconfigured(List<OptionChange> changes) {}
}
