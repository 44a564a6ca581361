package dev.pools.connection;

import dev.pools.internal.AfterUnlock;
import dev.pools.internal.Time;
import java.time.Duration;

/**
 * Tells listeners that a lease has begun, and that the pool has ended one. Each lease whose
 * beginning is told has one end: its user's, which is told as released, or the pool's.
 *
 * <p>The pool may end a lease before the thread that acquires it has told its beginning. This
 * thread writes that it has told it, and then looks for an end. A thread that ends the lease notes
 * the end, and then looks whether the beginning was told. So one of them sees the other at least,
 * and whichever takes the note tells the end, after the beginning. A lease whose beginning is never
 * told, because no caller gets it, has no end to tell.
 */
final class LeaseEvents<T> {

  private final ConnectionListeners<T> listeners;
  private final AfterUnlock decisions;
  private final Time time;

  LeaseEvents(ConnectionListeners<T> listeners, AfterUnlock decisions, Time time) {
    this.listeners = listeners;
    this.decisions = decisions;
    this.time = time;
  }

  /**
   * Tells that a lease has begun, without the lock, before its caller can end it.
   *
   * @param to the listeners of its caller
   */
  void begun(ConnectionListeners<T> to, Slot<T> slot, long epoch, T connection, Duration waited) {
    to.tell(listener -> listener.acquired(connection, waited));
    slot.beginningTold(epoch);
    tellEnd(slot, connection);
  }

  /** The pool has ended a lease whose connection is held now, under the lock. */
  void takenBack(Slot<T> slot, RetireReason reason) {
    if (listeners.isEmpty()) {
      return;
    }
    long epoch = slot.epoch();
    long usedNanos = slot.isNoted(epoch) ? time.nanoTime() - slot.leasedNanos : 0;
    T connection = slot.connection();
    slot.noteTakenBack(new SlotEvents.TakenBack(epoch, Duration.ofNanos(usedNanos), reason));
    decisions.tell(() -> tellEnd(slot, connection));
  }

  private void tellEnd(Slot<T> slot, T connection) {
    SlotEvents.TakenBack end = slot.takeEndToTell();
    if (end != null) {
      listeners.tell(listener -> listener.takenBack(connection, end.used(), end.reason()));
    }
  }

  /** A lease has ended that its caller never learns of; but its listeners may know it. */
  void undone(Slot<T> slot, long epoch, T connection, long leasedNanos) {
    if (!listeners.isEmpty() && slot.isBeginningTold(epoch)) {
      Duration used = Duration.ofNanos(time.nanoTime() - leasedNanos);
      listeners.tell(listener -> listener.released(connection, used));
    }
  }
}
