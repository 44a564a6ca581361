/**
 * A pool that shares connections, or other objects that are expensive to open.
 *
 * <p>The path of a caller: {@link dev.pools.connection.ConnectionPool} is the door. A caller that
 * finds no free connection becomes a {@code Waiter} in the {@code WaitQueue} and gets a {@link
 * dev.pools.connection.Lease}. {@code LeaseGate} leases and takes back without a lock while no
 * caller waits, {@code SpinBeforePark} decides whether a waiting thread spins, and {@code
 * SameArgumentsMatcher} serves the line if arguments must be equal.
 *
 * <p>The path of a connection: a {@code Slot} is one place and the life of its connection; {@code
 * SlotTable} has all of them. {@code CreationBackoff} and {@code CreationLimits} decide when a
 * connection may be created, {@code ConnectionFitness} decides whether it may still be used, {@code
 * EvictionTracker} knows which connections must be replaced, {@code ConnectionGuard} stands in
 * front of a leased connection, and {@code ConnectionCloser} closes it.
 *
 * <p>{@code DeadlockDetector} finds threads that wait for themselves, {@code LeakDetector} finds
 * leases that are not closed. {@code TimedCall} runs the user's code with a time limit. {@code
 * ConnectionCore} holds the one lock, and all that it guards.
 */
@NullMarked
package dev.pools.connection;

import org.jspecify.annotations.NullMarked;
