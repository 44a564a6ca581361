package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An operator suspends the pool, or evicts its connections, at the moment at which a connection is
 * acquired or released. The change holds when the call has returned, and every caller is served.
 */
class OperatorVsUsersTest {

  private static final int ROUNDS = 1_000;

  private final FakeServer server = new FakeServer();
  private final ConnectionPool<FakeConnection> pool =
      ConnectionPool.builder(server::open)
          .cleaner(server::close)
          .executor(Runnable::run)
          .minSize(0)
          .maxSize(1)
          .build();
  private volatile boolean asked;
  private Lease<FakeConnection> only;
  private CompletableFuture<Lease<FakeConnection>> waiting;
  private CompletableFuture<Integer> eviction;

  @AfterEach
  void allIsClosedOnce() {
    pool.close();
    assertThat(server.made).allMatch(connection -> connection.closings.get() == 1);
    assertThat(pool.stats().waiting()).isZero();
  }

  @Test
  void suspendVsAcquire() throws Exception {
    Race.run(
        ROUNDS,
        () -> {
          asked = false;
          pool.acquire(Duration.ofSeconds(20)).close();
        },
        () -> {
          pool.resume();
          assertThat(pool.inUse()).isZero();
        },
        () -> {
          pool.suspend();
          asked = true;
        },
        () -> {
          for (int i = 0; i < 20; i++) {
            boolean suspended = asked;
            Optional<Lease<FakeConnection>> lease = pool.tryAcquire();
            assertThat(suspended && lease.isPresent()).as("leased while suspended").isFalse();
            lease.ifPresent(Lease::close);
          }
        });
  }

  @Test
  void suspendAndResumeVsRelease() throws Exception {
    Race.run(
        ROUNDS,
        () -> {
          only = pool.acquire(Duration.ofSeconds(20));
          waiting = pool.acquireAsync();
        },
        () -> waiting.get(20, TimeUnit.SECONDS).close(),
        () -> only.close(),
        () -> {
          pool.suspend();
          pool.resume();
        });
  }

  @Test
  void evictVsAcquire() throws Exception {
    Race.run(
        ROUNDS,
        () -> {
          asked = false;
          pool.acquire(Duration.ofSeconds(20)).close();
        },
        () -> assertThat(eviction.get(20, TimeUnit.SECONDS)).isEqualTo(1),
        () -> {
          eviction = pool.softEvict();
          asked = true;
        },
        () -> {
          int old = server.made.size();
          for (int i = 0; i < 20; i++) {
            boolean evicted = asked;
            try (Lease<FakeConnection> lease = pool.acquire(Duration.ofSeconds(20))) {
              assertThat(evicted && lease.connection().number <= old)
                  .as("an old one was leased")
                  .isFalse();
            }
          }
        });
  }

  @Test
  void evictVsRelease() throws Exception {
    Race.run(
        ROUNDS,
        () -> only = pool.acquire(Duration.ofSeconds(20)),
        () -> {
          assertThat(eviction.get(20, TimeUnit.SECONDS)).isEqualTo(1);
          assertThat(server.closed).hasSameSizeAs(server.made);
        },
        () -> only.close(),
        () -> eviction = pool.softEvict());
  }
}
