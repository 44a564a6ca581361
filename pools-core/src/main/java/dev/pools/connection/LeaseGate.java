package dev.pools.connection;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The way in and out of a pool while no caller waits: no lock, no queue, no clock. A thread takes a
 * connection with one atomic step on its own slot, and puts it back with another. So threads that
 * use different connections share nothing that is written.
 */
final class LeaseGate<T> {

  /*
   * The gate is barred while something must be decided about each lease; a thread raises and lifts
   * bars under the pool's lock. If something must be decided about one connection, its slot is
   * marked instead (S4).
   *
   * G1  A caller that arrives while another one stands in line does not overtake it: it finds the
   *     gate barred. A caller that arrived earlier, and takes its connection only afterwards, was
   *     first. A caller has arrived when it stands in line or has found the gate open; not while it
   *     lets other threads run before that.
   * G2  No connection stays idle while a caller stands in line. The caller bars the gate, and then
   *     looks along the row. A thread that puts a connection back then looks at the gate. These are
   *     accesses of two variables by two threads, all volatile, so in their total order one thread
   *     sees the other (J. Dekker's argument). If it is the thread that puts back, it serves the
   *     line under the lock.
   * G3  A gate that is SHUT leases nothing once the call that has shut it has returned: a thread
   *     that takes a connection looks at the gate once more, and puts the connection back unused if
   *     the gate is shut. So a thread that shuts the gate, and then finds a connection idle, may
   *     rely on that; a thread that puts one back goes to the lock, as in G2.
   * G4  A slot that has left the row is not idle, and never will be again: an old row is harmless.
   */

  /** Callers stand in line. */
  static final int WAITERS = 1;

  /** The pool serves no caller. */
  static final int SHUT = 2;

  /**
   * The lock decides each time who gets a connection, and what becomes of it when it comes back.
   */
  static final int DECIDED = 4;

  /** How many threads have a memory of their own of where they look first; a power of two. */
  private static final int MEMORIES = 128;

  /** How far their memories are apart: two cache lines, since processors fetch lines in pairs. */
  private static final int MEMORY_SPACING = 32;

  private volatile int bars = SHUT;

  /**
   * Whether each lease is noted with its time: a listener, a check, a guard or a limit needs that.
   * Changes under the lock, from false to true only. Not volatile, because each acquire reads it: a
   * lease that begins at that moment may be without notes.
   */
  boolean notes;

  /** The slots that have a connection. Replaced, never changed, under the lock. */
  private volatile Slot<T>[] row = newRow(0);

  /**
   * The place of the row in which a thread has last put back a connection, by the thread's number.
   * A wrong or a stale value is only a bad guess, so neither order nor other threads matter. A
   * thread with several leases writes its value at the end of each, so each value has cache lines
   * of its own.
   */
  private final int[] places = new int[MEMORIES * MEMORY_SPACING];

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <T> Slot<T>[] newRow(int length) {
    return new Slot[length];
  }

  boolean isOpen() {
    return bars == 0;
  }

  /** Whether it is open, or will be open as soon as no caller waits. */
  boolean opensSoon() {
    return (bars & ~WAITERS) == 0;
  }

  boolean isShut() {
    return (bars & SHUT) != 0;
  }

  /** All slots that have a connection. */
  Slot<T>[] row() {
    return row;
  }

  // ---- Without the lock

  /**
   * Takes a connection that may be leased at once, if the gate is open and there is one.
   *
   * @param fitness looks at each connection before; null if that is not necessary
   */
  @Nullable Lease<T> take(
      LeaseOwner<T> owner, boolean async, @Nullable ConnectionFitness fitness, long nowNanos) {
    if (bars != 0) {
      return null;
    }
    Slot<T>[] seen = row;
    int length = seen.length;
    long me = Thread.currentThread().getId();
    int place = places[memoryOf(me)];
    for (int looks = length; looks > 0; looks--) {
      if (place >= length) {
        place = 0;
      }
      Slot<T> slot = seen[place];
      if (fitness == null || fitness.isFresh(slot, nowNanos)) {
        long epoch = slot.take();
        if (epoch != Slot.LOST) {
          if (slot.leasedBy != me) {
            slot.leasedBy = me;
          }
          if (slot.leasedAsync != async) {
            slot.leasedAsync = async;
          }
          T connection = slot.connectionOrNull();
          // If the connection has gone, a stop at its deadline was quicker.
          return connection == null ? null : lease(owner, slot, epoch, connection);
        }
      }
      place++;
    }
    return null;
  }

  private static <T> Lease<T> lease(LeaseOwner<T> owner, Slot<T> slot, long epoch, T connection) {
    try {
      return new Lease<>(owner, slot, epoch, connection);
    } catch (Throwable full) {
      // No other thread can release it.
      owner.undo(slot, epoch);
      throw full;
    }
  }

  /**
   * This thread has put back the connection of this slot: the next time it looks at this slot
   * first. Not under the pool's lock: a user's class of threads may have a {@code getId} of its
   * own.
   */
  void remember(Slot<T> slot) {
    int memory = memoryOf(Thread.currentThread().getId());
    int place = slot.place;
    if (places[memory] != place) {
      places[memory] = place;
    }
  }

  private static int memoryOf(long thread) {
    return ((int) thread & (MEMORIES - 1)) * MEMORY_SPACING;
  }

  // ---- Under the lock

  void bar(int withBars) {
    if (bars != withBars) {
      bars = withBars;
    }
  }

  /**
   * Room for a row with so many more slots, to be passed on to {@link #admit} or {@link #dismiss}.
   */
  Slot<T>[] roomFor(int more) {
    return newRow(row.length + more);
  }

  /** Adds a slot to the row. Allocates nothing, so that it cannot fail halfway. */
  void admit(Slot<T> slot, Slot<T>[] longer) {
    System.arraycopy(row, 0, longer, 0, row.length);
    slot.place = row.length;
    longer[row.length] = slot;
    row = longer;
  }

  /** Takes a slot out of the row. Allocates nothing, so that it cannot fail halfway. */
  void dismiss(Slot<T> slot, Slot<T>[] shorter) {
    int next = 0;
    for (Slot<T> other : row) {
      if (other != slot) {
        other.place = next;
        shorter[next++] = other;
      }
    }
    row = shorter;
  }

  /**
   * All threads start at the first places again, so that connections that are not needed stay idle.
   */
  void forgetPlaces() {
    Arrays.fill(places, 0);
  }
}
