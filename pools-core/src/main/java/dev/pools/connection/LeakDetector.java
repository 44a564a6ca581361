package dev.pools.connection;

import dev.pools.internal.AfterUnlock;
import dev.pools.internal.Faults;
import dev.pools.internal.ThreadKind;
import dev.pools.internal.Time;
import java.lang.ref.PhantomReference;
import java.lang.ref.ReferenceQueue;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks for leases that are held for too long, and for leases that no code can close any more;
 * reports them, and takes them back if the options say so. Guarded by the pool's lock.
 */
final class LeakDetector<T> {

  /**
   * Tells that a lease has become unreachable. Its slot holds this object until the lease ends. If
   * slot and lease are forgotten together, there is nothing to tell.
   */
  static final class Watch<T> extends PhantomReference<Lease<T>> {
    final Slot<T> slot;
    final long epoch;

    Watch(Lease<T> lease, ReferenceQueue<? super Lease<T>> queue) {
      super(lease, queue);
      this.slot = lease.slot();
      this.epoch = lease.epoch();
    }
  }

  private final String pool;
  private final boolean reclaimsForgotten;
  private final long reportNanos;
  private final long reclaimNanos;
  private final SlotTable<T> slots;
  private final AfterUnlock decisions;
  private final ConnectionListeners<T> listeners;
  private final ReferenceQueue<Lease<T>> unreachable = new ReferenceQueue<>();
  private long found;

  LeakDetector(
      ConnectionOptions<T> options,
      SlotTable<T> slots,
      AfterUnlock decisions,
      ConnectionListeners<T> listeners) {
    this.pool = options.name();
    this.reclaimsForgotten = options.leaks().reclaimForgotten();
    this.reportNanos = orNever(Time.nanos(options.leaks().leakThreshold()));
    this.reclaimNanos = orNever(Time.nanos(options.leaks().reclaimAfter()));
    this.slots = slots;
    this.decisions = decisions;
    this.listeners = listeners;
  }

  private static long orNever(long nanos) {
    return nanos == 0 ? Long.MAX_VALUE : nanos;
  }

  /** How many leases have been reported; may be read without the lock. */
  long found() {
    return found;
  }

  /** Whether each lease has to be noted with its time, or watched. */
  boolean areWatched() {
    return reclaimsForgotten || intervalNanos() < Long.MAX_VALUE;
  }

  /** Whether it looks for leases that no code can close any more. */
  boolean reclaimsForgotten() {
    return reclaimsForgotten;
  }

  /** How often to look. */
  long intervalNanos() {
    return Math.min(reportNanos, reclaimNanos);
  }

  /** The name of the thread that acquires a lease, if a report may tell it. */
  @Nullable String nameOf(Thread thread) {
    return areWatched() ? ThreadKind.nameOf(thread) : null;
  }

  /** The stack of the current thread, which acquires a lease, if a report may tell it. */
  @Nullable Throwable stack() {
    return reportNanos < Long.MAX_VALUE ? new Throwable("The lease was acquired here") : null;
  }

  /** Begins to watch a lease. */
  void begun(Lease<T> lease) {
    if (reclaimsForgotten) {
      lease.slot().watch = new Watch<>(lease, unreachable);
    }
  }

  /** Reports leases that are held for too long; returns the slots taken back, held. */
  List<Slot<T>> overdue(long now) {
    List<Slot<T>> reclaimed = new ArrayList<>(0);
    if (intervalNanos() == Long.MAX_VALUE) {
      return reclaimed;
    }
    for (Slot<T> slot : slots.all()) {
      long epoch = slot.epoch();
      if (slot.isNoted(epoch) && slot.isOwnedBy(epoch, Slot.State.IN_USE)) {
        long heldNanos = now - slot.leasedNanos;
        if (heldNanos >= intervalNanos()) {
          report(slot, epoch, now);
        }
        if (heldNanos >= reclaimNanos && slot.seize(epoch)) {
          reclaimed.add(slot);
        }
      }
    }
    return reclaimed;
  }

  /** Reports leases that no code can close any more; returns the slots taken back, held. */
  List<Slot<T>> forgotten(long now) {
    List<Slot<T>> reclaimed = new ArrayList<>(0);
    if (!reclaimsForgotten) {
      return reclaimed;
    }
    while (unreachable.poll() instanceof Watch<?> gone) {
      // Only watches are registered, and only of leases of this type.
      @SuppressWarnings("unchecked")
      Watch<T> watch = (Watch<T>) gone;
      if (watch.slot.seize(watch.epoch)) {
        report(watch.slot, watch.epoch, now);
        reclaimed.add(watch.slot);
      }
    }
    return reclaimed;
  }

  private void report(Slot<T> slot, long epoch, long now) {
    if (!slot.reportOnce(epoch)) {
      return;
    }
    found++;
    LeakReport report =
        new LeakReport(
            pool, Duration.ofNanos(now - slot.leasedNanos), slot.leasedBy(), slot.acquiredAt);
    decisions.tell(
        () -> {
          Faults.warn(
              LeakDetector.class,
              report.acquiredAt(),
              "A connection of pool '{}' has been leased to thread '{}' for {}: is it leaked?",
              pool,
              report.thread(),
              report.held());
          listeners.tell(heard -> heard.leaked(report));
        });
  }
}
