package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * A caller gives up at the moment at which it is granted a connection. Either the caller has it, or
 * the pool has it and the next caller in line gets it.
 */
class GiveUpVsHandOffTest {

  private static final int ROUNDS = 1_000;

  private final FakeServer server = new FakeServer();
  private final AtomicInteger served = new AtomicInteger();
  private final AtomicInteger gaveUp = new AtomicInteger();
  private Lease<FakeConnection> only;
  private CompletableFuture<Lease<FakeConnection>> waiting;
  private volatile Thread waiter;
  private volatile boolean interrupted;
  private ConnectionPool<FakeConnection> pool;

  private void build(Fairness fairness) {
    pool =
        ConnectionPool.builder(server::open)
            .cleaner(server::close)
            .executor(Runnable::run)
            .fairness(fairness)
            .minSize(0)
            .maxSize(1)
            .build();
  }

  private void theConnectionIsThere() throws Exception {
    try (Lease<FakeConnection> lease = pool.acquire(Duration.ofSeconds(20))) {
      assertThat(lease.connection()).isSameAs(server.made.get(0));
    }
    ConnectionPoolStats stats = pool.stats();
    assertThat(stats.inUse()).as("%s", stats).isZero();
    assertThat(stats.waiting()).as("%s", stats).isZero();
  }

  @AfterEach
  void allIsClosed() {
    pool.close();
    assertThat(server.made).hasSize(1);
    assertThat(server.made.get(0).closings).hasValue(1);
    assertThat(pool.stats().waiting()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void cancelVsRelease(Fairness fairness) throws Exception {
    build(fairness);
    Race.run(
        ROUNDS,
        () -> {
          only = pool.acquire();
          waiting = pool.acquireAsync();
        },
        () -> {
          if (!waiting.isCancelled()) {
            waiting.get().close();
          }
          theConnectionIsThere();
        },
        () -> only.close(),
        () -> waiting.cancel(true));
  }

  @ParameterizedTest
  @EnumSource
  void timeOutVsRelease(Fairness fairness) throws Exception {
    build(fairness);
    Race.run(
        ROUNDS,
        () -> only = pool.acquire(),
        this::theConnectionIsThere,
        () -> only.close(),
        () -> {
          long micros = ThreadLocalRandom.current().nextLong(60);
          try (Lease<FakeConnection> lease = pool.acquire(Duration.ofNanos(micros * 1_000))) {
            assertThat(lease.isClosed()).isFalse();
            served.incrementAndGet();
          } catch (AcquireTimeoutException late) {
            gaveUp.incrementAndGet();
          }
        });
    assertThat(served.get() + gaveUp.get()).isEqualTo(ROUNDS);
    assertThat(pool.stats().timeouts()).isEqualTo(gaveUp.get());
  }

  @ParameterizedTest
  @EnumSource
  void asyncTimeOutVsRelease(Fairness fairness) throws Exception {
    build(fairness);
    Race.run(
        500,
        () -> {
          only = pool.acquire();
          waiting = pool.acquireAsync(Duration.ofMillis(1));
        },
        () -> {
          waiting.handle((lease, late) -> lease).thenAccept(GiveUpVsHandOffTest::closeIfAny).get();
          theConnectionIsThere();
        },
        () -> {
          long until = System.nanoTime() + ThreadLocalRandom.current().nextLong(2_000_000);
          while (System.nanoTime() < until) {
            Thread.onSpinWait();
          }
          only.close();
        });
  }

  private static void closeIfAny(Lease<?> lease) {
    if (lease != null) {
      lease.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void interruptVsRelease(Fairness fairness) throws Exception {
    build(fairness);
    Race.run(
        ROUNDS,
        () -> {
          waiter = null;
          interrupted = false;
          only = pool.acquire();
        },
        this::theConnectionIsThere,
        () -> only.close(),
        () -> {
          while (waiter == null) {
            Thread.yield();
          }
          waiter.interrupt();
          interrupted = true;
        },
        () -> {
          waiter = Thread.currentThread();
          boolean keepsInterrupt = false;
          try (Lease<FakeConnection> lease = pool.acquire()) {
            assertThat(lease.isClosed()).isFalse();
            served.incrementAndGet();
            keepsInterrupt = true;
          } catch (InterruptedException asked) {
            gaveUp.incrementAndGet();
          }
          while (!interrupted) {
            Thread.yield();
          }
          assertThat(Thread.interrupted()).isEqualTo(keepsInterrupt);
        });
    assertThat(served.get() + gaveUp.get()).isEqualTo(ROUNDS);
  }

  @Test
  void releaseVsReleaseOfTheSameLease() throws Exception {
    build(Fairness.STRICT);
    Race.run(
        ROUNDS,
        () -> only = pool.acquire(),
        this::theConnectionIsThere,
        () -> only.close(),
        () -> only.close(),
        () -> {
          try {
            pool.release(server.made.get(0));
          } catch (IllegalReleaseException late) {
            // One of the others was quicker.
          }
        });
    assertThat(pool.stats().acquired()).isEqualTo(2 * ROUNDS);
  }
}
