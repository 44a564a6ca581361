/**
 * A pool that calls synchronous functions concurrently.
 *
 * <p>The path of a task: {@link dev.pools.task.AdvancedPool} is the door. {@code TaskFactory}
 * creates the {@code PoolTask}: the user's code, its future and its place in the queue. {@code
 * TaskAdmission} accepts it, rejects it, lets its caller run it, or lets it wait for one of the
 * places of {@code QueueCapacity}. {@code TaskQueue} knows which task is next. {@code
 * TaskDispatcher} gives it to a {@code Worker}, whose thread runs the {@code WorkerLoop}. {@code
 * TaskRunner} runs it. {@code TaskCancellation} ends a task that does not run.
 *
 * <p>{@code WorkerLifecycle} starts and dismisses workers. {@code PoolWaits} and {@code
 * PoolShutdown} complete what callers wait for. {@code StatsReader} reads a snapshot. All of these
 * share the {@code PoolCore}: the lock, what it guards, and the rules. {@code PoolParts} creates
 * and connects them.
 *
 * <p>{@link dev.pools.map} carries out {@code map}, {@link dev.pools.scaling} decides how many
 * workers there should be, and {@link dev.pools.advice} predicts what another number of workers
 * would have done. None of them names a class of this package: they see a pool as {@code
 * PoolMapExecutor}, as {@code ScaledTaskPool}, and as what {@code TaskRecorder} has recorded.
 */
@NullMarked
package dev.pools.task;

import org.jspecify.annotations.NullMarked;
