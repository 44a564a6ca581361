package dev.pools.connection;

import dev.pools.internal.Time;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether a connection may still be used, or must be checked before. Guarded by the pool's
 * lock, except for the methods of the gate.
 *
 * <p>Ages are measured on the monotonic clock, which stands still while the machine sleeps. When
 * the wall clock has moved away from it, no age can be trusted, and every connection is suspect: it
 * is checked before its next use. It is not closed, because an operator may just have set the
 * clock.
 */
final class ConnectionFitness {

  /** How far the clocks may drift apart between two looks; more is a jump. */
  private static final long JUMP_MILLIS = 2_000;

  /** For how long a proof counts for the next lease, however short {@code idleBypass} is. */
  private static final long FRESH_PROOF_NANOS = 500_000_000;

  /** How long after the end of its longest life an idle connection is closed. */
  private static final long AFTER_LIFE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);

  /** The age of a connection is compared in the last part of its life: one part in so many. */
  private static final int EARLIER_BY = 16;

  private static final long LONGEST_EARLIER_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Time time;

  // Written under the lock, read at the gate. Not volatile, because each lease reads some of them:
  // a lease that begins while the options change may be judged by the old ones.
  private SizeOptions sizes;
  private HealthOptions<?> health;
  private long maxLifeNanos;
  private long idleTimeoutNanos;
  private long idleBypassNanos;
  private long checkIntervalNanos;

  /** Written under the lock, read at the gate. */
  private volatile long wallMinusNanoMillis;

  ConnectionFitness(ConnectionOptions<?> options) {
    this.time = options.time();
    this.sizes = options.sizes();
    this.health = options.health();
    this.maxLifeNanos = Time.nanos(sizes.maxLife());
    this.idleTimeoutNanos = Time.nanos(sizes.idleTimeout());
    this.idleBypassNanos = Time.nanos(health.idleBypass());
    this.checkIntervalNanos = Time.nanos(health.healthCheckInterval());
    this.wallMinusNanoMillis = wallMinusNano();
  }

  /** Sets what a connection is judged by. */
  void configure(SizeOptions nextSizes, HealthOptions<?> nextHealth) {
    sizes = nextSizes;
    health = nextHealth;
    maxLifeNanos = Time.nanos(nextSizes.maxLife());
    idleTimeoutNanos = Time.nanos(nextSizes.idleTimeout());
    idleBypassNanos = Time.nanos(nextHealth.idleBypass());
    checkIntervalNanos = Time.nanos(nextHealth.healthCheckInterval());
  }

  private long wallMinusNano() {
    return time.wallMillis() - TimeUnit.NANOSECONDS.toMillis(time.nanoTime());
  }

  /** Whether the clocks have moved apart since the last look. */
  boolean clocksHaveJumped() {
    long now = wallMinusNano();
    boolean jumped = Math.abs(now - wallMinusNanoMillis) > JUMP_MILLIS;
    wallMinusNanoMillis = now;
    return jumped;
  }

  /** Whether connections are checked, so it matters when they were proven. */
  boolean checks() {
    return health.healthChecker() != null;
  }

  // ---- At the gate

  /** Whether the clocks have moved apart since the last look; does not count as a look. */
  boolean clocksHaveJumpedUnseen() {
    return Math.abs(wallMinusNano() - wallMinusNanoMillis) > JUMP_MILLIS;
  }

  /** Whether this idle connection may be leased without a check. */
  boolean isFresh(Slot<?> slot, long nowNanos) {
    return !isTooOld(slot, nowNanos)
        && (!checks() || !health.checkOnBorrow() || isKnownToBeFit(slot, nowNanos));
  }

  /**
   * Whether a check, the creation or a use that ended normally is recent enough. None of them
   * counts when the next check is due: a connection that is always busy would otherwise never be
   * checked.
   */
  private boolean isKnownToBeFit(Slot<?> slot, long nowNanos) {
    long sinceProven = nowNanos - slot.provenNanos;
    long sinceSignOfLife = Math.min(sinceProven, nowNanos - slot.usedNanos);
    return sinceSignOfLife < idleBypassNanos && !isDue(sinceProven);
  }

  /** Whether a check is due, however busy the connection is. */
  private boolean isDue(long sinceProvenNanos) {
    return checkIntervalNanos > 0 && sinceProvenNanos >= checkIntervalNanos;
  }

  /** Whether this connection has had all leases that it may have. */
  boolean isUsedUp(Slot<?> slot) {
    int maxUses = sizes.maxUses();
    return maxUses > 0 && slot.uses() >= maxUses;
  }

  // ---- Under the lock

  boolean limitsLife() {
    return maxLifeNanos > 0;
  }

  private boolean isTooOld(Slot<?> slot, long nowNanos) {
    return maxLifeNanos > 0 && nowNanos - slot.bornNanos >= slot.lifeNanos;
  }

  /** How long a new connection may live; drawn at random, so that lives do not end together. */
  long drawLifeNanos() {
    // Not the random numbers of the thread, which may call {@code getId} of a user's subclass.
    double shorter = sizes.maxLifeJitter() * new SplittableRandom().nextDouble();
    return maxLifeNanos - (long) (maxLifeNanos * shorter);
  }

  /**
   * How long after its birth a connection is marked whose leases read no clock: so early that a
   * late timer still fires in time. From then on its age is compared under the lock.
   */
  long markAfterNanos(Slot<?> slot) {
    return slot.lifeNanos - Math.min(slot.lifeNanos / EARLIER_BY, LONGEST_EARLIER_NANOS);
  }

  /**
   * When this connection needs the maintenance next, because its life ends or a check is due.
   * {@link Long#MAX_VALUE} if never, or if that time is already over.
   */
  long nanosUntilNeedful(Slot<?> slot, long nowNanos) {
    long next = Long.MAX_VALUE;
    if (limitsLife()) {
      next = ifAhead(nanosUntilTooOld(slot, nowNanos));
    }
    if (checksInBackground() && slot.state() == Slot.State.IDLE) {
      // Connections that are due at nearly the same time are checked in one round.
      long due = ifAhead(slot.provenNanos + checkIntervalNanos - nowNanos);
      next = Math.min(next, Math.max(due, checkIntervalNanos / 10));
    }
    return next;
  }

  /** How long until this connection is too old, whatever life it has drawn. */
  long nanosUntilTooOld(Slot<?> slot, long nowNanos) {
    return slot.bornNanos + maxLifeNanos + AFTER_LIFE_NANOS - nowNanos;
  }

  private static long ifAhead(long nanos) {
    return nanos > 0 ? nanos : Long.MAX_VALUE;
  }

  /** The longest pause between two maintenances with which these options have an effect. */
  long longestRoundNanos() {
    long round = checksInBackground() ? checkIntervalNanos : Long.MAX_VALUE;
    return idleTimeoutNanos > 0 ? Math.min(round, idleTimeoutNanos) : round;
  }

  private boolean checksInBackground() {
    return checks() && checkIntervalNanos > 0;
  }

  /** Why this connection must not be leased any more; null if it may be leased. */
  @Nullable RetireReason spent(Slot<?> slot, long nowNanos) {
    if (isTooOld(slot, nowNanos)) {
      return RetireReason.MAX_LIFE;
    }
    if (isUsedUp(slot)) {
      return RetireReason.MAX_USES;
    }
    return null;
  }

  /** Whether this connection has been idle for so long that it may be closed. */
  boolean idleTooLong(Slot<?> slot, long nowNanos) {
    return idleTimeoutNanos > 0 && nowNanos - slot.usedNanos >= idleTimeoutNanos;
  }

  /** Whether this connection must be checked before it is leased. */
  boolean dueOnBorrow(Slot<?> slot, long nowNanos) {
    return health.healthChecker() != null
        && (slot.suspect
            || slot.doubtful
            || slot.unproven
            || (health.checkOnBorrow()
                && !isKnownToBeFit(slot, nowNanos)
                && !hasUnusedProof(slot, nowNanos)));
  }

  /**
   * Whether a check has proven this connection healthy, and no lease has used that proof up. Each
   * proof counts for one lease for a moment, even if no caller waits for it at that moment. A proof
   * for a caller that did not wait for it counts for as long as a connection may go unchecked,
   * because that caller may ask again at any time.
   */
  private boolean hasUnusedProof(Slot<?> slot, long nowNanos) {
    long sinceProven = nowNanos - slot.provenNanos;
    return slot.isProofUnused()
        && !isDue(sinceProven)
        && (sinceProven < FRESH_PROOF_NANOS || slot.isWanted());
  }

  /** Whether a check in the background is due as soon as this connection is idle. */
  boolean dueInBackground(Slot<?> slot, long nowNanos) {
    return health.healthChecker() != null
        && (isInDoubt(slot)
            || (slot.suspect && checkIntervalNanos > 0)
            || isDue(nowNanos - slot.provenNanos));
  }

  /** Whether only a check can tell whether this connection is healthy. */
  boolean isInDoubt(Slot<?> slot) {
    return health.healthChecker() != null && (slot.doubtful || slot.unproven);
  }

  boolean dueOnReturn() {
    return health.healthChecker() != null && health.checkOnReturn();
  }
}
