package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.internal.LogOf;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Code of the user that fails for each task is logged once a minute, and not for each task. */
class LogFloodTest extends PoolTestBase {

  private static final int TASKS = 50;

  private static final class Faulty implements PoolListener {
    @Override
    public void taskStarted(TaskInfo task, Duration waited) {
      throw new IllegalStateException("started");
    }

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
      throw new IllegalArgumentException("ended");
    }

    @Override
    public String toString() {
      return "Faulty";
    }
  }

  private AdvancedPoolBuilder flooding() {
    return builder().name("flood").minWorkers(1).maxWorkers(1);
  }

  private static void submit(AdvancedPool pool, int tasks) {
    for (int i = 0; i < tasks; i++) {
      get(pool.submit(() -> 1));
    }
    get(pool.drain());
  }

  @Test
  void listenerThatFailsForEachTask() {
    try (LogOf log = new LogOf(Listeners.class)) {
      AdvancedPool pool = build(flooding().listener(new Faulty()));
      submit(pool, TASKS);

      String line =
          "Pool 'flood': a listener failed, and is told of later events all the same: Faulty";
      assertThat(log.warningsAbout("flood")).containsExactly(line, line);

      time.advance(Duration.ofMinutes(1));
      submit(pool, 1);

      String counted =
          line
              + ". Since the last such line this has happened 49 more times, which is logged at DEBUG";
      assertThat(log.warningsAbout("flood")).containsExactly(line, line, counted, counted);
    }
  }

  @Test
  void decoratorThatFailsAfterEachTask() {
    try (LogOf log = new LogOf(TaskContext.class)) {
      AdvancedPool pool =
          build(
              flooding()
                  .taskDecorator(
                      task ->
                          () -> {
                            task.run();
                            throw new IllegalStateException("too late");
                          }));

      submit(pool, TASKS);

      assertThat(log.warningsAbout("flood")).hasSize(1);
    }
  }

  @Test
  void decoratorThatTellsOfNoDroppedTask() {
    try (LogOf log = new LogOf(DroppedTasks.class)) {
      Gate gate = new Gate();
      AdvancedPool pool =
          build(
              flooding()
                  .taskDecorator(
                      task ->
                          () -> {
                            if (Thread.currentThread().getName().startsWith("flood-worker")) {
                              task.run();
                            }
                          }));
      pool.execute(gate);
      gate.awaitEntered();

      for (int i = 0; i < TASKS; i++) {
        pool.submit(() -> 1).cancel(false);
      }

      assertThat(log.warningsAbout("flood")).hasSize(1);
      gate.open();
    }
  }

  @Test
  void handlerThatFailsForEachTask_failuresThemselvesAllReachIt() {
    AtomicInteger handled = new AtomicInteger();
    try (LogOf log = new LogOf(FailureReports.class)) {
      AdvancedPool pool =
          build(
              flooding()
                  .uncaughtExceptionHandler(
                      (thread, failure) -> {
                        handled.incrementAndGet();
                        throw new IllegalStateException("handler");
                      }));
      for (int i = 0; i < TASKS; i++) {
        pool.execute(
            () -> {
              throw new IllegalArgumentException("a task");
            });
      }
      await().untilAtomic(handled, number -> assertThat(number).isEqualTo(TASKS));
      get(pool.drain());

      assertThat(log.warningsAbout("flood")).hasSize(1);
    }
  }

  @Test
  @SuppressWarnings("removal") // Still ends a worker.
  void tasksThatEndTheirWorkers() {
    try (LogOf log = new LogOf(WorkerLoop.class)) {
      AdvancedPool pool = build(flooding());
      List<CompletableFuture<?>> futures = new ArrayList<>();
      for (int i = 0; i < TASKS; i++) {
        futures.add(
            pool.submit(
                () -> {
                  throw new ThreadDeath();
                }));
      }
      futures.forEach(future -> await().until(future::isDone));
      pool.close();

      assertThat(log.warningsAbout("flood")).hasSize(1);
    }
  }
}
