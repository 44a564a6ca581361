package dev.pools.connection;

import dev.pools.connection.ConnectionPoolStats.State;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;

/** Reads one consistent snapshot of the pool, without the lock. */
final class StatsReader<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final ConnectionCalls<T> calls;

  StatsReader(ConnectionCore<T> core, Retirement<T> retirement, ConnectionCalls<T> calls) {
    this.core = core;
    this.retirement = retirement;
    this.calls = calls;
  }

  ConnectionPoolStats stats() {
    return core.read(this::read);
  }

  private ConnectionPoolStats read() {
    long now = core.time.nanoTime();
    Waiter<T> first = core.line.first();
    SlotTable.Use use = core.slots.use();
    Map<RetireReason, Long> byReason = new EnumMap<>(RetireReason.class);
    for (RetireReason reason : RetireReason.values()) {
      byReason.put(reason, core.counters.retired[reason.ordinal()]);
    }
    return new ConnectionPoolStats(
        core.name(),
        core.state() == State.RUNNING && core.isSuspended() ? State.SUSPENDED : core.state(),
        core.slots.size(),
        core.slots.size() - core.slots.checking() - use.inUse(),
        use.inUse(),
        core.slots.checking(),
        core.slots.creating(),
        core.slots.closing(),
        retirement.closer.strays(),
        calls.overdue(),
        core.line.size(),
        core.minSize,
        core.maxSize,
        use.leases(),
        core.counters.timeouts,
        core.counters.unserved.inARow(use.leases()),
        Duration.ofNanos(core.counters.unserved.forNanos(use.leases(), now)),
        core.counters.nestedTimeouts,
        core.counters.refusedByLimit,
        core.counters.refusedDown,
        core.counters.created,
        core.counters.createFailures,
        Map.copyOf(byReason),
        core.leaks.found(),
        core.leaks.returned(),
        core.creations.failuresInARow(),
        core.creations.lastFailure(),
        Duration.ofNanos(core.creations.pauseNanos(now)),
        first == null ? Duration.ZERO : Duration.ofNanos(Math.max(0, now - first.sinceNanos)),
        core.state() == State.CREATED ? Duration.ZERO : Duration.ofNanos(now - core.startedNanos));
  }
}
