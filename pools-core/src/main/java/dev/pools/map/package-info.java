/**
 * The lazy parallel map: a function applied to the values of inputs, each call as a task of its
 * own, with no more than a window of values read ahead.
 *
 * <p>Users call {@code map} on a pool, with an {@link dev.pools.map.Input}, {@link
 * dev.pools.map.MapOptions} and a function such as {@link dev.pools.map.Function1}. The way of a
 * row: {@code InputReader} reads it from the {@code Source} of each input, {@code MapRun} decides
 * when and submits it, {@code MapElement} is its task, {@code Results} keeps what it returned, and
 * {@code MapResult} is the future that the user gets.
 *
 * <p>This package names no class of any pool. What it needs of one is in {@link
 * dev.pools.map.MapExecutor}.
 */
@NullMarked
package dev.pools.map;

import org.jspecify.annotations.NullMarked;
