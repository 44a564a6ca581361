package dev.pools.boot.endpoint;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolStats;
import java.time.Clock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import javax.management.JMException;
import javax.management.MBeanServer;
import org.jspecify.annotations.Nullable;

/**
 * Registers pools with a server of JMX, as {@code dev.pools:type=AdvancedPool (name)} and {@code
 * dev.pools:type=ConnectionPool (name)}. If another pool of this JVM has that name, the key {@code
 * context} tells them apart.
 *
 * <p>What changes a pool is refused unless it is allowed; then each change is an event of the pool
 * and a line in the log. Safe for use by several threads.
 */
public final class PoolMBeans implements AutoCloseable {

  private static final String WHO = "JMX";

  private final RegisteredMBeans registered;
  private final boolean mayChange;
  private final WatchedPools pools;
  private final PoolChanges changes = new PoolChanges(Clock.systemUTC(), /* way= */ "");

  /**
   * Creates it.
   *
   * @param server where to register
   * @param context tells the pools of this context from those of another one
   * @param mayChange whether pools may be changed over JMX
   * @param pools the pools that can be changed
   */
  public PoolMBeans(MBeanServer server, String context, boolean mayChange, WatchedPools pools) {
    this.registered = new RegisteredMBeans(server, context);
    this.mayChange = mayChange;
    this.pools = pools;
  }

  /** Registers a pool. Does nothing if it is registered. A failure is logged. */
  public void add(String name, AdvancedPool pool) {
    add(
        name,
        "AdvancedPool",
        pool,
        () -> new NamedParameters(new Tasks(pool), AdvancedPoolMXBean.class));
  }

  /** As {@link #add(String, AdvancedPool)}. */
  public void add(String name, ConnectionPool<?> pool) {
    add(
        name,
        "ConnectionPool",
        pool,
        () -> new NamedParameters(new Connections(pool), ConnectionPoolMXBean.class));
  }

  private void add(String name, String type, Object pool, Supplier<Object> bean) {
    try {
      registered.add(pool, type + " (" + name + ")", bean);
    } catch (JMException | RuntimeException failed) {
      Faults.warn(PoolMBeans.class, failed, "Pool '{}' cannot be registered with JMX", name);
    }
  }

  /**
   * Registers the list of the pools that are not created, as {@code dev.pools:type=NotCreated}. A
   * failure is logged.
   *
   * @param uncreated finds them, at each question
   */
  public void addUncreated(Supplier<List<UncreatedPool>> uncreated) {
    UncreatedPoolsMXBean list =
        () ->
            uncreated.get().stream()
                .map(pool -> pool.type().id() + "/" + pool.name())
                .sorted()
                .toList();
    try {
      registered.add(
          uncreated, "NotCreated", () -> new NamedParameters(list, UncreatedPoolsMXBean.class));
    } catch (JMException | RuntimeException failed) {
      Faults.warn(
          PoolMBeans.class, failed, "The pools that are not created cannot be registered with JMX");
    }
  }

  /** Ends the registration of a pool. Does nothing if it is not registered. */
  public void remove(Object pool) {
    registered.remove(pool);
  }

  /** Ends all registrations. */
  @Override
  public void close() {
    registered.removeAll();
  }

  // ---- What both kinds have in common

  private void change(
      Object pool, String least, @Nullable Integer min, String most, @Nullable Integer max) {
    Map<String, @Nullable String> wanted = new HashMap<>();
    wanted.put(least, min == null ? null : min.toString());
    wanted.put(most, max == null ? null : max.toString());
    run(pool, watched -> changes.change(watched, wanted, WHO));
  }

  private void run(Object pool, Function<WatchedPool, ?> change) {
    if (!mayChange) {
      throw new UnsupportedOperationException(
          "Pools can only be read. Set management.endpoint.pools.access to unrestricted to change them.");
    }
    answer(() -> change.apply(watched(pool)));
  }

  /** Clients have no classes of ours, so failures are of the JDK. */
  private static <T> T answer(Supplier<T> answer) {
    try {
      return answer.get();
    } catch (PoolRequestException refused) {
      throw new IllegalArgumentException(refused.text());
    }
  }

  private List<String> events(Object pool) {
    return answer(
        () -> watched(pool).events().stream().map(event -> OpenWork.line(event.shown())).toList());
  }

  private WatchedPool watched(Object pool) {
    return pools.pools().stream()
        .filter(known -> known.isOf(pool))
        .findFirst()
        .orElseThrow(() -> PoolRequestException.notFound("The pool is not in use any more."));
  }

  // ---- Task pools

  private final class Tasks implements AdvancedPoolMXBean {
    private final AdvancedPool pool;

    Tasks(AdvancedPool pool) {
      this.pool = pool;
    }

    private PoolStats stats() {
      return pool.stats();
    }

    @Override
    public String getState() {
      return stats().state().name();
    }

    @Override
    public int getWorkers() {
      return stats().workers();
    }

    @Override
    public int getIdleWorkers() {
      return stats().idleWorkers();
    }

