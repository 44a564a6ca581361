/**
 * A pool that shares connections, or other objects that are expensive to open.
 *
 * <p>The path of a caller: {@link dev.pools.connection.ConnectionPool} is the door. {@code
 * LeaseFastPath} takes an idle connection through the {@code LeaseGate}, without a lock, while no
 * caller waits. Otherwise {@code ConnectionAcquisition} lets the caller join the {@code WaitQueue}
 * as a {@code Waiter}, and {@code Matcher} brings callers and connections together. The caller gets
 * a {@link dev.pools.connection.Lease}. When the lease ends, {@code ConnectionRelease} decides what
 * becomes of the connection.
 *
 * <p>The path of a connection: a {@code Slot} is one place and the life of its connection; {@code
 * SlotTable} has all of them. {@code CreationDemand} decides how many connections are created,
 * {@code CreationBackoff} and {@code CreationLimits} decide when, and {@code ConnectionCreator}
 * calls the factory. {@code ConnectionFitness} decides whether a connection may still be used, and
 * {@code HealthChecks} has it checked and prepared. {@code ConnectionGuard} stands in front of a
 * leased connection. {@code Retirement} decides that a connection is closed, and {@code
 * ConnectionCloser} closes it.
 *
 * <p>{@code PoolLifecycle} and {@code PoolStop} start and stop the pool, {@code PoolMaintenance}
 * looks after it from time to time, and {@code PoolResize} changes its options. {@code
 * DeadlockDetector} finds threads that wait for themselves, {@code LeakDetector} finds leases that
 * are not closed. {@code TimedCall} runs the user's code with a time limit. All of these share the
 * {@code ConnectionCore}: the lock, and what it guards. {@code ConnectionParts} creates and
 * connects them.
 */
@NullMarked
package dev.pools.connection;

import org.jspecify.annotations.NullMarked;
