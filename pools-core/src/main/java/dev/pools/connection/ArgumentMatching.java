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
   * <p>The arguments' {@code equals} and {@code hashCode} must be quick, must not fail, must not
   * change, and must not use the pool: they are called under its lock. Each acquire and release
   * takes that lock.
   */
  SAME
}
