package dev.pools.map;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Lets one thread at a time act on the news that many threads bring, without a thread that waits
 * for another.
 *
 * <p>Invariant: a holder acts on all news after they came. A thread that brings news changes the
 * state first and then claims the turn. If another thread holds the turn, the claim tells that
 * thread, which looks again before it can release the turn. What one holder did happens-before what
 * the next one does.
 */
final class NonBlockingTurn {

  private enum Holder {
    NONE,
    ONE,
    /** The holder must look again. */
    ONE_WITH_NEWS
  }

  private final AtomicReference<Holder> holder = new AtomicReference<>(Holder.NONE);

  /** Takes the turn; or, if another thread holds it, tells that thread that there are news. */
  boolean claim() {
    while (true) {
      Holder seen = holder.get();
      if (seen == Holder.ONE_WITH_NEWS) {
        // The holder has not looked yet, so it will see the change that came before this call.
        return false;
      }
      Holder next = seen == Holder.NONE ? Holder.ONE : Holder.ONE_WITH_NEWS;
      if (holder.compareAndSet(seen, next)) {
        return seen == Holder.NONE;
      }
    }
  }

  /** Releases the turn, unless there are news that the holder must act on first. */
  boolean release() {
    if (holder.compareAndSet(Holder.ONE, Holder.NONE)) {
      return true;
    }
    holder.set(Holder.ONE);
    return false;
  }
}
