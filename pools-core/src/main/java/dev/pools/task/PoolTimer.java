package dev.pools.task;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/**
 * A timer of a pool. A step under the pool's lock says that it is wanted; the thread that releases
 * the lock sets it after that. Guarded by the pool's lock.
 */
final class PoolTimer implements Runnable {

  /** The room that decides what happens when a timer fires. */
  interface Owner {

    void fired(PoolTimer timer);
  }

  final LatestTimer latest = new LatestTimer();
  private final long delayNanos;
  private boolean wanted;
  private boolean replaced;

  /** Set once, before it is wanted. */
  private @Nullable Owner owner;

  PoolTimer(long delayNanos) {
    this.delayNanos = delayNanos;
  }

  long delayNanos() {
    return delayNanos;
  }

  /** Says who is told when it fires. */
  void ownedBy(Owner timerOwner) {
    owner = timerOwner;
  }

  /** It fires. */
  @Override
  public void run() {
    requireNonNull(owner).fired(this);
  }

  /** It has to be set when the lock is released, unless it is set already. */
  void want() {
    wanted = true;
  }

  void want(boolean whether) {
    wanted |= whether;
  }

  /**
   * Before the lock is released: whether it has to be set.
   *
   * @return its number, for {@link LatestTimer#keep}; 0 if not
   */
  int take() {
    boolean taken = wanted;
    wanted = false;
    return taken ? latest.setUnlessSet() : 0;
  }

  boolean isSet() {
    return latest.isSet();
  }

  /**
   * Replaces this timer by one with another delay, which is set if this one was. This one is
   * cancelled; if it fires all the same, that is ignored.
   */
  PoolTimer replaced(long otherDelayNanos) {
    PoolTimer next = new PoolTimer(otherDelayNanos);
    next.owner = owner;
    next.want(wanted || isSet());
    latest.cancel();
    replaced = true;
    return next;
  }

  boolean isReplaced() {
    return replaced;
  }
}
