package dev.pools.connection;

import dev.pools.connection.ConnectionPoolStats.State;
import java.util.concurrent.CompletableFuture;

/**
 * The rooms of one pool, and how they are wired, in the order in which they build on each other.
 * None of them knows the {@link ConnectionPool}: so a pool that its users have forgotten can be
 * noticed, although its timers are set.
 */
final class ConnectionParts<T> implements ConnectionCore.Rules<T> {

  final ConnectionCore<T> core;
  final Retirement<T> retirement;
  final StatsReader<T> stats;
  final ConnectionCalls<T> calls;
  final HealthChecks<T> checks;
  final PoolMaintenance<T> maintenance;
  final Matcher<T> matcher;
  final ConnectionRelease<T> release;
  final PoolResize<T> resize;
  final PoolStop<T> stop;
  final PoolLifecycle<T> lifecycle;
  final ConnectionAcquisition<T> acquisition;
  private final CreationDemand<T> demand;
  private final StartProgress<T> start;

  ConnectionParts(ConnectionOptions<T> options) {
    core = new ConnectionCore<>(options);
    retirement = new Retirement<>(core);
    calls = new ConnectionCalls<>(core);
    stats = new StatsReader<>(core, retirement, calls);
    WaiterOutcomes<T> outcomes = new WaiterOutcomes<>(core, stats);
    start = new StartProgress<>(core);
    checks = new HealthChecks<>(core, retirement, calls);
    ConnectionFlight<T> flight = new ConnectionFlight<>(core, stats);
    maintenance = new PoolMaintenance<>(core, retirement, checks, flight);
    CreationResults<T> results = new CreationResults<>(core, retirement, start, maintenance);
    FirstCheck<T> firstCheck = new FirstCheck<>(core, retirement, start, calls, results);
    ConnectionCreator<T> creator =
        new ConnectionCreator<>(core, retirement, start, calls, results, firstCheck);
    demand = new CreationDemand<>(core, outcomes, start, results, creator);
    ArgumentsMatcher<T> arguments =
        core.matchesArguments
            ? new SameArgumentsMatcher<>(core, retirement, outcomes, checks, creator, demand)
            : new AnyArgumentsMatcher<>(core, retirement, outcomes, checks, demand);
    matcher = new Matcher<>(core, arguments, outcomes, checks, demand);
    release = new ConnectionRelease<>(core, retirement, calls, checks, matcher);
    resize = new PoolResize<>(core, retirement, start, maintenance, matcher);
    stop =
        new PoolStop<>(
            core, retirement, outcomes, start, maintenance, results, firstCheck, demand, matcher);
    lifecycle = new PoolLifecycle<>(core, retirement, start, checks, maintenance, matcher, stop);
    acquisition =
        new ConnectionAcquisition<>(
            core, retirement, outcomes, checks, maintenance, creator, matcher, lifecycle, flight);
    core.connect(this);
  }

  /**
   * The door's way to leases.
   *
   * @param door is in use as long as a lease is out, or a caller waits
   */
  LeaseFastPath<T> leases(Object door) {
    return new LeaseFastPath<>(core, release, door);
  }

  /** What operators do with leases; created when it is needed, as it has no state. */
  LeaseControl<T> leaseControl() {
    return new LeaseControl<>(core, retirement, matcher);
  }

  /** The options that the pool has now. */
  ConnectionOptions<T> options() {
    return core.options;
  }

  // ---- The rules

  @Override
  public void match() {
    matcher.match();
  }

  @Override
  public void maintainWithin(long nanos) {
    maintenance.maintainWithin(nanos);
  }

  @Override
  public void offerReady(Slot<T> slot, long now) {
    matcher.offerReady(slot, now);
  }

  @Override
  public void probeBesideHopeless() {
    demand.probeBesideHopeless();
  }

  @Override
  public boolean hasLeftOver() {
    return retirement.closer.hasLeftOver();
  }

  @Override
  public void restore() {
    // What fails from here on sets it again.
    core.isUnfinished = false;
    long now = core.time.nanoTime();
    for (Slot<T> slot : core.slots.all()) {
      retirement.settleLeftOver(slot, now);
    }
    retirement.closer.startLeftOver();
    resize.shrink();
    if (core.state() == State.STOPPING) {
      stop.finishStep();
    }
    maintenance.scheduleIfLost();
    acquisition.timeOutOverdue();
    start.resized();
    matcher.arguments.beginAnew();
    matcher.match();
  }

  @Override
  public void settle() {
    matcher.dismissThoseWithoutCheck();
    checks.checkNext();
    stop.endIfEmpty();
    resize.endResizes();
  }

  @Override
  public CompletableFuture<Void> stopAtOnce(long life) {
    return stop.stopLife(life);
  }
}
