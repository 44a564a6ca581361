/**
 * For tests of code that uses the pools: no sleeps, no threads that race, no real server.
 *
 * <ul>
 *   <li>{@link dev.pools.test.ManualClock}: time that stands still until the test moves it.
 *   <li>{@link dev.pools.test.ManualTaskPool}: an {@code AdvancedPool} that runs a task when the
 *       test says so.
 *   <li>{@link dev.pools.test.ScriptedConnections}: connections that fail, hang, break or are slow
 *       when the test says so.
 *   <li>{@link dev.pools.test.PoolAssertions}: assertions about pools; a failure shows all figures.
 * </ul>
 */
@NullMarked
package dev.pools.test;

import org.jspecify.annotations.NullMarked;
