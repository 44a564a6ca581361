package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a pool says in one place it says in every other. */
class OneTruthTest extends PoolTestBase {

  private static final int ROUNDS = 200;

  /** Counts the threads that have begun and those whose end has been told. */
  private static final class Threads implements PoolListener {
    private final AtomicInteger started = new AtomicInteger();
    private final AtomicInteger ended = new AtomicInteger();

    @Override
    public void workerStarted(int worker) {
      started.incrementAndGet();
    }

    @Override
    public void workerEnded(WorkerReport report) {
      ended.incrementAndGet();
    }
  }

  @Test
  void terminatedPoolSaysSoEverywhere() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      AdvancedPool pool = AdvancedPool.builder().maxWorkers(2).build();
      pool.execute(() -> {});
      pool.shutdown();
      while (!pool.isTerminated()) {
        Thread.yield();
      }

      assertThat(pool.awaitTermination(0, TimeUnit.NANOSECONDS)).isTrue();
      assertThat(pool.join()).isCompleted();
      assertThat(pool.shutdown(ShutdownOptions.DEFAULT)).isCompleted();
      assertThat(pool.stats().state()).isEqualTo(PoolState.TERMINATED);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyWorkersEndIsToldBeforeThePoolIsTerminated(boolean custom) {
    for (int i = 0; i < ROUNDS; i++) {
      Threads threads = new Threads();
      AdvancedPool pool =
          AdvancedPool.builder()
              .maxWorkers(3)
              .threads(custom ? WorkerThreads.of(Thread::new) : WorkerThreads.platform())
              .listener(threads)
              .build();
      for (int k = 0; k < 4; k++) {
        pool.execute(() -> {});
      }

      pool.close();

      assertThat(threads.ended.get()).isEqualTo(threads.started.get()).isPositive();
    }
  }

  @Test
  @EnabledIf("dev.pools.task.WorkerThreads#virtualSupported")
  void everyVirtualThreadsEndIsToldBeforeThePoolIsTerminated() {
    for (int i = 0; i < ROUNDS; i++) {
      Threads threads = new Threads();
      AdvancedPool pool =
          AdvancedPool.builder()
              .maxWorkers(3)
              .threads(WorkerThreads.virtual())
              .listener(threads)
              .build();
      for (int k = 0; k < 4; k++) {
        pool.execute(() -> {});
      }

      pool.close();

      assertThat(threads.ended.get()).isEqualTo(threads.started.get()).isPositive();
    }
  }

  /** A listener is user code: it delays the end of a pool for a limited time only. */
  @Test
  void listenerThatDoesNotReturnDelaysTheEndForALimitedTime() throws Exception {
    CountDownLatch inListener = new CountDownLatch(1);
    CountDownLatch hung = new CountDownLatch(1);
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .listener(
                    new PoolListener() {
                      @Override
                      public void workerEnded(WorkerReport report) {
                        inListener.countDown();
                        try {
                          hung.await();
                        } catch (InterruptedException e) {
                          Thread.currentThread().interrupt();
                        }
                      }
                    }));

    pool.shutdown();
    inListener.await();
    assertThat(pool.isTerminated()).isFalse();
    time.advance(Duration.ofNanos(PoolTimers.LISTENER_PATIENCE_NANOS));

    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    hung.countDown();
  }

  /** The first task is not queued by the pool's own account: it has its worker. */
  @Test
  void discardOldestSparesTheTaskThatHasItsWorker() {
    for (int i = 0; i < ROUNDS; i++) {
      AdvancedPool pool =
          AdvancedPool.builder()
              .maxWorkers(1)
              .queueCapacity(1)
              .overflow(OverflowPolicy.DISCARD_OLDEST)
              .build();
      CountDownLatch go = new CountDownLatch(1);
      List<PoolFuture<?>> tasks = new ArrayList<>();
      for (int k = 0; k < 3; k++) {
        tasks.add(pool.submit(() -> go.await(PATIENCE_SECONDS, TimeUnit.SECONDS)));
      }
      go.countDown();
      pool.close();

      assertThat(tasks.stream().map(PoolFuture::isCancelled)).containsExactly(false, true, false);
    }
  }

  /**
   * The more urgent task gets the worker that is on its way, so the other one is what is queued.
   */
  @Test
  void discardOldestSparesWhatIsNextByPriority() {
    for (int i = 0; i < ROUNDS; i++) {
      AdvancedPool pool =
          AdvancedPool.builder()
              .maxWorkers(1)
              .queueCapacity(0)
              .overflow(OverflowPolicy.DISCARD_OLDEST)
              .build();
      CountDownLatch go = new CountDownLatch(1);
      PoolFuture<?> first =
          pool.submit(() -> go.await(PATIENCE_SECONDS, TimeUnit.SECONDS), TaskOptions.DEFAULT);
      PoolFuture<?> equal = pool.submit(() -> 1);
      go.countDown();
      pool.close();

      assertThat(first.isCancelled()).isFalse();
      assertThat(equal.isCancelled()).isTrue();
    }
  }

  @Test
  void taskReturnedByShutdownNow_runsOnce() {
    AdvancedPool pool = fixed(1);
    occupy(pool);
    AtomicInteger ran = new AtomicInteger();
    PoolFuture<Integer> submitted = pool.submit(ran::incrementAndGet);
    pool.submit(() -> ran.addAndGet(1), "result");
    pool.execute(() -> ran.addAndGet(1));

    List<Runnable> neverRun = pool.shutdownNow();
    neverRun.forEach(Runnable::run);

    assertThat(ran).hasValue(3);
    assertThat(submitted).isCancelled();
    assertThatThrownBy(neverRun.get(0)::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("only once");
    assertThat(ran).hasValue(3);
  }

  @Test
  void taskReturnedByShutdownNow_throwsWhatItsCodeThrows() {
    AdvancedPool pool = fixed(1);
    occupy(pool);
    IllegalArgumentException unchecked = new IllegalArgumentException("unchecked");
    IOException checked = new IOException("checked");
    pool.submit(
        () -> {
          throw unchecked;
        });
    pool.submit(
        () -> {
          throw checked;
        });

    List<Runnable> neverRun = pool.shutdownNow();

    assertThatThrownBy(neverRun.get(0)::run).isSameAs(unchecked);
    assertThatThrownBy(neverRun.get(1)::run)
        .isInstanceOf(CompletionException.class)
        .hasCause(checked);
  }

  @Test
  void taskThatIsStillThePoolsIsNotRunByHand() {
    AdvancedPool pool = fixed(1);
    occupy(pool);
    PoolFuture<?> queued = pool.submit(() -> 1);

    assertThatThrownBy(((Runnable) queued)::run)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("shutdownNow");
    assertThat(queued).isNotDone();
  }
}
