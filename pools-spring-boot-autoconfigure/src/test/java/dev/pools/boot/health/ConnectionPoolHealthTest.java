package dev.pools.boot.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import dev.pools.connection.ArgumentMatching;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.Lease;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** A pool is down when it cannot serve, and only then. */
class ConnectionPoolHealthTest {

  private static final Duration LONG = Duration.ofSeconds(30);

  private final AtomicLong nanos = new AtomicLong();
  private final AtomicBoolean down = new AtomicBoolean();
  private final AtomicInteger alive = new AtomicInteger();
  private final AtomicInteger granted = new AtomicInteger(Integer.MAX_VALUE);
  private final CountDownLatch end = new CountDownLatch(1);
  private final List<ConnectionPool<Object>> pools = new ArrayList<>();

  private ConnectionPoolBuilder<Object> builder() {
    return ConnectionPool.<Object>builder(
            arguments -> {
              if (down.get() || alive.get() >= granted.get()) {
                throw new IOException("refused");
              }
              alive.incrementAndGet();
              return new Object();
            })
        .cleaner((connection, arguments) -> alive.decrementAndGet())
        .minSize(0)
        .maxSize(1)
        .backoff(Duration.ofMillis(1), Duration.ofMillis(5))
        .acquireTimeout(Duration.ofMillis(20));
  }

  private ConnectionPool<Object> build(ConnectionPoolBuilder<Object> builder) {
    ConnectionPool<Object> pool = builder.build();
    pools.add(pool);
    pool.start().join();
    return pool;
  }

  @AfterEach
  void closeAll() throws Exception {
    end.countDown();
    pools.forEach(pool -> pool.stop(Duration.ZERO));
  }

  private ConnectionPoolHealthIndicator indicator(
      ConnectionPool<?> pool, ConnectionPoolHealthOptions options) {
    return new ConnectionPoolHealthIndicator(
        "db",
        pool::stats,
        pool::acquireTimeout,
        pool::closeTimeout,
        options,
        Texts.settings("pools.connection", "db"),
        nanos::get);
  }

  private ConnectionPoolHealthIndicator quick(ConnectionPool<?> pool) {
    return indicator(pool, new ConnectionPoolHealthOptions(2, Duration.ofMillis(50)));
  }

  private static Health read(ConnectionPoolHealthIndicator indicator) {
    return indicator.health(true);
  }

  private static Health untilDown(ConnectionPoolHealthIndicator indicator) {
    return await().until(() -> read(indicator), health -> health.getStatus().equals(Status.DOWN));
  }

  private static String text(Health health, String detail) {
    return String.valueOf(health.getDetails().get(detail));
  }

  @Test
  void withoutAnyConnection_aPoolIsDownWhileItsAttemptsFailAndRecoversByItself() throws Exception {
    ConnectionPool<Object> pool = build(builder());
    ConnectionPoolHealthIndicator indicator = quick(pool);
    down.set(true);
    pool.acquireAsync();

    Health health = untilDown(indicator);

    assertThat(text(health, "reason")).contains("refused", "The pool has 0 connections.");
    down.set(false);
    await().until(() -> read(indicator).getStatus().equals(Status.UP));
    assertThat(read(indicator).getDetails()).doesNotContainKeys("reason", "warning");
  }

  /** Such as the page of a proxy, which is sent with each answer of a probe. */
  @Test
  void longMessageOfAServerIsCut() throws Exception {
    ConnectionPool<Object> pool =
        build(
            ConnectionPool.<Object>builder(
                    arguments -> {
                      throw new IOException("refused" + " x".repeat(5_000));
                    })
                .minSize(0)
                .backoff(Duration.ofMillis(1), Duration.ofMillis(5)));
    pool.acquireAsync();

    Health health = untilDown(quick(pool));

    assertThat(text(health, "reason"))
        .contains("java.io.IOException: refused x", "The pool has 0 connections.")
        .hasSizeLessThan(1000);
  }

  @Test
  void fewerFailedAttemptsThanTheLimitAreAWarning() throws Exception {
    ConnectionPool<Object> pool = build(builder());
    down.set(true);
    pool.acquireAsync();
    await().until(() -> pool.stats().lastCreateFailure() != null);

    Health health = read(indicator(pool, new ConnectionPoolHealthOptions(1_000_000, LONG)));

    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(text(health, "warning")).contains("to create a connection failed", "refused");
    assertThat(read(indicator(pool, new ConnectionPoolHealthOptions(1, LONG))).getStatus())
        .as("where one is enough")
        .isEqualTo(Status.DOWN);
  }

  @Test
  void aFailureThatNothingRepeatsIsOldNews() throws Exception {
    ConnectionPool<Object> pool =
        build(builder().maxSize(2).argumentMatching(ArgumentMatching.SAME));
    ConnectionPoolHealthIndicator indicator =
        indicator(pool, new ConnectionPoolHealthOptions(1, LONG));
    down.set(true);
    pool.acquireAsync(Arguments.of("tenant"));
    await()
        .until(
            () ->
                pool.stats().timeouts() == 1
                    && pool.stats().creating() == 0
                    && pool.stats().nextCreateAttempt().isZero());
    assertThat(read(indicator).getStatus()).isEqualTo(Status.DOWN);

    nanos.addAndGet(Duration.ofSeconds(5).toNanos());

    assertThat(read(indicator).getStatus()).isEqualTo(Status.UP);
    assertThat(text(read(indicator), "warning")).contains("The next caller makes the next attempt");
  }

