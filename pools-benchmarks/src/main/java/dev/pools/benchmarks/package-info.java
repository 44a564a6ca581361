/**
 * Both pools measured against their peers.
 *
 * <p>The way of a figure: {@link dev.pools.benchmarks.Grid} is the door. A {@code Mode} is a way to
 * use a pool, a {@code Cell} is a mode with its numbers (so many submitters, so many workers),
 * {@code Plan} knows all of them and who takes part, and {@code Question} has the selection that is
 * measured by default. {@code Rounds} puts them into an order, {@code Fork} measures one cell of
 * one peer in a JVM of its own once that is steady ({@code Steadiness}), and {@code RunFile} keeps
 * what came out, a {@code Reading} for each fork.
 *
 * <p>The way to a reader: {@code Medians} and {@code Scores} put the forks together, {@code
 * Comparison} sets ours beside the best peer, {@code Answers}, {@code Goals}, {@code Table}, {@code
 * Agreement} and {@code Plots} write that down, and {@code Publication} puts it into the documents.
 */
@NullMarked
package dev.pools.benchmarks;

import org.jspecify.annotations.NullMarked;
