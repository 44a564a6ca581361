package dev.pools.connection;

import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One consistent snapshot of a pool. All numbers that change under the pool's lock belong to one
 * instant, and in every snapshot {@code size = idle + inUse + checking}.
 *
 * <p>Leases may start and end without the lock. The pool reads all connections a few times, and if
 * no lease starts or ends during one of these readings, {@code inUse}, {@code idle} and {@code
 * acquired} belong to that instant, too. Otherwise each connection counts as it was at some moment
 * of the reading: {@code inUse} then differs from its value at any instant by at most the number of
 * leases that started or ended during the reading. {@code acquired} is never less than in an
 * earlier snapshot, except for leases that a stop or a suspension has revoked before their callers
 * got them.
 *
 * @param name the pool's name
 * @param state the state of the pool
 * @param size how many connections it has: idle, in use and being checked
 * @param idle how many can be leased
 * @param inUse how many are leased
 * @param checking how many are being checked, prepared for a lease, or reset
 * @param creating how many are being created, or are in their first check
 * @param closing how many are being closed
 * @param closingsOverdue how many calls of the cleaner have not returned within {@code
 *     closeTimeout}; each holds a thread, and none holds a place
 * @param callsOverdue how many calls have not returned within their limits, of the health checker,
 *     of {@code onAcquire} and {@code onReturn}, and of the factory for {@code createConnection};
 *     each may hold a thread, and none holds a place
 * @param waiting how many callers wait for a connection
 * @param minSize the smallest number of connections
 * @param maxSize the largest number of connections, with those that are being created or closed
 * @param acquired how many leases there have been
 * @param timeouts how many callers have timed out
 * @param timeoutsInARow how many callers have timed out since the last lease
 * @param unservedFor how long ago the first of these timed out; zero if there is none. No caller
 *     has got a connection since then
 * @param nestedTimeouts how many threads have timed out while they held another lease of this pool,
 *     and so may have waited for themselves
 * @param refusedByLimit how many callers were rejected because of {@code waiterLimit}
 * @param refusedDown how many callers were rejected because of {@link WhenDown#FAIL}
 * @param created how many connections have been created
 * @param createFailures how many attempts to create one have failed, including overdue attempts and
 *     those whose connection failed its first check
 * @param retired how many have been closed, by reason
 * @param leaks how many leases have been reported as leaked
 * @param leaksReturned how many of these their holders have closed after that
 * @param consecutiveCreateFailures how many attempts to create one have failed since the last
 *     success
 * @param lastCreateFailure why the last of these failed; null after a success. While it is not
 *     null, the pool tries again with the pauses of its backoff, even if no caller asks
 * @param nextCreateAttempt how long until it may try again; zero if an attempt is due or running,
 *     or if the last one did not fail
 * @param longestWait how long the first caller in line has waited; zero if no caller waits
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
    int callsOverdue,
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
    long leaksReturned,
    int consecutiveCreateFailures,
    @Nullable Throwable lastCreateFailure,
    Duration nextCreateAttempt,
    Duration longestWait,
    Duration uptime) {

  /** The state of a pool. */
  public enum State {
    /** Built and not started; the first acquire starts it. */
    CREATED,
    /** Leases connections. */
    RUNNING,
    /** Leases and creates no connection until it is resumed; leases that are out go on. */
    SUSPENDED,
    /** Leases no connection any more, and waits for the leases that are out. */
    STOPPING,
    /** Has no connections, except those whose closing is overdue; may be started again. */
    STOPPED
  }
}