  @Test
  void fullServerThatServesEachCallerIsUp() throws Exception {
    granted.set(1);
    ConnectionPool<Object> pool = build(builder().maxSize(5).acquireTimeout(LONG));
    ConnectionPoolHealthIndicator indicator = quick(pool);
    Lease<Object> lease = pool.acquire();
    for (int i = 0; i < 50; i++) {
      var next = pool.acquireAsync();
      await()
          .pollInterval(Duration.ofMillis(1))
          .until(() -> pool.stats().lastCreateFailure() != null);
      nanos.addAndGet(Duration.ofSeconds(1).toNanos());
      assertThat(read(indicator).getStatus()).as("reading %d", i).isEqualTo(Status.UP);
      lease.close();
      lease = next.join();
    }
    assertThat(text(read(indicator), "warning")).contains("The pool has 1 connections.");
    lease.close();
  }

  @Test
  void connectionsThatAllLeakTakeThePoolDownUntilOneComesBack() throws Exception {
    ConnectionPool<Object> pool = build(builder());
    Lease<Object> leaked = pool.acquire(LONG);
    pool.acquireAsync();
    pool.acquireAsync();

    Health health = untilDown(quick(pool));

    assertThat(text(health, "reason"))
        .contains("2 have timed out", "limit: 50 ms", "Of at most 1 connections 1 are leased");
    leaked.close();
    assertThat(read(quick(pool)).getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void callersThatStillWaitCountAsSoonAsNoneWasServedForTheLimit() throws Exception {
    ConnectionPool<Object> pool = build(builder().acquireTimeout(LONG));
    ConnectionPoolHealthIndicator indicator = quick(pool);
    Lease<Object> leaked = pool.acquire();
    var waiting = pool.acquireAsync();
    assertThat(read(indicator).getStatus()).isEqualTo(Status.UP);
    await().until(() -> pool.stats().longestWait().toMillis() >= 50);
    assertThat(read(indicator).getStatus()).as("the readings say nothing yet").isEqualTo(Status.UP);

    nanos.addAndGet(Duration.ofMillis(50).toNanos());

    assertThat(read(indicator).getStatus()).isEqualTo(Status.DOWN);
    leaked.close();
    waiting.join().close();
    assertThat(read(indicator).getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void allConnectionsInUseWithoutAnyCallerIsUp() throws Exception {
    ConnectionPool<Object> pool = build(builder());
    ConnectionPoolHealthIndicator indicator = quick(pool);
    Lease<Object> lease = pool.acquire(LONG);
    read(indicator);
    nanos.addAndGet(Duration.ofHours(1).toNanos());

    assertThat(read(indicator).getStatus()).isEqualTo(Status.UP);
    lease.close();
  }

  @Test
  void closingsThatHangAndFillThePoolTakeItDown() throws Exception {
    ConnectionPool<Object> pool = build(builder().cleaner((connection, arguments) -> end.await()));
    pool.acquire(LONG).invalidate();
    pool.acquireAsync();

    Health health = untilDown(quick(pool));

    assertThat(text(health, "reason")).contains("1 are being closed", "cleaner does not return");
    end.countDown();
    ConnectionPoolHealthIndicator indicator = quick(pool);
    await().until(() -> read(indicator).getStatus().equals(Status.UP));
  }

  @Test
  void checksThatDoNotReturnAreAWarning() {
    ConnectionPool<Object> pool =
        build(
            builder()
                .healthCheckTimeout(Duration.ofMillis(20))
                .asyncHealthChecker(
                    connection -> new CompletableFuture<Boolean>().minimalCompletionStage()));
    assertThat(pool.isHealthy("any")).isFalse();

    Health health = read(quick(pool));

    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(text(health, "warning"))
        .contains("Calls of the health checker", ".health-check-timeout,", "): 1. Each holds a");
    assertThat(health.getDetails()).containsEntry("callsOverdue", 1);
  }

  @Test
  void poolDeadlockedByNestedAcquiresIsDownAndSaysSo() throws Exception {
    ConnectionPool<Object> pool = build(builder());
    Lease<Object> outer = pool.acquire(LONG);
    try {
      pool.acquire();
    } catch (RuntimeException expected) {
      assertThat(pool.stats().nestedTimeouts()).isEqualTo(1);
    }

    assertThat(text(untilDown(quick(pool)), "reason")).contains("held a lease themselves");
    outer.close();
  }

  @Test
  void poolWithoutReadingsIsUnknown() throws Exception {
    UnaryOperator<String> settings = Texts.settings("pools.advanced", "tasks");
    ConnectionPoolHealthIndicator mocked =
        new ConnectionPoolHealthIndicator(
            "db",
            () -> null,
            () -> LONG,
            () -> LONG,
            ConnectionPoolHealthOptions.DEFAULTS,
            settings,
            nanos::get);
    AdvancedPoolHealthIndicator mockedTasks =
        new AdvancedPoolHealthIndicator(
            "tasks", () -> null, AdvancedPoolHealthOptions.DEFAULTS, settings);

    assertThat(read(mocked).getStatus()).isEqualTo(Status.UNKNOWN);
    assertThat(mockedTasks.health(true).getStatus()).isEqualTo(Status.UNKNOWN);
  }
}
