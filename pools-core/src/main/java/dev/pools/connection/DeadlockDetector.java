package dev.pools.connection;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Finds threads that wait for a connection while they hold others: if there are enough of them,
 * they wait for each other without end. It looks only when a caller has timed out, and in the
 * maintenance, so that a lease costs no more than to note its thread. A caller that waits in a
 * future is not known by its thread, and is left out. Guarded by the pool's lock.
 */
final class DeadlockDetector<T> {

  /** No thread has this number. */
  private static final long NO_THREAD = 0;

  private final SlotTable<T> slots;
  private final WaitQueue<T> line;
  private boolean reported;

  DeadlockDetector(SlotTable<T> slots, WaitQueue<T> line) {
    this.slots = slots;
    this.line = line;
  }

  /** Whether a caller that has timed out holds leases itself. */
  @Nullable DeadlockFinding of(Waiter<T> waiter) {
    if (waiter.async) {
      return null;
    }
    int held = heldBy(waiter.callerId);
    if (held == 0) {
      return null;
    }
    Set<Long> threads = waiting();
    threads.add(waiter.callerId);
    boolean deadlock = allHeldBy(threads);
    for (Slot<T> slot : slots.all()) {
      long holder = holder(slot);
      if (holder != NO_THREAD) {
        threads.add(holder);
      }
    }
    return new DeadlockFinding(held, threads.size(), deadlock);
  }

  /** How many leases this thread has acquired by a blocking call that have not ended. */
  int heldBy(long thread) {
    int held = 0;
    for (Slot<T> slot : slots.all()) {
      if (holder(slot) == thread) {
        held++;
      }
    }
    return held;
  }

  /** Whether all threads wait for each other, and this has not been reported yet. */
  boolean isNewlyDeadlocked(int maxSize) {
    boolean deadlocked =
        line.size() > 0
            && slots.total() >= maxSize
            && slots.use().inUse() == slots.total()
            && allHeldBy(waiting());
    boolean isNew = deadlocked && !reported;
    reported = deadlocked;
    return isNew;
  }

  private Set<Long> waiting() {
    Set<Long> threads = new HashSet<>();
    for (Waiter<T> waiter = line.first(); waiter != null; waiter = waiter.next) {
      if (!waiter.async) {
        threads.add(waiter.callerId);
      }
    }
    return threads;
  }

  private boolean allHeldBy(Set<Long> threads) {
    for (Slot<T> slot : slots.all()) {
      long holder = holder(slot);
      if (slot.state() == Slot.State.IN_USE && (holder == NO_THREAD || !threads.contains(holder))) {
        return false;
      }
    }
    return true;
  }

  /** The number of the thread that has leased this slot's connection for itself, if one has. */
  long holder(Slot<T> slot) {
    return slot.state() == Slot.State.IN_USE && !slot.leasedAsync ? slot.leasedBy : NO_THREAD;
  }
}
