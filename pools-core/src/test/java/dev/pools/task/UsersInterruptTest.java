package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.TestThreads;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The interrupt of a thread may be user code, which fails or does not return. */
class UsersInterruptTest extends PoolTestBase {

  private final AtomicInteger interrupts = new AtomicInteger();
  private volatile Runnable whenInterrupted = () -> {};

  private final CountDownLatch inInterrupt = new CountDownLatch(1);
  private final CountDownLatch hung = new CountDownLatch(1);

  private final class UsersThread extends Thread {
    UsersThread(Runnable code) {
      super(code);
    }

    @Override
    public void interrupt() {
      interrupts.incrementAndGet();
      whenInterrupted.run();
      super.interrupt();
    }
  }

  @AfterEach
  void letInterruptsReturn() {
    hung.countDown();
    whenInterrupted = () -> {};
  }

  private static void fail() {
    throw new IllegalStateException("no interrupt");
  }

  private void hang() {
    inInterrupt.countDown();
    awaitLatch(hung);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private AdvancedPoolBuilder interrupted(int workers) {
    return builder()
        .minWorkers(workers)
        .maxWorkers(workers)
        .threads(WorkerThreads.of(UsersThread::new));
  }

  @Test
  void shutdownNowWhoseInterruptsFail_sendsThemAllAndDropsTheTasks() {
    AdvancedPool pool = build(interrupted(2));
    occupy(pool);
    occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    whenInterrupted = UsersInterruptTest::fail;

    List<Runnable> neverRun = pool.shutdownNow();

    assertThat(neverRun).containsExactly((Runnable) queued);
    assertThat(queued).isCancelled();
    assertThat(interrupts).hasValue(2);
  }

  @Test
  void shutdownNowWhoseInterruptHangs_holdsUpNoOtherCaller() throws Exception {
    AdvancedPool pool = build(interrupted(1));
    occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    whenInterrupted = this::hang;
    TestThreads.Started stopper = TestThreads.start(pool::shutdownNow);
    awaitLatch(inInterrupt);

    assertThat(queued).isCancelled();
    TestThreads.run(
        () ->
            assertThatThrownBy(() -> pool.submit(() -> 2))
                .isInstanceOf(PoolShutDownException.class));

    hung.countDown();
    stopper.awaitEnd();
  }

  @Test
  void cancelWhoseInterruptFails_costsNoWorker() {
    AdvancedPool pool = build(interrupted(1));
    Gate gate = new Gate();
    PoolFuture<String> running = pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    whenInterrupted = UsersInterruptTest::fail;

    assertThat(running.cancel(true)).isTrue();

    assertThat(running).isCancelled();
    gate.open();
    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
    assertThat(interrupts).hasValue(1);
  }

  @Test
  void operatorWhoseInterruptFails_isTold() {
    AdvancedPool pool = build(interrupted(1));
    Gate gate = occupy(pool);
    whenInterrupted = UsersInterruptTest::fail;

    assertThat(pool.interruptRunning(pool.runningTasks().get(0).id())).isFalse();

    gate.open();
    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
  }

  @Test
  void limitWhoseInterruptFails_failsTheTask() {
    AdvancedPool pool = build(interrupted(1).maxRunTime(Duration.ofSeconds(4)));
    Gate gate = new Gate();
    PoolFuture<String> running = pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    whenInterrupted = UsersInterruptTest::fail;

    for (int i = 0; i < 6; i++) {
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(running).isCompletedExceptionally();
    assertThatThrownBy(running::join).hasCauseInstanceOf(TaskTimeoutException.class);
    assertThat(pool.stats().timedOut()).isEqualTo(1);
    gate.open();
    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
  }

  /** The limit has decided the result by then, and its thread has not delivered it. */
  @Test
  void cancelInsideOfTheInterruptOfALimit_returns() throws Exception {
    AdvancedPool pool = build(interrupted(1).maxRunTime(Duration.ofSeconds(4)));
    Gate gate = new Gate();
    PoolFuture<String> running = pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
    whenInterrupted = () -> cancelled.complete(running.cancel(false));
    TestThreads.Started timer =
        TestThreads.start(
            () -> {
              for (int i = 0; i < 6; i++) {
                time.advance(Duration.ofSeconds(1));
              }
            });

    assertThat(get(cancelled)).isFalse();

    timer.awaitEnd();
    assertThatThrownBy(running::join).hasCauseInstanceOf(TaskTimeoutException.class);
  }
}
