package dev.pools.connection;

/** Which connections a caller that asks with certain arguments may get. */
public enum ArgumentMatching {
  /**
   * Any connection: arguments are used only to create connections, and do not matter for those that
   * exist.
   */
  ANY,
  /**
   * Only connections that were created with equal arguments. If none is idle, the pool creates one.
   * If it has no room, it closes the idle connection of other arguments that has been unused for
   * longest, preferably one that no caller waits for. Callers are served in their order: a
   * connection that is released is closed, too, if the caller that has waited longest needs its
   * place. A caller does not delay those behind it: each gets a connection of its arguments as soon
   * as every caller before it has a connection on the way.
   *
   * <p>The backoff after a failure, the last failure and {@link WhenDown} belong to the arguments:
   * while no connection can be created with some arguments, callers with others are served as
   * usual, and their exceptions do not mention it. With {@code maxConcurrentCreates} above 1, calls
   * of the factory for equal arguments never use all of it. Calls that do not end hold at most half
   * of {@code maxSize}, rounded up.
   *
   * <p>The pool calls {@code equals} and {@code hashCode} of a caller's arguments on the caller's
   * thread, in acquire, start and a release with arguments. The caller gets what they throw, and
   * nothing else happens. A lease that is released ends in any case. The values must not change in
   * a way that changes {@code equals}. Each acquire and release takes the pool's lock.
   */
  SAME
}
