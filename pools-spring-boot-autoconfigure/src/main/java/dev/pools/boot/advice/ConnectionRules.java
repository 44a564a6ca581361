package dev.pools.boot.advice;

import dev.pools.connection.ConnectionPoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** The rules of a connection pool. */
final class ConnectionRules implements PoolRules {

  private final Readings<ConnectionReading> looks = new Readings<>();
  private final LimitChanges changes = new LimitChanges();
  private final UsedSize used = new UsedSize();
  private final LeaksOut leaks = new LeaksOut();
  private final BooleanSupplier findsLeaks;

  /**
   * Creates them.
   *
   * @param findsLeaks whether the pool reports leases that are out for too long
   */
  ConnectionRules(BooleanSupplier findsLeaks) {
    this.findsLeaks = findsLeaks;
  }

  @Override
  public Reading read(Record stats, long nowNanos) {
    return ConnectionReading.of((ConnectionPoolStats) stats, nowNanos);
  }

  @Override
  public boolean add(Reading look) {
    ConnectionReading read = (ConnectionReading) look;
    ConnectionReading now = read.withLeaked(leaks.next(read.leaked(), read.takenBack()));
    looks.add(now);
    used.add(now, now.size());
    return changes.add(now.atNanos(), now.limit());
  }

  @Override
  public List<Finding> findings(long nowNanos) {
    List<@Nullable Finding> found = new ArrayList<>();
    if (looks.areEnough()) {
      found.add(RefusedConnections.find(looks));
      found.add(StarvingConnections.find(looks, findsLeaks.getAsBoolean()));
      found.add(LeakingConnections.find(looks));
      found.add(SaturatedConnections.find(looks));
    }
    if (looks.size() > 0) {
      found.add(changes.find(nowNanos, "max-size"));
      found.add(used.find("min-size", "connections"));
    }
    return Finding.present(found);
  }
}
