package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class ShutdownTest extends PoolTestBase {

  @Test
  void allThatWasSubmittedRunsThoseThatWaitForAPlaceIncluded() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(2));
    Gate gate = occupy(pool);
    AtomicInteger ran = new AtomicInteger();
    for (int i = 0; i < 10; i++) {
      pool.submit(ran::incrementAndGet, i % 3 - 1);
    }

    pool.shutdown();

    assertThat(pool.isShutdown()).isTrue();
    assertThat(pool.isTerminated()).isFalse();
    assertThat(pool.stats().state()).isEqualTo(PoolState.DRAINING);
    gate.open();
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.isTerminated()).isTrue();
    assertThat(ran).hasValue(10);
  }

  @Test
  void aPoolThatIsShutDownTakesNoMore() {
    AdvancedPool pool = fixed(1);
    assertThatCode(pool::raiseForShutdown).doesNotThrowAnyException();
    occupy(pool);

    pool.shutdown();
    pool.shutdown();

    assertThatThrownBy(() -> pool.submit(() -> 1))
        .isInstanceOf(PoolShutDownException.class)
        .isInstanceOf(RejectedExecutionException.class)
        .hasMessageContaining("DRAINING");
    assertThatThrownBy(() -> pool.execute(() -> {})).isInstanceOf(PoolShutDownException.class);
    assertThatThrownBy(() -> pool.submitNowait(() -> 1)).isInstanceOf(PoolShutDownException.class);
    assertThatThrownBy(pool::raiseForShutdown).isInstanceOf(PoolShutDownException.class);
    assertThat(pool.stats().rejected()).isEqualTo(3);
  }

  @Test
  void refusalNamesTheThreadThatHasShutThePoolDown_andWhatToDo() throws Exception {
    AdvancedPool pool = fixed(1);
    occupy(pool);
    Thread stopper = new Thread(pool::shutdown, "stopper");
    stopper.start();
    stopper.join();
    pool.shutdownNow();
    assertThatThrownBy(() -> pool.submit(() -> 1))
        .isInstanceOf(PoolShutDownException.class)
        .hasMessageContaining("thread 'stopper' has shut it down")
        .hasMessageContaining("create another one");

    AdvancedPool cutOff = fixed(1);
    cutOff.shutdownNow();
    assertThatThrownBy(() -> cutOff.submit(() -> 1))
        .hasMessageContaining("thread '" + Thread.currentThread().getName() + "' has shut");
  }

  @Test
  void shutdownNowReturnsExactlyWhatNeverRanInTheOrderOfUrgency() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(3));
    occupy(pool);
    Runnable executed = () -> {};
    pool.execute(executed, 2);
    PoolFuture<Integer> first = pool.submit(() -> 1, 1);
    PoolFuture<Integer> cancelled = pool.submit(() -> 2);
    cancelled.cancel(false);
    PoolFuture<Integer> waiting = pool.submit(() -> 3, 3);
    PoolFuture<Integer> waitingLonger = pool.submit(() -> 4, 4);

    List<Runnable> neverRun = pool.shutdownNow();

    assertThat(neverRun)
        .hasSize(4)
        .startsWith((Runnable) first, executed)
        .endsWith((Runnable) waiting, (Runnable) waitingLonger);
    assertThat(List.of(first, waiting, waitingLonger)).allMatch(CompletableFuture::isCancelled);
    assertThat(pool.shutdownNow()).isEmpty();
  }

  @Test
  void shutdownNowInterruptsWhatRuns() throws Exception {
    AdvancedPool pool = fixed(2);
    CountDownLatch started = new CountDownLatch(2);
    AtomicInteger interrupted = new AtomicInteger();
    for (int i = 0; i < 2; i++) {
      pool.execute(
          () -> {
            started.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.incrementAndGet();
            }
          });
    }
    started.await();

    pool.shutdownNow();

    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(interrupted).hasValue(2);
  }

  @Test
  void shutdownWithOptionsCompletesWithTheUptime() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    time.advance(Duration.ofSeconds(7));

    CompletableFuture<Duration> uptime = pool.shutdown(ShutdownOptions.DEFAULT);

    assertThat(uptime).isNotDone();
    gate.open();
    assertThat(get(uptime)).isEqualTo(Duration.ofSeconds(7));
    time.advance(Duration.ofSeconds(7));
    assertThat(pool.uptime()).isEqualTo(Duration.ofSeconds(7));
  }

  @Test
  void cancelPendingCancelsWhatHasNotStartedAndLetsTheRestEnd() {
    AdvancedPool pool = fixed(1);
    Gate gate = new Gate();
    PoolFuture<String> running = pool.submit(gate::call);
    gate.awaitEntered();
    PoolFuture<Integer> pending = pool.submit(() -> 1);

    CompletableFuture<Duration> uptime = pool.shutdown(ShutdownOptions.DEFAULT.cancelPending());

    assertThat(pending).isCancelled();
    assertThat(running).isNotDone();
    gate.open();
    assertThat(get(running)).isEqualTo("passed");
    get(uptime);
  }

  @Test
  void theIdleTimeoutCancelsWhatIsStillQueued() {
    AdvancedPool pool = fixed(1);
    Gate gate = new Gate();
    PoolFuture<String> running = pool.submit(gate::call);
    gate.awaitEntered();
    PoolFuture<Integer> pending = pool.submit(() -> 1);
    CompletableFuture<Duration> uptime =
        pool.shutdown(ShutdownOptions.DEFAULT.withIdleTimeout(Duration.ofSeconds(5)));

    time.advance(Duration.ofSeconds(4));
    assertThat(pending).isNotDone();
    time.advance(Duration.ofSeconds(1));

    assertThat(pending).isCancelled();
    assertThat(uptime).isNotDone();
    gate.open();
    assertThat(get(running)).isEqualTo("passed");
    get(uptime);
    assertThat(pool.stats().cancelled()).isEqualTo(1);
  }

  @Test
  void theTotalTimeoutEndsTheWaitWhateverTheTasksDo() {
    AdvancedPool pool = fixed(1);
    AtomicBoolean stubborn = new AtomicBoolean(true);
    CountDownLatch started = new CountDownLatch(1);
    PoolFuture<?> running =
        pool.submit(
            () -> {
              started.countDown();
              while (stubborn.get()) {
                Thread.onSpinWait();
              }
              return Thread.currentThread().isInterrupted();
            });
    PoolFuture<Integer> pending = pool.submit(() -> 1);
    CompletableFuture<Duration> uptime =
        pool.shutdown(
            ShutdownOptions.DEFAULT
                .withIdleTimeout(Duration.ofSeconds(50))
                .withTotalTimeout(Duration.ofSeconds(5)));
    try {
      started.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }

    time.advance(Duration.ofSeconds(5));

    assertThat(uptime).isCompletedWithValue(Duration.ofSeconds(5));
    assertThat(pending).isCancelled();
    assertThat(pool.isTerminated()).isFalse();
    stubborn.set(false);
    assertThat(get(running)).as("was interrupted").isEqualTo(true);
    get(pool.join());
  }

  @Test
  void joinReportsWhatEachWorkerDid() {
    AdvancedPool pool = fixed(3);
    for (int i = 0; i < 100; i++) {
      pool.submit(() -> 1);
    }
    CompletableFuture<List<WorkerReport>> joined = pool.join();
    assertThat(joined).isNotDone();

    pool.shutdown();

    List<WorkerReport> reports = get(joined);
    assertThat(reports).extracting(WorkerReport::worker).containsExactly(1, 2, 3);
    assertThat(reports).extracting(WorkerReport::failure).containsOnlyNulls();
    assertThat(reports.stream().mapToLong(WorkerReport::completed).sum()).isEqualTo(100);
  }

  @Test
  void joinReportsWhatEndedAWorker() {
    AdvancedPool pool = fixed(1);
    ThreadDeath death = new ThreadDeath();
    get(
        pool.submit(
                () -> {
                  throw death;
                })
            .exceptionally(thrown -> null));
    assertThat(get(pool.submit(() -> "another takes its place"))).isNotNull();

    pool.shutdown();

    assertThat(get(pool.join()))
        .singleElement()
        .satisfies(
            report -> {
              assertThat(report.failure()).isSameAs(death);
              assertThat(report.completed()).isEqualTo(1);
            });
  }

  @Test
  void closeRunsWhatIsThereAndWaits() {
    AtomicInteger ran = new AtomicInteger();
    AdvancedPool pool = fixed(1);
    try (pool) {
      for (int i = 0; i < 100; i++) {
        pool.execute(ran::incrementAndGet);
      }
    }
    pool.close();

    assertThat(ran).hasValue(100);
    assertThat(pool.isTerminated()).isTrue();
  }

  @Test
  void closeWithKillAtExitCancelsAndInterrupts() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1).killAtExit(true));
    CountDownLatch started = new CountDownLatch(1);
    AtomicBoolean interrupted = new AtomicBoolean();
    pool.execute(
        () -> {
          started.countDown();
          try {
            new CountDownLatch(1).await();
          } catch (InterruptedException e) {
            interrupted.set(true);
          }
        });
    PoolFuture<Integer> pending = pool.submit(() -> 1);
    started.await();

    pool.close();

    assertThat(pending).isCancelled();
    assertThat(interrupted).isTrue();
  }

  @Test
  void anInterruptedCloseStopsTheTasksAndKeepsTheInterrupt() throws Exception {
    AdvancedPool pool = fixed(1);
    Gate gate = new Gate();
    PoolFuture<String> running = pool.submit(gate::call);
    gate.awaitEntered();
    PoolFuture<Integer> pending = pool.submit(() -> 1);
    AtomicBoolean kept = new AtomicBoolean();
    TestThreads.Started closer =
        TestThreads.start(
            () -> {
              pool.close();
              kept.set(Thread.currentThread().isInterrupted());
            });

    closer.interrupt();

    closer.awaitEnd();
    assertThat(kept).isTrue();
    assertThat(pending).isCancelled();
    assertThat(running).isCompletedExceptionally();
    assertThat(pool.isTerminated()).isTrue();
  }

  @Test
  void shutdownFromManyThreadsWhileOthersSubmitLosesNothing() throws Exception {
    for (int round = 0; round < 200; round++) {
      AdvancedPool pool = AdvancedPool.builder().maxWorkers(2).queueCapacity(3).build();
      AtomicInteger accepted = new AtomicInteger();
      AtomicInteger ran = new AtomicInteger();
      CountDownLatch go = new CountDownLatch(1);
      List<TestThreads.Started> threads =
          TestThreads.start(
              6,
              thread -> {
                go.await();
                if (thread % 2 == 0) {
                  submitUntilShutDown(pool, accepted, ran);
                } else {
                  pool.shutdown();
                }
              });
      go.countDown();
      TestThreads.awaitEnd(threads);
      assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(ran.get()).isEqualTo(accepted.get());
      PoolInvariants.assertHoldAtTheEnd(pool);
    }
  }

  private static void submitUntilShutDown(
      AdvancedPool pool, AtomicInteger accepted, AtomicInteger ran) throws InterruptedException {
    try {
      for (int i = 0; i < 50; i++) {
        pool.execute(ran::incrementAndGet);
        accepted.incrementAndGet();
      }
    } catch (PoolShutDownException refused) {
      // As it should be.
    }
  }

  @Test
  void drainWaitsForWhatWasSubmittedBeforeItAndNotForWhatCameLater() {
    AdvancedPool pool = fixed(2);
    Gate before = occupy(pool);
    CompletableFuture<Void> drained = pool.drain();
    Gate after = occupy(pool);
    CompletableFuture<Void> all = pool.drain();
    assertThat(drained).isNotDone();

    before.open();

    get(drained);
    assertThat(all).isNotDone();
    after.open();
    get(all);
    assertThat(pool.drain()).isCompleted();
  }

  @Test
  void drainIsOverOnlyWhenTheFuturesAreDone() {
    AdvancedPool pool = fixed(2);
    for (int round = 0; round < 500; round++) {
      List<PoolFuture<?>> futures = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        futures.add(pool.submit(() -> 1));
      }
      get(pool.drain());
      assertThat(futures).allMatch(CompletableFuture::isDone);
    }
  }
}
