package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.pools.TestThreads;
import dev.pools.internal.LogOf;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

class StuckTaskTest extends PoolTestBase {

  private final LogOf log = new LogOf(RunSupervisor.class);

  @org.junit.jupiter.api.AfterEach
  void closeLog() {
    log.close();
  }

  private static final class Heard implements PoolListener {
    final List<String> events = Collections.synchronizedList(new ArrayList<>());
    final List<List<StackTraceElement>> stacks = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void taskStuck(TaskInfo task, Duration ran, List<StackTraceElement> stack) {
      events.add("stuck " + task.label() + " " + ran.toSeconds());
      stacks.add(stack);
    }

    @Override
    public void stuckTaskEnded(TaskInfo task, Duration ran) {
      events.add("ended " + task.label() + " " + ran.toSeconds());
    }
  }

  private AdvancedPoolBuilder watched(String name) {
    return builder().name(name).maxWorkers(1).stuckAfter(Duration.ofSeconds(4));
  }

  /** Looks are steps of the time. */
  private void passSeconds(int seconds) {
    for (int i = 0; i < seconds; i++) {
      time.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void stuckTaskIsToldOnceAndOnceMoreWhenItEnds() {
    Heard heard = new Heard();
    AdvancedPool pool = build(watched("stuck-once").listener(heard));
    Gate gate = new Gate();
    PoolFuture<String> future =
        pool.submit((Callable<String>) gate, TaskOptions.named("import password=hunter22"));
    gate.awaitEntered();

    passSeconds(3);
    assertThat(pool.stats().stuck()).isZero();
    passSeconds(20);

    assertThat(pool.stats().stuck()).isEqualTo(1);
    assertThat(pool.stats().stuckTasks()).isEqualTo(1);
    assertThat(heard.events).containsExactly("stuck import password=*** 4");
    assertThat(heard.stacks.get(0))
        .anyMatch(frame -> frame.getClassName().equals(Gate.class.getName()));
    assertThat(log.about("stuck-once"))
        .singleElement()
        .satisfies(
            event -> {
              assertThat(event.getLevel()).isEqualTo(Level.WARN);
              assertThat(event.getFormattedMessage())
                  .contains("import password=***", "4 s", "stuck-once-worker-1", "stuckAfter");
              assertThat(event.getThrowableProxy().getStackTraceElementProxyArray())
                  .anyMatch(frame -> frame.getSTEAsString().contains("Gate"));
            });

    gate.open();
    assertThat(get(future)).isEqualTo("passed");
    await().until(() -> heard.events.size() == 2);
    assertThat(heard.events.get(1)).isEqualTo("ended import password=*** 23");
    assertThat(pool.stats().stuck()).isZero();
    assertThat(pool.stats().stuckTasks()).isEqualTo(1);
    assertThat(log.linesAbout("stuck-once").get(1)).contains("has ended after 23 s");
  }

  /** Both are found in one look, and told by the thread that moves the time. */
  @Test
  void whatAListenerLeavesOnItsThread_doesNotReachTheListenerOfTheNextEvent() throws Exception {
    List<String> seen = Collections.synchronizedList(new ArrayList<>());
    PoolListener rude =
        new PoolListener() {
          @Override
          public void taskStuck(TaskInfo task, Duration ran, List<StackTraceElement> stack) {
            Thread thread = Thread.currentThread();
            seen.add(thread.getName() + (thread.isInterrupted() ? ", interrupted" : ""));
            thread.setName("mine");
            thread.interrupt();
          }
        };
    AdvancedPool pool =
        build(
            builder()
                .name("stuck-rude")
                .minWorkers(2)
                .maxWorkers(2)
                .stuckAfter(Duration.ofSeconds(4))
                .listener(rude));
    occupy(pool);
    occupy(pool);

    TestThreads.start("mover of the time", () -> passSeconds(6)).awaitEnd();

    assertThat(seen).containsExactly("mover of the time", "mover of the time");
  }

  /** What a pool runs hangs at this gate, and is told by the class of its function. */
  private void assertToldOnceAs(Class<?> function, AdvancedPool pool, Gate gate) {
    gate.awaitEntered();
    passSeconds(6);

    assertThat(log.linesAbout(pool.name())).singleElement().asString().contains(function.getName());
    gate.open();
    await().until(() -> pool.stats().stuck() == 0);
  }

  @Test
  void bareRunnableThatIsStuckIsTold() {
    AdvancedPool pool = build(watched("stuck-bare"));
    Gate gate = new Gate();
    pool.execute(gate);
    assertToldOnceAs(Gate.class, pool, gate);
  }

  @Test
  void endOfATaskWithoutNameIsToldByItsClassToo() {
    Heard heard = new Heard();
    AdvancedPool pool = build(watched("stuck-nameless").listener(heard));
    Gate gate = new Gate();
    pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    passSeconds(6);
    gate.open();
    await().until(() -> heard.events.size() == 2);

    assertThat(heard.events).allMatch(event -> event.contains(Gate.class.getName()));
    assertThat(log.linesAbout("stuck-nameless").get(1)).contains(Gate.class.getName());
  }

  @Test
  void eachRunIsToldForItself() {
    Heard heard = new Heard();
    AdvancedPool pool = build(watched("stuck-each").listener(heard));
    for (int i = 0; i < 3; i++) {
      Gate gate = new Gate();
      PoolFuture<String> future =
          pool.submit((Callable<String>) gate, TaskOptions.named("run " + i));
      gate.awaitEntered();
      passSeconds(5);
      gate.open();
      get(future);
      int told = 2 * (i + 1);
      await().until(() -> heard.events.size() == told);
    }

    assertThat(heard.events)
        .containsExactly(
            "stuck run 0 4",
            "ended run 0 5",
            "stuck run 1 4",
            "ended run 1 5",
            "stuck run 2 4",
            "ended run 2 5");
    assertThat(pool.stats().stuckTasks()).isEqualTo(3);
  }

  @Test
  void dependantThatHangsOnTheWorkerCountsToItsTask() {
    AdvancedPool pool = build(watched("stuck-dependant"));
    Gate task = new Gate();
    Gate dependant = new Gate();
    pool.submit((Callable<String>) task).thenRun(dependant);
    task.awaitEntered();
    task.open();
    dependant.awaitEntered();
    passSeconds(6);

    assertThat(pool.stats().stuck()).isEqualTo(1);
    dependant.open();
    await().until(() -> pool.stats().stuck() == 0);
  }

  /** With a listener the task gives up its function for the result before its dependants run. */
  @Test
  void dependantThatHangsIsToldByTheFunctionOfItsTask() {
    Heard heard = new Heard();
    AdvancedPool pool = build(watched("stuck-after-code").listener(heard));
    Gate task = new Gate();
    Gate dependant = new Gate();
    pool.submit((Callable<String>) task).thenRun(dependant);
    task.awaitEntered();
    task.open();
    dependant.awaitEntered();
    passSeconds(6);
    dependant.open();
    await().until(() -> heard.events.size() == 2);

    assertThat(heard.events)
        .containsExactly(
            "stuck " + Gate.class.getName() + " 4", "ended " + Gate.class.getName() + " 6");
    assertThat(log.linesAbout("stuck-after-code"))
        .hasSize(2)
        .allMatch(line -> line.contains(Gate.class.getName()));
  }

  private static final class Faulty implements Runnable {
    @Override
    public void run() {
      throw new IllegalStateException("faulty");
    }
  }

  /** The task has forgotten its function by then. */
  @Test
  void handlerThatHangsIsToldByTheFunctionOfItsTask() {
    Gate handler = new Gate();
    AdvancedPool pool =
        build(
            watched("stuck-handler").uncaughtExceptionHandler((thread, failure) -> handler.run()));
    pool.execute(new Faulty(), 1);
    assertToldOnceAs(Faulty.class, pool, handler);
  }

  @Test
  void callerThatRunsItsOwnTaskIsWatched() throws Exception {
    AdvancedPool pool =
        build(watched("stuck-caller").queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
    Gate worker = new Gate();
    pool.submit((Callable<String>) worker, TaskOptions.named("worker's"));
    worker.awaitEntered();
    List<Thread> callers = new ArrayList<>();
    List<Gate> gates = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      Gate own = new Gate();
      gates.add(own);
      Runnable submit =
          i == 0 ? () -> pool.execute(own) : () -> pool.submit((Callable<String>) own);
      Thread caller = new Thread(submit, "caller-" + i);
      callers.add(caller);
      caller.start();
      own.awaitEntered();
    }
    worker.open();
    await().until(() -> pool.stats().idleWorkers() == 1);
    passSeconds(8);

    assertThat(pool.stats().stuck()).isEqualTo(2);
    assertThat(log.linesAbout("stuck-caller"))
        .hasSize(2)
        .anyMatch(line -> line.contains("caller-0"))
        .anyMatch(line -> line.contains("caller-1"));
    gates.forEach(Gate::open);
    for (Thread caller : callers) {
      caller.join();
    }
    await().until(() -> pool.stats().stuck() == 0);
  }

  static boolean virtual() {
    return WorkerThreads.virtualSupported();
  }

  @Test
  @EnabledIf("virtual")
  void virtualWorkerIsWatched() {
    Heard heard = new Heard();
    AdvancedPool pool =
        build(watched("stuck-virtual").threads(WorkerThreads.virtual()).listener(heard));
    Gate gate = new Gate();
    pool.execute(gate);
    gate.awaitEntered();
    passSeconds(6);

    assertThat(heard.events).hasSize(1);
    gate.open();
    await().until(() -> heard.events.size() == 2);
  }

  @Test
  void poolThatIsIdleHasNoTimer() {
    AdvancedPool pool = build(watched("stuck-idle").minWorkers(1).maxWorkers(1));
    get(pool.submit(() -> 1));
    // The worker counts its task as ended a moment after the future is complete.
    await().until(() -> pool.stats().idleWorkers() == 1);
    passSeconds(10);

    assertThat(time.scheduledTimers()).isZero();
    Gate gate = occupy(pool);
    passSeconds(6);
    assertThat(pool.stats().stuck()).isEqualTo(1);
    gate.open();
  }

  @Test
  void taskThatIsStuckWhileThePoolDrainsOrIsResizedIsTold() {
    Heard heard = new Heard();
    AdvancedPool pool = build(watched("stuck-drain").maxWorkers(2).listener(heard));
    Gate first = new Gate();
    Gate second = new Gate();
    pool.execute(first);
    pool.execute(second);
    first.awaitEntered();
    second.awaitEntered();
    pool.resize(1, 1);
    pool.shutdown();
    passSeconds(6);

    assertThat(heard.events).hasSize(2);
    first.open();
    pool.shutdownNow();
    await().until(pool::isTerminated);
    await().until(() -> heard.events.size() == 4);
    assertThat(pool.stats().stuck()).isZero();
    second.open();
  }

  @Test
  void thousandStuckTasksAreLoggedInAFewLines() {
    Heard heard = new Heard();
    AdvancedPool pool =
        build(
            watched("stuck-many")
                .minWorkers(0)
                .maxWorkers(300)
                .threads(WorkerThreads.daemon())
                .listener(heard));
    Gate gate = new Gate();
    CountDownLatch entered = new CountDownLatch(300);
    for (int i = 0; i < 300; i++) {
      pool.execute(
          () -> {
            entered.countDown();
            gate.run();
          });
    }
    await().until(() -> entered.getCount() == 0);
    passSeconds(6);

    assertThat(pool.stats().stuck()).isEqualTo(300);
    assertThat(heard.events).hasSize(300);
    assertThat(log.linesAbout("stuck-many"))
        .hasSize(11)
        .last()
        .asString()
        .contains("290 more tasks");
    gate.open();
    await().until(() -> pool.stats().stuck() == 0);
  }

  @Test
  void listenerThatThrowsKeepsNoOtherFromHearing() {
    Heard heard = new Heard();
    PoolListener faulty =
        new PoolListener() {
          @Override
          public void taskStuck(TaskInfo task, Duration ran, List<StackTraceElement> stack) {
            throw new AssertionError("faulty");
          }

          @Override
          public void stuckTaskEnded(TaskInfo task, Duration ran) {
            throw new IllegalStateException("faulty");
          }
        };
    AdvancedPool pool = build(watched("stuck-faulty").listener(faulty).listener(heard));
    Gate gate = occupy(pool);
    passSeconds(6);
    gate.open();

    await().until(() -> heard.events.size() == 2);
  }

  /** With the machine's own time, because helper threads must differ from the timer's. */
  @Test
  void listenerThatHangsHoldsUpNeitherLogNorCountersNorTasks() {
    CountDownLatch release = new CountDownLatch(1);
    PoolListener hanging =
        new PoolListener() {
          @Override
          public void taskStuck(TaskInfo task, Duration ran, List<StackTraceElement> stack) {
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };
    AdvancedPool pool =
        build(
            builder()
                .time(Time.system())
                .name("stuck-hang")
                .maxWorkers(3)
                .stuckAfter(Duration.ofMillis(20))
                .listener(hanging));
    Gate first = occupy(pool);
    await().until(() -> log.linesAbout("stuck-hang").size() == 1);
    Gate second = occupy(pool);
    await().until(() -> log.linesAbout("stuck-hang").size() == 2);

    assertThat(pool.stats().stuck()).isEqualTo(2);
    assertThat(get(pool.submit(() -> 5))).isEqualTo(5);
    first.open();
    second.open();
    await().until(() -> pool.stats().stuck() == 0);
    await().until(() -> log.linesAbout("stuck-hang").size() == 4);
    release.countDown();
  }

  @Test
  void wallClockThatJumpsMakesNoTaskStuck() {
    AdvancedPool pool = build(watched("stuck-jump"));
    Gate gate = occupy(pool);
    time.jumpWall(Duration.ofDays(400));
    passSeconds(2);
    time.jumpWall(Duration.ofDays(-800));
    passSeconds(1);

    assertThat(pool.stats().stuckTasks()).isZero();
    gate.open();
  }

  @Test
  void poolWithoutTheOptionTellsNothing() {
    Heard heard = new Heard();
    AdvancedPool pool = build(builder().name("stuck-off").maxWorkers(1).listener(heard));
    Gate gate = occupy(pool);
    passSeconds(100);

    assertThat(heard.events).isEmpty();
    assertThat(pool.stats().stuckTasks()).isZero();
    gate.open();
  }

  @Test
  void negativeLimitIsRejected() {
    assertThatThrownBy(() -> builder().stuckAfter(Duration.ofSeconds(-1)).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stuckAfter is PT-1S");
  }
}
