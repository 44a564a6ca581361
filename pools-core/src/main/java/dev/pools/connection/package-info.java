/**
 * A pool that shares connections, or anything else that is expensive to open.
 *
 * <p>The way of a connection: {@link dev.pools.connection.ConnectionPool} is the door. A {@code
 * Slot} is one place and the life of the connection that takes it; {@code Slots} are all of them.
 * Callers stand in the {@code WaitQueue}, each a {@code Waiter}, and get a {@link
 * dev.pools.connection.Lease}. {@code Creation} says when another connection may be made, {@code
 * Fitness} whether one may still be used, {@code Generations} which are to be replaced, {@code
 * NestedAcquire} who waits for himself, {@code Leaks} who does not give back, {@code Guard} stands
 * before a connection while it is leased, and {@code TimedCall} runs the user's code with a time
 * limit. {@code Exchange} is where connections and callers meet, under one lock. {@code
 * SameArguments} brings them together there if each caller wants what was made with his arguments.
 */
@NullMarked
package dev.pools.connection;

import org.jspecify.annotations.NullMarked;
