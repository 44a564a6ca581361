package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.connection.ConnectionPoolStats.State;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Starts, suspends and resumes the pool. Guarded by the pool's lock. */
final class PoolLifecycle<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final StartProgress<T> start;
  private final HealthChecks<T> checks;
  private final PoolMaintenance<T> maintenance;
  private final Matcher<T> matcher;
  private final PoolStop<T> stop;

  /** Whether a caller has started the pool by asking for a connection, and no owner has. */
  private boolean startedImplicitly;

  PoolLifecycle(
      ConnectionCore<T> core,
      Retirement<T> retirement,
      StartProgress<T> start,
      HealthChecks<T> checks,
      PoolMaintenance<T> maintenance,
      Matcher<T> matcher,
      PoolStop<T> stop) {
    this.core = core;
    this.retirement = retirement;
    this.start = start;
    this.checks = checks;
    this.maintenance = maintenance;
    this.matcher = matcher;
    this.stop = stop;
  }

  /**
   * Starts the pool, after the stop that is under way, if there is one.
   *
   * @param arguments those of the first connections
   * @param executor runs the user's code until the pool is stopped; null for that of the builder
   */
  CompletableFuture<Void> start(
      List<Arguments> arguments, @Nullable Executor executor, StartFailure onFailure) {
    return startUnlessRevoked(specs(arguments), executor, onFailure, null);
  }

  /**
   * As {@link #start}, for a start that was requested earlier.
   *
   * @param stopsBefore {@link PoolStop#stopsAsked} at that time; a stop since then has revoked the
   *     start
   */
  CompletableFuture<Void> startUnlessStopped(
      List<Arguments> arguments,
      @Nullable Executor executor,
      StartFailure onFailure,
      long stopsBefore) {
    return startUnlessRevoked(specs(arguments), executor, onFailure, stopsBefore);
  }

  private List<ConnectionSpec> specs(List<Arguments> arguments) {
    return arguments.stream().map(core.tenants::spec).toList();
  }

  /** Starts the pool; after the stop that is under way, if there is one. */
  private CompletableFuture<Void> startUnlessRevoked(
      List<ConnectionSpec> first,
      @Nullable Executor executor,
      StartFailure onFailure,
      @Nullable Long stopsBefore) {
    CompletableFuture<Void> stopping;
    long stopsAsked;
    core.enter();
    try {
      stopsAsked = stop.stopsAsked;
      if (stopsBefore != null && stopsBefore != stopsAsked) {
        return CompletableFuture.failedFuture(new PoolStoppedException(core.name()));
      }
      if (core.state() != State.STOPPING) {
        return startNow(first, executor, onFailure);
      }
      stopping = stop.over();
    } finally {
      core.leave();
    }
    return stopping.thenCompose(over -> startUnlessRevoked(first, executor, onFailure, stopsAsked));
  }

  private CompletableFuture<Void> startNow(
      List<ConnectionSpec> first, @Nullable Executor executor, StartFailure onFailure) {
    if (core.state() != State.RUNNING) {
      beginLife(first, executor, onFailure);
    } else if (startedImplicitly) {
      takeOverStart(first, executor, onFailure);
    }
    startedImplicitly = false;
    return start.over();
  }

  /** Starts a pool that was never started, because a caller asks for a connection. */
  void startImplicitly() {
    core.enter();
    try {
      if (core.state() == State.CREATED) {
        startedImplicitly = true;
        beginLife(List.of(), null, StartFailure.START_EMPTY);
      }
    } finally {
      core.leave();
    }
  }

  /**
   * The owner starts a pool that a caller has started: the owner's conditions count from now on.
   */
  private void takeOverStart(
      List<ConnectionSpec> first, @Nullable Executor executor, StartFailure onFailure) {
    if (executor != null) {
      core.threads = core.standardThreads.on(executor);
    }
    core.nextArguments.begin(first);
    start.begin(Math.max(0, core.minSize - core.slots.size()), onFailure);
    if (!start.isUnderWay()) {
      return;
    }
    // The owner learns now whether connections can be created, and not after a pause.
    long now = core.time.nanoTime();
    core.creation.pauseIsOver(now);
    first.forEach(spec -> spec.tenant().creation.pauseIsOver(now));
    matcher.match();
  }

  private void beginLife(
      List<ConnectionSpec> first, @Nullable Executor executor, StartFailure onFailure) {
    // First what may find no memory: then no life has begun, and the next start begins it.
    long now = core.time.nanoTime();
    ConnectionThreads threads =
        executor == null ? core.standardThreads : core.standardThreads.on(executor);
    core.fitness.clocksHaveJumped();
    core.nextArguments.begin(first);
    start.begin(core.minSize, onFailure);
    core.become(State.RUNNING);
    core.lives++;
    core.startedNanos = now;
    core.threads = threads;
    core.counters.unserved.forget();
    core.creations.reset();
    matcher.arguments.open();
    core.strays = 0;
    retirement.closer.beginLife();
    try {
      maintenance.scheduleMaintenance();
      matcher.match();
    } catch (Throwable noMemoryOrStack) {
      core.isUnfinished = true;
      throw noMemoryOrStack;
    }
  }

  void suspend() {
    core.enter();
    try {
      if (core.state() == State.STOPPING || core.state() == State.STOPPED) {
        throw new PoolStoppedException(core.name());
      }
      core.setSuspended(true);
      core.setGate();
    } finally {
      core.leave();
    }
  }

  void resume() {
    core.enter();
    try {
      core.setSuspended(false);
      matcher.match();
      for (Slot<T> slot : core.slots.present()) {
        checks.checkIfInDoubt(slot);
      }
    } finally {
      core.leave();
    }
  }
}
