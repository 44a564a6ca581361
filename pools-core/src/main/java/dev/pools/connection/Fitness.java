package dev.pools.connection;

import dev.pools.internal.Time;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Whether a connection may still be used, or must be checked before. Guarded by the pool's lock,
 * but for what is asked at the gate.
 *
 * <p>Ages are measured on the monotonic clock, which stands still while the machine sleeps. So when
 * the wall clock has moved away from it, no age can be trusted, and every connection is suspect: it
 * is checked before its next use, but not thrown away, because an operator may just have set the
 * clock.
 */
final class Fitness {

  /** How far the clocks may drift apart, between two looks, before it is called a jump. */
  private static final long JUMP_MILLIS = 2_000;

  private final ConnectionOptions<?> options;
  private final Time time;
  private final long maxLifeNanos;
  private final long idleTimeoutNanos;
  private final long idleBypassNanos;
  private final long checkIntervalNanos;

  /** Written under the lock, read at the gate. */
  private volatile long wallMinusNanoMillis;

  Fitness(ConnectionOptions<?> options) {
    this.options = options;
    this.time = options.time();
    this.maxLifeNanos = Time.nanos(options.maxLife());
    this.idleTimeoutNanos = Time.nanos(options.idleTimeout());
    this.idleBypassNanos = Time.nanos(options.idleBypass());
    this.checkIntervalNanos = Time.nanos(options.healthCheckInterval());
    this.wallMinusNanoMillis = wallMinusNano();
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

  /** Whether the clocks have to be read before each lease: somebody has to be told, or asked. */
  boolean needsClock() {
    return options.healthChecker() != null;
  }

  // ---- At the gate

  /** Whether the clocks have moved apart since the last look, which this is not. */
  boolean clocksHaveJumpedUnseen() {
    return Math.abs(wallMinusNano() - wallMinusNanoMillis) > JUMP_MILLIS;
  }

  /** Whether this idle connection may be leased without a look at anything but its age. */
  boolean isFresh(Slot<?> slot, long nowNanos) {
    return !isTooOld(slot, nowNanos)
        && (!options.checkOnBorrow() || isKnownToBeFit(slot, nowNanos));
  }

  /**
   * Whether a check, the creation or a use that ended normally says so. All of them say so only
   * until the next check is due, else a connection that is always busy would never be checked.
   */
  private boolean isKnownToBeFit(Slot<?> slot, long nowNanos) {
    long sinceProven = nowNanos - slot.provenNanos;
    long sinceSignOfLife = Math.min(sinceProven, nowNanos - slot.usedNanos);
    return sinceSignOfLife < idleBypassNanos && !isDue(sinceProven);
  }

  /** Whether it is time for a check, however busy the connection is. */
  private boolean isDue(long sinceProvenNanos) {
    return checkIntervalNanos > 0 && sinceProvenNanos >= checkIntervalNanos;
  }

  /** Whether the lease that ends now was the last one that this connection may have. */
  boolean isUsedUp(Slot<?> slot) {
    return options.maxUses() > 0 && slot.uses() >= options.maxUses();
  }

  // ---- Under the lock

  boolean limitsLife() {
    return maxLifeNanos > 0;
  }

  private boolean isTooOld(Slot<?> slot, long nowNanos) {
    return maxLifeNanos > 0 && nowNanos - slot.bornNanos >= slot.lifeNanos;
  }

  /** How long a new connection may live: not all equally long, so that they do not end together. */
  long drawLifeNanos() {
    double shorter = options.maxLifeJitter() * ThreadLocalRandom.current().nextDouble();
    return maxLifeNanos - (long) (maxLifeNanos * shorter);
  }

  /** Why this connection must not be leased any more, if it must not. */
  @Nullable RetireReason spent(Slot<?> slot, long nowNanos) {
    if (isTooOld(slot, nowNanos)) {
      return RetireReason.MAX_LIFE;
    }
    if (isUsedUp(slot)) {
      return RetireReason.MAX_USES;
    }
    return null;
  }

  /** Whether this idle connection has not been needed for so long that it may be closed. */
  boolean idleTooLong(Slot<?> slot, long nowNanos) {
    return idleTimeoutNanos > 0 && nowNanos - slot.usedNanos >= idleTimeoutNanos;
  }

  /** Whether this connection must be checked before it is leased. */
  boolean dueOnBorrow(Slot<?> slot, long nowNanos) {
    return options.healthChecker() != null
        && (slot.suspect
            || slot.doubtful
            || slot.unproven
            || (options.checkOnBorrow() && !isKnownToBeFit(slot, nowNanos)));
  }

  /** Whether this connection is due for a check in the background, as soon as it is idle. */
  boolean dueInBackground(Slot<?> slot, long nowNanos) {
    return options.healthChecker() != null
        && (isInDoubt(slot)
            || (slot.suspect && checkIntervalNanos > 0)
            || isDue(nowNanos - slot.provenNanos));
  }

  /** Whether something has happened that only a check can answer. */
  boolean isInDoubt(Slot<?> slot) {
    return options.healthChecker() != null && (slot.doubtful || slot.unproven);
  }

  boolean dueOnReturn() {
    return options.healthChecker() != null && options.checkOnReturn();
  }
}
