package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.TestThreads;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;

/** Where tasks could be lost, stranded, disturbed or kept between two hands. */
@Tag("heavy")
class EngineRaceTest extends PoolTestBase {

  @Test
  void aTaskThatFindsNoPlaceIsRefusedAloudAlsoIfAnotherWasFaster() throws Exception {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(1).overflow(OverflowPolicy.REJECT));
    occupy(pool);
    AtomicInteger silent = new AtomicInteger();
    TestThreads.run(
        3,
        submitter -> {
          for (int turn = 0; turn < 30_000; turn++) {
            try {
              PoolFuture<Integer> future = pool.submit(() -> 1);
              if (future.isCancelled()) {
                silent.incrementAndGet();
              }
              future.cancel(false);
            } catch (PoolFullException full) {
              Thread.onSpinWait();
            }
          }
        });
    assertThat(silent).hasValue(0);
  }

  /** Expired tasks give their places back under the lock, while others wait for one. */
  @Test
  void tasksThatExpire_wakeTheSubmittersThatWaitForAPlace() {
    for (int capacity : new int[] {0, 1, 20}) {
      AdvancedPool pool =
          AdvancedPool.builder()
              .minWorkers(0)
              .maxWorkers(3)
              .queueCapacity(capacity)
              .maxQueueTime(Duration.ofNanos(20_000))
              .build();
      AtomicInteger ended = new AtomicInteger();
      TestThreads.start(
          3,
          submitter -> {
            for (int task = 0; task < 5_000; task++) {
              int length = task % 50;
              pool.submit(() -> spin(length))
                  .whenComplete((nothing, failure) -> ended.incrementAndGet());
            }
          });

      Awaitility.await()
          .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
          .until(() -> ended.get() == 15_000);
      pool.close();
    }
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void aPoolOfVirtualWorkersEndsAlthoughACancelledTaskIsLeftInALane() throws Exception {
    AdvancedPool pool =
        build(builder().minWorkers(0).maxWorkers(1).threads(WorkerThreads.virtual()));
    Gate gate = occupy(pool);
    Gate second = new Gate();
    pool.execute(second, 1);
    PoolFuture<Integer> third = pool.submit(() -> 3, 2);
    // The second is taken from the lanes, where the third stays.
    gate.open();
    second.awaitEntered();
    third.cancel(false);

    pool.shutdown();
    second.open();

    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void shutdownNowInterruptsATaskThatWasTakenAMomentAgo() throws Exception {
    for (int turn = 0; turn < 1_000; turn++) {
      AdvancedPool pool = AdvancedPool.builder().minWorkers(1).maxWorkers(1).build();
      CountDownLatch never = new CountDownLatch(1);
      AtomicBoolean ran = new AtomicBoolean();
      AtomicBoolean interrupted = new AtomicBoolean();
      pool.execute(() -> {});
      pool.execute(
          () -> {
            ran.set(true);
            try {
              if (!never.await(10, TimeUnit.SECONDS)) {
                return;
              }
            } catch (InterruptedException e) {
              interrupted.set(true);
            }
          });
      spin(turn % 100);
      pool.shutdownNow();
      assertThat(pool.awaitTermination(5, TimeUnit.SECONDS))
          .as("turn %s: a task runs on that was not interrupted", turn)
          .isTrue();
      assertThat(interrupted.get()).isEqualTo(ran.get());
    }
  }

  private static void spin(int times) {
    for (int i = 0; i < times * 20; i++) {
      Thread.onSpinWait();
    }
  }

  @Test
  void aTaskThatComesRightAfterAWorkerCouldNotBeStartedIsNotStranded() {
    AtomicInteger starts = new AtomicInteger();
    AdvancedPool pool =
        build(
            builder()
                .minWorkers(0)
                .maxWorkers(1)
                .threads(
                    WorkerThreads.of(
                        worker -> {
                          if (starts.incrementAndGet() == 1) {
                            throw new IllegalStateException("no thread, for once");
                          }
                          return new Thread(worker);
                        })));
    PoolFuture<Integer> first = pool.submit(() -> 1);
    assertThatThrownBy(first::join).hasCauseInstanceOf(RejectedExecutionException.class);

    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
  }

  @Test
  void anInterruptLeftBehindByADependantDoesNotReachTheNextTask() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    pool.submit(() -> 1).whenComplete((one, none) -> Thread.currentThread().interrupt());
    PoolFuture<Boolean> next = pool.submit(() -> Thread.currentThread().isInterrupted());
    gate.open();

    assertThat(get(next)).isFalse();
  }

  @Test
  void anIdlePoolHoldsNoTaskThatHasRun() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    List<WeakReference<Object>> results = new ArrayList<>();
    List<WeakReference<Object>> futures = new ArrayList<>();
    for (int i = 0; i < 37; i++) {
      Object result = new Object();
      results.add(new WeakReference<>(result));
      PoolFuture<Object> future = pool.submit(new Returning(result));
      futures.add(new WeakReference<>(future));
      if (i % 16 == 14) {
        future.cancel(false);
      }
    }
    gate.open();
    awaitIdle(pool);

    Awaitility.await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(futures).allSatisfy(future -> assertThat(future.get()).isNull());
              assertThat(results).allSatisfy(result -> assertThat(result.get()).isNull());
            });
  }

  private record Returning(Object result) implements java.util.concurrent.Callable<Object> {
    @Override
    public Object call() {
      return result;
    }
  }

  private static void awaitIdle(AdvancedPool pool) {
    Awaitility.await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .until(() -> pool.stats().idleWorkers() == pool.stats().workers());
  }

  @Test
  void aFutureThatItsUserKeepsHoldsNoLaterTask() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    List<PoolFuture<Object>> kept = new ArrayList<>();
    List<WeakReference<Object>> later = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      // Through the lanes and through the arrival queue alone.
      kept.add(pool.submit(Object::new, i < 20 ? i % 3 : 0));
      later.add(new WeakReference<>(pool.submit(Object::new, i < 20 ? i % 3 : 0)));
    }
    gate.open();
    awaitIdle(pool);

    Awaitility.await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(later).allSatisfy(future -> assertThat(future.get()).isNull());
            });
    assertThat(kept).allSatisfy(CompletableFuture::join);
  }

  @Test
  void cancelledTasksAreSweptAlthoughNoWorkerComesBy() {
    AdvancedPool pool = fixed(1);
    occupy(pool);
    PoolFuture<Integer> alive = pool.submit(() -> 1);
    List<WeakReference<Object>> cancelled = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      PoolFuture<Integer> future = pool.submit(() -> 1, i % 2);
      future.cancel(false);
      cancelled.add(new WeakReference<>(future));
    }

    Awaitility.await()
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(cancelled.stream().filter(future -> future.get() != null).count())
                  .isLessThanOrEqualTo(64);
            });
    assertThat(alive).isNotDone();
  }

  @Test
  void tasksCancelledBehindAWaitingOne_leaveNoSlotsBehind() throws Exception {
    TaskFactory factory = factory(options());
    TaskQueue queue = queue(factory, TaskOrder.STRICT);
    add(queue, factory);
    for (int i = 0; i < 100_000; i++) {
      PoolTask<?> task = add(queue, factory);
      assertThat(task.tryWithdraw()).isTrue();
      queue.withdrawn(task);
    }

    assertThat(segments(queue)).isLessThanOrEqualTo(2);
    assertThat(queue.readings().sizeUpTo(1_000)).isLessThanOrEqualTo(65);
  }

  private static PoolTask<?> add(TaskQueue queue, TaskFactory factory) {
    PoolTask<?> task = factory.executed(() -> {}, TaskOptions.DEFAULT);
    task.enqueue();
    assertThat(queue.add(task)).isTrue();
    return task;
  }

  /** How many segments the arrival queue keeps. */
  private static int segments(TaskQueue queue) throws ReflectiveOperationException {
    Object segment = read(((Object[]) read(queue, "arrivals"))[0], "headSegment");
    int segments = 0;
    for (; segment != null; segment = read(segment, "next")) {
      segments++;
    }
    return segments;
  }
}
