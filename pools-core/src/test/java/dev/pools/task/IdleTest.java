package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.ChildJvm;
import dev.pools.map.Input;
import dev.pools.map.MapOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Waiting until a pool has nothing to do, while it goes on taking tasks. */
class IdleTest extends PoolTestBase {

  @Test
  void poolWithoutTasksIsIdleAndGoesOnAccepting() {
    AdvancedPool pool = fixed(2);
    get(pool.whenIdle());
    assertThat(get(pool.submit(() -> 1))).isEqualTo(1);
    get(pool.whenIdle());
  }

  @Test
  void runningAndQueuedTasksAreWaitedForAndSoAreThoseThatComeMeanwhile() {
    AdvancedPool pool = fixed(1);
    Gate first = occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    CompletableFuture<Void> idle = pool.whenIdle();
    assertThat(idle).isNotDone();
    CountDownLatch second = new CountDownLatch(1);
    PoolFuture<?> later =
        pool.submit(
            () -> {
              second.await();
              return null;
            });
    first.open();
    get(queued);
    assertThat(idle).isNotDone();
    second.countDown();
    get(later);
    get(idle);
  }

  @Test
  void tasksThatWaitForAPlaceAreWaitedFor() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(0));
    Gate gate = occupy(pool);
    PoolFuture<Integer> waiting = pool.submit(() -> 1);
    CompletableFuture<Void> idle = pool.whenIdle();
    assertThat(idle).isNotDone();
    gate.open();
    get(idle);
    assertThat(waiting).isCompletedWithValue(1);
  }

  @Test
  void mapIsWaitedForUntilItsResultIsThere() {
    for (int i = 0; i < 50; i++) {
      AdvancedPool pool = build(AdvancedPool.builder().maxWorkers(2));
      AtomicInteger ran = new AtomicInteger();
      CompletableFuture<List<Integer>> map =
          pool.map(n -> ran.incrementAndGet(), IntStream.range(0, 60).boxed().toList());
      get(pool.whenIdle());
      assertThat(ran).hasValue(60);
      assertThat(map).isCompleted();
    }
  }

  @Test
  void mapWhosePublisherIsSilentIsWaitedFor() {
    AdvancedPool pool = fixed(2);
    SubmissionPublisher<Integer> publisher = new SubmissionPublisher<>(Runnable::run, 8);
    CompletableFuture<List<Integer>> map =
        pool.map(n -> n, Input.of(publisher), MapOptions.DEFAULT);
    CompletableFuture<Void> idle = pool.whenIdle();
    time.advance(Duration.ofSeconds(20));
    assertThat(idle).isNotDone();
    publisher.close();
    get(map);
    get(idle);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void chainOfTasksIsWaitedForWhicheverWorkersItTakes(int workers) {
    for (int i = 0; i < 30; i++) {
      AdvancedPool pool = build(AdvancedPool.builder().minWorkers(workers).maxWorkers(workers));
      AtomicInteger left = new AtomicInteger(300);
      pool.execute(() -> next(pool, left));
      get(pool.whenIdle());
      assertThat(left).hasValue(0);
    }
  }

  private static void next(AdvancedPool pool, AtomicInteger left) {
    if (left.decrementAndGet() > 0) {
      pool.execute(() -> next(pool, left));
    }
  }

  // ---- What cannot end before

  @Test
  void taskThatWaitsDoesNotWaitForItself() {
    AdvancedPool pool = fixed(2);
    Gate other = occupy(pool);
    AtomicReference<CompletableFuture<Void>> idle = new AtomicReference<>();
    PoolFuture<?> waiting =
        pool.submit(
            () -> {
              idle.set(pool.whenIdle());
              return get(idle.get());
            });
    await().until(() -> idle.get() != null);
    assertThat(idle.get()).isNotDone();
    other.open();
    get(waiting);
  }

  @Test
  void dependantOfATaskThatWaitsDoesNotWaitForItself() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    CompletableFuture<?> waiting = pool.submit(() -> 1).thenApply(one -> get(pool.whenIdle()));
    gate.open();
    get(waiting);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void taskThatItsSubmitterRunsDoesNotWaitForItself(boolean bare) {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
    Gate gate = occupy(pool);
    List<String> done = new ArrayList<>();
    Runnable task =
        () -> {
          CompletableFuture<Void> idle = pool.whenIdle();
          assertThat(idle).isNotDone();
          gate.open();
          get(idle);
          done.add("closed");
        };
    if (bare) {
      pool.execute(task);
    } else {
      get(pool.submit(task));
    }
    assertThat(done).containsExactly("closed");
  }

  @Test
  void elementOfAMapThatWaitsDoesNotWaitForItsMap() {
    AdvancedPool pool = build(AdvancedPool.builder().maxWorkers(2));
    AtomicInteger ran = new AtomicInteger();
    CompletableFuture<List<Integer>> map =
        pool.map(
            n -> {
              if (n == 3) {
                get(pool.whenIdle());
              }
              return ran.incrementAndGet();
            },
            List.of(1, 2, 3, 4, 5, 6));
    assertThat(get(map)).hasSize(6);
  }

  @Test
  void taskOfAVirtualThreadDoesNotWaitForItself() {
    if (!WorkerThreads.virtualSupported()) {
      return;
    }
    AdvancedPool pool = build(AdvancedPool.builder().threads(WorkerThreads.virtual()));
    Gate other = occupy(pool);
    CompletableFuture<Void> outside = pool.whenIdle();
    PoolFuture<?> waiting = pool.submit(() -> get(pool.whenIdle()));
    assertThat(outside).isNotDone();
    other.open();
    get(waiting);
    get(outside);
  }

  @Test
  void taskOfAThreadOfTheUsersDoesNotWaitForItself() {
    AdvancedPool pool = build(AdvancedPool.builder().threads(WorkerThreads.of(Thread::new)));
    get(pool.submit(() -> get(pool.whenIdle())));
  }

  @Test
  void twoPoolsWhoseTasksWaitForEachOthersEndAreBothLetGo() {
    AdvancedPool one = build(AdvancedPool.builder());
    AdvancedPool two = build(AdvancedPool.builder());
    get(one.submit(() -> get(two.submit(() -> get(two.whenIdle())))));
  }

  // ---- Its end

  @Test
  void poolThatTerminatesIsIdle() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    CompletableFuture<Void> idle = pool.whenIdle();
    pool.shutdown();
    assertThat(idle).isNotDone();
    gate.open();
    get(idle);
    assertThat(pool.shutdownNow()).isEmpty();
    await().until(pool::isTerminated);
    get(pool.whenIdle());
  }

  @Test
  void waitThatIsCancelledLeavesNothing() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    int timers = time.scheduledTimers();
    CompletableFuture<Void> idle = pool.whenIdle();
    idle.cancel(false);
    assertThat(time.scheduledTimers()).isEqualTo(timers);
    gate.open();
  }

  @Test
  void dependantsDoNotRunOnAWorker() {
    AdvancedPool pool = build(AdvancedPool.builder().maxWorkers(1));
    Gate gate = occupy(pool);
    CompletableFuture<String> thread =
        pool.whenIdle().thenApply(nothing -> Thread.currentThread().getName());
    gate.open();
    assertThat(get(thread)).doesNotContain("-worker-");
  }

  /** Its task calls System.exit, and its shutdown hook waits until its pool is idle. */
  static final class Exiting {

    private Exiting() {}

    public static void main(String[] arguments) throws Exception {
      boolean virtual = arguments.length > 0;
      AdvancedPool pool =
          AdvancedPool.builder()
              .maxWorkers(3)
              .threads(virtual ? WorkerThreads.virtual() : WorkerThreads.platform())
              .build();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(
                  () -> {
                    System.out.println("closing");
                    pool.whenIdle().join();
                    System.out.println("idle");
                  }));
      Executor also = pool;
      pool.submit(() -> System.exit(3));
      also.execute(() -> System.exit(4));
      Thread.currentThread().join();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void taskThatCallsExitIsNotWaitedFor(boolean virtual) throws Exception {
    if (virtual && !WorkerThreads.virtualSupported()) {
      return;
    }
    String[] arguments = virtual ? new String[] {"virtual"} : new String[0];

    ChildJvm.Ended ended = ChildJvm.run(Exiting.class, Duration.ofMinutes(1), arguments);

    assertThat(ended.lines()).contains("closing", "idle");
    assertThat(ended.exitValue()).isIn(3, 4);
  }
}