    @Override
    public int getActive() {
      return stats().active();
    }

    @Override
    public int getMinWorkers() {
      return stats().minWorkers();
    }

    @Override
    public void setMinWorkers(int minWorkers) {
      change(pool, "minWorkers", minWorkers, "maxWorkers", null);
    }

    @Override
    public int getMaxWorkers() {
      return stats().maxWorkers();
    }

    @Override
    public void setMaxWorkers(int maxWorkers) {
      change(pool, "minWorkers", null, "maxWorkers", maxWorkers);
    }

    @Override
    public int getQueueSize() {
      return stats().qsize();
    }

    @Override
    public int getQueueCapacity() {
      return stats().queueCapacity();
    }

    @Override
    public int getAdmissionsWaiting() {
      return stats().admissionsWaiting();
    }

    @Override
    public long getOldestWaitMillis() {
      return PoolFigures.millis(stats().oldestWait());
    }

    @Override
    public long getLongestRunMillis() {
      return PoolFigures.millis(stats().longestRun());
    }

    @Override
    public long getCompleted() {
      return stats().completed();
    }

    @Override
    public long getFailed() {
      return stats().failed();
    }

    @Override
    public long getRejected() {
      return stats().rejected();
    }

    @Override
    public long getExpired() {
      return stats().expired();
    }

    @Override
    public long getTimedOut() {
      return stats().timedOut();
    }

    @Override
    public int getStuck() {
      return stats().stuck();
    }

    @Override
    public long getStuckTasks() {
      return stats().stuckTasks();
    }

    @Override
    public List<String> listTasks(int limit) {
      return answer(() -> OpenWork.taskLines(pool, limit));
    }

    @Override
    public List<String> listEvents() {
      return events(pool);
    }

    @Override
    public void drain() {
      run(pool, watched -> changes.perform(watched, "drain", WHO));
    }

    @Override
    public void cancelTask(long id) {
      run(pool, watched -> changes.performOn(watched, "tasks", Long.toString(id), "cancel", WHO));
    }

    @Override
    public void interruptTask(long id) {
      run(
          pool,
          watched -> changes.performOn(watched, "tasks", Long.toString(id), "interrupt", WHO));
    }

    @Override
    public void resize(int minWorkers, int maxWorkers) {
      change(pool, "minWorkers", minWorkers, "maxWorkers", maxWorkers);
    }

    @Override
    public void changeOption(String option, String value) {
      run(pool, watched -> changes.changeOption(watched, option, value, WHO));
    }
  }

  // ---- Connection pools

  private final class Connections implements ConnectionPoolMXBean {
    private final ConnectionPool<?> pool;

    Connections(ConnectionPool<?> pool) {
      this.pool = pool;
    }

    private ConnectionPoolStats stats() {
      return pool.stats();
    }

    @Override
    public String getState() {
      return stats().state().name();
    }

    @Override
    public int getSize() {
      return stats().size();
    }

    @Override
    public int getIdle() {
      return stats().idle();
    }

    @Override
    public int getInUse() {
      return stats().inUse();
    }

    @Override
    public int getWaiting() {
      return stats().waiting();
    }

    @Override
    public long getLongestWaitMillis() {
      return PoolFigures.millis(stats().longestWait());
    }

    @Override
    public int getMinSize() {
      return stats().minSize();
    }

    @Override
    public void setMinSize(int minSize) {
      change(pool, "minSize", minSize, "maxSize", null);
    }

    @Override
    public int getMaxSize() {
      return stats().maxSize();
    }

    @Override
    public void setMaxSize(int maxSize) {
      change(pool, "minSize", null, "maxSize", maxSize);
    }

    @Override
    public long getAcquired() {
      return stats().acquired();
    }

    @Override
    public long getTimeouts() {
      return stats().timeouts();
    }

    @Override
    public long getCreateFailures() {
      return stats().createFailures();
    }

    @Override
    public long getLeaks() {
      return stats().leaks();
    }

    @Override
    public List<String> listLeases(int limit) {
      return answer(() -> OpenWork.leaseLines(pool, limit));
    }

    @Override
    public List<String> listEvents() {
      return events(pool);
    }

    @Override
    public void resize(int minSize, int maxSize) {
      change(pool, "minSize", minSize, "maxSize", maxSize);
    }

    @Override
    public void changeOption(String option, String value) {
      run(pool, watched -> changes.changeOption(watched, option, value, WHO));
    }

    @Override
    public void softEvictConnections() {
      run(pool, watched -> changes.perform(watched, "soft-evict", WHO));
    }

    @Override
    public void suspendPool() {
      run(pool, watched -> changes.perform(watched, "suspend", WHO));
    }

    @Override
    public void resumePool() {
      run(pool, watched -> changes.perform(watched, "resume", WHO));
    }

    @Override
    public void evictLease(String id) {
      run(pool, watched -> changes.performOnLease(watched, id, "evict", WHO));
    }

    @Override
    public void revokeLease(String id) {
      run(pool, watched -> changes.performOnLease(watched, id, "revoke", WHO));
    }
  }
}
