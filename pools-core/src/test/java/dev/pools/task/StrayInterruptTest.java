package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** An interrupt reaches the task that it is meant for, and no other. */
class StrayInterruptTest extends PoolTestBase {

  private static final int ROUNDS = 200;

  /** The ways on which a task comes to its worker. */
  @SuppressWarnings("ImmutableEnumChecker") // They hold no state.
  enum Way {
    SUBMITTED(builder -> builder),
    EXECUTED(builder -> builder),
    LISTENED_TO(builder -> builder.listener(new PoolListener() {})),
    EXECUTED_WITH_LISTENER(builder -> builder.listener(new PoolListener() {})),
    DECORATED(builder -> builder.taskDecorator(task -> task)),
    CUSTOM_THREADS(builder -> builder.threads(WorkerThreads.of(Thread::new))),
    MAPPED(builder -> builder),
    /** The interrupt comes between the clearing of the status and the code. */
    IN_LISTENER(
        builder ->
            builder.listener(
                new PoolListener() {
                  @Override
                  public void taskStarted(TaskInfo task, Duration waited) {
                    Thread.currentThread().interrupt();
                  }
                })),
    IN_DECORATOR(
        builder ->
            builder.taskDecorator(
                task ->
                    () -> {
                      Thread.currentThread().interrupt();
                      task.run();
                    }));

    private final Function<AdvancedPoolBuilder, AdvancedPoolBuilder> options;

    Way(Function<AdvancedPoolBuilder, AdvancedPoolBuilder> options) {
      this.options = options;
    }

    /** Runs one task; whether it began interrupted. */
    private boolean beginsInterrupted(AdvancedPool pool) {
      switch (this) {
        case EXECUTED, EXECUTED_WITH_LISTENER -> {
          CompletableFuture<Boolean> seen = new CompletableFuture<>();
          pool.execute(() -> seen.complete(Thread.currentThread().isInterrupted()));
          return get(seen);
        }
        case MAPPED -> {
          return get(pool.map(x -> Thread.currentThread().isInterrupted(), List.of(1))).get(0);
        }
        default -> {
          return get(pool.submit(() -> Thread.currentThread().isInterrupted()));
        }
      }
    }
  }

  /**
   * As by a watchdog that is late: at any moment between the tasks, and while the worker is idle.
   */
  @ParameterizedTest
  @EnumSource(Way.class)
  void lateInterruptDoesNotReachTheNextTask(Way way) {
    AdvancedPool pool = build(way.options.apply(builder().maxWorkers(1)));
    Thread worker = get(pool.submit(() -> Thread.currentThread()));
    int interrupted = 0;
    for (int i = 0; i < ROUNDS; i++) {
      for (int spins = i; spins > 0; spins--) {
        Thread.onSpinWait();
      }
      worker.interrupt();
      interrupted += way.beginsInterrupted(pool) ? 1 : 0;
    }

    assertThat(interrupted).isZero();
  }

  /** Every task of a busy worker is hit by the watchdog of the one before it. */
  @Test
  void interruptBetweenTwoQueuedTasksReachesNeither() {
    AdvancedPool pool = fixed(1);
    List<Integer> interrupted = Collections.synchronizedList(new ArrayList<>());
    Gate gate = occupy(pool);
    for (int i = 0; i < ROUNDS; i++) {
      int number = i;
      Runnable task =
          () -> {
            if (Thread.currentThread().isInterrupted()) {
              interrupted.add(number);
            }
            Thread.currentThread().interrupt();
          };
      if (i % 2 == 0) {
        pool.execute(task);
      } else {
        pool.submit(task).whenComplete((value, failure) -> Thread.currentThread().interrupt());
      }
    }
    gate.open();
    get(pool.drain());

    assertThat(interrupted).isEmpty();
  }

  /** As a listener, or a dependant of the future of the task before, may leave it. */
  @ParameterizedTest
  @EnumSource(names = {"SUBMITTED", "EXECUTED", "DECORATED"})
  void interruptThatACallbackLeaves_doesNotReachTheCallbacksOfTheNextTask(Way way) {
    List<String> interrupted = Collections.synchronizedList(new ArrayList<>());
    PoolListener rude =
        new PoolListener() {
          @Override
          public void taskStarted(TaskInfo task, Duration waited) {
            note(interrupted, "listener");
          }

          @Override
          public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
            Thread.currentThread().interrupt();
          }
        };
    AdvancedPoolBuilder builder = builder().maxWorkers(1).listener(rude);
    if (way == Way.DECORATED) {
      builder.taskDecorator(
          task ->
              () -> {
                note(interrupted, "decorator");
                task.run();
              });
    }
    AdvancedPool pool = build(builder);
    Gate gate = occupy(pool);
    Runnable code = () -> note(interrupted, "task");
    for (int i = 0; i < 3; i++) {
      if (way == Way.EXECUTED) {
        pool.execute(code);
      } else {
        pool.submit(code).whenComplete((value, failure) -> Thread.currentThread().interrupt());
      }
    }

    gate.open();
    get(pool.drain());

    assertThat(interrupted).isEmpty();
  }

  private static void note(List<String> interrupted, String code) {
    if (Thread.currentThread().isInterrupted()) {
      interrupted.add(code);
    }
  }

  /** A task that only an interrupt ends; it is cancelled at any moment from its claim on. */
  @Test
  void cancelReachesTheTaskThatIsJustBeginning() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1).listener(new PoolListener() {}));
    for (int i = 0; i < ROUNDS; i++) {
      AtomicBoolean begun = new AtomicBoolean();
      CountDownLatch ended = new CountDownLatch(1);
      PoolFuture<?> task =
          pool.submit(
              () -> {
                begun.set(true);
                try {
                  new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                  ended.countDown();
                }
              });
      while (!((PoolTask<?>) task).is(TaskState.RUNNING)) {
        Thread.onSpinWait();
      }

      task.cancel(true);

      assertThat(ended.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("round " + i).isTrue();
      assertThat(begun).isTrue();
    }
  }

  @Test
  void shutdownNowReachesTheTaskThatIsJustBeginning() throws Exception {
    for (int i = 0; i < ROUNDS; i++) {
      AdvancedPool pool = AdvancedPool.builder().maxWorkers(1).build();
      AtomicInteger begun = new AtomicInteger();
      AtomicInteger ended = new AtomicInteger();
      Runnable task =
          () -> {
            begun.incrementAndGet();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              ended.incrementAndGet();
            }
          };
      if (i % 2 == 0) {
        pool.execute(task);
      } else {
        pool.submit(task);
      }
      for (int spins = i; spins > 0; spins--) {
        Thread.onSpinWait();
      }

      int neverRun = pool.shutdownNow().size();

      assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .as("round " + i)
          .isTrue();
      assertThat(begun.get() + neverRun).isEqualTo(1);
      assertThat(ended.get()).isEqualTo(begun.get());
    }
  }
}
