package dev.pools.example;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolStats;
import java.sql.Connection;
import org.springframework.core.env.Environment;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;

/** Shows the pools, the load and the database as they are now, without a call of the database. */
@RestController
class LiveController {

  private final AdvancedPool thumbnails;
  private final ConnectionPool<Connection> database;
  private final Load load;
  private final DatabaseFaults faults;
  private final PlaygroundProperties playground;
  private final CatalogueSpace space;
  private final Environment environment;

  LiveController(
      AdvancedPool thumbnails,
      ConnectionPool<Connection> database,
      Load load,
      DatabaseFaults faults,
      PlaygroundProperties playground,
      CatalogueSpace space,
      Environment environment) {
    this.thumbnails = thumbnails;
    this.database = database;
    this.load = load;
    this.faults = faults;
    this.playground = playground;
    this.space = space;
    this.environment = environment;
  }

  /**
   * What the page shows.
   *
   * @param playground whether visitors may send load and break the database
   * @param managementPort the port of the Actuator endpoints
   */
  record Live(
      boolean playground,
      int managementPort,
      Tasks thumbnails,
      Connections database,
      CatalogueSpace.State space,
      Load.State load,
      DatabaseFaults.State faults) {}

  /** The figures of the task pool, as {@link PoolStats} explains them. */
  record Tasks(
      int workers,
      int active,
      int minWorkers,
      int maxWorkers,
      int queued,
      int queueCapacity,
      int waitingForAPlace,
      long oldestWaitMillis,
      long completed,
      long failed,
      long expired) {

    static Tasks of(PoolStats stats) {
      return new Tasks(
          stats.workers(),
          stats.active(),
          stats.minWorkers(),
          stats.maxWorkers(),
          stats.qsize(),
          stats.queueCapacity(),
          stats.admissionsWaiting(),
          stats.oldestWait().toMillis(),
          stats.completed(),
          stats.failed(),
          stats.expired());
    }
  }

  /**
   * The figures of the connection pool, as {@link ConnectionPoolStats} explains them.
   *
   * @param down whether it has no connection and its last attempt to open one has failed
   */
  record Connections(
      boolean down,
      int open,
      int inUse,
      int idle,
      int maxSize,
      int waiting,
      long acquired,
      long timeouts,
      int failedAttempts,
      long nextAttemptMillis) {

    static Connections of(ConnectionPoolStats stats) {
      return new Connections(
          stats.lastCreateFailure() != null && stats.idle() + stats.inUse() == 0,
          stats.size(),
          stats.inUse(),
          stats.idle(),
          stats.maxSize(),
          stats.waiting(),
          stats.acquired(),
          stats.timeouts(),
          stats.consecutiveCreateFailures(),
          stats.nextCreateAttempt().toMillis());
    }
  }

  @GetMapping("/live")
  Live live() {
    return new Live(
        playground.enabled(),
        environment.getProperty("local.management.port", Integer.class, 0),
        Tasks.of(thumbnails.stats()),
        Connections.of(database.stats()),
        space.state(),
        load.state(),
        faults.state());
  }
}
