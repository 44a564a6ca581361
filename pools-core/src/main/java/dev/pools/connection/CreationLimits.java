package dev.pools.connection;

import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * The attempts of all tenants to create connections, and the limits that they share. Guarded by the
 * pool's lock; the readings may be read without it.
 *
 * <p>With several tenants no tenant uses up a limit: one tenant may not use the last of the
 * concurrent attempts, and tenants whose last attempt failed share at most half of them. So a
 * tenant whose server refuses or hangs leaves room for the others, if {@code maxConcurrentCreates}
 * is more than 1.
 */
final class CreationLimits {

  /** Knows the connections that exist. Called under the pool's lock, and calls no user code. */
  interface Connections {

    /**
     * Whether a connection of this tenant was leased a second time, and was created after the place
     * with this number.
     *
     * @param tenant its {@code CreationBackoff}; compared by identity
     */
    boolean isAnyLeasedAgain(Object tenant, long sinceNumber);
  }

  private final String pool;
  private final boolean severalTenants;
  private int maxConcurrent;
  private long initialPauseNanos;
  private long longestPauseNanos;

  private int underway;

  /** Attempts underway for tenants whose last attempt failed. */
  private int doubtful;

  private int failuresInARow;
  private long noAttemptBeforeNanos;
  private @Nullable Throwable lastFailure;

  /** The first tenant that has created anything since the start; null if none has. */
  private @Nullable Object only;

  /** Whether another tenant has created anything, too. */
  private boolean several;

  /** How often failures have been forgotten: each tenant forgets them when it is next asked. */
  private long life;

  /** Set once, before the first attempt. */
  private @Nullable Connections connections;

  /**
   * @param severalTenants whether there may be several tenants
   */
  CreationLimits(
      String pool,
      boolean severalTenants,
      int maxConcurrent,
      long initialPauseNanos,
      long longestPauseNanos) {
    this.pool = pool;
    this.severalTenants = severalTenants;
    this.maxConcurrent = maxConcurrent;
    this.initialPauseNanos = initialPauseNanos;
    this.longestPauseNanos = longestPauseNanos;
  }

  /** Sets the limits. A pause that has begun stays as long as it was drawn. */
  void limit(int creations, long initialNanos, long longestNanos) {
    maxConcurrent = creations;
    initialPauseNanos = initialNanos;
    longestPauseNanos = longestNanos;
  }

  /** Connects the limits with the connections that exist; once, before the first attempt. */
  void know(Connections existing) {
    connections = existing;
  }

  /** See {@link Connections#isAnyLeasedAgain}. */
  boolean isAnyLeasedAgain(Object tenant, long sinceNumber) {
    return connections != null && connections.isAnyLeasedAgain(tenant, sinceNumber);
  }

  /** The pause after the first failure of a tenant. */
  long initialPauseNanos() {
    return initialPauseNanos;
  }

  /** The longest pause after failures of a tenant. */
  long longestPauseNanos() {
    return longestPauseNanos;
  }

  /** How long so many of the longest pauses take, one after another. */
  long longestPausesNanos(int number) {
    return longestPauseNanos > Long.MAX_VALUE / 2 / number
        ? Long.MAX_VALUE / 2
        : longestPauseNanos * number;
  }

  /** A random time from 0 to this one. */
  long drawNanos(long longestNanos) {
    // Not that of the thread, which may call the {@code getId} of a user's class of threads.
    return new SplittableRandom().nextLong(longestNanos + 1);
  }

  int maxConcurrent() {
    return maxConcurrent;
  }

  /** How many attempts are underway and not overdue. */
  int underway() {
    return underway;
  }

  /** Whether the limit of all tenants together allows another attempt. */
  boolean hasRoom() {
    return underway < maxConcurrent;
  }

  /** As {@link #hasRoom()}, for a tenant whose last attempt failed. */
  boolean hasRoomForDoubtful() {
    return hasRoom() && (!severalTenants || doubtful < Math.max(1, maxConcurrent / 2));
  }

  /** How many attempts one tenant may have underway. */
  int shareOfOne() {
    return severalTenants ? Math.max(1, maxConcurrent - 1) : maxConcurrent;
  }

  /** How many attempts in a row have failed, for any tenant. */
  int failuresInARow() {
    return failuresInARow;
  }

  /**
   * Why the last attempt failed, if it did. If there are several tenants, it does not tell what the
   * server of one has said: all of them can read this.
   */
  @Nullable Throwable lastFailure() {
    return lastFailure;
  }

  /** How long the pause after the last failure still lasts; zero if there is none. */
  long pauseNanos(long nowNanos) {
    return failuresInARow == 0 || underway > 0 ? 0 : Math.max(0, noAttemptBeforeNanos - nowNanos);
  }

  void pauseUntil(long nanos) {
    noAttemptBeforeNanos = nanos;
  }

  long life() {
    return life;
  }

  /**
   * An attempt begins.
   *
   * @param by what stands for its tenant; compared by identity
   * @param isDoubtful whether the tenant's last attempt failed
   */
  void begun(Object by, boolean isDoubtful) {
    underway++;
    if (isDoubtful) {
      doubtful++;
    }
    if (only == null) {
      only = by;
    }
    several |= only != by;
  }

  void ended(boolean wasDoubtful) {
    underway--;
    if (wasDoubtful) {
      doubtful--;
    }
  }

  /** An attempt underway is not that of a tenant whose last attempt failed any more. */
  void trust() {
    doubtful--;
  }

  void succeeded() {
    failuresInARow = 0;
    lastFailure = null;
  }

  void failed(Throwable cause, long noAttemptUntilNanos) {
    failuresInARow++;
    pauseUntil(noAttemptUntilNanos);
    lastFailure =
        several
            ? new ConnectionCreationException(
                pool,
                "the last attempt failed. Several callers use this pool with different arguments; each caller's own exception has the cause",
                null)
            : cause;
  }

  /** A new start forgets old failures. */
  void reset() {
    life++;
    failuresInARow = 0;
    lastFailure = null;
    only = null;
    several = false;
  }
}
