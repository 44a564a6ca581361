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
import dev.pools.task.WorkerThreads;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
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
