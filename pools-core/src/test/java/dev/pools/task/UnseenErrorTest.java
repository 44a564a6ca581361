package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.TestThreads;
import dev.pools.internal.LogOf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;

class UnseenErrorTest extends PoolTestBase {

  private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());

  private AdvancedPool pool(String name) {
    return build(
        builder()
            .name(name)
            .maxWorkers(1)
            .uncaughtExceptionHandler((thread, failure) -> uncaught.add(failure)));
  }

  private AdvancedPool decorated(String name) {
    return build(
        builder()
            .name(name)
            .maxWorkers(1)
            .taskDecorator(task -> task)
            .uncaughtExceptionHandler((thread, failure) -> uncaught.add(failure)));
  }

  private static Callable<Integer> failing(Throwable failure) {
    return () -> {
      if (failure instanceof Error error) {
        throw error;
      }
      throw (Exception) failure;
    };
  }

  @Test
  void errorThatNoCallerWaitsForReachesTheHandler() {
    AdvancedPool pool = pool("unseen");
    Error error = new NoClassDefFoundError("missing");
    PoolFuture<Integer> dropped = pool.submit(failing(error));
    get(pool.drain());

    await().untilAsserted(() -> assertThat(uncaught).containsExactly(error));
    assertThatThrownBy(dropped::get).hasCause(error);
  }

  @Test
  void errorThatADependantSeesDoesNotReachTheHandler() {
    AdvancedPool pool = pool("seen");
    Gate gate = occupy(pool);
    CompletableFuture<Integer> seen =
        pool.submit(failing(new AssertionError("seen"))).exceptionally(failure -> 7);
    gate.open();

    assertThat(get(seen)).isEqualTo(7);
    get(pool.submit(() -> 1));
    assertThat(uncaught).isEmpty();
  }

  /** With a decorator, threads wait for a dependant of the future. */
  @Test
  void errorReachesTheHandler_ifAllWaitsForItAreOver() throws Exception {
    AdvancedPool pool = decorated("polled");
    Error error = new NoClassDefFoundError("missing");
    Gate gate = new Gate();
    PoolFuture<Integer> polled =
        pool.submit(
            () -> {
              gate.run();
              throw error;
            });
    assertThatThrownBy(() -> polled.get(1, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    TestThreads.run(
        () -> {
          Thread.currentThread().interrupt();
          assertThatThrownBy(polled::get).isInstanceOf(InterruptedException.class);
        });

    gate.open();

    await().untilAsserted(() -> assertThat(uncaught).containsExactly(error));
  }

  @Test
  void errorThatAThreadWaitsForDoesNotReachTheHandler_inAPoolWithADecorator() throws Exception {
    AdvancedPool pool = decorated("awaited");
    Gate gate = new Gate();
    PoolFuture<Integer> awaited =
        pool.submit(
            () -> {
              gate.run();
              throw new AssertionError("seen");
            });
    TestThreads.Started waiter =
        TestThreads.start(() -> assertThatThrownBy(awaited::get).hasMessageContaining("seen"));
    await()
        .until(
            () ->
                ((PoolTask<?>) awaited).readers() > 0 && waiter.getState() == Thread.State.WAITING);

    gate.open();

    waiter.awaitEnd();
    get(pool.submit(() -> 1));
    assertThat(uncaught).isEmpty();
  }

  @Test
  void exceptionStaysInItsFuture() {
    AdvancedPool pool = pool("exception");
    PoolFuture<Integer> failed = pool.submit(failing(new IllegalStateException("expected")));
    get(pool.drain());
    get(pool.submit(() -> 1));

    assertThat(failed).isCompletedExceptionally();
    assertThat(uncaught).isEmpty();
  }

  @Test
  void errorOfACancelledTaskReachesTheHandler() {
    AdvancedPool pool = pool("cancelled");
    Gate gate = new Gate();
    AssertionError error = new AssertionError("after the cancellation");
    PoolFuture<Integer> future =
        pool.submit(
            () -> {
              gate.run();
              throw error;
            });
    gate.awaitEntered();
    future.cancel(false);
    gate.open();

    await().untilAsserted(() -> assertThat(uncaught).containsExactly(error));
  }

  @Test
  void fewErrorsAreReportedInASecondAndTheOthersAreCounted() {
    try (LogOf log = new LogOf(UnseenErrors.class)) {
      AdvancedPool pool = pool("many");
      for (int i = 0; i < 100; i++) {
        pool.submit(failing(new AssertionError("one of many")));
      }
      get(pool.drain());
      get(pool.submit(() -> 1));
      assertThat(uncaught).hasSize(UnseenErrors.MOST_PER_SECOND);
      assertThat(log.linesAbout("many")).isEmpty();

      time.advance(Duration.ofSeconds(1));
      pool.submit(failing(new AssertionError("the next")));
      await().until(() -> uncaught.size() == UnseenErrors.MOST_PER_SECOND + 1);

      assertThat(log.linesAbout("many")).singleElement().asString().contains("90 more errors");
    }
  }

  @Test
  void eachFailureOfAnExecutedTaskReachesTheHandler() {
    AdvancedPool pool = pool("executed");
    for (int i = 0; i < 100; i++) {
      pool.execute(
          () -> {
            throw new AssertionError("executed");
          });
    }
    get(pool.drain());

    await().untilAsserted(() -> assertThat(uncaught).hasSize(100));
  }

  @Test
  void handlerThatThrowsCostsNoWorker() {
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .uncaughtExceptionHandler(
                    (thread, failure) -> {
                      throw new IllegalStateException("faulty");
                    }));
    pool.submit(failing(new AssertionError("unseen")));

    assertThat(get(pool.submit(() -> 5))).isEqualTo(5);
  }
}
