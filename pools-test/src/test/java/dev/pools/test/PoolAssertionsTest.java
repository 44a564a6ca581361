package dev.pools.test;

import static dev.pools.test.PoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.connection.Lease;
import dev.pools.connection.RetireReason;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolFuture;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Each assertion holds for what it says, and fails for everything else, with all figures. */
class PoolAssertionsTest {

  private final ManualTaskPool tasks =
      ManualTaskPool.of(AdvancedPool.builder().name("reports").minWorkers(1).maxWorkers(1));
  private final ConnectionPool<ScriptedConnection> db =
      ScriptedConnections.of(tasks.clock())
          .builder()
          .name("db")
          .minSize(0)
          .maxSize(2)
          .leakThreshold(Duration.ofMinutes(1))
          .build();

  @AfterEach
  void close() throws Exception {
    tasks.close();
    db.stop(Duration.ZERO).join();
  }

  private static void assertFails(ThrowingCallable assertion, String... parts) {
    assertThatThrownBy(assertion).isInstanceOf(AssertionError.class).hasMessageContainingAll(parts);
  }

  @Test
  void figuresOfATaskPool() throws Exception {
    tasks.pool().execute(() -> {});
    tasks.pool().submit(() -> 1).cancel(false);
    tasks.pool().execute(() -> {});

    assertThat(tasks).hasSubmitted(3).hasActive(1).hasQueued(1).hasCancelled(1);
    tasks.runAll();
    assertThat(tasks.pool())
        .isQuiet()
        .isNotStarved()
        .hasCompleted(2)
        .hasFailed(0)
        .hasRejected(0)
        .hasExpired(0)
        .hasTimeouts(0)
        .hasStuck(0)
        .hasQueued(0)
        .hasActive(0);
    String pool = "Expecting pool 'reports'";
    assertFails(
        () -> assertThat(tasks).hasSubmitted(4),
        pool,
        "to have 4 submitted tasks, but it has 3.",
        "PoolStats[name=reports, state=RUNNING");
    assertFails(() -> assertThat(tasks).hasCompleted(1), "1 completed tasks, but it has 2");
    assertFails(() -> assertThat(tasks).hasCancelled(0), "0 cancelled tasks, but it has 1");
    assertFails(() -> assertThat(tasks).hasFailed(1), "1 failed tasks, but it has 0");
    assertFails(() -> assertThat(tasks).hasRejected(1), "1 rejected tasks, but it has 0");
    assertFails(() -> assertThat(tasks).hasExpired(1), "1 expired tasks, but it has 0");
    assertFails(() -> assertThat(tasks).hasStuck(1), "1 stuck tasks, but it has 0");
    assertFails(() -> assertThat(tasks).hasQueued(1), "1 queued tasks, but it has 0");
    assertFails(() -> assertThat(tasks).hasActive(1), "1 active tasks, but it has 0");
    assertFails(() -> assertThat(tasks).hasTimeouts(1), "beyond their maxRunTime, but it has 0");
  }

  @Test
  void taskPoolThatHasWorkIsNotQuiet() throws Exception {
    tasks.pool().execute(() -> {});
    tasks.pool().execute(() -> {});

    assertFails(
        () -> assertThat(tasks).isQuiet(),
        "to be quiet, but it has 1 active tasks, 1 queued, and 0 that wait for a place.",
        "PoolStats[");
  }

  @Test
  void taskPoolThatRunsIsNotTerminated() throws Exception {
    assertFails(() -> assertThat(tasks).isTerminated(), "to be TERMINATED, but it is RUNNING");
    tasks.close();
    assertThat(tasks).isTerminated();
  }

  @Test
  void taskPoolWhoseWorkersWaitForItsOwnTasksIsStarved() throws Exception {
    CountDownLatch submitted = new CountDownLatch(1);
    PoolFuture<Integer> outer =
        tasks
            .pool()
            .submit(
                () -> {
                  PoolFuture<Integer> inner = tasks.pool().submit(() -> 1);
                  submitted.countDown();
                  return inner.get();
                });
    StartedTask started = tasks.startNext();
    while (!tasks.pool().stats().starved()) {
      Thread.yield();
    }

    assertFails(() -> assertThat(tasks).isNotStarved(), "not to be starved", "blockedWorkers=1");
    outer.cancel(true);
    started.awaitEnd();
    tasks.runAll();
    assertThat(tasks).isNotStarved();
  }

