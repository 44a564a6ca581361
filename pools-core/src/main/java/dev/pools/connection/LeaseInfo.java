package dev.pools.connection;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A lease that is out, as {@link ConnectionPool#leases()} has found it. It refers to nothing of the
 * pool and its users.
 *
 * @param id names the lease in its pool: the number of the connection, and how often that was
 *     leased or checked. No other lease of the pool has the same id
 * @param age how long it has been out. A pool that reads the clock for each lease (it has a health
 *     checker, a listener or a guard, looks for leaks, or has a {@code maxLife} below a minute)
 *     knows it exactly. Another pool sees a lease only when a caller finds no connection, when
 *     {@code leases()} is called, and at its maintenance. The age then counts from the first of
 *     these moments, so the lease may be older
 * @param isAgeExact whether the lease is as old as {@code age} says, and no older
 * @param thread the name of the thread that acquired it. If the pool does not look for leaks, this
 *     is {@code thread-<id>} for a virtual thread and for a thread that has ended
 * @param isAsync whether it was acquired in a future; then the thread is the one that has asked
 * @param arguments the arguments of the acquire, such as {@code schema=sales, 1 by position};
 *     values by position, and those named like a secret, are hidden. Empty if it had none
 * @param acquiredAt the stack of the acquire; null unless the pool, or the acquire, has a {@code
 *     leakThreshold}
 */
public record LeaseInfo(
    String id,
    Duration age,
    boolean isAgeExact,
    String thread,
    boolean isAsync,
    String arguments,
    @Nullable Throwable acquiredAt) {}
