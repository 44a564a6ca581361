package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.internal.ManualTime;
import dev.pools.internal.TestAccess;
import dev.pools.task.AdvancedPool;
import dev.pools.task.AdvancedPoolBuilder;
import dev.pools.task.PoolFuture;
import dev.pools.task.TaskOptions;
import dev.pools.task.WorkerThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What pools-test relies on. */
class TestAccessTest {

  private final ManualTime time = new ManualTime();
  private final Deque<TestAccess.Turn> turns = new ArrayDeque<>();

  private AdvancedPoolBuilder manual() {
    AdvancedPoolBuilder builder = AdvancedPool.builder().name("manual");
    TestAccess.ofTasks().useTime(builder, time);
    TestAccess.ofTasks().useTurns(builder, turns::add);
    return builder;
  }

  private void runTurn() {
    Thread thread = turns.remove().thread();
    thread.start();
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void timeOfATaskPoolIsReplaced() {
    AdvancedPool pool = manual().build();
    time.advance(Duration.ofDays(3));

    assertThat(pool.stats().uptime()).isEqualTo(Duration.ofDays(3));
    pool.shutdown();
    assertThat(pool.isTerminated()).isTrue();
  }

  @Test
  void timeOfAConnectionPoolIsReplaced() {
    ConnectionPoolBuilder<Object> builder = ConnectionPool.builder(Object::new).minSize(0);
    TestAccess.ofConnections().useTime(builder, time);
    try (ConnectionPool<Object> pool = builder.build()) {
      pool.start().join();
      time.advance(Duration.ofDays(3));

      assertThat(pool.stats().uptime()).isEqualTo(Duration.ofDays(3));
    }
  }

  @Test
  void connectionPoolHasNoTurns() {
    assertThatThrownBy(
            () ->
                TestAccess.ofConnections()
                    .useTurns(ConnectionPool.builder(Object::new), turns::add))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void eachTurnRunsTheTaskThatIsNextWhenItStarts() {
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    AdvancedPool pool = manual().minWorkers(1).maxWorkers(1).build();
    pool.execute(() -> ran.add("late"), 5);
    pool.execute(() -> ran.add("early"), 1);
    pool.execute(() -> ran.add("middle"), 3);
    assertThat(turns).hasSize(1);
    assertThat(ran).isEmpty();

    runTurn();
    assertThat(ran).containsExactly("early");
    runTurn();
    runTurn();

    assertThat(ran).containsExactly("early", "middle", "late");
    assertThat(turns).isEmpty();
    pool.shutdown();
    assertThat(pool.isTerminated()).isTrue();
  }

  @Test
  void asManyTurnsWaitAsThereMayBeWorkers() {
    AdvancedPool pool = manual().minWorkers(0).maxWorkers(3).build();
    for (int i = 0; i < 10; i++) {
      pool.execute(() -> {});
    }
    assertThat(turns).hasSize(3);
    TestAccess.Turn first = turns.element();

    assertThat(first.taken().getAsLong()).isZero();
    runTurn();
    assertThat(first.taken().getAsLong()).isEqualTo(1);
    assertThat(turns).hasSize(3);
    while (!turns.isEmpty()) {
      runTurn();
    }

    assertThat(pool.stats().completed()).isEqualTo(10);
    pool.shutdown();
    assertThat(pool.isTerminated()).isTrue();
  }

  /** Holds the threads of the pool where they set the timer that watches runs. */
  private static final class HeldTime extends ManualTime {

    private final CountDownLatch setsTimer = new CountDownLatch(1);
    private final CountDownLatch goesOn = new CountDownLatch(1);

    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      if (Thread.currentThread().getName().startsWith("manual-task-")) {
        setsTimer.countDown();
        awaitLatch(goesOn);
      }
      return super.schedule(delayNanos, action);
    }
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Else a test that has just started a task could move the clock past its limit unnoticed. */
  @Test
  void runOfATurnHasBegunWhenItsLimitCounts_andNotWhenItsTaskIsTaken() throws Exception {
    HeldTime held = new HeldTime();
    AdvancedPoolBuilder builder = manual();
    TestAccess.ofTasks().useTime(builder, held);
    AdvancedPool pool = builder.build();
    PoolFuture<Object> future =
        pool.submit(
            () -> {
              new CountDownLatch(1).await();
              return "never";
            },
            TaskOptions.DEFAULT.withMaxRunTime(Duration.ofSeconds(10)));
    TestAccess.Turn turn = turns.remove();
    turn.thread().start();
    awaitLatch(held.setsTimer);

    assertThat(turn.taken().getAsLong()).isEqualTo(1);
    assertThat(turn.begun().getAsBoolean()).isFalse();

    held.goesOn.countDown();
    awaitBegun(turn);
    held.advance(Duration.ofSeconds(20));
    turn.thread().join();
    assertThat(future).isCompletedExceptionally();
    assertThat(turn.begun().getAsBoolean()).isTrue();
    pool.shutdown();
    assertThat(pool.isTerminated()).isTrue();
  }

  private static void awaitBegun(TestAccess.Turn turn) {
    while (!turn.begun().getAsBoolean()) {
      Thread.yield();
    }
  }

  @Test
  void runWithoutOptionsBegins_thoughItGoesOn() throws Exception {
    AdvancedPool pool = manual().maxWorkers(2).build();
    CountDownLatch ends = new CountDownLatch(1);
    pool.execute(() -> awaitLatch(ends));
    pool.submit(() -> awaitLatch(ends));
    List<TestAccess.Turn> both = List.copyOf(turns);
    turns.clear();
    for (TestAccess.Turn turn : both) {
      long before = turn.taken().getAsLong();
      turn.thread().start();
      while (turn.taken().getAsLong() == before) {
        Thread.yield();
      }

      awaitBegun(turn);
      assertThat(turn.thread().isAlive()).isTrue();
    }

    assertThat(both).hasSize(2);
    ends.countDown();
    for (TestAccess.Turn turn : both) {
      turn.thread().join();
    }
    pool.shutdown();
    assertThat(pool.isTerminated()).isTrue();
  }

  @Test
  void taskOfATurnRunsOnAWorker() {
    Thread.UncaughtExceptionHandler handler = (thread, failure) -> {};
    AdvancedPool pool = manual().uncaughtExceptionHandler(handler).build();
    PoolFuture<Thread> future = pool.submit(Thread::currentThread);
    runTurn();

    assertThat(future.join().getName()).isEqualTo("manual-task-1");
    assertThat(future.join().isDaemon()).isTrue();
    pool.shutdown();
  }

  @Test
  void threadsOfATestAreNotVirtual() {
    AdvancedPoolBuilder builder = manual();

    assertThat(WorkerThreads.platform().isVirtual()).isFalse();
    try (AdvancedPool pool = builder.build()) {
      PoolFuture<Boolean> future =
          pool.submit(() -> dev.pools.internal.ThreadKind.isVirtual(Thread.currentThread()));
      runTurn();
      assertThat(future.join()).isFalse();
    }
  }

  @Test
  void poolThatIsStoppedAtOnceEndsWithTheTurnsThatWait() {
    AdvancedPool pool = manual().maxWorkers(2).build();
    PoolFuture<Integer> first = pool.submit(() -> 1);
    pool.submit(() -> 2);
    pool.shutdownNow();

    assertThat(first).isCancelled();
    while (!turns.isEmpty()) {
      runTurn();
    }
    assertThat(pool.isTerminated()).isTrue();
  }
}
