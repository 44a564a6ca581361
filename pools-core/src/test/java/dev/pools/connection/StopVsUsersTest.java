package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import dev.pools.connection.ConnectionPoolStats.State;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A pool is stopped, by force or not, and started again, while it is used. */
class StopVsUsersTest {

  private final FakeServer server = new FakeServer();
  private final ConcurrentLinkedQueue<Throwable> faults = new ConcurrentLinkedQueue<>();

  private void everythingWasClosedOnce() {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(server.existing).hasValue(0));
    assertThat(faults).isEmpty();
    assertThat(server.mostExisting.get()).isLessThanOrEqualTo(3);
    for (FakeConnection connection : server.made) {
      assertThat(connection.closings).as("closings of %s", connection).hasValue(1);
    }
  }

  @Test
  void everyConnectionIsClosedOnceHoweverOftenThePoolIsStoppedAndStarted() throws Exception {
    ConnectionPool<FakeConnection> pool =
        ConnectionPool.builder(server::open).cleaner(server::close).minSize(1).maxSize(3).build();
    AtomicBoolean over = new AtomicBoolean();
    AtomicInteger leases = new AtomicInteger();
    List<TestThreads.Started> users =
        TestThreads.start(
            4,
            user -> {
              while (!over.get()) {
                try {
                  Lease<FakeConnection> lease =
                      user % 2 == 0
                          ? pool.acquireAsync().get(20, TimeUnit.SECONDS)
                          : pool.acquire();
                  leases.incrementAndGet();
                  lease.close();
                } catch (PoolStoppedException stopped) {
                  Thread.yield();
                } catch (Exception thrown) {
                  if (!(thrown.getCause() instanceof PoolStoppedException)) {
                    faults.add(thrown);
                  }
                }
              }
            });

    for (int round = 0; round < 100; round++) {
      pool.start().handle((started, failure) -> null).get(20, TimeUnit.SECONDS);
      int before = leases.get();
      await().pollInterval(Duration.ofMillis(1)).until(() -> leases.get() > before);
      pool.stop(round % 2 == 0 ? Duration.ZERO : Duration.ofSeconds(20)).get(20, TimeUnit.SECONDS);
      assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
      assertThat(pool.stats().size()).isZero();
    }

    over.set(true);
    TestThreads.awaitEnd(users);
    everythingWasClosedOnce();
  }

  @Test
  void connectionCreatedDuringAForcedStop_isClosedOnce() throws Exception {
    ConcurrentLinkedQueue<CompletableFuture<FakeConnection>> coming = new ConcurrentLinkedQueue<>();
    ConnectionPool<FakeConnection> pool =
        ConnectionPool.<FakeConnection>asyncBuilder(
                arguments -> {
                  CompletableFuture<FakeConnection> one = new CompletableFuture<>();
                  coming.add(one);
                  return one;
                })
            .cleaner(server::close)
            .executor(Runnable::run)
            .minSize(1)
            .maxSize(3)
            .build();

    Race.run(
        1_000,
        pool::start,
        () -> assertThat(pool.stats().state()).isEqualTo(State.STOPPED),
        () -> pool.stop(Duration.ZERO).get(20, TimeUnit.SECONDS),
        () -> coming.remove().complete(server.open(Arguments.none())));

    everythingWasClosedOnce();
  }

  @Test
  void callerThatCancelsDuringAStop_getsAnAnswer() throws Exception {
    ConnectionPool<FakeConnection> pool =
        ConnectionPool.builder(server::open)
            .cleaner(server::close)
            .executor(Runnable::run)
            .minSize(0)
            .maxSize(1)
            .build();
    List<CompletableFuture<Lease<FakeConnection>>> waiting = new ArrayList<>();
    List<Lease<FakeConnection>> leases = new ArrayList<>();

    Race.run(
        1_000,
        () -> {
          pool.start().get();
          leases.add(pool.acquire());
          waiting.clear();
          for (int i = 0; i < 3; i++) {
            waiting.add(pool.acquireAsync());
          }
        },
        () -> {
          assertThat(waiting).allMatch(CompletableFuture::isDone);
          waiting.forEach(one -> one.thenAccept(Lease::close));
          pool.stop(Duration.ZERO).get(20, TimeUnit.SECONDS);
        },
        () -> pool.stop(Duration.ZERO),
        () -> waiting.get(1).cancel(true),
        () -> leases.get(leases.size() - 1).close());

    everythingWasClosedOnce();
  }
}
