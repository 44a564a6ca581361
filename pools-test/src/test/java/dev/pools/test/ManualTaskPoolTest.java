package dev.pools.test;

import static dev.pools.test.PoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.internal.TestAccess;
import dev.pools.task.AdvancedPool;
import dev.pools.task.OverflowPolicy;
import dev.pools.task.PoolFullException;
import dev.pools.task.PoolFuture;
import dev.pools.task.TaskExpiredException;
import dev.pools.task.TaskOptions;
import dev.pools.task.TaskTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManualTaskPoolTest {

  private final List<String> ran = Collections.synchronizedList(new ArrayList<>());
  private ManualTaskPool tasks = ManualTaskPool.of(AdvancedPool.builder().maxWorkers(2));

  @AfterEach
  void close() {
    tasks.close();
    assertThat(tasks).isTerminated();
    assertThat(tasks.clock().pendingTimers()).isEmpty();
  }

  private AdvancedPool pool() {
    return tasks.pool();
  }

  private Runnable note(String what) {
    return () -> ran.add(what);
  }

  @Test
  void noTaskRunsByItself() {
    PoolFuture<Integer> future = pool().submit(() -> 1);
    tasks.advance(Duration.ofDays(1));

    assertThat(future).isNotDone();
    assertThat(tasks).hasSubmitted(1).hasCompleted(0);
  }

  @Test
  void taskThatRunsHasEndedWithItsDependants() {
    PoolFuture<Integer> future = pool().submit(() -> 1);
    future.thenRun(note("dependant"));

    assertThat(tasks.runNext()).isTrue();

    assertThat(future).isCompletedWithValue(1);
    assertThat(ran).containsExactly("dependant");
    assertThat(tasks.runNext()).isFalse();
    assertThat(tasks).isQuiet().hasCompleted(1);
  }

  @Test
  void tasksRunOneAfterAnotherInTheOrderOfThePool() {
    pool().execute(note("c"), 3);
    pool().execute(note("a"), 1);
    pool().execute(note("b"), 2);
    pool().execute(note("b, submitted later"), 2);

    assertThat(tasks.runAll()).isEqualTo(4);

    assertThat(ran).containsExactly("a", "b", "b, submitted later", "c");
  }

  @Test
  void tasksThatTasksSubmitRunToo() {
    pool().execute(() -> pool().execute(() -> pool().execute(note("last"))));

    assertThat(tasks.runAll()).isEqualTo(3);
    assertThat(ran).containsExactly("last");
  }

  @Test
  void tasksThatSubmitEachOtherWithoutEndAreReported() {
    Runnable[] endless = new Runnable[1];
    endless[0] = () -> pool().execute(endless[0]);
    pool().execute(endless[0]);

    assertThatThrownBy(() -> tasks.runAll(50))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("More than 50 tasks")
        .hasMessageContaining("PoolStats[");
  }

  @Test
  void taskThatFailsFailsItsFuture() {
    PoolFuture<Integer> future =
        pool()
            .submit(
                (Callable<Integer>)
                    () -> {
                      throw new IllegalStateException("fails");
                    });
    tasks.runAll();

    assertThatThrownBy(future::get)
        .isInstanceOf(ExecutionException.class)
        .hasRootCauseMessage("fails");
    assertThat(tasks).hasFailed(1);
  }

  @Test
  void cancelledTaskDoesNotRun() {
    pool().submit(note("cancelled")).cancel(false);
    pool().execute(note("other"));

    assertThat(tasks.runNext()).isTrue();

    assertThat(ran).containsExactly("other");
    assertThat(tasks).hasCancelled(1);
  }

  @Test
  void taskThatWaitsTooLongByTheClockExpires() {
    tasks.close();
    tasks = ManualTaskPool.of(AdvancedPool.builder().maxQueueTime(Duration.ofSeconds(5)));
    PoolFuture<?> late = pool().submit(note("late"));
    tasks.advance(Duration.ofSeconds(6));
    pool().execute(note("in time"));

    assertThat(tasks.runAll()).isEqualTo(1);

    assertThat(ran).containsExactly("in time");
    assertThat(tasks).hasExpired(1);
    assertThatThrownBy(late::join).hasCauseInstanceOf(TaskExpiredException.class);
  }

  @Test
  void fullQueueRejects() {
    tasks.close();
    tasks =
        ManualTaskPool.of(
            AdvancedPool.builder()
                .minWorkers(1)
                .maxWorkers(1)
                .queueCapacity(1)
                .overflow(OverflowPolicy.REJECT));
    pool().execute(note("first"));
    pool().execute(note("second"));

    assertThatThrownBy(() -> pool().execute(note("third"))).isInstanceOf(PoolFullException.class);
    assertThat(tasks).hasRejected(1).hasQueued(1).hasActive(1);
    assertThat(tasks.runAll()).isEqualTo(2);
  }

  @Test
  void taskThatMovesTheClockTakesThatLong() {
    tasks.close();
    tasks = ManualTaskPool.of(AdvancedPool.builder().stuckAfter(Duration.ofMinutes(1)));
    AtomicReference<Integer> stuck = new AtomicReference<>();
    pool()
        .execute(
            () -> {
              tasks.advance(Duration.ofMinutes(2));
              stuck.set(pool().stats().stuck());
            },
            TaskOptions.named("import"));
    tasks.runAll();

    assertThat(stuck).hasValue(1);
    assertThat(tasks).hasStuck(0);
    assertThat(pool().stats().stuckTasks()).isEqualTo(1);
  }

  @Test
  void taskThatRunsTooLongByTheClockIsInterruptedAndFails() {
    AtomicBoolean interrupted = new AtomicBoolean();
    PoolFuture<?> future =
        pool()
            .submit(
                () -> {
                  tasks.advance(Duration.ofSeconds(20));
                  interrupted.set(Thread.currentThread().isInterrupted());
                },
                TaskOptions.named("slow").withMaxRunTime(Duration.ofSeconds(10)));
    tasks.runAll();

    assertThatThrownBy(future::join).hasCauseInstanceOf(TaskTimeoutException.class);
    assertThat(interrupted).isTrue();
    assertThat(tasks).hasTimeouts(1).hasFailed(1);
  }

  @Test
  void taskThatWaitsIsStartedAndInterruptedByTheClock() {
    CountDownLatch never = new CountDownLatch(1);
    PoolFuture<?> future =
        pool()
            .submit(
                () -> {
                  never.await();
                  return null;
                },
                TaskOptions.named("hangs").withMaxRunTime(Duration.ofSeconds(10)));
    StartedTask started = tasks.startNext();
    assertThat(started.hasEnded()).isFalse();
    assertThat(tasks).hasActive(1);

    tasks.advance(Duration.ofSeconds(20));
    started.awaitEnd();

    assertThat(future).isCompletedExceptionally();
    assertThat(started.hasEnded()).isTrue();
    assertThat(tasks).hasTimeouts(1).isQuiet();
  }

  @Test
  void startReturnsWhenTheRunHasBegun_andNotWhenTheTaskIsTaken() throws Exception {
    AtomicLong taken = new AtomicLong();
    AtomicInteger looks = new AtomicInteger();
    AtomicBoolean begun = new AtomicBoolean();
    CountDownLatch ends = new CountDownLatch(1);
    Thread thread =
        new Thread(
            () -> {
              taken.set(1);
              while (looks.get() < 3 && ends.getCount() > 0) {
                Thread.yield();
              }
              begun.set(true);
              awaitLatch(ends);
            });
    thread.setDaemon(true);
    StartedTask task =
        new StartedTask(
            new TestAccess.Turn(
                thread,
                taken::get,
                () -> {
                  looks.incrementAndGet();
                  return begun.get();
                }));

    assertThat(task.start()).isTrue();

    assertThat(looks).hasValueGreaterThanOrEqualTo(3);
    ends.countDown();
    thread.join();
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void asManyTasksCanBeStartedAsThereMayBeWorkers() {
    CountDownLatch opened = new CountDownLatch(1);
    Callable<String> waits =
        () -> {
          opened.await();
          return "passed";
        };
    List<PoolFuture<String>> futures = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      futures.add(pool().submit(waits));
    }
    StartedTask first = tasks.startNext();
    StartedTask second = tasks.startNext();
    assertThat(first.thread()).isNotEqualTo(second.thread());
    assertThat(tasks.startNext()).isNull();
    assertThat(tasks).hasActive(2).hasQueued(1);
    assertThat(first).hasToString("StartedTask[" + first.thread().getName() + ", running]");

    opened.countDown();
    first.awaitEnd();
    second.awaitEnd();
    assertThat(first).hasToString("StartedTask[" + first.thread().getName() + ", ended]");
    assertThat(futures.get(2)).isNotDone();
    tasks.runAll();

    assertThat(futures).allSatisfy(future -> assertThat(future).isCompletedWithValue("passed"));
  }

  @Test
  void taskThatWaitsForAnotherCanLetItRun() {
    PoolFuture<Integer> future =
        pool()
            .submit(
                () -> {
                  PoolFuture<Integer> inner = pool().submit(() -> 7);
                  tasks.runAll();
                  return inner.get();
                });
    tasks.runNext();

    assertThat(future).isCompletedWithValue(7);
  }

  @Test
  void taskThatDoesNotEndIsReportedWithItsStack() {
    CountDownLatch never = new CountDownLatch(1);
    pool()
        .submit(
            () -> {
              never.await();
              return null;
            });
    StartedTask started = tasks.startNext();
    while (started.thread().getState() != Thread.State.WAITING) {
      LockSupport.parkNanos(1_000_000);
    }

    assertThatThrownBy(() -> started.awaitEnd(1))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("startNext()")
        .cause()
        .satisfies(
            stack ->
                assertThat(stack.getStackTrace())
                    .anyMatch(frame -> frame.getClassName().contains("ManualTaskPoolTest")));
  }

  @Test
  void interruptedTestDoesNotWaitForATask() {
    CountDownLatch opened = new CountDownLatch(1);
    pool()
        .submit(
            () -> {
              opened.await();
              return null;
            });
    Thread.currentThread().interrupt();

    assertThatThrownBy(tasks::runNext)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Interrupted");
    assertThat(Thread.interrupted()).isTrue();
    opened.countDown();
  }

  @Test
  void closeCancelsWhatWaitsAndInterruptsWhatRuns() {
    CountDownLatch never = new CountDownLatch(1);
    Callable<String> waits =
        () -> {
          never.await();
          return "";
        };
    PoolFuture<String> running = pool().submit(waits);
    PoolFuture<String> queued = pool().submit(waits);
    StartedTask started = tasks.startNext();

    tasks.close();

    assertThat(started.hasEnded()).isTrue();
    assertThat(running).isDone();
    assertThat(queued).isCancelled();
    assertThat(tasks.toString()).startsWith("ManualTaskPool[PoolStats[");
  }

  @Test
  void interruptOfAStopDoesNotReachTheThreadOfTheTest() {
    pool().execute(note("one"));
    tasks.runAll();
    pool().execute(note("two"));
    tasks.close();

    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void poolWithStandardOptionsHasAClockOfItsOwn() {
    try (ManualTaskPool other = ManualTaskPool.create()) {
      other.advance(Duration.ofHours(1));

      assertThat(other.pool().stats().uptime()).isEqualTo(Duration.ofHours(1));
      assertThat(pool().stats().uptime()).isZero();
    }
  }

  @Test
  void twoPoolsCanShareAClock() {
    ManualClock clock = new ManualClock();
    try (ManualTaskPool one = ManualTaskPool.of(AdvancedPool.builder(), clock);
        ManualTaskPool two = ManualTaskPool.of(AdvancedPool.builder(), clock)) {
      one.advance(Duration.ofHours(1));

      assertThat(two.clock()).isSameAs(clock);
      assertThat(two.pool().stats().uptime()).isEqualTo(Duration.ofHours(1));
    }
  }

  @Test
  void mapRunsInTheOrderOfItsElements() {
    var doubled = pool().map((Integer element) -> 2 * element, List.of(1, 2, 3));
    tasks.runAll();

    assertThat(doubled).isCompletedWithValue(List.of(2, 4, 6));
  }
}
