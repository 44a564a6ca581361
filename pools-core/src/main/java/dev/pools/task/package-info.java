/**
 * A pool that calls synchronous functions concurrently.
 *
 * <p>The path of a task: {@link dev.pools.task.AdvancedPool} is the door. {@code TaskFactory} makes
 * the {@code PoolTask}: the user's code, its future and its place in the queue. {@code
 * TaskAdmission} takes it in, runs it in the caller, or lets it wait for one of the places of
 * {@code QueueCapacity}. {@code TaskQueue} knows which task is next. {@code TaskDispatcher} hands
 * it to a {@code Worker}, whose thread runs the {@code WorkerLoop}. {@code TaskRunner} runs it.
 * {@code TaskCancellation} has the ends that are not a run.
 *
 * <p>{@code WorkerLifecycle} starts and dismisses workers, {@code PoolWaits} and {@code
 * PoolShutdown} have what callers wait for, {@code StatsReader} reads a snapshot. All of these
 * share the {@code PoolCore}: the lock, what it guards, and the rules. {@code PoolParts} wires
 * them.
 *
 * <p>{@link dev.pools.map} carries out {@code map}, and {@link dev.pools.scaling} decides how many
 * workers there should be. Neither of them names a class of this package: {@code PoolMapExecutor}
 * and {@code ScaledTaskPool} are what they see of it.
 */
@NullMarked
package dev.pools.task;

import org.jspecify.annotations.NullMarked;
