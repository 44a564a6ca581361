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

  /** The option that reports leases that no code can close any more. */
  static final String FORGOTTEN = "reclaimForgotten";

  private final String pool;
  private final boolean reclaimsForgotten;
  private final SlotTable<T> slots;
  private final AfterUnlock decisions;
  private final ConnectionListeners<T> listeners;
  private final ReferenceQueue<Lease<T>> unreachable = new ReferenceQueue<>();

  // Written under the lock, read without it, too; a lease may be judged by the old ones.
  private long reportNanos;
  private long reclaimNanos;

  private long found;
  private long returned;

  /** Whether a lease has ever had a threshold of its own. */
  private boolean someHaveTheirOwn;

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

  /** Sets when a lease is reported and reclaimed, for leases that are out, too. */
  void configure(LeakOptions options) {
    reportNanos = orNever(Time.nanos(options.leakThreshold()));
    reclaimNanos = orNever(Time.nanos(options.reclaimAfter()));
  }

  private static long orNever(long nanos) {
    return nanos == 0 ? Long.MAX_VALUE : nanos;
  }

  /** How many leases have been reported; may be read without the lock. */
  long found() {
    return found;
  }

  /** How many of these their holders have closed after that; may be read without the lock. */
  long returned() {
    return returned;
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

  /** As {@link #stack()}, for a lease with a threshold of its own. */
  static @Nullable Throwable stackFor(long thresholdNanos) {
    return thresholdNanos < Long.MAX_VALUE ? new Throwable("The lease was acquired here") : null;
  }

  /** After how long a lease is leaked by such an option. */
  static long thresholdNanos(Duration leakThreshold) {
    return orNever(Time.nanos(leakThreshold));
  }

  /** The lease of this epoch, which is noted, has a threshold of its own. */
  void watch(Slot<T> slot, long epoch, long thresholdNanos) {
    someHaveTheirOwn = true;
    slot.setThreshold(epoch, thresholdNanos);
  }

  /** How long until the lease of this slot must be looked at because of a threshold of its own. */
  long nanosUntilReport(Slot<T> slot, long now) {
    long epoch = slot.epoch();
    if (!someHaveTheirOwn
        || !slot.isOwnedBy(epoch, Slot.State.IN_USE)
        || !slot.isNoted(epoch)
        || slot.isReported(epoch)) {
      return Long.MAX_VALUE;
    }
    long threshold = slot.thresholdNanos(epoch, Long.MAX_VALUE);
    return threshold == Long.MAX_VALUE
        ? Long.MAX_VALUE
        : Math.max(0, threshold - (now - slot.leasedNanos));
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
    if (intervalNanos() == Long.MAX_VALUE && !someHaveTheirOwn) {
      return reclaimed;
    }
    for (Slot<T> slot : slots.all()) {
      long epoch = slot.epoch();
      if (slot.isOwnedBy(epoch, Slot.State.IN_USE)) {
        long since = since(slot, epoch, now);
        long heldNanos = now - since;
        long threshold = slot.thresholdNanos(epoch, reportNanos);
        // From the mark on the end of this lease is decided under the lock, where it is told. A
        // lease
        // that has just ended was no leak.
        if (heldNanos >= Math.min(threshold, reclaimNanos) && slot.markLease(epoch)) {
          noteIfUnnoted(slot, epoch, since);
          if (threshold <= reclaimNanos) {
            report(slot, epoch, now, "leakThreshold", threshold);
          } else {
            report(slot, epoch, now, "reclaimAfter", reclaimNanos);
          }
        }
        if (heldNanos >= reclaimNanos && slot.seize(epoch)) {
          taken(slot);
          reclaimed.add(slot);
        }
      }
    }
    return reclaimed;
  }

  /**
   * The user of this connection may still use it, so no other user gets it: not even if there is no
   * memory for the steps that follow.
   */
  private static void taken(Slot<?> slot) {
    slot.broken = true;
  }

  /**
   * Since when a lease is out. One that began before leases were noted counts from when the pool
   * first looked at it.
   */
  private static long since(Slot<?> slot, long epoch, long now) {
    if (slot.isNoted(epoch)) {
      return slot.leasedNanos;
    }
    long since = slot.seenSince(epoch, now);
    slot.noteSeen(epoch, since);
    return since;
  }

  private static void noteIfUnnoted(Slot<?> slot, long epoch, long since) {
    if (!slot.isNoted(epoch)) {
      slot.note(epoch, since, null, "thread-" + slot.leasedBy);
    }
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
        taken(watch.slot);
        report(watch.slot, watch.epoch, now, FORGOTTEN, 0);
        reclaimed.add(watch.slot);
      }
    }
    return reclaimed;
  }

  /**
   * Reports a lease, once, because of an option with this limit. The lease is marked, or ended: so
   * no lease ends without being told between the report and its mark.
   */
  private void report(Slot<T> slot, long epoch, long now, String option, long limitNanos) {
    if (slot.isReported(epoch)) {
      return;
    }
    LeakReport report =
        new LeakReport(
            pool, Duration.ofNanos(now - slot.leasedNanos), slot.leasedBy(), slot.acquiredAt);
    slot.reported(epoch, report);
    found++;
    decisions.tell(
        () -> {
          warn(report, OpenLeases.idOf(slot, epoch), option, limitNanos);
          listeners.tell(listener -> listener.leaked(report));
        });
  }

  private void warn(LeakReport report, String id, String option, long limitNanos) {
    if (option.equals(FORGOTTEN)) {
      Faults.warn(
          LeakDetector.class,
          report.acquiredAt(),
          "Pool '{}': lease {} was leaked by thread '{}' after {}: no code can close it any more. Close each lease, best with try-with-resources",
          pool,
          id,
          report.thread(),
          report.held());
      return;
    }
    Faults.warn(
        LeakDetector.class,
        report.acquiredAt(),
        "Pool '{}': lease {} has been held by thread '{}' for {}, longer than {} ({}): is it leaked? Close each lease, best with try-with-resources; revokeLease ends this one. If such leases are normal, raise {}",
        pool,
        id,
        report.thread(),
        report.held(),
        option,
        Duration.ofNanos(limitNanos),
        option);
  }

  /** The lease of this epoch ends, or would have: tells it if it was reported as leaked. */
  void hasEnded(Slot<T> slot, long epoch, long now) {
    LeakReport leak = slot.takeLeak(epoch);
    if (leak == null) {
      return;
    }
    returned++;
    LeakReport report =
        new LeakReport(
            pool, Duration.ofNanos(now - slot.leasedNanos), leak.thread(), leak.acquiredAt());
    decisions.tell(
        () -> {
          Faults.info(
              LeakDetector.class,
              "Pool '{}': lease {} of thread '{}', which was reported as leaked, has ended after {}",
              pool,
              OpenLeases.idOf(slot, epoch),
              report.thread(),
              report.held());
          listeners.tell(listener -> listener.leakReturned(report));
        });
  }
}
