package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.internal.LogOf;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** The limit of a run against all that can happen to the task at the same time. */
class RunTimeoutTest extends PoolTestBase {

  private static final Duration LIMIT = Duration.ofSeconds(4);

  private final LogOf log = new LogOf(RunSupervisor.class);
  private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void closeLog() {
    log.close();
  }

  private final class Heard implements PoolListener {
    @Override
    public void taskEnded(
        TaskInfo task, Outcome outcome, Duration waited, Duration ran, @Nullable Throwable fault) {
      heard.add(outcome + " " + (fault == null ? "-" : fault.getClass().getSimpleName()));
    }

    @Override
    public void taskStuck(TaskInfo task, Duration ran, List<StackTraceElement> stack) {
      heard.add("stuck");
    }
  }

  /** A task that goes on whatever its thread is told. */
  private static final class Deaf implements Callable<String> {
    private final CountDownLatch entered = new CountDownLatch(1);
    private final AtomicBoolean opened = new AtomicBoolean();
    private final AtomicInteger interrupts = new AtomicInteger();

    @Override
    public String call() {
      entered.countDown();
      while (!opened.get()) {
        LockSupport.parkNanos(1_000_000);
        if (Thread.interrupted()) {
          interrupts.incrementAndGet();
        }
      }
      return "late";
    }

    Deaf awaitEntered() throws InterruptedException {
      assertThat(entered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      return this;
    }
  }

  private AdvancedPoolBuilder limited(String name) {
    return builder()
        .name(name)
        .maxWorkers(1)
        .maxRunTime(LIMIT)
        .listener(new Heard())
        .uncaughtExceptionHandler((thread, failure) -> uncaught.add(failure));
  }

