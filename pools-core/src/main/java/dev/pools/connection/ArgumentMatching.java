package dev.pools.connection;

/** Which connections a caller may get who asks with certain arguments. */
public enum ArgumentMatching {
  /** Each: arguments serve only to create, and say nothing about those that are there. */
  ANY,
  /**
   * Those made with equal arguments, and no others. If none is idle, one is made; if there may be
   * no more, the idle one of other arguments that has not been used for longest is closed to make
   * room, best one that nobody waits for. Callers are served in their order: what comes back is
   * closed, too, if who waits longest needs its place for another. Those behind him are not held up
   * by him: each gets what is there for him as soon as everyone before him has something on its
   * way.
   *
   * <p>Back-off after a failure, the last failure and {@link WhenDown} belong to the arguments:
   * while no connection can be made with some, callers with others are served as ever, and their
   * exceptions say nothing of it. With {@code maxConcurrentCreates} above 1, calls of the factory
   * for equal arguments never use up all of it.
   *
   * <p>The {@code equals} and {@code hashCode} of a caller's arguments are called on the caller's
   * thread, by acquire, start and a release with arguments; what they throw comes out of that call,
   * and nothing else happens. If the lease is released, it ends in any case. The values must not
   * change in a way that changes {@code equals}. Each acquire and release takes the pool's lock.
   */
  SAME
}
