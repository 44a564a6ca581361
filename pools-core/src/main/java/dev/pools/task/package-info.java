/**
 * A pool that calls synchronous functions concurrently.
 *
 * <p>The way of a task: {@link dev.pools.task.AdvancedPool} is the door. {@code PoolTask} is what
 * travels: the user's code, its future and its place in the queue. {@code QueueCapacity} lets it
 * in, or makes it wait for a place. {@code TaskQueue} knows who is next. A {@code Worker} takes and
 * runs it; the {@code IdleWorkers} knows which of them are idle, and the {@code WorkerSet} how many
 * there are. {@code Dispatch} is the floor on which all of these meet.
 */
@NullMarked
package dev.pools.task;

import org.jspecify.annotations.NullMarked;