  private void passSeconds(int seconds) {
    for (int i = 0; i < seconds; i++) {
      time.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void limitsOfTasks_areKeptInTimeBesideALongRun() {
    AdvancedPool pool = build(builder().minWorkers(2).maxWorkers(2));
    Duration limit = Duration.ofMillis(200);
    TaskOptions limited = TaskOptions.DEFAULT.withMaxRunTime(limit);
    assertThat(get(pool.submit(() -> 1, limited))).isEqualTo(1);
    occupy(pool);
    passSeconds(30);
    for (int i = 0; i < 5; i++) {
      Gate gate = new Gate();
      PoolFuture<String> future = pool.submit((Callable<String>) gate, limited);
      gate.awaitEntered();

      time.advance(limit.plusMillis(100));

      assertThat(future).as("task %d", i).isCompletedExceptionally();
      passSeconds(3);
    }
  }

  // ---- No other thread decides

  @Test
  void taskOverItsLimitFailsAndIsInterrupted() {
    AdvancedPool pool = build(limited("limit"));
    Gate gate = new Gate();
    PoolFuture<String> future = pool.submit((Callable<String>) gate, TaskOptions.named("slow"));
    gate.awaitEntered();
    passSeconds(3);
    assertThat(future).isNotDone();
    passSeconds(2);

    assertThatThrownBy(future::get)
        .hasCauseInstanceOf(TaskTimeoutException.class)
        .cause()
        .hasMessageContaining("Task 'slow' of pool 'limit' ran for 4")
        .hasMessageContaining("maxRunTime of 4 s")
        .satisfies(
            failure ->
                assertThat(failure.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().equals(Gate.class.getName())));
    await().until(() -> heard.size() == 1);
    assertThat(heard).containsExactly("FAILED TaskTimeoutException");
    await().until(() -> pool.stats().failed() == 1);
    assertThat(pool.stats().timedOut()).isEqualTo(1);
    assertThat(pool.stats().cancelled()).isZero();
    assertThat(uncaught).isEmpty();
    assertThat(get(pool.submit(() -> Thread.currentThread().isInterrupted()))).isFalse();
  }

  @Test
  void executedTaskOverItsLimitIsReportedOnce() {
    AdvancedPool pool = build(limited("limit-execute"));
    for (int priority : new int[] {0, 3}) {
      Gate gate = new Gate();
      pool.execute(gate, priority);
      gate.awaitEntered();
      passSeconds(5);
      get(pool.drain());
    }

    assertThat(uncaught).hasSize(2).allMatch(TaskTimeoutException.class::isInstance);
    assertThat(heard).containsExactly("FAILED TaskTimeoutException", "FAILED TaskTimeoutException");
    assertThat(pool.stats().failed()).isEqualTo(2);
  }

  @Test
  void taskWithinItsLimitIsLeftAlone() {
    AdvancedPool pool = build(limited("limit-within"));
    for (int i = 0; i < 5; i++) {
      Gate gate = new Gate();
      PoolFuture<String> future = pool.submit((Callable<String>) gate);
      gate.awaitEntered();
      passSeconds(3);
      gate.open();
      assertThat(get(future)).isEqualTo("passed");
    }
    assertThat(pool.stats().timedOut()).isZero();
  }

  @Test
  void limitOfATaskStandsBeforeThePools() {
    AdvancedPool pool = build(limited("limit-own").maxWorkers(2));
    Gate longer = new Gate();
    Gate shorter = new Gate();
    PoolFuture<String> slow =
        pool.submit(
            (Callable<String>) longer, TaskOptions.DEFAULT.withMaxRunTime(Duration.ofHours(1)));
    PoolFuture<String> quick =
        pool.submit(
            (Callable<String>) shorter, TaskOptions.DEFAULT.withMaxRunTime(Duration.ofSeconds(1)));
    longer.awaitEntered();
    shorter.awaitEntered();
    passSeconds(3);
    assertThat(quick).isCompletedExceptionally();
    passSeconds(30);

    assertThat(slow).isNotDone();
    longer.open();
    assertThat(get(slow)).isEqualTo("passed");
  }

  @Test
  void poolWithoutALimitObeysThatOfATask() {
    AdvancedPool pool = build(builder().maxWorkers(1));
    PoolFuture<Integer> before = pool.submit(() -> 1);
    get(before);
    for (int i = 0; i < 2; i++) {
      Gate gate = new Gate();
      PoolFuture<?> future =
          pool.submit(
              (Callable<String>) gate, TaskOptions.DEFAULT.withMaxRunTime(Duration.ofMillis(300)));
      gate.awaitEntered();
      passSeconds(1);
      assertThat(future).isCompletedExceptionally();
      Gate executed = new Gate();
      pool.execute(executed, TaskOptions.named("n").withMaxRunTime(Duration.ofMillis(300)));
      executed.awaitEntered();
      passSeconds(1);
    }
    get(pool.drain());
    assertThat(pool.stats().timedOut()).isEqualTo(4);
    passSeconds(3);
    assertThat(time.scheduledTimers()).as("an idle pool has no timer").isZero();
  }

  // ---- The task ignores it

  @Test
  void taskThatIgnoresTheInterruptCountsAsStuckAndItsResultIsDropped() throws Exception {
    AdvancedPool pool = build(limited("limit-deaf"));
    Deaf deaf = new Deaf();
    PoolFuture<String> future = pool.submit(deaf, TaskOptions.named("deaf"));
    deaf.awaitEntered();
    passSeconds(5);
    assertThatThrownBy(future::get).hasCauseInstanceOf(TaskTimeoutException.class);
    assertThat(pool.stats().active()).isEqualTo(1);
    passSeconds(3);

    assertThat(pool.stats().stuck()).isEqualTo(1);
    assertThat(log.linesAbout("limit-deaf"))
        .singleElement()
        .asString()
        .contains("'deaf'", "was interrupted, and still runs", "limit-deaf-worker-1");
    PoolFuture<Integer> next = pool.submit(() -> 5);
    await().until(() -> deaf.interrupts.get() == 1);
    deaf.opened.set(true);

    assertThat(get(next)).isEqualTo(5);
    assertThatThrownBy(future::get).hasCauseInstanceOf(TaskTimeoutException.class);
    assertThat(heard).startsWith("stuck", "FAILED TaskTimeoutException");
    assertThat(pool.stats().stuck()).isZero();
    assertThat(pool.stats().failed()).isEqualTo(1);
    assertThat(deaf.interrupts).hasValue(1);
    assertThat(uncaught).isEmpty();
  }

  // ---- Another thread has decided

  @Test
  void cancelledTaskThatStillRunsIsInterruptedAndStaysCancelled() {
    AdvancedPool pool = build(limited("limit-cancelled"));
    Gate gate = new Gate();
    PoolFuture<String> future = pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    future.cancel(false);
    passSeconds(5);

    await().until(() -> heard.size() == 1);
    assertThat(heard).containsExactly("CANCELLED InterruptedException");
    assertThat(future).isCancelled();
    assertThat(pool.stats().timedOut()).isZero();
  }

  @Test
  void taskThatWasCompletedByHandKeepsThatResult() {
    AdvancedPool pool = build(limited("limit-by-hand"));
    Gate gate = new Gate();
    PoolFuture<String> future = pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    assertThat(future.complete("by hand")).isTrue();
    passSeconds(5);

    await().until(() -> heard.size() == 1);
    assertThat(get(future)).isEqualTo("by hand");
    assertThat(pool.stats().timedOut()).isZero();
  }

  @Test
  void cancelAfterTheLimitIsTooLate() throws Exception {
    AdvancedPool pool = build(limited("limit-late-cancel"));
    Deaf deaf = new Deaf();
    PoolFuture<String> future = pool.submit(deaf);
    deaf.awaitEntered();
    passSeconds(5);

    assertThat(future.cancel(true)).isFalse();
    assertThat(future.complete("late")).isFalse();
    deaf.opened.set(true);
    assertThatThrownBy(future::get).hasCauseInstanceOf(TaskTimeoutException.class);
    await().until(() -> pool.stats().failed() == 1);
  }

  @Test
  void shutdownThatWaitsEndsWhenTheLimitHasInterruptedTheTask() {
    AdvancedPool pool = build(limited("limit-shutdown"));
    Gate gate = new Gate();
    PoolFuture<String> future = pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    pool.shutdown();
    pool.resize(1, 2);
    passSeconds(5);

    assertThatThrownBy(future::get).hasCauseInstanceOf(TaskTimeoutException.class);
    await().until(pool::isTerminated);
  }

  @Test
  void shutdownNowBeforeTheLimitDecidesNothing() throws Exception {
    AdvancedPool pool = build(limited("limit-shutdown-now"));
    Deaf deaf = new Deaf();
    PoolFuture<String> future = pool.submit(deaf);
    deaf.awaitEntered();
    pool.shutdownNow();
    passSeconds(5);
    deaf.opened.set(true);

    assertThatThrownBy(future::get).hasCauseInstanceOf(TaskTimeoutException.class);
    await().until(pool::isTerminated);
    assertThat(pool.stats().failed()).isEqualTo(1);
  }

  // ---- Other threads, other ways

  @Test
  void callerThatRunsItsOwnTaskIsInterruptedOnlyForIt() throws Exception {
    AdvancedPool pool =
        build(limited("limit-caller").queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
    Gate worker = new Gate();
    pool.submit((Callable<String>) worker, TaskOptions.DEFAULT.withMaxRunTime(Duration.ofHours(1)));
    worker.awaitEntered();
    AtomicInteger interruptedAfter = new AtomicInteger();
    for (boolean executes : new boolean[] {true, false}) {
      Gate own = new Gate();
      CompletableFuture<Object> submitted = new CompletableFuture<>();
      Thread caller =
          new Thread(
              () -> {
                if (executes) {
                  pool.execute(own);
                  submitted.complete(1);
                } else {
                  submitted.complete(pool.submit((Callable<String>) own));
                }
                interruptedAfter.addAndGet(Thread.currentThread().isInterrupted() ? 1 : 0);
              });
      caller.start();
      own.awaitEntered();
      passSeconds(6);
      caller.join();
      if (get(submitted) instanceof PoolFuture<?> future) {
        assertThatThrownBy(future::get).hasCauseInstanceOf(TaskTimeoutException.class);
      }
    }

    assertThat(interruptedAfter).hasValue(0);
    assertThat(uncaught).singleElement().isInstanceOf(TaskTimeoutException.class);
    assertThat(pool.stats().timedOut()).isEqualTo(2);
    worker.open();
  }

  static boolean virtual() {
    return WorkerThreads.virtualSupported();
  }

  @Test
  @EnabledIf("virtual")
  void virtualWorkerHasTheLimit() {
    AdvancedPool pool = build(limited("limit-virtual").threads(WorkerThreads.virtual()));
    Gate gate = new Gate();
    PoolFuture<String> future = pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    passSeconds(5);

    assertThatThrownBy(future::get).hasCauseInstanceOf(TaskTimeoutException.class);
    assertThat(get(pool.submit(() -> 5))).isEqualTo(5);
  }

  @Test
  void decoratedTaskHasTheLimitAndItsDependantsRun() {
    AdvancedPool pool = build(limited("limit-decorated").taskDecorator(task -> task));
    Gate gate = new Gate();
    CompletableFuture<String> dependant =
        pool.submit((Callable<String>) gate)
            .handle((value, failure) -> failure.getClass().getSimpleName());
    gate.awaitEntered();
    passSeconds(5);

    assertThat(get(dependant)).isEqualTo("TaskTimeoutException");
  }

  @Test
  void taskThatWaitsForAnotherTaskIsInterrupted() {
    AdvancedPool pool = build(limited("limit-nested").maxWorkers(2));
    Gate inner = new Gate();
    PoolFuture<String> outer =
        pool.submit(
            () ->
                pool.submit(
                        (Callable<String>) inner,
                        TaskOptions.DEFAULT.withMaxRunTime(Duration.ofHours(1)))
                    .get());
    inner.awaitEntered();
    passSeconds(6);

    assertThatThrownBy(outer::get).hasCauseInstanceOf(TaskTimeoutException.class);
    inner.open();
  }

  @Test
  void optionsAreChecked() {
    assertThatThrownBy(() -> builder().maxRunTime(Duration.ofSeconds(-1)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxRunTime is PT-1S");
    assertThatThrownBy(() -> TaskOptions.DEFAULT.withMaxRunTime(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxRunTime is PT-1S");
  }

  /** With the machine's own time: limits hit while tasks end, and the next one begins. */
  @Test
  void interruptOfALimitNeverReachesTheNextTask() {
    AdvancedPool pool =
        build(
            builder()
                .time(Time.system())
                .minWorkers(2)
                .maxWorkers(2)
                .maxRunTime(Duration.ofMillis(1))
                .uncaughtExceptionHandler((thread, failure) -> {}));
    AtomicInteger wrong = new AtomicInteger();
    AtomicInteger ran = new AtomicInteger();
    TaskOptions unlimited = TaskOptions.DEFAULT.withMaxRunTime(Duration.ofHours(1));
    for (int i = 0; i < 1_500; i++) {
      long spinNanos = 200_000L + i % 16 * 150_000L;
      Runnable aroundTheLimit =
          () -> {
            long start = System.nanoTime();
            while (System.nanoTime() - start < spinNanos) {
              Thread.onSpinWait();
            }
          };
      if (i % 2 == 0) {
        pool.submit(aroundTheLimit);
      } else {
        pool.execute(aroundTheLimit);
      }
      pool.submit(
          () -> {
            ran.incrementAndGet();
            for (int spins = 0; spins < 50; spins++) {
              Thread.onSpinWait();
            }
            if (Thread.currentThread().isInterrupted()) {
              wrong.incrementAndGet();
            }
          },
          unlimited);
    }
    get(pool.drain());

    assertThat(ran).hasValue(1_500);
    assertThat(wrong).hasValue(0);
    PoolStats stats = pool.stats();
    assertThat(stats.completed() + stats.failed()).isEqualTo(3_000);
    assertThat(stats.timedOut()).isEqualTo(stats.failed());
  }
}
