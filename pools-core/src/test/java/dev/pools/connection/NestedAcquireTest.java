package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.pools.TestThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class NestedAcquireTest extends ConnectionTestBase {

  private AcquireTimeoutException timedOut(ConnectionPool<?> pool) {
    return catchThrowableOfType(
        AcquireTimeoutException.class, () -> pool.acquire(Duration.ZERO).close());
  }

  @Test
  void aThreadThatWaitsForItselfIsToldHowManyItHolds() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    pool.acquire();
    pool.acquire();

    AcquireTimeoutException late = timedOut(pool);

    assertThat(late.held()).isEqualTo(2);
    assertThat(late)
        .hasMessageContaining("This is a deadlock")
        .hasMessageContaining("holds 2 and needs another")
        .hasMessageContaining("n x 2 + 1 (that is 3 for the 1 that use the pool now)");
    assertThat(pool.stats().nestedTimeouts()).isEqualTo(1);
  }

  @Test
  void callerThatHoldsNothing_isNotToldOfADeadlock() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire().close();
    TestThreads.run(() -> assertThat(pool.tryAcquire()).isPresent());

    AcquireTimeoutException late = timedOut(pool);

    assertThat(late.held()).isZero();
    assertThat(late).hasMessageContaining("raise maxSize").hasMessageNotContaining("deadlock");
    assertThat(pool.stats().timeouts()).isEqualTo(1);
    assertThat(pool.stats().nestedTimeouts()).isZero();
  }

  @Test
  void returnedAndAsyncLeasesDoNotCountAsHeld() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    pool.acquire().close();
    get(pool.acquireAsync());
    get(pool.acquireAsync());

    assertThat(timedOut(pool).held()).isZero();
    CompletableFuture<Lease<FakeConnection>> async = pool.acquireAsync(Duration.ZERO);
    assertThat(async).isCompletedExceptionally();
    assertThat(pool.stats().nestedTimeouts()).isZero();
  }

  @Test
  void nestedWaitThatOthersCanEnd_isReportedAsAPossibleDeadlock() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    pool.acquire();
    pool.acquire().close();
    TestThreads.run(() -> assertThat(pool.tryAcquire()).isPresent());

    AcquireTimeoutException late = timedOut(pool);

    assertThat(late.held()).isEqualTo(1);
    assertThat(late)
        .hasMessageContaining("may be a deadlock")
        .hasMessageContaining("(that is 3 for the 2 that use the pool now)");
  }

  @Test
  void threadsThatWaitForEachOtherAreAllToldSoAndThePoolGoesOn() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    CountDownLatch both = new CountDownLatch(2);
    ConcurrentLinkedQueue<Throwable> thrown = new ConcurrentLinkedQueue<>();
    List<TestThreads.Started> threads =
        TestThreads.start(
            2,
            thread -> {
              try (Lease<FakeConnection> first = pool.acquire()) {
                assertThat(first.isClosed()).isFalse();
                both.countDown();
                both.await();
                pool.acquire(Duration.ofMinutes(2)).close();
              } catch (Throwable t) {
                thrown.add(t);
              }
            });
    await().until(() -> pool.stats().waiting() == 2);
    ListAppender<ILoggingEvent> logged = new ListAppender<>();
    Logger logger = (Logger) LoggerFactory.getLogger("dev.pools.connection");
    logger.addAppender(logged);
    logged.start();

    time.advance(Duration.ofSeconds(90));
    assertThat(logged.list)
        .as("what the maintenance says, once, while they wait")
        .hasSize(1)
        .allSatisfy(said -> assertThat(said.getFormattedMessage()).contains("is deadlocked"));
    logger.detachAppender(logged);
    time.advance(Duration.ofSeconds(30));

    TestThreads.awaitEnd(threads);
    assertThat(thrown).isNotEmpty();
    assertThat(thrown)
        .allSatisfy(
            late ->
                assertThat(late)
                    .isInstanceOf(AcquireTimeoutException.class)
                    .hasMessageContaining("deadlock"));
    assertThat(pool.inUse()).isZero();
    pool.acquire().close();
  }
}
