package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.StateTable;
import dev.pools.TestThreads;
import dev.pools.internal.FaultSeries;
import dev.pools.internal.Time;
import dev.pools.map.Input;
import dev.pools.map.MapOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What is done about a task runs inside of the context that its decorator has captured. */
class ContextTest extends PoolTestBase {

  private static final ThreadLocal<String> USER = new ThreadLocal<>();

  /** What has been told, by whom, and who the user was. */
  private final Queue<String> told = new ConcurrentLinkedQueue<>();

  private final AtomicInteger decorated = new AtomicInteger();
  private final AtomicInteger ran = new AtomicInteger();

  /**
   * As the decorators that many applications have. Its Runnables are not made for two threads at a
   * time; they say so if that happens.
   */
  private final TaskDecorator carriesUser =
      task -> {
        decorated.incrementAndGet();
        String submitters = USER.get();
        AtomicBoolean inUse = new AtomicBoolean();
        return () -> {
          if (!inUse.compareAndSet(false, true)) {
            told.add("two threads at a time");
          }
          ran.incrementAndGet();
          String before = USER.get();
          set(submitters);
          try {
            task.run();
          } finally {
            set(before);
            inUse.set(false);
          }
        };
      };

  private final PoolListener tells =
      new PoolListener() {
        @Override
        public void taskStarted(TaskInfo task, Duration waited) {
          tell("started");
        }

        @Override
        public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration lasted) {
          tell("ended " + outcome);
        }