  @Test
  void figuresOfAConnectionPool() throws Exception {
    Lease<ScriptedConnection> first = db.acquire();
    db.acquire().close();
    assertThat(db)
        .hasInUse(1)
        .hasIdle(1)
        .hasSize(2)
        .hasCreated(2)
        .hasAcquired(2)
        .hasCreating(0)
        .hasWaiting(0)
        .hasTimeouts(0)
        .hasCreateFailures(0)
        .hasState(State.RUNNING);
    first.invalidate();
    assertThat(db).hasNoLeaks().isQuiet().hasLeaks(0).hasRetired(RetireReason.INVALIDATED, 1);

    assertFails(
        () -> assertThat(db).hasInUse(1),
        "Expecting pool 'db'",
        "to have 1 leased connections, but it has 0.",
        "ConnectionPoolStats[name=db, state=RUNNING");
    assertFails(() -> assertThat(db).hasIdle(0), "0 idle connections, but it has 1");
    assertFails(() -> assertThat(db).hasSize(0), "0 connections, but it has 1");
    assertFails(() -> assertThat(db).hasCreated(0), "0 created connections, but it has 2");
    assertFails(() -> assertThat(db).hasAcquired(0), "0 leases in its life, but it has 2");
    assertFails(() -> assertThat(db).hasCreating(1), "that are being created, but it has 0");
    assertFails(() -> assertThat(db).hasWaiting(1), "1 waiting callers, but it has 0");
    assertFails(() -> assertThat(db).hasTimeouts(1), "1 callers that timed out, but it has 0");
    assertFails(() -> assertThat(db).hasCreateFailures(1), "failed attempts", "but it has 0");
    assertFails(() -> assertThat(db).hasLeaks(1), "reported as leaked, but it has 0");
    assertFails(
        () -> assertThat(db).hasRetired(RetireReason.IDLE, 1),
        "1 connections closed for IDLE, but it has 0");
    assertFails(() -> assertThat(db).hasState(State.STOPPED), "to be STOPPED, but it is RUNNING");
  }

  @Test
  void connectionPoolWithALeaseIsNotQuiet() throws Exception {
    Lease<ScriptedConnection> lease = db.acquire();

    assertFails(
        () -> assertThat(db).isQuiet(),
        "to be quiet, but it has 1 leased connections, 0 that are checked");
    lease.close();
  }

  @Test
  void leaseThatIsOutIsALeakWithTheStackOfItsAcquire() throws Exception {
    Lease<ScriptedConnection> lease = db.acquire();

    assertThatThrownBy(() -> assertThat(db).hasNoLeaks())
        .isInstanceOf(AssertionError.class)
        .hasMessageContainingAll("to have no leaks, but 1 leases are out", "ConnectionPoolStats[")
        .satisfies(
            leak ->
                assertThat(List.of(leak.getSuppressed()))
                    .singleElement()
                    .satisfies(
                        stack ->
                            assertThat(stack.getStackTrace())
                                .anyMatch(
                                    frame ->
                                        frame
                                            .getClassName()
                                            .equals(PoolAssertionsTest.class.getName()))));
    lease.close();
    assertThat(db).hasNoLeaks();
  }

  @Test
  void leaseThatWasReportedAsLeakedIsALeakAfterItsEndToo() throws Exception {
    Lease<ScriptedConnection> lease = db.acquire();
    tasks.advance(Duration.ofMinutes(5));
    lease.close();

    assertFails(
        () -> assertThat(db).hasNoLeaks(),
        "0 leases are out",
        "1 were reported as leaked (1 of them have ended)");
  }

  @Test
  void descriptionOfTheCallerComesFirst() throws Exception {
    assertFails(
        () -> assertThat(db).as("100 %% of the %s", "pool").hasSize(3), "[100 % of the pool] ");
  }

  @Test
  void nullIsNoPool() throws Exception {
    assertFails(() -> assertThat((AdvancedPool) null).isQuiet(), "not to be null");
    assertFails(() -> assertThat((ConnectionPool<?>) null).isQuiet(), "not to be null");
  }
}
