package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** 100,000 leases from 8 threads against a server that fails, hangs and breaks at random. */
@Tag("heavy")
class ConnectionPoolSoakTest {

  private static final int THREADS = 8;
  private static final int LEASES = 100_000;
  private static final int MAX_SIZE = 6;
  private static final int REPEATS = Integer.getInteger("pools.soak.repeats", 1);
  private static final Duration CREATE_TIMEOUT = Duration.ofMillis(500);

  private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<FakeConnection> made = new ConcurrentLinkedQueue<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final AtomicInteger existing = new AtomicInteger();
  private final AtomicInteger leases = new AtomicInteger();

  @Test
  void everyLeaseAndEveryConnectionIsAccountedFor() throws Exception {
    for (int repeat = 0; repeat < REPEATS; repeat++) {
      long seed = Long.getLong("pools.soak.seed", System.nanoTime());
      faults.clear();
      made.clear();
      leases.set(0);
      try {
        soak(seed);
      } catch (Throwable fault) {
        throw new AssertionError("Repeat it with -Dpools.soak.seed=" + seed, fault);
      }
    }
  }

  private void soak(long seed) throws Exception {
    ConnectionPool<FakeConnection> pool =
        ConnectionPool.builder(this::open)
            .minSize(1)
            .maxSize(MAX_SIZE)
            .healthChecker(this::isHealthy)
            .idleBypass(Duration.ofNanos(20_000))
            .cleaner(this::close)
            .createTimeout(CREATE_TIMEOUT)
            .healthCheckTimeout(Duration.ofSeconds(20))
            .backoff(Duration.ofMillis(1), Duration.ofMillis(4))
            .maintenanceInterval(Duration.ofMillis(5))
            .healthCheckInterval(Duration.ofMillis(1))
            .maxLife(Duration.ofMillis(50))
            .maxUses(500)
            .acquireTimeout(Duration.ofSeconds(20))
            .onStartFailure(StartFailure.START_EMPTY)
            .build();
    SplittableRandom seeds = new SplittableRandom(seed);
    List<SplittableRandom> randoms = Stream.generate(seeds::split).limit(THREADS).toList();
    TestThreads.run(THREADS, user -> leaseSome(pool, randoms.get(user)));
    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(pool.inUse()).as("%s", pool).isZero());

    pool.stop(Duration.ofSeconds(10)).get(30, TimeUnit.SECONDS);

    org.awaitility.Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> assertThat(existing).as("%s", pool).hasValue(0));
    assertThat(faults).isEmpty();
    for (FakeConnection connection : made) {
      assertThat(connection.closings.get()).as("closings of %s", connection).isEqualTo(1);
    }
    ConnectionPoolStats stats = pool.stats();
    assertThat(stats.created()).isEqualTo(made.size());
    assertThat(stats.retired().values().stream().mapToLong(Long::longValue).sum())
        .as("%s", stats)
        .isEqualTo(made.size());
    assertThat(stats.size() + stats.creating() + stats.closing() + stats.waiting()).isZero();
  }

  private void leaseSome(ConnectionPool<FakeConnection> pool, SplittableRandom random)
      throws Exception {
    while (leases.getAndIncrement() < LEASES) {
      switch (random.nextInt(20)) {
        case 0 -> {
          CompletableFuture<Lease<FakeConnection>> cancelled = pool.acquireAsync();
          cancelled.cancel(true);
          if (!cancelled.isCancelled()) {
            cancelled.thenAccept(lease -> hold(lease, /* broken= */ false));
          }
        }
        case 1, 2, 3, 4 ->
            pool.acquireAsync()
                .thenAccept(lease -> hold(lease, /* broken= */ false))
                .get(60, TimeUnit.SECONDS);
        case 5 -> {
          try (Lease<FakeConnection> impatient = pool.acquire(Duration.ofNanos(50_000))) {
            own(impatient.connection());
            disown(impatient.connection());
          } catch (AcquireTimeoutException late) {
            // As may be.
          }
        }
        case 6 -> {
          Thread.currentThread().interrupt();
          try {
            hold(pool.acquire(), /* broken= */ false);
          } catch (InterruptedException asked) {
            // As may be.
          } finally {
            Thread.interrupted();
          }
        }
        case 7 -> pool.tryAcquire().ifPresent(lease -> hold(lease, /* broken= */ false));
        case 8 -> hold(pool.acquire(), /* broken= */ random.nextInt(20) == 0);
        case 9 -> {
          if (random.nextInt(200) == 0) {
            int min = random.nextInt(0, 3);
            pool.resize(min, random.nextInt(Math.max(1, min), MAX_SIZE + 1));
          }
        }
        default -> {
          Lease<FakeConnection> lease = pool.acquire();
          hold(lease, /* broken= */ false);
          lease.close();
        }
      }
    }
  }

  private void hold(Lease<FakeConnection> lease, boolean broken) {
    FakeConnection connection = lease.connection();
    own(connection);
    disown(connection);
    if (broken) {
      lease.invalidate();
    } else {
      lease.close();
    }
  }

  private void own(FakeConnection connection) {
    if (connection.owners.incrementAndGet() != 1) {
      faults.add(connection + " has two owners");
    }
    if (connection.closings.get() != 0) {
      faults.add(connection + " is used after it was closed");
    }
  }

  private void disown(FakeConnection connection) {
    connection.owners.decrementAndGet();
  }

  private FakeConnection open(Arguments arguments) throws Exception {
    int count = existing.incrementAndGet();
    if (count > MAX_SIZE) {
      faults.add(count + " exist, more than " + MAX_SIZE);
    }
    try {
      int dice = ThreadLocalRandom.current().nextInt(1_000);
      if (dice < 100) {
        throw new IOException("refused");
      }
      if (dice < 104) {
        hang();
      }
      FakeConnection connection = new FakeConnection(numbers.incrementAndGet(), arguments);
      connection.healthy.set(dice < 900);
      made.add(connection);
      return connection;
    } catch (Throwable failure) {
      existing.decrementAndGet();
      throw failure;
    }
  }

  /**
   * Beyond the time-out, deaf to interrupts, but with time to spare, on a busy machine too, before
   * the pool gives the place up.
   */
  private static void hang() {
    long until = System.nanoTime() + CREATE_TIMEOUT.toNanos() * 11 / 10;
    boolean interrupted = false;
    while (System.nanoTime() < until) {
      try {
        new CountDownLatch(1).await(1, TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isHealthy(FakeConnection connection) throws IOException {
    own(connection);
    try {
      if (ThreadLocalRandom.current().nextInt(1_000) == 0) {
        throw new IOException("reset");
      }
      return connection.healthy.get();
    } finally {
      disown(connection);
    }
  }

  private void close(FakeConnection connection, Arguments arguments) {
    if (connection.closings.incrementAndGet() != 1) {
      faults.add(connection + " is closed twice");
    }
    existing.decrementAndGet();
  }
}
