package dev.pools.connection;

import dev.pools.flight.Flight;
import dev.pools.flight.FlightReports;
import dev.pools.internal.LiveThreads;
import org.jspecify.annotations.Nullable;

/**
 * A lease that its holder ends while a recording of the JDK's Flight Recorder asks for leases, and
 * that was out for long. What it says is read before the lease ends, and written after that.
 */
final class UseRecord {

  private final String pool;
  private final String lease;
  private final String holder;
  private final long usedNanos;

  private UseRecord(String pool, String lease, String holder, long usedNanos) {
    this.pool = pool;
    this.lease = lease;
    this.holder = holder;
    this.usedNanos = usedNanos;
  }

  /** Null if the lease has ended already, or nothing has to be written about it. */
  static @Nullable UseRecord begin(String pool, Slot<?> slot, long epoch) {
    long since = slot.recordedSince(epoch);
    long used = Flight.now() - since;
    if (since == 0
        || used < 0
        || !Flight.isLongUse(used)
        || !slot.isOwnedBy(epoch, Slot.State.IN_USE)) {
      return null;
    }
    String name = slot.leasedByName;
    String holder = slot.isNoted(epoch) && name != null ? name : LiveThreads.nameOf(slot.leasedBy);
    return new UseRecord(pool, OpenLeases.idOf(slot, epoch), holder, used);
  }

  void end() {
    FlightReports.leaseUsed(pool, lease, holder, usedNanos);
  }
}