        @Override
        public void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {
          tell("dropped " + outcome);
        }
      };

  private void tell(String what) {
    told.add(what + " as " + USER.get());
  }

  /** Helper threads tell of what has been dropped with dependants. */
  private void awaitTold(String... what) {
    await().untilAsserted(() -> assertThat(told).contains(what));
  }

  private static void set(@Nullable String user) {
    if (user == null) {
      USER.remove();
    } else {
      USER.set(user);
    }
  }

  private AdvancedPoolBuilder carrying() {
    return builder().maxWorkers(1).taskDecorator(carriesUser).listener(tells);
  }

  /** Calls something on a thread of a user's own. */
  private static <V extends @Nullable Object> V as(String user, Callable<V> call) {
    FutureTask<V> task =
        new FutureTask<>(
            () -> {
              USER.set(user);
              return call.call();
            });
    new Thread(task, user).start();
    try {
      return task.get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /** A task of alice with a dependant, queued behind another one. */
  private CompletableFuture<?> queuedTaskOfAlice(AdvancedPool pool, TaskOptions options) {
    PoolFuture<?> task = as("alice", () -> pool.submit(() -> tell("ran"), options));
    task.whenComplete((value, failure) -> tell("completed"));
    return task;
  }

  @Test
  void listenersAndDependantsOfATaskThatRuns_areInItsContext() {
    AdvancedPool pool = build(carrying());
    Gate gate = occupy(pool);
    CompletableFuture<?> task = queuedTaskOfAlice(pool, TaskOptions.DEFAULT);
    told.clear();

    gate.open();

    // No thread waits in get, which would run dependants itself.
    await()
        .untilAsserted(
            () ->
                assertThat(told)
                    .contains(
                        "started as alice",
                        "ran as alice",
                        "ended COMPLETED as alice",
                        "completed as alice"));
    get(task);
  }

  @Test
  void failureReportOfAnExecutedTask_isInItsContext() {
    AdvancedPool pool =
        build(carrying().uncaughtExceptionHandler((thread, failure) -> tell("reported")));

    as(
        "alice",
        () -> {
          pool.execute(
              () -> {
                throw new IllegalStateException("for the report");
              });
          return null;
        });

    await()
        .untilAsserted(
            () -> assertThat(told).contains("reported as alice", "ended FAILED as alice"));
  }

  @Test
  void listenersAndDependantsOfACancelledTask_areInItsContext() {
    AdvancedPool pool = build(carrying());
    Gate gate = occupy(pool);
    CompletableFuture<?> task = queuedTaskOfAlice(pool, TaskOptions.DEFAULT);

    String after =
        as(
            "bob",
            () -> {
              task.cancel(false);
              return USER.get();
            });

    assertThat(told).contains("completed as alice", "dropped CANCELLED as alice");
    assertThat(after).isEqualTo("bob");
    gate.open();
  }

  @Test
  void listenersAndDependantsOfATaskThatIsCompletedByHand_areInItsContext() {
    AdvancedPool pool = build(carrying());
    Gate gate = occupy(pool);
    CompletableFuture<?> task = queuedTaskOfAlice(pool, TaskOptions.DEFAULT);

    as("bob", () -> task.completeExceptionally(new IllegalStateException("by hand")));

    assertThat(told).contains("completed as alice", "dropped CANCELLED as alice");
    assertThatThrownBy(task::join).hasRootCauseMessage("by hand");
    gate.open();
  }

  @Test
  void listenersAndDependantsOfAnExpiredTask_areInItsContext() {
    AdvancedPool pool = build(carrying());
    Gate gate = occupy(pool);
    CompletableFuture<?> task =
        queuedTaskOfAlice(pool, TaskOptions.DEFAULT.withMaxQueueTime(Duration.ofSeconds(1)));
    time.advance(Duration.ofSeconds(2));

    gate.open();

    assertThatThrownBy(task::join).hasCauseInstanceOf(TaskExpiredException.class);
    await()
        .untilAsserted(
            () -> assertThat(told).contains("completed as alice", "dropped EXPIRED as alice"));
  }

  @Test
  void listenersAndDependantsOfATaskThatAShutdownDrops_areInItsContext() {
    AdvancedPool pool = build(carrying());
    Gate gate = occupy(pool);
    queuedTaskOfAlice(pool, TaskOptions.DEFAULT);

    as("bob", pool::shutdownNow);

    awaitTold("completed as alice", "dropped CANCELLED as alice");
    gate.open();
  }

  @Test
  void listenersOfATaskWithoutDependantsThatAShutdownDrops_areInItsContext() {
    AdvancedPool pool = build(carrying());
    Gate gate = occupy(pool);
    PoolFuture<?> task = as("alice", () -> pool.submit(() -> 1));

    as("bob", pool::shutdownNow);

    assertThat(task).isCancelled();
    assertThat(told).contains("dropped CANCELLED as alice");
    gate.open();
  }

  /** The interrupt of a decorator's own code is not meant for the task. */
  @Test
  void interruptThatADecoratorLeavesBehind_doesNotReachTheTask() {
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .taskDecorator(
                    task ->
                        () -> {
                          Thread.currentThread().interrupt();
                          task.run();
                          Thread.currentThread().interrupt();
                        }));

    for (int i = 0; i < 3; i++) {
      assertThat(get(pool.submit(() -> Thread.currentThread().isInterrupted()))).isFalse();
    }
  }

  @Test
  void listenersAndDependantsOfATaskThatALaterOneDisplaces_areInItsContext() {
    AdvancedPool pool = build(carrying().queueCapacity(1).overflow(OverflowPolicy.DISCARD_OLDEST));
    Gate gate = occupy(pool);
    queuedTaskOfAlice(pool, TaskOptions.DEFAULT);

    as("bob", () -> pool.submit(() -> 1));

    awaitTold("completed as alice", "dropped CANCELLED as alice");
    gate.open();
  }

  @Test
  void threadThatWaitsForATask_leavesItsDependantsToItsContext() {
    AdvancedPool pool = build(carrying());
    for (int i = 0; i < 50; i++) {
      Gate gate = occupy(pool);
      CompletableFuture<?> task = queuedTaskOfAlice(pool, TaskOptions.DEFAULT);
      gate.open();
      get(task);
      assertThat(get(pool.submit(() -> 1))).isEqualTo(1);
    }

    assertThat(told).contains("completed as alice").doesNotContain("completed as null");
  }

  @Test
  void waitsThatAreOver_leaveNothingAtTheFuture() throws Exception {
    AdvancedPool pool = build(carrying());
    Gate gate = occupy(pool);
    CompletableFuture<Integer> task = pool.submit(() -> 1);

    for (int i = 0; i < 20; i++) {
      assertThatThrownBy(() -> task.get(1, TimeUnit.NANOSECONDS))
          .isInstanceOf(TimeoutException.class);
      TestThreads.run(
          () -> {
            Thread.currentThread().interrupt();
            assertThatThrownBy(task::get).isInstanceOf(InterruptedException.class);
          });
    }

    assertThat(task.getNumberOfDependents()).isLessThanOrEqualTo(1);
    gate.open();
    assertThat(get(task)).isEqualTo(1);
  }

  /** Of a future's dependants the last one is run first, and the thread that runs it waits. */
  @Test
  void waitAfterAnEarlierOne_isNotHeldUpByADependantThatWasAddedBetween() {
    AdvancedPool pool = build(carrying());
    Gate gate = occupy(pool);
    CompletableFuture<Integer> task = pool.submit(() -> 1);
    CountDownLatch over = new CountDownLatch(1);
    assertThatThrownBy(() -> task.get(1, TimeUnit.NANOSECONDS))
        .isInstanceOf(TimeoutException.class);
    CompletableFuture<Boolean> blocked =
        task.thenApply(
            value -> {
              try {
                return over.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
              } catch (InterruptedException e) {
                return false;
              }
            });
    List<TestThreads.Started> waiters =
        List.of(
            TestThreads.start(() -> task.get()),
            TestThreads.start(() -> task.join()),
            TestThreads.start(() -> task.get(PATIENCE_SECONDS, TimeUnit.SECONDS)));
    await().until(() -> waiters.stream().noneMatch(one -> one.getState() == Thread.State.RUNNABLE));

    gate.open();
    await().until(() -> waiters.stream().noneMatch(Thread::isAlive));

    over.countDown();
    assertThat(get(blocked)).isTrue();
  }

  @Test
  void decoratorsRunnable_runsOnceWhateverBecomesOfTheTask() {
    AdvancedPool pool = build(carrying());
    Gate gate = occupy(pool);
    PoolFuture<?> running = pool.submit(() -> 1);
    PoolFuture<?> cancelled = pool.submit(() -> 2);
    PoolFuture<?> byHand = pool.submit(() -> 3);
    PoolFuture<?> dropped = pool.submit(() -> 4, 1);
    cancelled.cancel(true);
    byHand.completeExceptionally(new IllegalStateException("by hand"));
    running.whenComplete((value, failure) -> pool.shutdownNow());

    gate.open();

    assertThat(pool.join()).succeedsWithin(Duration.ofSeconds(30));
    assertThat(dropped).isCancelled();
    assertThat(ran).hasValue(decorated.get()).hasValue(5);
  }

  @Test
  void decoratorThatFailsForATaskThatNeverRuns_doesNotKeepItsEnd() {
    AtomicBoolean fails = new AtomicBoolean();
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .taskDecorator(
                    task ->
                        () -> {
                          if (fails.get()) {
                            throw new IllegalStateException("no context");
                          }
                          task.run();
                        })
                .listener(tells));
    Gate gate = occupy(pool);
    CompletableFuture<?> task = queuedTaskOfAlice(pool, TaskOptions.DEFAULT);
    fails.set(true);

    assertThat(task.cancel(false)).isTrue();

    assertThat(task).isCancelled();
    assertThat(told).contains("completed as null", "dropped CANCELLED as null");
    fails.set(false);
    gate.open();
  }

  @Test
  void decoratorThatReturnsBeforeItsTask_isWaitedFor() {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch go = new CountDownLatch(1);
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .taskDecorator(
                    task ->
                        () -> {
                          new Thread(task).start();
                          awaitUninterruptibly(started);
                        }));
    PoolFuture<Integer> slow =
        pool.submit(
            () -> {
              started.countDown();
              awaitUninterruptibly(go);
              return 1;
            });
    awaitUninterruptibly(started);
    assertThat(slow).isNotDone();

    go.countDown();

    assertThat(get(slow)).isEqualTo(1);
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void decoratorThatReturnsNull_refusesTheTask() {
    AdvancedPool pool = build(builder().name("orders").taskDecorator(task -> null));

    assertThatThrownBy(() -> pool.submit(() -> 1))
        .isInstanceOf(NullPointerException.class)
        .hasMessage(
            "The task decorator of pool 'orders' returned null. It must return a Runnable.");
  }

  @Test
  void everyElementOfAMap_runsInTheCallersContext() {
    AdvancedPool pool = build(carrying().maxWorkers(2));
    CompletableFuture<?> alices = as("alice", () -> pool.map(x -> 0, Collections.nCopies(100, 0)));

    List<String> users =
        get(
            as(
                "bob",
                () -> pool.map(x -> String.valueOf(USER.get()), Collections.nCopies(200, 0))));

    get(alices);
    assertThat(users).hasSize(200).containsOnly("bob");
    assertThat(told).doesNotContain("two threads at a time");
  }

  @Test
  void inputOfAMap_isReadInTheCallersContext() {
    AdvancedPool pool = build(carrying().maxWorkers(2));

    List<String> users =
        get(
            as(
                "bob",
                () ->
                    pool.map(
                        (String user) -> user,
                        () ->
                            IntStream.range(0, 200)
                                .mapToObj(i -> String.valueOf(USER.get()))
                                .iterator())));

    assertThat(users).hasSize(200).containsOnly("bob");
  }

  @Test
  void elementsThatAPublisherDelivers_runInTheCallersContext() {
    AdvancedPool pool = build(carrying().maxWorkers(2));
    CompletableFuture<List<String>> users;
    try (SubmissionPublisher<Integer> numbers = new SubmissionPublisher<>()) {
      users =
          as(
              "bob",
              () ->
                  pool.map(x -> String.valueOf(USER.get()), Input.of(numbers), MapOptions.DEFAULT));
      as("mallory", () -> IntStream.range(0, 200).map(numbers::submit).sum());
    }

    assertThat(get(users)).hasSize(200).containsOnly("bob");
  }

  @Test
  void dependantsOfAMap_areInTheCallersContext() {
    AdvancedPool pool = build(carrying());
    Gate gate = occupy(pool);
    CompletableFuture<String> dependant =
        as(
            "bob",
            () ->
                pool.map(x -> x, Collections.nCopies(20, 0))
                    .thenApply(list -> String.valueOf(USER.get())));

    gate.open();

    assertThat(get(dependant)).isEqualTo("bob");
  }

  /** Many decorators clear what they have set, instead of restoring what was there. */
  @Test
  void mapLeavesTheContextOfItsCallerAlone() {
    AdvancedPool pool =
        build(
            builder()
                .taskDecorator(
                    task ->
                        () -> {
                          try {
                            task.run();
                          } finally {
                            USER.remove();
                          }
                        }));
    String after =
        as(
            "bob",
            () -> {
              pool.map(x -> x, List.of(1, 2, 3));
              return String.valueOf(USER.get());
            });

    assertThat(after).isEqualTo("bob");
  }

  @Test
  void decoratorThatFailsOnceBetweenTwoWindows_failsTheMap() {
    AtomicBoolean fails = new AtomicBoolean();
    AtomicBoolean closed = new AtomicBoolean();
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .taskDecorator(
                    task ->
                        () -> {
                          if (fails.compareAndSet(true, false)) {
                            throw new IllegalStateException("no context");
                          }
                          task.run();
                        }));
    Gate gate = occupy(pool);
    CompletableFuture<?> result =
        pool.map(
            x -> x,
            Input.of(IntStream.range(0, 100).boxed().onClose(() -> closed.set(true))),
            MapOptions.DEFAULT);
    fails.set(true);

    gate.open();

    assertThatThrownBy(() -> get(result)).hasStackTraceContaining("no context");
    await().untilTrue(closed);
  }

  @Test
  void contextMakesTheTransitionsOfTheTable() throws Exception {
    StateTable table = StateTable.of("SHUT", "OPEN", "INSIDE");
    Set<String> made = new TreeSet<>();
    for (boolean decoratorRunsTheTask : new boolean[] {true, false}) {
      List<String> states = new ArrayList<>();
      AtomicReference<TaskContext> context = new AtomicReference<>();
      TaskDecorator decorator =
          task ->
              () -> {
                states.add(stateOf(context.get()));
                if (decoratorRunsTheTask) {
                  task.run();
                }
              };
      context.set(TaskContext.capture(new FaultSeries("parts", Time.system()), decorator));
      states.add(stateOf(context.get()));
      context.get().perform(() -> states.add(stateOf(context.get())));
      states.add(stateOf(context.get()));
      for (int i = 1; i < states.size(); i++) {
        made.add(states.get(i - 1) + " to " + states.get(i));
      }
    }

    assertThat(made)
        .hasSameElementsAs(
            table.rows().stream().map(row -> row.from() + " to " + row.to()).toList());
  }

  private static String stateOf(TaskContext context) {
    try {
      return read(context, "state").toString();
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("no state", e);
    }
  }
}
