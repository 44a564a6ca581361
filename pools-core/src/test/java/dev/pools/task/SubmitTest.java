package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.TestThreads;
import java.io.IOException;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class SubmitTest extends PoolTestBase {

  @Test
  void theFutureHasTheResult() {
    AdvancedPool pool = fixed(1);

    PoolFuture<Integer> future = pool.submit(() -> 42);

    assertThat(get(future)).isEqualTo(42);
    assertThat(pool.completed()).isEqualTo(1);
  }

  @Test
  void aCountedTaskIsCountedBeforeItsFutureCompletes() {
    AdvancedPool pool = fixed(1);

    for (int i = 1; i <= 1000; i++) {
      get(pool.submit(() -> 1));
      assertThat(pool.completed()).isEqualTo(i);
      assertThat(pool.idle()).isTrue();
    }
  }

  @Test
  void theFutureHasWhatTheTaskThrew() {
    AdvancedPool pool = fixed(1);
    IOException thrown = new IOException("disk");

    PoolFuture<Object> future =
        pool.submit(
            () -> {
              throw thrown;
            });

    assertThatThrownBy(future::get).isInstanceOf(ExecutionException.class).hasCause(thrown);
    assertThat(pool.stats().failed()).isEqualTo(1);
    assertThat(pool.stats().completed()).isZero();
  }

  @Test
  void aTaskThatThrowsACancellationHasFailedAndIsNotCancelled() {
    AdvancedPool pool = fixed(1);
    CancellationException thrown = new CancellationException("mine");

    PoolFuture<Object> future =
        pool.submit(
            () -> {
              throw thrown;
            });

    assertThatThrownBy(future::get).isInstanceOf(ExecutionException.class).hasCause(thrown);
    assertThat(future.isCancelled()).isFalse();
  }

  @Test
  void aTaskThatThrowsACompletionExceptionFailsWithJustThat() {
    AdvancedPool pool = fixed(1);
    CompletionException thrown = new CompletionException(new IOException("inner"));

    PoolFuture<Object> future =
        pool.submit(
            () -> {
              throw thrown;
            });

    assertThatThrownBy(future::get).isInstanceOf(ExecutionException.class).hasCause(thrown);
  }

  @Test
  void runnablesYieldNullOrTheResultGiven() {
    AdvancedPool pool = fixed(1);

    assertThat(get(pool.submit(() -> {}))).isNull();
    assertThat(get(pool.submit(() -> {}, "given"))).isEqualTo("given");
    assertThat(get(pool.submit(() -> {}, 7))).isNull();
    assertThat(pool.submit(() -> {}, 7).priority()).isEqualTo(7);
  }

  @Test
  void completeReturnsTheResultOrThrowsTheTasksOwnException() throws Exception {
    AdvancedPool pool = fixed(1);
    IOException thrown = new IOException("disk");

    assertThat(pool.complete(() -> "done")).isEqualTo("done");
    assertThatThrownBy(
            () ->
                pool.complete(
                    () -> {
                      throw thrown;
                    }))
        .isSameAs(thrown);
    assertThatThrownBy(
            () ->
                pool.complete(
                    () -> {
                      throw new AssertionError("an Error too");
                    }))
        .isInstanceOf(AssertionError.class)
        .hasMessage("an Error too");
  }

  @Test
  void aCompleteThatIsInterruptedCancelsItsTask() throws Exception {
    AdvancedPool pool = fixed(1);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch taskInterrupted = new CountDownLatch(1);
    TestThreads.Started caller =
        TestThreads.start(
            () ->
                pool.complete(
                    () -> {
                      started.countDown();
                      try {
                        new CountDownLatch(1).await();
                      } catch (InterruptedException e) {
                        taskInterrupted.countDown();
                      }
                      return null;
                    }));
    started.await();

    caller.interrupt();

    assertThat(caller.failure()).isInstanceOf(InterruptedException.class);
    taskInterrupted.await();
  }

  @Test
  void executeReportsWhatIsThrownAndTheWorkerGoesOn() throws Exception {
    AtomicReference<Throwable> reported = new AtomicReference<>();
    CountDownLatch told = new CountDownLatch(1);
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .uncaughtExceptionHandler(
                    (thread, failure) -> {
                      reported.set(failure);
                      told.countDown();
                      throw new IllegalStateException("a faulty handler");
                    }));

    pool.execute(
        () -> {
          throw new IllegalArgumentException("lost otherwise");
        });

    told.await();
    assertThat(reported.get()).hasMessage("lost otherwise");
    assertThat(get(pool.submit(() -> Thread.currentThread().getName()))).isNotBlank();
    assertThat(pool.stats().workers()).isEqualTo(1);
  }

  @Test
  void errorsOfEveryKindEndTheTaskAndNotThePool() {
    AdvancedPool pool = fixed(1);

    for (Error error :
        new Error[] {
          new AssertionError(),
          new StackOverflowError(),
          new OutOfMemoryError("made by hand"),
          new ThreadDeath(),
          new LinkageError()
        }) {
      PoolFuture<Object> future =
          pool.submit(
              () -> {
                throw error;
              });
      assertThatThrownBy(future::get).hasCause(error);
      assertThat(get(pool.submit(() -> "goes on"))).isEqualTo("goes on");
    }
    assertThat(pool.stats().failed()).isEqualTo(5);
  }

  @Test
  void theInterruptStatusDoesNotLeakIntoTheNextTask() {
    AdvancedPool pool = fixed(1);

    get(pool.submit(() -> Thread.currentThread().interrupt()));

    assertThat(get(pool.submit(() -> Thread.currentThread().isInterrupted()))).isFalse();
  }

  @Test
  void codeThatIsRunnableAndCallable_isUsedAsItWasSubmitted() {
    AdvancedPool pool = fixed(1);
    class Both implements Runnable, java.util.concurrent.Callable<String> {
      @Override
      public void run() {}

      @Override
      public String call() {
        return "called";
      }
    }

    assertThat(get(pool.submit((Runnable) new Both(), "run"))).isEqualTo("run");
    assertThat(get(pool.submit((java.util.concurrent.Callable<String>) new Both())))
        .isEqualTo("called");
  }

  @Test
  void nullTasksAreRefused() {
    AdvancedPool pool = fixed(1);

    assertThatThrownBy(() -> pool.execute(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> pool.submit((Runnable) null)).isInstanceOf(NullPointerException.class);
    assertThat(pool.stats().submitted()).isZero();
  }

  @Test
  void aTaskMaySubmitDrainResizeAndShutDownItsOwnPool() {
    AdvancedPool pool = fixed(2);

    PoolFuture<Integer> outer =
        pool.submit(
            () -> {
              PoolFuture<Integer> inner = pool.submit(() -> 1);
              pool.drain();
              pool.resize(1, 2).join();
              pool.shutdown();
              return inner.join();
            });

    assertThat(get(outer)).isEqualTo(1);
    assertThat(pool.isShutdown()).isTrue();
  }

  @Test
  void closeInsideOfATaskIsRefusedInsteadOfWaitingForItself() {
    AdvancedPool pool = fixed(1);

    PoolFuture<?> future = pool.submit(pool::close);

    assertThatThrownBy(future::get)
        .hasCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("would wait for its own end");
    get(pool.join());
  }
}
