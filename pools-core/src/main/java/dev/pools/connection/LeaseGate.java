package dev.pools.connection;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The way in and out of a pool while nobody waits: no lock, no queue, no clock. A connection is
 * taken with one atomic step on its own slot, and put back with another, so that threads that use
 * different connections share nothing that is written.
 */
final class LeaseGate<T> {

  /*
   * The gate is barred while anything must be decided about all leases; bars are raised and lifted
   * under the pool's lock. What must be decided about one connection marks its slot instead (S4).
   *
   * G1  Nobody who comes while a caller stands in line overtakes him: he finds the gate barred. Who
   *     came before that, and only takes a connection after it, was first. A caller has come when he
   *     stands in line, or has found the gate open; not while he lets other threads go on before.
   * G2  No connection stays idle while a caller stands in line. He bars the gate and looks along the
   *     row then; who puts one back looks at the gate then. These are accesses of two variables by
   *     two threads, all volatile, so in their total order one of them sees the other (J. Dekker's
   *     argument). If it is the one who puts back, he goes and serves the line under the lock.
   * G3  What is SHUT leases nothing once the call that has shut it has returned: who takes a
   *     connection looks at the gate once more, and if it is shut gives it back unused. So whoever
   *     shuts it and finds a connection idle then may rely on it; whoever puts one back goes to the
   *     lock, as in G2.
   * G4  A slot that has left the row is not idle, and never will be again: an old row is harmless.
   */

  /** Callers stand in line. */
  static final int WAITERS = 1;

  /** The pool serves nobody. */
  static final int SHUT = 2;

  /** Who gets a connection, or what becomes of it when it comes back, is decided each time. */
  static final int DECIDED = 4;

  /** How many threads have a memory of their own of where they look first; a power of two. */
  private static final int MEMORIES = 128;

  /** How far their memories are apart: two cache lines, since processors fetch lines in pairs. */
  private static final int MEMORY_SPACING = 32;

  private volatile int bars = SHUT;

  /** The slots that have a connection. Replaced, never changed, under the lock. */
  private volatile Slot<T>[] row = newRow(0);

  /**
   * In which place of the row a thread has last put back a connection, by the thread's number. A
   * wrong or a stale value is only a bad guess, so that neither order nor other threads matter. Who
   * has several leases writes his at each end of one, so that each is alone on its cache lines.
   */
  private final int[] places = new int[MEMORIES * MEMORY_SPACING];

  @SuppressWarnings({"unchecked", "rawtypes"})
  private static <T> Slot<T>[] newRow(int length) {
    return new Slot[length];
  }

  boolean isOpen() {
    return bars == 0;
  }

  /** Whether it is open, or will be as soon as nobody waits any more. */
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
   * @param fitness looks at each before; null if nobody need do so
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
          // If it has gone, a stop at its deadline was quicker.
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
   * The next time this thread looks at this slot first, whose connection it has given back. Not
   * under the pool's lock: a user's class of threads may have a {@code getId} of its own.
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

  /** Lets all threads meet at the first places again, so that those not needed stay idle. */
  void forgetPlaces() {
    Arrays.fill(places, 0);
  }
}
