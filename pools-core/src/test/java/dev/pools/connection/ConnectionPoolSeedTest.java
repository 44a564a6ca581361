package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * What the connection pool of the Python module documents and no other test says in as many words;
 * docs/seed-map.md maps the members to their tests.
 */
class ConnectionPoolSeedTest extends ConnectionTestBase {

  @Test
  void theFactoryMakesTheConnections() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Arguments arguments = Arguments.of("host").and("port", 1);

    try (Lease<FakeConnection> lease = pool.acquire(arguments)) {
      assertThat(server.made).hasSize(1);
      assertThat(lease.connection()).isSameAs(server.made.get(0));
      assertThat(lease.connection().madeWith).isEqualTo(arguments);
    }
  }

  @Test
  void theLeastNumberIsKept() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(2, 4);
    assertThat(pool.size()).isEqualTo(2);

    Lease<FakeConnection> lease = pool.acquire();
    lease.invalidate();
    get(pool.maintain());

    assertThat(pool.size()).isEqualTo(2);
    assertThat(server.made).hasSize(3);
  }

  @Test
  void theEndOfTheBlockClosesAllConnections() throws Exception {
    ConnectionPool<FakeConnection> left;
    try (ConnectionPool<FakeConnection> pool = sized(2, 2)) {
      left = pool;
      pool.acquire().close();
      assertThat(server.closed).isEmpty();
    }

    assertThat(server.closed).hasSize(2);
    assertThat(left.size()).isZero();
    assertThatThrownBy(left::acquire).isInstanceOf(PoolStoppedException.class);
  }

  @Test
  void theEndOfTheBlockStopsThePoolAndLetsTheExceptionTravel() {
    IOException failure = new IOException("inside of the block");

    assertThatThrownBy(
            () -> {
              try (ConnectionPool<FakeConnection> pool = sized(2, 2)) {
                assertThat(pool.size()).isEqualTo(2);
                throw failure;
              }
            })
        .isSameAs(failure)
        .hasNoSuppressedExceptions();

    assertThat(server.closed).hasSize(2);
  }

  @Test
  void createConnectionRunsTheFactoryInTheExecutorGiven() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    AtomicInteger runs = new AtomicInteger();

    CompletableFuture<FakeConnection> made =
        pool.createConnection(
            Arguments.of("by hand"),
            command -> {
              runs.incrementAndGet();
              command.run();
            });

    assertThat(runs.get()).isPositive();
    FakeConnection connection = get(made);
    assertThat(connection.madeWith).isEqualTo(Arguments.of("by hand"));
    assertThat(pool.size()).isZero();
    server.close(connection, Arguments.none());
  }

  @Test
  void theReadingsTellAboutTheConnections() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(2, 3);
    assertThat(pool.available()).isEqualTo(2);
    assertThat(pool.inUse()).isZero();
    assertThat(pool.size()).isEqualTo(2);

    Lease<FakeConnection> lease = pool.acquire();
    assertThat(pool.available()).isEqualTo(1);
    assertThat(pool.inUse()).isEqualTo(1);
    assertThat(pool.size()).isEqualTo(2);

    lease.close();
    assertThat(pool.available()).isEqualTo(2);
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void theReadingsTellTheOptions() {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(1).maxSize(3).maxLife(Duration.ofMinutes(7)));

    assertThat(pool.minSize()).isEqualTo(1);
    assertThat(pool.maxSize()).isEqualTo(3);
    assertThat(pool.maxLife()).isEqualTo(Duration.ofMinutes(7));

    get(pool.resize(2, 5));
    assertThat(pool.minSize()).isEqualTo(2);
    assertThat(pool.maxSize()).isEqualTo(5);
  }
}
