package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Time;
import java.lang.ref.Reference;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * What the pool notes about the connection of a {@link Slot}: its times and counts, its doubts, its
 * last lease, and what it was created with. A superclass, and not an object of its own, so that an
 * acquire follows one reference less.
 */
abstract class SlotNotes extends SlotEvents {

  private static final long NEVER = -1;

  // ---- The last lease. The owner writes it, or the holder of the lock while the slot is HELD. A
  // stale value does no harm.

  /** The number of the thread that leased it last; a reference would keep a finished thread. */
  long leasedBy;

  /** The name of that thread, if leases are watched. */
  @Nullable String leasedByName;

  boolean leasedAsync;

  /** The arguments of its acquire; null if that had none. */
  @Nullable Arguments acquiredWith;

  long leasedNanos;

  /** When its last lease ended, or when it was created. Says nothing about its health. */
  long usedNanos;

  /** When it was created, or passed its last check: nothing else proves that it is healthy. */
  long provenNanos;

  @Nullable Throwable acquiredAt;
  @Nullable Reference<?> watch;
  // The statements that the lease has opened through its guard, if that can open any.
  @Nullable OpenStatements opened;

  /** The epoch to which the three notes on the lease belong. */
  private volatile long notedEpoch;

  /** When it was offered, among those offered under the lock; zero if it was put back since. */
  long offered;

  /** Tells it apart from all other places that the pool has had. */
  long number;

  /** The lease that was last seen without notes, and since when it is out at least. */
  private long seenEpoch;

  private long seenNanos;

  /** Its index in the row that the gate searches. */
  int place;

  // ---- Guarded by the pool's lock: creation

  /** The tenant for which its connection is created. */
  Tenant<?> tenant;

  private Arguments madeWith;

  /** The arguments of its last release; null if it had none. */
  private @Nullable ConnectionSpec releasedWith;

  /** Whether there was no memory to start its first check. */
  boolean isLeftOver;

  /** Whether its connection is created for the pool itself, and not for a caller. */
  boolean upkeep;

  /** Its generation; an eviction begins a new one. */
  long generation;

  /** Whether its creation takes longer than it may, or the pool has been stopped meanwhile. */
  boolean overdue;

  /** Whether the time limit of its creation is over, and not only the pool's life. */
  boolean timedOut;

  /** Whether its creation takes so long that another slot may take its place. */
  boolean hopeless;

  /** The life of the pool in which its creation lost its place; zero if it has not. */
  long strayInLife;

  /** Set while its creation is overdue: fires when another slot may take its place. */
  Time.@Nullable Timer giveUp;

  long bornNanos;
  long lifeNanos;

  /** Set if a lease of it reads no clock: fires when its life is over. */
  Time.@Nullable Timer lifeOver;

  /** Whether a lease of it reads no clock, and its life is soon over. */
  boolean aging;

  // ---- Guarded by the pool's lock: health

  /** Whether the clocks have jumped since it was last known to be healthy. */
  boolean suspect;

  /** Whether they have jumped since its check began, whose answer may be from before that. */
  private boolean suspectInCheck;

  /** Whether a check has found another connection dead since this one was last proven. */
  boolean doubtful;

  /**
   * Whether it must be checked before its next lease, but is probably healthy: a use failed, a user
   * doubts it or found another one broken, or it was in use when a check was due.
   */
  boolean unproven;

  /** Whether it must be closed: a use of it has broken it, or a user that lost it may use it. */
  boolean broken;

  /** Whether it was doubtful when its check began. */
  boolean checkedInDoubt;

  /** Whether it is CHECKING because a hook acts on it, and whether that is its reset. */
  boolean hooking;

  boolean resetting;

  /** Completes after the check in the background that it waits for. */
  @Nullable CompletableFuture<Void> awaitedCheck;

  /** Whether it has passed a check. */
  private boolean hasPassed;

  /** The epoch of the last check that it has passed, if it has passed one. */
  private long provenEpoch = NEVER;

  /** How many of its epochs were checks. */
  private long checks;

  /** How many leases there had been when it was last prepared for one. */
  private long preparedAtUses = NEVER;

  /** Whether it has ever been prepared for a lease. */
  private boolean hasBeenPrepared;

