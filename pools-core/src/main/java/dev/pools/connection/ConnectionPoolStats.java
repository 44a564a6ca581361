package dev.pools.connection;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One consistent snapshot of a pool. All numbers that change under the pool's lock are of one
 * instant, and in every snapshot {@code size = idle + inUse + checking}.
 *
 * <p>Leases may begin and end without the lock, so {@code inUse}, {@code idle} and {@code acquired}
 * are of that instant, too, if a few looks at all connections find a moment without such a step. If
 * leases follow one another more quickly than that, each connection counts as it was at some moment
 * of the reading: {@code inUse} then differs from any instant by at most as many as the leases that
 * began or ended during the reading. {@code acquired} never falls behind what an earlier snapshot
 * said, but for leases that a stop or a suspension has revoked before their callers got them.
 *
 * @param name the pool's name
 * @param state where the pool is in its life
 * @param size how many connections it has: idle, in use and being checked
 * @param idle how many are ready to be leased
 * @param inUse how many are leased
 * @param checking how many are being checked
 * @param creating how many are being made, or pass the check before they belong to the pool
 * @param closing how many are being closed
 * @param closingsOverdue how many calls of the cleaner have not returned within {@code
 *     closeTimeout}; they hold a thread each, and no place
 * @param waiting how many callers wait for one
 * @param minSize the least number of connections
 * @param maxSize the greatest number, of all those above together
 * @param acquired how many leases there have been
 * @param timeouts how many callers have given up because their time was over
 * @param timeoutsInARow how many callers have given up for this reason since the last lease
 * @param unservedFor how long ago the first of these gave up; zero if there is none. No caller has
 *     got a connection since
 * @param nestedTimeouts how many of those that timed out were threads that held another lease of
 *     this pool, and so may have waited for themselves
 * @param refusedByLimit how many callers were refused because as many waited as may
 * @param refusedDown how many were refused because there was nothing to wait for, as they wished
 * @param created how many connections have been made
 * @param createFailures how many attempts to make one have failed, those included whose connection
 *     failed its first check, and those that were overdue
 * @param retired how many have been closed, by reason
 * @param leaks how many leases have been reported as leaked
 * @param consecutiveCreateFailures how many attempts to make one have failed since the last success
 * @param lastCreateFailure why the last of these failed; null after a success. While it is not null
 *     the pool goes on trying, in the rhythm of its back-off, even if no caller asks
 * @param nextCreateAttempt how long until it may try again; zero if an attempt is due or under way,
 *     or if the last one did not fail
 * @param longestWait how long the caller at the head of the line has waited; zero if nobody waits
 * @param uptime how long since the last start; zero before the first
 */
public record ConnectionPoolStats(
    String name,
    State state,
    int size,
    int idle,
    int inUse,
    int checking,
    int creating,
    int closing,
    int closingsOverdue,
    int waiting,
    int minSize,
    int maxSize,
    long acquired,
    long timeouts,
    long timeoutsInARow,
    Duration unservedFor,
    long nestedTimeouts,
    long refusedByLimit,
    long refusedDown,
    long created,
    long createFailures,
    Map<RetireReason, Long> retired,
    long leaks,
    int consecutiveCreateFailures,
    @Nullable Throwable lastCreateFailure,
    Duration nextCreateAttempt,
    Duration longestWait,
    Duration uptime) {

  /** Where a pool is in its life. */
  public enum State {
    /** Built, not yet started; the first acquire starts it. */
    CREATED,
    /** Serves. */
    RUNNING,
    /** Leases nothing and makes nothing until it is resumed; leases that are out go on. */
    SUSPENDED,
    /** Serves no more, and waits for its leases. */
    STOPPING,
    /** Has no connections, but for those that are overdue; may be started again. */
    STOPPED
  }
}
