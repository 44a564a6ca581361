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

  CompletableFuture<Void> start(
      List<Arguments> arguments, @Nullable Executor replacement, StartFailure onFailure) {
    CompletableFuture<Void> stopping;
    long stopsBefore;
    List<Wanted> wanted = arguments.stream().map(core.tenants::wanted).toList();
    core.enter();
    try {
      if (core.state() != State.STOPPING) {
        return startNow(wanted, replacement, onFailure);
      }
      stopping = stop.over();
      stopsBefore = stop.stopsAsked;
    } finally {
      core.leave();
    }
    return stopping.thenCompose(
        over -> startUnlessStopped(stopsBefore, wanted, replacement, onFailure));
  }

  /**
   * As {@link #start}, for a start that was requested earlier.
   *
   * @param stopsBefore {@link PoolStop#stopsAsked} at that time; a stop since then has revoked the
   *     start
   */
  CompletableFuture<Void> startUnlessStopped(
      List<Arguments> arguments,
      @Nullable Executor replacement,
      StartFailure onFailure,
      long stopsBefore) {
    CompletableFuture<Void> stopping;
    List<Wanted> wanted = arguments.stream().map(core.tenants::wanted).toList();
    core.enter();
    try {
      if (stop.stopsAsked != stopsBefore) {
        return CompletableFuture.failedFuture(new PoolStoppedException(core.name()));
      }
      if (core.state() != State.STOPPING) {
        return startNow(wanted, replacement, onFailure);
      }
      stopping = stop.over();
    } finally {
      core.leave();
    }
    return stopping.thenCompose(
        over -> startUnlessStopped(stopsBefore, wanted, replacement, onFailure));
  }

  /** As {@link #start}, after a stop, unless the pool was told to stop again meanwhile. */
  private CompletableFuture<Void> startUnlessStopped(
      long stopsBefore,
      List<Wanted> arguments,
      @Nullable Executor replacement,
      StartFailure onFailure) {
    core.enter();
    try {
      return stop.stopsAsked == stopsBefore
          ? startNow(arguments, replacement, onFailure)
          : CompletableFuture.failedFuture(new PoolStoppedException(core.name()));
    } finally {
      core.leave();
    }
  }

  private CompletableFuture<Void> startNow(
      List<Wanted> arguments, @Nullable Executor replacement, StartFailure onFailure) {
    if (core.state() != State.RUNNING) {
      beginLife(arguments, replacement, onFailure);
    } else if (startedImplicitly) {
      takeOverStart(arguments, replacement, onFailure);
    }
    startedImplicitly = false;
    return start.over();
  }

  /** Starts a pool that was never started, because a caller asks for a connection. */
  void startImplicitly() {
    core.enter();
    try {
      if (core.state() == State.CREATED) {
        beginLife(List.of(), null, StartFailure.START_EMPTY);
        startedImplicitly = true;
      }
    } finally {
      core.leave();
    }
  }

  /**
   * The owner starts a pool that a caller has started: the owner's conditions count from now on.
   */
  private void takeOverStart(
      List<Wanted> arguments, @Nullable Executor replacement, StartFailure onFailure) {
    if (replacement != null) {
      core.threads = core.standardThreads.on(replacement);
    }
    core.nextArguments.begin(arguments);
    start.begin(Math.max(0, core.minSize - core.slots.size()), onFailure);
    if (!start.isUnderWay()) {
      return;
    }
    // The owner learns now whether connections can be created, and not after a pause.
    long now = core.time.nanoTime();
    core.creation.pauseIsOver(now);
    arguments.forEach(wanted -> wanted.tenant().creation.pauseIsOver(now));
    matcher.match();
  }

  private void beginLife(
      List<Wanted> arguments, @Nullable Executor replacement, StartFailure onFailure) {
    core.become(State.RUNNING);
    core.lives++;
    core.startedNanos = core.time.nanoTime();
    core.threads =
        replacement == null ? core.standardThreads : core.standardThreads.on(replacement);
    core.counters.unserved.forget();
    core.nextArguments.begin(arguments);
    core.creations.reset();
    matcher.arguments.open();
    core.strays = 0;
    retirement.closer.beginLife();
    core.fitness.clocksHaveJumped();
    maintenance.scheduleMaintenance();
    start.begin(core.minSize, onFailure);
    matcher.match();
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