  /** How many leases there had been when a caller last asked for it without waiting. */
  private long wantedSinceUses = NEVER;

  /** The last epoch whose lease was reported as leaked. */
  long reportedEpoch;

  /** That report; null once the lease has ended and this was told. */
  private @Nullable LeakReport leak;

  /** The last epoch whose lease has a threshold of its own for leaks, and that threshold. */
  private long thresholdEpoch = NEVER;

  private long thresholdNanos;

  /** The last epoch whose lease began during a recording, and when. By the lease's owner. */
  private long recordedEpoch = NEVER;

  private long recordedNanos;

  /** The last epoch whose end the maintenance knows: its time is in usedNanos. */
  private long sweptEpoch;

  SlotNotes(ConnectionSpec spec) {
    this.tenant = spec.tenant();
    this.madeWith = spec.arguments();
  }

  /** How many ownerships there have been: leases and checks. */
  abstract long epoch();

  // ---- Leases

  /** How many leases there have been, including a lease that is out. */
  final long uses() {
    return usesAt(epoch());
  }

  /** As {@link #uses}, at that epoch. */
  final long usesAt(long epoch) {
    return epoch - checks;
  }

  /** Notes on the lease of this epoch, by its owner, for the report of a leak. */
  final void note(
      long epoch, long nowNanos, @Nullable Throwable stack, @Nullable String threadName) {
    leasedNanos = nowNanos;
    acquiredAt = stack;
    leasedByName = threadName;
    notedEpoch = epoch;
  }

  /** Whether the notes belong to the lease of this epoch, and not to an earlier one. */
  final boolean isNoted(long epoch) {
    return notedEpoch == epoch;
  }

  /** The lease of this epoch has been out at least since then. Under the pool's lock. */
  final void noteSeen(long epoch, long nanos) {
    if (seenEpoch != epoch || nanos - seenNanos < 0) {
      seenEpoch = epoch;
      seenNanos = nanos;
    }
  }

  /** Since when the lease of this epoch has been out at least, if it is out since then. */
  final long seenSince(long epoch, long nanos) {
    return seenEpoch == epoch && seenNanos - nanos < 0 ? seenNanos : nanos;
  }

  /** The lease of this epoch has begun, at this time of a recording; zero if there is none. */
  final void noteRecorded(long epoch, long nanos) {
    if (nanos != 0) {
      recordedEpoch = epoch;
      recordedNanos = nanos;
    }
  }

  /** When the lease of this epoch began; zero if there was no recording. */
  final long recordedSince(long epoch) {
    return recordedEpoch == epoch ? recordedNanos : 0;
  }

  /** The lease of this epoch ends, and was not noted: forgets its arguments, and no others. */
  final void forgetArguments(long ofEpoch) {
    if (acquiredWith != null && epoch() == ofEpoch) {
      acquiredWith = null;
    }
  }

  /** Notes the end of a lease, by its owner. */
  final void noteEnd(long nowNanos) {
    usedNanos = nowNanos;
    offered = 0;
    // A stack trace refers to the classes of its methods, and so to their class loader.
    acquiredAt = null;
    leasedByName = null;
    acquiredWith = null;
  }

  /** Notes the end of the lease of this epoch, under the lock. */
  final void noteRelease(long epoch, @Nullable ConnectionSpec with, long nowNanos) {
    releasedWith = with;
    usedNanos = nowNanos;
    sweptEpoch = epoch;
    forgetLease();
  }

  private void forgetLease() {
    acquiredAt = null;
    leasedByName = null;
    acquiredWith = null;
    watch = null;
  }

  /** A lease begins, under the lock. */
  final void noteLease(long nowNanos) {
    releasedWith = null;
    leasedNanos = nowNanos;
  }

  /** The last lease does not count, because no caller has had it. */
  final void wasUnused() {
    checks++;
    acquiredWith = null;
  }

  /** The name of the thread that leased it. */
  final String leasedBy() {
    String name = leasedByName;
    return name == null ? "" : name;
  }

  /** Whether the lease of this epoch has been reported as leaked. */
  final boolean isReported(long epoch) {
    return reportedEpoch == epoch;
  }

  /** The lease of this epoch is reported as leaked. */
  final void reported(long epoch, LeakReport report) {
    reportedEpoch = epoch;
    leak = report;
  }

