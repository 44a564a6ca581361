package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class CancelTest extends PoolTestBase {

  @Test
  void aQueuedTaskThatIsCancelledNeverRuns() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    AtomicBoolean ran = new AtomicBoolean();
    PoolFuture<?> future = pool.submit(() -> ran.set(true));

    assertThat(future.cancel(true)).isTrue();
    assertThat(future.cancel(true)).as("twice").isTrue();

    assertThat(pool.qsize()).isZero();
    gate.open();
    get(pool.drain());
    assertThat(ran).isFalse();
    assertThat(future).isCancelled();
    assertThatThrownBy(future::get).isInstanceOf(CancellationException.class);
    assertThat(pool.stats().cancelled()).isEqualTo(1);
  }

  /** It would cost more than the rest of the cancellation. */
  @Test
  void cancellationCollectsNoStackTrace() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    PoolFuture<?> future = pool.submit(() -> {});
    AtomicReference<Throwable> failure = new AtomicReference<>();
    CompletableFuture<?> seen =
        future.whenComplete((result, thrown) -> failure.set(thrown)).exceptionally(thrown -> null);

    future.cancel(false);

    get(seen);
    assertThat(failure.get()).isInstanceOf(CancellationException.class);
    assertThat(failure.get().getStackTrace()).isEmpty();
    gate.open();
  }

  @Test
  void cancelWithInterruptionInterruptsTheRunningTask() throws Exception {
    AdvancedPool pool = fixed(1);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    PoolFuture<?> future =
        pool.submit(
            () -> {
              started.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
            });
    started.await();

    assertThat(future.cancel(true)).isTrue();

    assertThat(future).isCancelled();
    interrupted.await();
    get(pool.drain());
    assertThat(pool.stats().cancelled()).isEqualTo(1);
    assertThat(pool.completed()).isZero();
  }

  @Test
  void cancelWithoutInterruptionLetsTheRunningTaskEnd() {
    AdvancedPool pool = fixed(1);
    Gate gate = new Gate();
    PoolFuture<String> future = pool.submit(gate::call);
    gate.awaitEntered();

    assertThat(future.cancel(false)).isTrue();

    assertThat(future).isCancelled();
    assertThat(pool.stats().active()).isEqualTo(1);
    gate.open();
    get(pool.drain());
    assertThat(pool.stats().cancelled()).isEqualTo(1);
  }

  @Test
  void cancelAfterTheEndIsTooLate() {
    AdvancedPool pool = fixed(1);
    PoolFuture<Integer> future = pool.submit(() -> 1);
    get(future);

    assertThat(future.cancel(true)).isFalse();
    assertThat(future.isCancelled()).isFalse();
    assertThat(pool.completed()).isEqualTo(1);
  }

  /** Each way to complete it, with both forms of completeAsync. */
  @Test
  void runningTaskThatIsCompletedByHand_isNotInterruptedByALaterCancel() {
    for (Consumer<CompletableFuture<Integer>> way : waysToComplete()) {
      AdvancedPool pool = fixed(1);
      Gate gate = new Gate();
      AtomicBoolean interrupted = new AtomicBoolean();
      PoolFuture<Integer> future =
          pool.submit(
              () -> {
                gate.run();
                interrupted.set(Thread.currentThread().isInterrupted());
                return 1;
              });
      gate.awaitEntered();

      way.accept(future);
      assertThat(future.cancel(true)).isFalse();

      gate.open();
      get(pool.drain());
      assertThat(future).isCompletedWithValue(2);
      assertThat(interrupted).isFalse();
      assertThat(pool.stats().cancelled()).isEqualTo(1);
    }
  }

  /** The pool would reject the next one. */
  @Test
  void queuedTaskThatIsCompletedByHand_freesItsPlaceAndIsToldAtOnce() {
    List<Outcome> told = Collections.synchronizedList(new ArrayList<>());
    PoolListener listener =
        new PoolListener() {
          @Override
          public void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {
            told.add(outcome);
          }
        };
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .queueCapacity(1)
                .overflow(OverflowPolicy.REJECT)
                .listener(listener));
    occupy(pool);
    for (Consumer<CompletableFuture<Integer>> way : waysToComplete()) {
      PoolFuture<Integer> future = pool.submit(() -> 1);

      way.accept(future);

      assertThat(future).isCompletedWithValue(2);
      assertThat(pool.qsize()).isZero();
      assertThat(pool.waitingTasks(1)).isEmpty();
      assertThat(told).containsExactly(Outcome.CANCELLED);
      told.clear();
    }
  }

  private static List<Consumer<CompletableFuture<Integer>>> waysToComplete() {
    return List.of(
        future -> future.complete(2),
        future -> future.obtrudeValue(2),
        future -> get(future.completeOnTimeout(2, 1, TimeUnit.NANOSECONDS)),
        future -> future.completeAsync(() -> 2, Runnable::run),
        future -> get(future.completeAsync(() -> 2)));
  }

  @Test
  void aTaskMayCancelItself() {
    AdvancedPool pool = fixed(1);
    AtomicReference<PoolFuture<?>> self = new AtomicReference<>();
    CountDownLatch known = new CountDownLatch(1);
    PoolFuture<?> future =
        pool.submit(
            () -> {
              known.await();
              self.get().cancel(true);
              return "unheard";
            });
    self.set(future);
    known.countDown();

    get(pool.drain());

    assertThat(future).isCancelled();
    assertThat(get(pool.submit(() -> Thread.currentThread().isInterrupted()))).isFalse();
  }

  /** The interrupt must hit its own task or none: the next one watches for it. */
  @Test
  void anInterruptThatComesAsTheTaskEndsDoesNotReachTheNextTask() throws Exception {
    AdvancedPool pool = fixed(1);
    AtomicInteger strays = new AtomicInteger();
    for (int i = 0; i < 3_000; i++) {
      CountDownLatch running = new CountDownLatch(1);
      PoolFuture<?> first = pool.submit(running::countDown);
      PoolFuture<?> second =
          pool.submit(
              () -> {
                for (int spins = 0; spins < 50; spins++) {
                  if (Thread.currentThread().isInterrupted()) {
                    strays.incrementAndGet();
                    return;
                  }
                  Thread.onSpinWait();
                }
              });
      running.await();
      first.cancel(true);
      second.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
    assertThat(strays).hasValue(0);
  }

  @Test
  void completingTheFutureByHandWithdrawsTheTask() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    AtomicBoolean ran = new AtomicBoolean();
    PoolFuture<Boolean> completed = pool.submit(() -> ran.getAndSet(true));
    PoolFuture<Boolean> failed = pool.submit(() -> ran.getAndSet(true));
    PoolFuture<Boolean> obtruded = pool.submit(() -> ran.getAndSet(true));
    PoolFuture<Boolean> elsewhere = pool.submit(() -> ran.getAndSet(true));

    assertThat(completed.complete(true)).isTrue();
    assertThat(failed.completeExceptionally(new IllegalStateException("by hand"))).isTrue();
    obtruded.obtrudeValue(true);
    get(elsewhere.completeAsync(() -> true));

    assertThat(pool.qsize()).isZero();
    assertThat(pool.stats().cancelled()).isEqualTo(4);
    gate.open();
    get(pool.drain());
    assertThat(ran).isFalse();
  }

  @Test
  void aTaskMayBeCancelledByATimeoutOfItsFuture() {
    AdvancedPool pool = fixed(1);
    occupy(pool);

    CompletableFuture<Integer> future =
        pool.submit(() -> 1).completeOnTimeout(9, 1, TimeUnit.NANOSECONDS);

    assertThat(get(future)).isEqualTo(9);
    get(pool.submit(() -> 2).orTimeout(1, TimeUnit.NANOSECONDS).exceptionally(late -> 3));
    assertThat(pool.qsize()).isZero();
  }

  @Test
  void dependantsThatThrowOrResubmitDoNotHarmTheWorker() {
    AdvancedPool pool = fixed(1);
    PoolFuture<Integer> future = pool.submit(() -> 1);
    CompletableFuture<Integer> chained = future.thenCompose(one -> pool.submit(() -> one + 1));
    future.thenRun(
        () -> {
          throw new IllegalStateException("a faulty dependant");
        });

    assertThat(get(chained)).isEqualTo(2);
    assertThat(get(pool.submit(() -> "goes on"))).isEqualTo("goes on");
  }
}
