package dev.pools.benchmarks.connection;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.pools.benchmarks.ColdJvm;
import dev.pools.benchmarks.Measurement;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import java.sql.Connection;
import java.util.Map;
import java.util.concurrent.Callable;

/**
 * How long it takes in a new JVM until the first pool has lent its first connection. The
 * connections are those of a driver that does nothing, which has been used before.
 */
public final class ColdLease implements Measurement {

  /** Created by the plan. */
  public ColdLease() {}

  @Override
  public Map<String, Double> measure(String peer, Map<String, String> settings) throws Exception {
    return Map.of(SCORE, ColdJvm.medianMillis(Program.class, peer));
  }

  @Override
  public int seconds() {
    return 3;
  }

  /** Runs in the cold JVM. It has no lambdas: their first use would be measured, too. */
  static final class Program {

    private Program() {}

    public static void main(String[] arguments) throws Exception {
      StubDriver driver = new StubDriver();
      driver.getConnection().close();
      long begin = System.nanoTime();
      if (arguments[0].equals("OURS")) {
        ConnectionPool<Connection> pool =
            ConnectionPool.builder(new Connecting(driver)).minSize(0).maxSize(10).build();
        try (Lease<Connection> lease = pool.acquire()) {
          lease.connection().isValid(1);
        }
      } else if (arguments[0].equals("HIKARI")) {
        HikariConfig config = new HikariConfig();
        config.setDataSource(driver);
        config.setMinimumIdle(0);
        config.setMaximumPoolSize(10);
        try (Connection connection = new HikariDataSource(config).getConnection()) {
          connection.isValid(1);
        }
      } else {
        throw new IllegalArgumentException("There is no cold start of " + arguments[0] + ".");
      }
      System.out.println(System.nanoTime() - begin);
      System.exit(0);
    }

    private record Connecting(StubDriver driver) implements Callable<Connection> {
      @Override
      public Connection call() {
        return driver.getConnection();
      }
    }
  }
}
