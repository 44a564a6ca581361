package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class TaskViewTest extends PoolTestBase {

  private static final class Deaf implements PoolListener {}

  // ---- Running

  @Test
  void namedTaskIsShownWithAllThatIsKnown() {
    AdvancedPool pool = build(builder().name("reports").maxWorkers(1));
    Gate gate = new Gate();
    pool.submit((Callable<String>) gate, TaskOptions.named("nightly").withPriority(-4));
    gate.awaitEntered();
    time.advance(Duration.ofSeconds(5));

    List<TaskSnapshot> running = pool.runningTasks();

    assertThat(running).hasSize(1);
    TaskSnapshot task = running.get(0);
    assertThat(task.name()).isEqualTo("nightly");
    assertThat(task.label()).isEqualTo("nightly");
    assertThat(task.function()).isEqualTo(Gate.class.getName());
    assertThat(task.priority()).isEqualTo(-4);
    assertThat(task.state()).isEqualTo(TaskSnapshot.State.RUNNING);
    assertThat(task.age()).isEqualTo(Duration.ofSeconds(5));
    assertThat(task.ran()).isEqualTo(Duration.ofSeconds(5));
    assertThat(task.thread()).isEqualTo("reports-worker-1");
    gate.open();
    await().until(() -> pool.runningTasks().isEmpty());
  }

  @Test
  void taskWithoutOptionsIsShownByTheMethodInWhichItBegan() {
    AdvancedPool pool = build(builder().maxWorkers(2));
    Gate executed = new Gate();
    Gate submitted = new Gate();
    pool.execute(executed);
    pool.submit((Callable<String>) submitted);
    executed.awaitEntered();
    submitted.awaitEntered();

    assertThat(pool.runningTasks())
        .extracting(TaskSnapshot::function)
        .containsExactlyInAnyOrder(Gate.class.getName() + ".run", Gate.class.getName() + ".call");
    assertThat(pool.runningTasks())
        .allSatisfy(
            task -> {
              assertThat(task.name()).isNull();
              assertThat(task.priority()).isNull();
              assertThat(task.age()).isNull();
              assertThat(task.ran()).isNotNull();
            });
    executed.open();
    submitted.open();
  }

  @Test
  void poolWithListenerKnowsEachRun() {
    AdvancedPool pool = build(builder().maxWorkers(2).listener(new Deaf()));
    Gate executed = new Gate();
    pool.execute(executed);
    executed.awaitEntered();
    time.advance(Duration.ofSeconds(3));

    assertThat(pool.runningTasks())
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task.function()).isEqualTo(Gate.class.getName());
              assertThat(task.priority()).isZero();
              assertThat(task.age()).isEqualTo(Duration.ofSeconds(3));
              assertThat(task.ran()).isEqualTo(Duration.ofSeconds(3));
            });
    executed.open();
  }

  @Test
  void longestRunIsFirstAndTheLimitHolds() {
    AdvancedPool pool = build(builder().minWorkers(3).maxWorkers(3));
    List<Gate> gates = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Gate gate = new Gate();
      gates.add(gate);
      pool.submit((Callable<String>) gate, TaskOptions.named("task " + i));
      gate.awaitEntered();
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(pool.runningTasks(2))
        .extracting(TaskSnapshot::name)
        .containsExactly("task 0", "task 1");
    gates.forEach(Gate::open);
  }

  @Test
  void taskThatItsCallerRunsIsShown() throws Exception {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
    Gate gate = occupy(pool);
    Gate own = new Gate();
    Thread caller =
        new Thread(() -> pool.submit((Callable<String>) own, TaskOptions.named("own")), "caller");
    caller.start();
    own.awaitEntered();

    TaskSnapshot task =
        pool.runningTasks().stream().filter(t -> "own".equals(t.name())).findFirst().orElseThrow();
    assertThat(task.thread()).isEqualTo("caller");
    assertThat(task.id()).isNegative();
    assertThat(pool.stackOf(task.id()))
        .anyMatch(frame -> frame.getClassName().equals(Gate.class.getName()));
    assertThat(pool.interruptRunning(task.id())).isTrue();
    caller.join();
    assertThat(pool.interruptRunning(task.id())).isFalse();
    gate.open();
  }

  static boolean virtual() {
    return WorkerThreads.virtualSupported();
  }

  @Test
  @EnabledIf("virtual")
  void virtualWorkersAreShownAndInterrupted() {
    AdvancedPool pool = build(builder().maxWorkers(3).threads(WorkerThreads.virtual()));
    Gate gate = new Gate();
    PoolFuture<String> future = pool.submit((Callable<String>) gate);
    gate.awaitEntered();

    TaskSnapshot task = pool.runningTasks().get(0);
    assertThat(task.function()).isEqualTo(Gate.class.getName() + ".call");
    assertThat(pool.interruptRunning(task.id())).isTrue();
    assertThatThrownBy(future::get).hasCauseInstanceOf(InterruptedException.class);
  }

  @Test
  void stackShowsWhatTheTaskDoes() {
    AdvancedPool pool = build(builder().maxWorkers(1));
    Gate gate = occupy(pool);
    long id = pool.runningTasks().get(0).id();

    assertThat(pool.stackOf(id))
        .anyMatch(frame -> frame.getClassName().equals(Gate.class.getName()));
    assertThat(pool.stackOf(id + 1)).isEmpty();
    gate.open();
    await().until(() -> pool.stackOf(id).isEmpty());
  }

  // ---- Waiting

  @Test
  void waitingTasksAreShownOldestFirst() {
    AdvancedPool pool = build(builder().maxWorkers(1));
    Gate gate = occupy(pool);
    pool.execute(new HostileTask());
    time.advance(Duration.ofSeconds(1));
    pool.submit((Callable<Integer>) new HostileTask(), TaskOptions.named("second").withPriority(9));
    time.advance(Duration.ofSeconds(1));
    pool.submit((Callable<Integer>) new HostileTask(), -9);

    List<TaskSnapshot> waiting = pool.waitingTasks(10);

    assertThat(waiting).extracting(TaskSnapshot::priority).containsExactly(0, 9, -9);
    assertThat(waiting)
        .extracting(TaskSnapshot::label)
        .containsExactly(HostileTask.class.getName(), "second", HostileTask.class.getName());
    assertThat(waiting).allMatch(task -> task.state() == TaskSnapshot.State.QUEUED);
    assertThat(waiting).extracting(TaskSnapshot::id).isSorted().doesNotHaveDuplicates();
    assertThat(pool.waitingTasks(2)).isEqualTo(waiting.subList(0, 2));
    gate.open();
    await().until(() -> pool.waitingTasks(10).isEmpty());
  }

  @Test
  void agesAreKnownWhereEachTaskNotesWhenItCame() {
    AdvancedPool pool = build(builder().maxWorkers(1).listener(new Deaf()));
    Gate gate = occupy(pool);
    pool.execute(new HostileTask());
    time.advance(Duration.ofSeconds(2));
    pool.submit((Callable<Integer>) new HostileTask());
    time.advance(Duration.ofSeconds(3));

    assertThat(pool.waitingTasks(10))
        .extracting(TaskSnapshot::age)
        .containsExactly(Duration.ofSeconds(5), Duration.ofSeconds(3));
    gate.open();
  }

  @Test
  void tasksThatWaitForAPlaceComeLastAndKeepTheirIds() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    pool.submit(new Gate()::isEntered, TaskOptions.named("queued"));
    PoolFuture<Integer> first =
        pool.submit((Callable<Integer>) new HostileTask(), TaskOptions.named("first in line"));
    pool.submit((Callable<Integer>) new HostileTask(), TaskOptions.named("second in line"));

    List<TaskSnapshot> waiting = pool.waitingTasks(10);

    assertThat(waiting)
        .extracting(TaskSnapshot::name)
        .containsExactly("queued", "first in line", "second in line");
    assertThat(waiting)
        .extracting(TaskSnapshot::state)
        .containsExactly(
            TaskSnapshot.State.QUEUED,
            TaskSnapshot.State.WAITING_FOR_PLACE,
            TaskSnapshot.State.WAITING_FOR_PLACE);
    assertThat(waiting).extracting(TaskSnapshot::id).doesNotHaveDuplicates();
    assertThat(pool.cancelWaiting(waiting.get(0).id())).isTrue();
    long id = waiting.get(1).id();
    await().until(() -> pool.waitingTasks(10).get(0).state() == TaskSnapshot.State.QUEUED);
    assertThat(pool.waitingTasks(10).get(0).id()).isEqualTo(id);
    assertThat(pool.cancelWaiting(id)).isTrue();
    assertThat(first).isCancelled();
    gate.open();
  }

  @Test
  void relaxedOrderShowsEachTaskOnce() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1).taskOrder(TaskOrder.RELAXED));
    Gate gate = occupy(pool);
    List<Thread> submitters = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      Thread submitter =
          new Thread(
              () -> {
                for (int j = 0; j < 10; j++) {
                  pool.submit(() -> 1, TaskOptions.named(number + "-" + j));
                }
              });
      submitters.add(submitter);
      submitter.start();
    }
    for (Thread submitter : submitters) {
      submitter.join();
    }

    assertThat(pool.waitingTasks(100))
        .hasSize(40)
        .extracting(TaskSnapshot::id)
        .doesNotHaveDuplicates();
    gate.open();
  }

  @Test
  void limitIsChecked() {
    AdvancedPool pool = fixed(1);

    for (int limit : new int[] {Integer.MIN_VALUE, 0, InspectablePool.MOST_TASKS + 1}) {
      assertThatThrownBy(() -> pool.waitingTasks(limit))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("limit is " + limit);
      assertThatThrownBy(() -> pool.runningTasks(limit))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(pool.waitingTasks(InspectablePool.MOST_TASKS)).isEmpty();
  }

  // ---- Cancel

  @Test
  void eachKindOfWaitingTaskIsCancelledById() {
    AdvancedPool pool = build(builder().maxWorkers(1));
    Gate gate = occupy(pool);
    AtomicBoolean ran = new AtomicBoolean();
    pool.execute(() -> ran.set(true));
    pool.execute(() -> ran.set(true), 3);
    PoolFuture<?> submitted = pool.submit(() -> ran.set(true));
    PoolFuture<?> urgent = pool.submit(() -> ran.set(true), -3);

    for (TaskSnapshot task : pool.waitingTasks(10)) {
      assertThat(pool.cancelWaiting(task.id())).isTrue();
      assertThat(pool.cancelWaiting(task.id())).isFalse();
    }

    assertThat(submitted).isCancelled();
    assertThat(urgent).isCancelled();
    assertThat(pool.waitingTasks(10)).isEmpty();
    assertThat(pool.stats().cancelled()).isEqualTo(4);
    gate.open();
    get(pool.drain());
    assertThat(ran).isFalse();
  }

  @Test
  void runningTaskIsNotCancelledAsWaiting() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);

    assertThat(pool.cancelWaiting(pool.runningTasks().get(0).id())).isFalse();
    assertThat(pool.cancelWaiting(12345)).isFalse();
    assertThat(pool.cancelWaiting(Long.MIN_VALUE)).isFalse();
    gate.open();
  }

  // ---- Interrupt

  @Test
  void eachKindOfRunningTaskIsInterruptedById() throws Exception {
    AdvancedPool pool = fixed(1);
    for (int kind = 0; kind < 4; kind++) {
      CountDownLatch entered = new CountDownLatch(1);
      CountDownLatch interrupted = new CountDownLatch(1);
      Runnable task =
          () -> {
            entered.countDown();
            try {
              new CountDownLatch(1).await();
            } catch (InterruptedException e) {
              interrupted.countDown();
            }
          };
      switch (kind) {
        case 0 -> pool.execute(task);
        case 1 -> pool.execute(task, 2);
        case 2 -> pool.submit(task);
        default -> pool.submit(task, TaskOptions.named("n"));
      }
      assertThat(entered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

      assertThat(pool.interruptRunning(pool.runningTasks().get(0).id())).isTrue();
      assertThat(interrupted.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
    assertThat(pool.interruptRunning(12345)).isFalse();
    assertThat(pool.interruptRunning(-12345)).isFalse();
  }

  /** Tickets are drawn one by one, so that a task that is submitted alone knows its own. */
  @Test
  void interruptNeverReachesTheNextTask() throws Exception {
    AdvancedPool pool =
        build(builder().time(Time.system()).minWorkers(1).maxWorkers(1).queueCapacity(64));
    Set<Long> aimedAt = ConcurrentHashMap.newKeySet();
    Set<Long> wrong = ConcurrentHashMap.newKeySet();
    AtomicLong current = new AtomicLong(-1);
    AtomicBoolean over = new AtomicBoolean();
    Thread interrupter =
        new Thread(
            () -> {
              while (!over.get()) {
                long id = current.get();
                if (id >= 0 && id % 3 != 0) {
                  aimedAt.add(id);
                  pool.interruptRunning(id);
                }
              }
            });
    interrupter.start();
    try {
      for (long number = 0; number < 20_000; number++) {
        long id = number;
        Runnable task =
            () -> {
              current.set(id);
              for (int i = 0; i < 20; i++) {
                Thread.onSpinWait();
              }
              if (Thread.currentThread().isInterrupted() && !aimedAt.contains(id)) {
                wrong.add(id);
              }
            };
        if (id % 2 == 0) {
          pool.submit(task).accepted().join();
        } else {
          while (pool.stats().admissionsWaiting() > 0 || pool.full()) {
            Thread.onSpinWait();
          }
          pool.execute(task);
        }
      }
      get(pool.drain());
    } finally {
      over.set(true);
      interrupter.join();
    }
    assertThat(wrong).isEmpty();
    assertThat(aimedAt).isNotEmpty();
  }
}
