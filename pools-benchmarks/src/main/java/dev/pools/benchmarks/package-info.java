/**
 * Both pools measured against their peers.
 *
 * <p>The way of a figure: {@link dev.pools.benchmarks.Grid} is the door. A {@code Mode} is a way to
 * use a pool, a {@code Cell} is a mode with its numbers (so many submitters, so many workers), and
 * {@code Plan} knows all of them and who takes part. {@code Fork} measures cells of one peer in a
 * JVM of their own, {@code Reading} is what came out, and {@code Table} sets ours beside the best.
 */
@NullMarked
package dev.pools.benchmarks;

import org.jspecify.annotations.NullMarked;
