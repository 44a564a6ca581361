package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Leases from several threads while an operator suspends and resumes, replaces all connections and
 * changes the size, and the server refuses now and then.
 */
@Tag("heavy")
class OperatorSoakTest {

  private static final int THREADS = 6;
  private static final int LEASES = 2_000;
  private static final int MAX_SIZE = 4;

  private final FakeServer server = new FakeServer();
  private final ConcurrentLinkedQueue<Throwable> faults = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<CompletableFuture<Integer>> evictions =
      new ConcurrentLinkedQueue<>();
  private final AtomicInteger refused = new AtomicInteger();

  @ParameterizedTest
  @EnumSource
  void everythingComesToAnEndAndIsAccountedFor(ArgumentMatching matching) throws Exception {
    long seed = Long.getLong("pools.operator.seed", System.nanoTime());
    try {
      soak(matching, new SplittableRandom(seed));
    } catch (Throwable fault) {
      throw new AssertionError("Repeat it with -Dpools.operator.seed=" + seed, fault);
    }
  }

  private void soak(ArgumentMatching matching, SplittableRandom seeds) throws Exception {
    ConnectionPool<FakeConnection> pool =
        ConnectionPool.builder(server::open)
            .cleaner(server::close)
            .healthChecker(server::check)
            .idleBypass(Duration.ofNanos(50_000))
            .argumentMatching(matching)
            .minSize(1)
            .maxSize(MAX_SIZE)
            .maxUses(100)
            .backoff(Duration.ofMillis(1), Duration.ofMillis(4))
            .acquireTimeout(Duration.ofSeconds(30))
            .maintenanceInterval(Duration.ofMillis(5))
            .onStartFailure(StartFailure.START_EMPTY)
            .build();
    AtomicBoolean over = new AtomicBoolean();
    SplittableRandom ofOperator = seeds.split();
    List<SplittableRandom> ofUsers = Stream.generate(seeds::split).limit(THREADS).toList();
    TestThreads.Started operator = TestThreads.start(() -> operate(pool, ofOperator, over));
    TestThreads.run(THREADS, user -> use(pool, matching, ofUsers.get(user)));
    over.set(true);
    operator.awaitEnd();
    server.refusal.set(null);
    pool.resume();
    assertThat(faults).isEmpty();
    await().untilAsserted(() -> assertThat(pool.inUse()).as("%s", pool).isZero());

    pool.stop(Duration.ofSeconds(10)).get(30, TimeUnit.SECONDS);

    for (CompletableFuture<Integer> eviction : evictions) {
      assertThat(eviction.get(30, TimeUnit.SECONDS)).isBetween(0, MAX_SIZE);
    }
    ConnectionPoolStats stats = pool.stats();
    assertThat(server.existing).as("%s", stats).hasValue(0);
    assertThat(server.mostExisting.get()).as("%s", stats).isLessThanOrEqualTo(MAX_SIZE);
    assertThat(server.made).allMatch(connection -> connection.closings.get() == 1);
    assertThat(stats.refusedDown()).isEqualTo(refused.get());
    assertThat(stats.timeouts()).isZero();
    assertThat(stats.size() + stats.creating() + stats.closing() + stats.waiting()).isZero();
  }

  private void use(
      ConnectionPool<FakeConnection> pool, ArgumentMatching matching, SplittableRandom random)
      throws Exception {
    for (int i = 0; i < LEASES; i++) {
      Arguments kind = Arguments.of(random.nextInt(8) == 0 ? 1 : 0);
      AcquireOptions options = AcquireOptions.DEFAULT.withArguments(kind);
      switch (random.nextInt(8)) {
        case 0 -> {
          try (Lease<FakeConnection> lease =
              pool.acquire(AcquireOptions.whenDown(WhenDown.FAIL).withArguments(kind))) {
            own(lease, matching, kind);
          } catch (BackendDownException down) {
            refused.incrementAndGet();
          }
        }
        case 1 -> {
          CompletableFuture<Lease<FakeConnection>> unwanted = pool.acquireAsync(options);
          if (!unwanted.cancel(true)) {
            unwanted.join().close();
          }
        }
        case 2 -> pool.tryAcquire(kind).ifPresent(lease -> own(lease, matching, kind));
        case 3 -> own(pool.acquireAsync(options).get(60, TimeUnit.SECONDS), matching, kind);
        default -> own(pool.acquire(options), matching, kind);
      }
    }
  }

  private static void own(Lease<FakeConnection> lease, ArgumentMatching matching, Arguments kind) {
    try (lease) {
      FakeConnection connection = lease.connection();
      assertThat(connection.owners.incrementAndGet()).isEqualTo(1);
      assertThat(connection.closings).hasValue(0);
      if (matching == ArgumentMatching.SAME) {
        assertThat(connection.madeWith).isEqualTo(kind);
      }
      connection.owners.decrementAndGet();
    }
  }

  private void operate(
      ConnectionPool<FakeConnection> pool, SplittableRandom random, AtomicBoolean over) {
    while (!over.get()) {
      switch (random.nextInt(8)) {
        case 0 -> pool.suspend();
        case 1 -> evictions.add(pool.softEvict());
        case 2 -> server.refusal.set(new IOException("refused"));
        case 3 -> pool.resize(random.nextInt(2), random.nextInt(2, MAX_SIZE + 1));
        default -> {
          server.refusal.set(null);
          pool.resume();
        }
      }
      long until = System.nanoTime() + random.nextInt(1_000_000);
      while (System.nanoTime() < until) {
        Thread.onSpinWait();
      }
    }
  }
}