  /** Whether the lease of this epoch was reported as leaked, and its end has not been told. */
  final boolean owesReturn(long epoch) {
    return reportedEpoch == epoch && leak != null;
  }

  /** The report on the lease of this epoch, which ends; null if there is none, or not any more. */
  final @Nullable LeakReport takeLeak(long epoch) {
    if (reportedEpoch != epoch) {
      return null;
    }
    LeakReport taken = leak;
    leak = null;
    return taken;
  }

  /** The lease of this epoch has a threshold of its own for leaks. */
  final void setThreshold(long epoch, long nanos) {
    thresholdEpoch = epoch;
    thresholdNanos = nanos;
  }

  /** After how long the lease of this epoch is leaked. */
  final long thresholdNanos(long epoch, long ofThePool) {
    return thresholdEpoch == epoch ? thresholdNanos : ofThePool;
  }

  /**
   * The connection is idle at this epoch. If its lease has not looked at the clock, it was used at
   * some time between the last look of the maintenance and this one: it counts as used now.
   */
  final void noteIdle(long epoch, long nowNanos) {
    if (sweptEpoch != epoch) {
      sweptEpoch = epoch;
      usedNanos = nowNanos;
    }
  }

  // ---- Creation and end

  /** The arguments that its cleaner gets. */
  final Arguments arguments() {
    return releasedWith == null ? madeWith : releasedWith.arguments();
  }

  /** What the connection that takes its place is created with. */
  final ConnectionSpec successor() {
    return releasedWith == null ? new ConnectionSpec(madeWith, tenant) : releasedWith;
  }

  /** Its connection has been created. */
  final void noteBirth(long nowNanos) {
    disarm();
    bornNanos = nowNanos;
    provenNanos = nowNanos;
    usedNanos = nowNanos;
  }

  final void disarm() {
    Time.cancel(giveUp);
    Time.cancel(lifeOver);
  }

  /** Its connection is closed. A lease that its user keeps must not keep passwords. */
  final void forgetAll(Tenant<?> nameless) {
    disarm();
    madeWith = Arguments.none();
    releasedWith = null;
    tenant = nameless;
    forgetLease();
  }

  // ---- Checks

  /** Whether something has put it in doubt since it was last proven. */
  final boolean awaitsProof() {
    return suspect || doubtful || unproven;
  }

  /** Whether its next lease must be decided under the lock. */
  final boolean needsLock() {
    return awaitsProof() || aging || releasedWith != null;
  }

  /** A check begins: its epoch is not that of a lease. */
  final void noteCheck() {
    checks++;
    suspectInCheck = false;
  }

  /** The clocks have jumped. */
  final void noteJump() {
    suspect = true;
    suspectInCheck = true;
  }

  /**
   * It has passed the check of this epoch.
   *
   * @return whether it was the first check
   */
  final boolean noteProof(long epoch, long nowNanos) {
    provenNanos = nowNanos;
    suspect = suspectInCheck;
    doubtful = false;
    unproven = false;
    provenEpoch = epoch;
    boolean first = !hasPassed;
    hasPassed = true;
    return first;
  }

  /** Whether it has passed a check, and has not been leased since. */
  final boolean isProofUnused() {
    return epoch() == provenEpoch;
  }

  /** The proof that is unused counts at this epoch, too. */
  final void keepProof(long epoch) {
    provenEpoch = epoch;
  }

  /**
   * It has been prepared for its next lease.
   *
   * @return whether for the first time
   */
  final boolean prepared() {
    preparedAtUses = uses();
    boolean isFirst = !hasBeenPrepared;
    hasBeenPrepared = true;
    return isFirst;
  }

  /** A hook is about to act on it; a reset may undo what prepared it. */
  final void noteHook(boolean isReset) {
    hooking = true;
    resetting = isReset;
    if (isReset) {
      preparedAtUses = NEVER;
    }
  }

  /** Whether it has been prepared for a lease, and has not been leased since. */
  final boolean isPrepared() {
    return preparedAtUses == uses();
  }

  /** A caller asks for it that does not wait for its check. */
  final void want() {
    wantedSinceUses = uses();
  }

  /** Whether such a caller has asked, and it has not been leased since. */
  final boolean isWanted() {
    return wantedSinceUses == uses();
  }
}
