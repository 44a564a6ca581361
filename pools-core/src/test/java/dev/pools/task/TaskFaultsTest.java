package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.pools.FullDisk;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a pool owes is delivered, whatever fails while it is reported; and then it is let go of. */
class TaskFaultsTest extends PoolTestBase {

  /** An exception none of whose texts can be had. */
  @SuppressWarnings({"OverrideThrowableToString", "serial"})
  private static final class Rude extends RuntimeException {
    @Override
    public String getMessage() {
      throw new IllegalStateException("no message");
    }

    @Override
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }

  /** A listener that always fails, and that no log line can show. */
  private static final class Faulty implements PoolListener {
    @Override
    public void taskStarted(TaskInfo task, Duration waited) {
      throw new Rude();
    }

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
      throw new Rude();
    }

    @Override
    public void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {
      throw new Rude();
    }

    @Override
    public void taskRejected(TaskInfo task) {
      throw new Rude();
    }

    @Override
    public void workerStarted(int worker) {
      throw new Rude();
    }

    @Override
    public void workerEnded(WorkerReport report) {
      throw new Rude();
    }

    @Override
    public String toString() {
      throw new IllegalStateException("no text");
    }
  }

  @Test
  void listenersHandlersAndLoggersThatAllFailCostNoFutureAndNoWorker() throws Exception {
    FullDisk.whileLoggersFail("dev.pools.task", this::runTasksWhoseReportsAllFail);
  }

  private void runTasksWhoseReportsAllFail() throws Exception {
    AdvancedPool pool =
        build(
            builder()
                .minWorkers(1)
                .maxWorkers(1)
                .queueCapacity(4)
                .listener(new Faulty())
                .uncaughtExceptionHandler(
                    (thread, failure) -> {
                      throw new Rude();
                    }));
    assertThat(get(pool.submit(() -> 1))).isEqualTo(1);
    pool.execute(
        () -> {
          throw new Rude();
        });
    Gate gate = occupy(pool);
    PoolFuture<Integer> cancelled = pool.submit(() -> 1);
    PoolFuture<Integer> expired = pool.submit(() -> 1, new TaskOptions(0, Duration.ofSeconds(1)));
    PoolFuture<Integer> runs = pool.submit(() -> 2);
    cancelled.cancel(false);
    time.advance(Duration.ofSeconds(2));
    gate.open();
    assertThat(get(runs)).isEqualTo(2);
    await().until(expired::isCompletedExceptionally);
    assertThat(cancelled).isCancelled();
    Gate last = occupy(pool);
    PoolFuture<Integer> dropped = pool.submit(() -> 3);
    CompletableFuture<Duration> ended =
        pool.shutdown(ShutdownOptions.DEFAULT.withTotalTimeout(Duration.ofSeconds(1)));
    time.advance(Duration.ofSeconds(1));
    assertThat(dropped).isCancelled();
    assertThat(ended).isDone();
    last.open();
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aFailureWithoutATextReachesAllDependantsAndCostsNoWorker() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    PoolFuture<Integer> fails =
        pool.submit(
            () -> {
              throw new Rude();
            });
    CompletableFuture<Boolean> chained =
        fails.thenApply(one -> one + 1).thenApply(two -> two + 1).handle((value, thrown) -> true);
    CompletableFuture<List<Integer>> mapped =
        pool.map(
            x -> {
              throw new Rude();
            },
            List.of(1, 2, 3));
    CompletableFuture<Boolean> afterMap =
        mapped.thenApply(List::size).handle((value, thrown) -> true);

    gate.open();

    assertThat(get(chained)).isTrue();
    assertThat(get(afterMap)).isTrue();
    assertThat(fails).isCompletedExceptionally();
    assertThat(get(pool.submit(() -> 1))).isEqualTo(1);
    pool.shutdown();
    assertThat(get(pool.join())).singleElement().extracting(WorkerReport::failure).isNull();
  }

  @Test
  void aThreadFactoryThatFailsWithoutATextFailsWhatWaitsForItsThreads() {
    AdvancedPool pool =
        build(
            builder()
                .minWorkers(0)
                .maxWorkers(1)
                .threads(
                    WorkerThreads.of(
                        code -> {
                          throw new Rude();
                        })));
    PoolFuture<Integer> task = pool.submit(() -> 1);
    CompletableFuture<Boolean> resized = pool.resize(1, 1).handle((value, thrown) -> true);

    assertThat(get(resized)).isTrue();
    await().until(task::isDone);
  }

  @Test
  void aThreadFactoryThatFailsAgainAndAgainLogsOneStackTrace() {
    Logger logger = (Logger) LoggerFactory.getLogger(WorkerLifecycle.class);
    ListAppender<ILoggingEvent> events = new ListAppender<>();
    events.list = new CopyOnWriteArrayList<>();
    events.start();
    logger.addAppender(events);
    try {
      build(
          builder()
              .minWorkers(99)
              .maxWorkers(99)
              .threads(
                  WorkerThreads.of(
                      code -> {
                        throw new IllegalStateException("no thread");
                      })));

      // The reports of several threads come in any order.
      await()
          .untilAsserted(
              () -> {
                assertThat(reportsOfStarts(events, "times in a row: ")).hasSize(6);
                assertThat(reportsOfStarts(events, "could not start"))
                    .hasSize(7)
                    .filteredOn(event -> event.getThrowableProxy() != null)
                    .hasSize(1);
              });
    } finally {
      logger.detachAppender(events);
    }
  }

  private static List<ILoggingEvent> reportsOfStarts(
      ListAppender<ILoggingEvent> events, String part) {
    return events.list.stream()
        .filter(event -> event.getFormattedMessage().contains(part))
        .toList();
  }

  // ---- What is let go of

  @Test
  void futuresThatWereCancelledLeaveNothingBehind() {
    AdvancedPool pool = build(builder().minWorkers(2).maxWorkers(2).queueCapacity(1));
    occupy(pool);
    occupy(pool);
    pool.submit(() -> 1);
    PoolFuture<Integer> waits = pool.submit(() -> 2);
    List<Function<AdvancedPool, CompletableFuture<?>>> ways =
        List.of(
            AdvancedPool::join,
            AdvancedPool::drain,
            AdvancedPool::waitForSlot,
            busy -> busy.waitForSlot(Duration.ofHours(1)),
            busy -> busy.resize(1, 1),
            busy -> waits.accepted());
    assertForgotten(pool, ways);
    await()
        .untilAsserted(
            () -> assertThat(time.scheduledTimers()).as("only one that watches the runs").isOne());
    List<Function<AdvancedPool, CompletableFuture<?>>> ends =
        List.of(
            busy -> busy.shutdown(ShutdownOptions.DEFAULT),
            busy -> busy.shutdown(ShutdownOptions.DEFAULT.withTotalTimeout(Duration.ofHours(1))));
    assertForgotten(pool, ends);
  }

  private static void assertForgotten(
      AdvancedPool pool, List<Function<AdvancedPool, CompletableFuture<?>>> ways) {
    List<WeakReference<CompletableFuture<?>>> cancelled = new ArrayList<>();
    for (Function<AdvancedPool, CompletableFuture<?>> way : ways) {
      CompletableFuture<?> future = way.apply(pool);
      assertThat(future.cancel(false)).isTrue();
      cancelled.add(new WeakReference<>(future));
    }
    await()
        .untilAsserted(
            () -> {
              System.gc();
              assertThat(cancelled).allMatch(reference -> reference.get() == null);
            });
    assertThat(pool.isTerminated()).isFalse();
  }
}
