package dev.pools.task;

import dev.pools.scaling.ScalingSampler;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of one pool, and how they are wired, in the order in which they build on each other.
 * None of them knows the {@link AdvancedPool}: so a pool that its users have forgotten can be
 * noticed, although its workers are alive.
 */
final class PoolParts {

  final PoolCore core;
  final TaskFactory factory;
  final StatsReader stats;
  final TaskAdmission admission;
  final TaskRunner runner;
  final TaskCancellation cancellation;
  final WorkerLifecycle lifecycle;
  final PoolShutdown shutdown;
  final PoolWaits waits;
  final BulkCalls bulkCalls;

  /** Null if no task is recorded. */
  final @Nullable PoolAdvice advice;

  PoolParts(PoolOptions options) {
    core = new PoolCore(options);
    Listeners listeners = new Listeners(core.faults, options.listeners());
    factory = core.factory;
    stats = new StatsReader(core);
    WorkerDemand demand = new WorkerDemand(core);
    runner = new TaskRunner(core, listeners);
    cancellation = new TaskCancellation(core, listeners);
    waits = new PoolWaits(core, demand, stats);
    shutdown = new PoolShutdown(core, cancellation);
    lifecycle = new WorkerLifecycle(core, demand, cancellation, shutdown, listeners);
    admission = new TaskAdmission(core, demand, runner, cancellation, listeners);
    bulkCalls = new BulkCalls(admission, cancellation);
    TaskRecorder recorder = factory.recorder();
    advice = recorder == null ? null : new PoolAdvice(core, recorder);
    TaskDispatcher dispatcher = new TaskDispatcher(core, demand, cancellation);
    WorkerLoop loop = new WorkerLoop(core, cancellation, dispatcher, runner, lifecycle);
    ScalingSampler sampler =
        options
            .scaling()
            .sampler(
                new ScaledTaskPool(core.time, stats, lifecycle),
                options.minWorkers(),
                options.maxWorkers());
    core.connect(loop, sampler);
  }
}
