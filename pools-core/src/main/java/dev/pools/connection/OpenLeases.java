package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.LiveThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The leases that are out. An acquire without the lock notes neither its time nor the name of its
 * thread, so this class finds out what it can when an operator asks or a caller times out, and
 * otherwise costs nothing.
 */
final class OpenLeases<T> {

  /** What a slot says about its lease. No user code has been called for it. */
  record Reading(
      String id,
      long sinceNanos,
      boolean isExact,
      long thread,
      @Nullable String threadName,
      boolean isAsync,
      @Nullable Arguments arguments,
      @Nullable Throwable acquiredAt) {

    /** The same without what user code would have to describe. */
    Reading plain() {
      return new Reading(id, sinceNanos, isExact, thread, threadName, isAsync, null, null);
    }
  }

  /** A lease that was out a moment ago. */
  record Out<T>(Slot<T> slot, long epoch) {}

  private final LeaseGate<T> gate;
  private final WaitQueue<T> line;

  /** How often the line had been empty when the leases were last seen because of a timeout. */
  private long seenInLine = -1;

  OpenLeases(LeaseGate<T> gate, WaitQueue<T> line) {
    this.gate = gate;
    this.line = line;
  }

  // ---- Under the pool's lock

  /** Each lease that is out has been out at least since then. */
  void areOutSince(long nanos) {
    for (Slot<T> slot : gate.row()) {
      long steps = slot.steps();
      if (Slot.isInUse(steps)) {
        slot.noteSeen(Slot.epochAt(steps), nanos);
      }
    }
  }

  /**
   * A caller has timed out. The gate was barred all the time, and leases that begin under the lock
   * are noted: any other lease is older than the wait.
   */
  void foundByTimeout(Waiter<T> waiter) {
    if (seenInLine != line.timesEmpty()) {
      areOutSince(waiter.sinceNanos);
      seenInLine = line.timesEmpty();
    }
  }

  /**
   * The lease with this id; null if it has ended. It may end at any moment, and another lease of
   * the same connection may begin: act on this epoch only.
   */
  @Nullable Out<T> withId(String id) {
    for (Slot<T> slot : gate.row()) {
      long steps = slot.steps();
      long epoch = Slot.epochAt(steps);
      if (Slot.isInUse(steps) && idOf(slot, epoch).equals(id)) {
        return new Out<>(slot, epoch);
      }
    }
    return null;
  }

  /** The id by which operators know the lease of this epoch. */
  static String idOf(Slot<?> slot, long epoch) {
    return slot.number + "-" + epoch;
  }

  /**
   * All leases. Under the lock, or as a reading that is repeated if the lock was taken meanwhile.
   */
  List<Reading> read(long now) {
    Waiter<T> first = line.first();
    long unnoted = first == null || first.sinceNanos - now > 0 ? now : first.sinceNanos;
    Slot<T>[] row = gate.row();
    List<Reading> found = new ArrayList<>(row.length);
    for (Slot<T> slot : row) {
      Reading reading = read(slot, unnoted);
      if (reading != null) {
        found.add(reading);
      }
    }
    return found;
  }

  /**
   * @param unnotedNanos since when a lease is out that was neither noted nor seen
   */
  private @Nullable Reading read(Slot<T> slot, long unnotedNanos) {
    long steps = slot.steps();
    if (!Slot.isInUse(steps)) {
      return null;
    }
    long epoch = Slot.epochAt(steps);
    boolean isNoted = slot.isNoted(epoch);
    Reading reading =
        new Reading(
            idOf(slot, epoch),
            isNoted ? slot.leasedNanos : slot.seenSince(epoch, unnotedNanos),
            isNoted,
            slot.leasedBy,
            isNoted ? slot.leasedByName : null,
            slot.leasedAsync,
            slot.acquiredWith,
            isNoted ? slot.acquiredAt : null);
    // If the lease has ended meanwhile, these may be the notes of the next one.
    return slot.isOwnedBy(epoch, Slot.State.IN_USE) ? reading : null;
  }

  // ---- Not under the lock

  /** The oldest of these leases, the oldest first, as operators read them. Calls user code. */
  static List<LeaseInfo> describe(List<Reading> found, long now, int most) {
    List<Reading> oldest = new ArrayList<>(found);
    oldest.sort(Comparator.comparingLong(reading -> reading.sinceNanos() - now));
    List<Reading> shown = oldest.subList(0, Math.min(most, oldest.size()));
    Map<Long, String> names =
        shown.stream().allMatch(lease -> lease.threadName() != null)
            ? Map.of()
            : LiveThreads.names();
    List<LeaseInfo> leases = new ArrayList<>(shown.size());
    for (Reading lease : shown) {
      String name = lease.threadName() != null ? lease.threadName() : names.get(lease.thread());
      leases.add(
          new LeaseInfo(
              lease.id(),
              Duration.ofNanos(Math.max(0, now - lease.sinceNanos())),
              lease.isExact(),
              name == null ? "thread-" + lease.thread() : name,
              lease.isAsync(),
              lease.arguments() == null ? "" : Secrets.describe(lease.arguments()),
              lease.acquiredAt()));
    }
    return List.copyOf(leases);
  }
}
