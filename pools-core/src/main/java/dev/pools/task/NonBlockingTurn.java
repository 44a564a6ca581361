package dev.pools.task;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Whose turn it is, where many threads bring news and one at a time may act on them, without any
 * waiting for another.
 *
 * <p>Invariant: news are acted on after they came. Whoever brings some changes what it changes
 * first and then claims the turn; if another has it, that one is told, and looks again before it
 * can let go. What one holder did happens-before what the next one does.
 */
final class NonBlockingTurn {

  private enum Holder {
    NONE,
    ONE,
    /** The holder must look again. */
    ONE_WITH_NEWS
  }

  private final AtomicReference<Holder> holder = new AtomicReference<>(Holder.NONE);

  /** Takes the turn; or, if another has it, tells that one that there are news. */
  boolean claim() {
    while (true) {
      Holder seen = holder.get();
      if (seen == Holder.ONE_WITH_NEWS) {
        // It has not looked yet, so it will see the change that came before this call.
        return false;
      }
      Holder next = seen == Holder.NONE ? Holder.ONE : Holder.ONE_WITH_NEWS;
      if (holder.compareAndSet(seen, next)) {
        return seen == Holder.NONE;
      }
    }
  }

  /** Lets go of the turn; not if there are news, which the holder must see to first. */
  boolean release() {
    if (holder.compareAndSet(Holder.ONE, Holder.NONE)) {
      return true;
    }
    holder.set(Holder.ONE);
    return false;
  }
}
