package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.OptionChange;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** Options of a task pool change while it runs. */
class AdvancedPoolChangeTest extends PoolTestBase {

  private static final Duration SECOND = Duration.ofSeconds(1);

  private final List<List<OptionChange>> told = Collections.synchronizedList(new ArrayList<>());
  private final List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
  private final List<String> stuck = Collections.synchronizedList(new ArrayList<>());

  private PoolListener listener() {
    return new PoolListener() {
      @Override
      public void reconfigured(List<OptionChange> changes) {
        told.add(changes);
      }
    };
  }

  private PoolListener stuckListener() {
    return new PoolListener() {
      @Override
      public void taskStuck(TaskInfo task, Duration ran, List<StackTraceElement> stack) {
        stuck.add(task.label());
      }
    };
  }

  private void passSeconds(int seconds) {
    for (int i = 0; i < seconds; i++) {
      time.advance(SECOND);
    }
  }

  // ---- The change itself

  @Test
  void changeTellsWhatHasChanged_andKeepsWhatItDoesNotName() {
    AdvancedPool pool = build(builder().maxWorkers(2).queueCapacity(9).keepAlive(SECOND));
    Map<String, Object> before = pool.options();

    List<OptionChange> changes =
        pool.reconfigure(change -> change.maxQueueTime(SECOND).maxWorkers(5).minWorkers(1));

    assertThat(changes)
        .containsExactly(
            new OptionChange("maxWorkers", 2, 5),
            new OptionChange("maxQueueTime", Duration.ZERO, SECOND));
    assertThat(pool.maxWorkers()).isEqualTo(5);
    Map<String, Object> after = pool.options();
    after.put("maxWorkers", 2);
    after.put("maxQueueTime", Duration.ZERO);
    assertThat(after).isEqualTo(before);
    assertThat(pool.reconfigure(change -> change.maxWorkers(5))).isEmpty();
  }

  @Test
  void invalidChangeChangesNothing_andSaysWhatTheBuilderSays() {
    AdvancedPool pool = build(builder().maxWorkers(2).queueCapacity(9).listener(listener()));
    Map<String, Object> before = pool.options();

    assertThatThrownBy(() -> pool.reconfigure(change -> change.maxWorkers(7).minWorkers(8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("minWorkers is 8, but must be from 0 to maxWorkers, which is 7.");
    assertThatThrownBy(() -> pool.reconfigure(change -> change.maxWorkers(0)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("maxWorkers is 0");
    assertThatThrownBy(() -> pool.reconfigure(change -> change.maxWorkers(7).queueCapacity(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("queueCapacity is -1");
    assertThatThrownBy(() -> pool.reconfigure(change -> change.keepAlive(Duration.ZERO)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("keepAlive is PT0S");
    for (String limit : List.of("maxQueueTime", "stuckAfter", "maxRunTime")) {
      Duration negative = Duration.ofMillis(-1);
      assertThatThrownBy(
              () -> pool.reconfigure(change -> change.maxWorkers(7).set(limit, negative)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(limit + " is PT-0.001S");
    }
    assertThatThrownBy(
            () ->
                pool.reconfigure(
                    change -> {
                      change.maxWorkers(7);
                      throw new IllegalStateException("changed my mind");
                    }))
        .hasMessage("changed my mind");

    assertThat(pool.options()).isEqualTo(before);
    assertThat(told).isEmpty();
  }

  @Test
  void previewSaysWhatWouldChange_andChangesNothing() {
    AdvancedPool pool = build(builder().maxWorkers(2).listener(listener()));
    Map<String, Object> before = pool.options();

    assertThat(pool.preview(change -> change.maxWorkers(5).minWorkers(1)))
        .containsExactly(new OptionChange("maxWorkers", 2, 5));
    assertThatThrownBy(() -> pool.preview(change -> change.minWorkers(3)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> pool.preview(change -> change.queueCapacity(3)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("queueCapacity is 3, but must stay");

    assertThat(pool.options()).isEqualTo(before);
    assertThat(told).isEmpty();
  }

  @Test
  void optionsCanBeSetByName_exceptThoseThatAreFixed() {
    AdvancedPool pool = build(builder().queueCapacity(3));
    Map<String, Object> options = pool.options();
    for (String option : AdvancedPoolChange.options()) {
      assertThat(options).containsKey(option);
      assertThat(pool.reconfigure(change -> change.set(option, options.get(option)))).isEmpty();
    }

    assertThat(pool.reconfigure(change -> change.set("overflow", OverflowPolicy.REJECT)))
        .hasSize(1);
    assertThatThrownBy(() -> pool.reconfigure(change -> change.set("taskOrder", "STRICT")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("taskOrder cannot change while the pool runs.")
        .hasMessageContaining("minWorkers, maxWorkers, queueCapacity");
    assertThatThrownBy(() -> pool.reconfigure(change -> change.set("keepAlive", 5)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("keepAlive is of type Integer, but must be of type Duration.");
  }

  @Test
  void changeThatIsKeptAndChangedLater_changesNothing() {
    AdvancedPool pool = build(builder().maxWorkers(2));
    AtomicReference<AdvancedPoolChange> kept = new AtomicReference<>();
    pool.reconfigure(
        change -> {
          change.maxWorkers(3);
          kept.set(change);
        });
    kept.get().maxWorkers(9);
    assertThat(pool.maxWorkers()).isEqualTo(3);
  }

  @Test
  void listenersAreToldOnceForEachChange_alsoByResize() {
    AdvancedPool pool = build(builder().maxWorkers(2).listener(listener()));

    pool.reconfigure(change -> change.keepAlive(SECOND).maxWorkers(3));
    pool.reconfigure(change -> change.maxWorkers(3));
    get(pool.resize(0, 4));
    get(pool.resize(0, 4));

    assertThat(told)
        .containsExactly(
            List.of(
                new OptionChange("maxWorkers", 2, 3),
                new OptionChange("keepAlive", Duration.ofSeconds(60), SECOND)),
            List.of(new OptionChange("minWorkers", 1, 0), new OptionChange("maxWorkers", 3, 4)));
    assertThat(pool.options()).containsEntry("minWorkers", 0).containsEntry("maxWorkers", 4);
  }

  @Test
  void terminatedPoolRejectsAChange() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(2));
    pool.shutdownNow();
    assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

    assertThatThrownBy(() -> pool.reconfigure(change -> change.maxWorkers(3)))
        .isInstanceOf(PoolShutDownException.class);
    assertThat(pool.options()).containsEntry("maxWorkers", 2);
  }

  // ---- Workers

  @Test
  void moreWorkersServeWhatIsQueued_andFewerLeave() {
    AdvancedPool pool = build(builder().minWorkers(0).maxWorkers(1).scaling(false));
    Gate first = occupy(pool);
    Gate second = new Gate();
    pool.execute(second);

    pool.reconfigure(change -> change.maxWorkers(2));
    second.awaitEntered();

    pool.reconfigure(change -> change.maxWorkers(1));
    second.open();
    await().until(() -> pool.stats().workers() == 1);
    first.open();
  }

  @Test
  void shorterKeepAlive_countsForWorkersThatAreIdleAlready() {
    AdvancedPool pool = build(builder().minWorkers(0).maxWorkers(1).keepAlive(Duration.ofHours(1)));
    get(pool.submit(() -> 1));
    await().until(() -> pool.stats().idleWorkers() == 1);
    passSeconds(1);
    assertThat(pool.stats().workers()).isEqualTo(1);

    pool.reconfigure(change -> change.keepAlive(Duration.ofSeconds(2)));
    passSeconds(2);

    await().until(() -> pool.stats().workers() == 0);
    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
    await()
        .until(
            () -> {
              // An idle worker may still be about to set the timer.
              time.advance(Duration.ofSeconds(2));
              return pool.stats().workers() == 0;
            });
  }

  @Test
  void longerKeepAlive_countsForWorkersThatAreIdleAlready() {
    AdvancedPool pool = build(builder().minWorkers(0).maxWorkers(1).keepAlive(SECOND));
    get(pool.submit(() -> 1));
    await().until(() -> pool.stats().idleWorkers() == 1);

    pool.reconfigure(change -> change.keepAlive(Duration.ofSeconds(10)));
    passSeconds(8);
    assertThat(pool.stats().workers()).isEqualTo(1);

    passSeconds(3);
    await().until(() -> pool.stats().workers() == 0);
  }

  @Test
  void timerThatHasFiredWhileItWasReplaced_isIgnored() {
    AdvancedPool pool = build(builder().minWorkers(0).maxWorkers(1).keepAlive(SECOND));
    get(pool.submit(() -> 1));
    await().until(() -> pool.stats().idleWorkers() == 1);
    PoolTimer old = pool.parts.core.timers.shrink;

    pool.reconfigure(change -> change.keepAlive(Duration.ofSeconds(10)));
    passSeconds(5);
    old.run();
    pool.parts.lifecycle.fired(old);

    assertThat(old.isReplaced()).isTrue();
    assertThat(pool.stats().workers()).isEqualTo(1);
    assertThat(pool.parts.core.timers.shrink.isSet()).isTrue();
    passSeconds(6);
    await().until(() -> pool.stats().workers() == 0);
  }

  // ---- The queue

  @Test
  void greaterCapacity_letsWaitingTasksIn() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    pool.submit(() -> 1);
    PoolFuture<Integer> waiting = pool.submit(() -> 2);
    assertThat(waiting.accepted()).isNotDone();
    assertThat(pool.full()).isTrue();

    pool.reconfigure(change -> change.queueCapacity(3));

    get(waiting.accepted());
    assertThat(pool.stats().qsize()).isEqualTo(2);
    assertThat(pool.queueCapacity()).isEqualTo(3);
    assertThat(pool.stats().queueCapacity()).isEqualTo(3);
    assertThat(pool.full()).isFalse();
    gate.open();
    assertThat(get(waiting)).isEqualTo(2);
  }

  @Test
  void smallerCapacity_keepsWhatIsQueued_andRejectsUntilThereAreFewer() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(5));
    Gate gate = occupy(pool);
    List<PoolFuture<Integer>> queued = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      int number = i;
      queued.add(pool.submit(() -> number));
    }

    pool.reconfigure(change -> change.queueCapacity(1));

    PoolStats stats = pool.stats();
    assertThat(stats.qsize()).isEqualTo(5);
    assertThat(stats.active()).isEqualTo(1);
    assertThat(pool.full()).isTrue();
    assertThatThrownBy(() -> pool.submitNowait(() -> 9)).isInstanceOf(PoolFullException.class);
    gate.open();
    for (int i = 0; i < 5; i++) {
      assertThat(get(queued.get(i))).isEqualTo(i);
    }
    get(pool.drain());
    Gate next = occupy(pool);
    PoolFuture<Integer> fits = pool.submitNowait(() -> 1);
    assertThatThrownBy(() -> pool.submitNowait(() -> 2)).isInstanceOf(PoolFullException.class);
    next.open();
    assertThat(get(fits)).isEqualTo(1);
  }

  @Test
  void boundCanBeLifted_andSetAgain() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    pool.reconfigure(change -> change.queueCapacity(AdvancedPoolBuilder.UNBOUNDED));
    for (int i = 0; i < 100; i++) {
      pool.submitNowait(() -> 1);
    }
    pool.reconfigure(change -> change.queueCapacity(100));
    assertThatThrownBy(() -> pool.submitNowait(() -> 9)).isInstanceOf(PoolFullException.class);
    pool.reconfigure(change -> change.queueCapacity(101));
    pool.submitNowait(() -> 1);
    gate.open();
    get(pool.drain());
    assertThat(pool.full()).isFalse();
  }

  @Test
  void otherOverflowPolicy_countsForTheNextTask_andThoseThatWaitGoOn() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    pool.submit(() -> 1);
    PoolFuture<Integer> waiting = pool.submit(() -> 2);

    pool.reconfigure(change -> change.overflow(OverflowPolicy.REJECT));
    assertThatThrownBy(() -> pool.submit(() -> 3)).isInstanceOf(PoolFullException.class);
    assertThat(waiting).isNotDone();

    pool.reconfigure(change -> change.overflow(OverflowPolicy.CALLER_RUNS));
    AtomicReference<Thread> ranBy = new AtomicReference<>();
    pool.execute(() -> ranBy.set(Thread.currentThread()));
    assertThat(ranBy).hasValue(Thread.currentThread());

    pool.reconfigure(change -> change.overflow(OverflowPolicy.WAIT));
    PoolFuture<Integer> last = pool.submit(() -> 4);
    assertThat(last.accepted()).isNotDone();
    gate.open();
    assertThat(get(waiting)).isEqualTo(2);
    assertThat(get(last)).isEqualTo(4);
  }

  @Test
  void taskThatDropsAnotherAfterTheChange_doesNotPassThoseThatWait() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    PoolFuture<?> queued = pool.submit(() -> order.add("queued"));
    PoolFuture<?> waits = pool.submit(() -> order.add("waits"));
    pool.reconfigure(change -> change.overflow(OverflowPolicy.DISCARD_OLDEST));

    PoolFuture<?> comesLater = pool.submit(() -> order.add("comes later"));

    assertThat(queued).isCancelled();
    assertThat(waits.accepted()).isCompleted();
    gate.open();
    get(waits);
    get(comesLater);
    assertThat(order).containsExactly("waits", "comes later");
  }

  @Test
  void poolWhoseCallersRanTheirTasks_rejectsThem() {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
    Gate gate = occupy(pool);
    AtomicBoolean ran = new AtomicBoolean();
    pool.execute(() -> ran.set(true));
    assertThat(ran).isTrue();

    pool.reconfigure(change -> change.overflow(OverflowPolicy.REJECT));
    ran.set(false);
    assertThatThrownBy(() -> pool.execute(() -> ran.set(true)))
        .isInstanceOf(PoolFullException.class);
    assertThat(ran).isFalse();

    pool.reconfigure(change -> change.overflow(OverflowPolicy.CALLER_RUNS));
    pool.execute(() -> ran.set(true));
    assertThat(ran).isTrue();
    gate.open();
  }

  @Test
  void maxQueueTime_countsForTasksThatAreSubmittedFromNowOn_ofEachKind() {
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .uncaughtExceptionHandler((thread, failure) -> uncaught.add(failure)));
    Gate gate = occupy(pool);
    PoolFuture<Integer> before = pool.submit(() -> 1);
    pool.reconfigure(change -> change.maxQueueTime(SECOND));
    PoolFuture<Integer> after = pool.submit(() -> 2);
    AtomicBoolean executed = new AtomicBoolean();
    pool.execute(() -> executed.set(true));

    passSeconds(2);
    gate.open();

    assertThat(get(before)).isEqualTo(1);
    assertThatThrownBy(() -> after.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TaskExpiredException.class);
    get(pool.drain());
    assertThat(executed).isFalse();

    pool.reconfigure(change -> change.maxQueueTime(Duration.ZERO));
    Gate second = occupy(pool);
    PoolFuture<Integer> unlimited = pool.submit(() -> 3);
    pool.execute(() -> executed.set(true));
    passSeconds(2);
    second.open();
    assertThat(get(unlimited)).isEqualTo(3);
    get(pool.drain());
    assertThat(executed).isTrue();
  }

  // ---- Runs

  @Test
  void stuckAfter_countsForRunsThatStartFromNowOn() {
    AdvancedPool pool = build(builder().maxWorkers(1));
    get(pool.submit(() -> 1));
    pool.reconfigure(change -> change.stuckAfter(Duration.ofSeconds(4)));
    Gate gate = occupy(pool);
    passSeconds(8);
    assertThat(pool.stats().stuckTasks()).isEqualTo(1);

    pool.reconfigure(change -> change.stuckAfter(Duration.ofHours(1)));
    gate.open();
    get(pool.drain());
    await().until(() -> pool.stats().stuck() == 0);

    Gate usual = occupy(pool);
    passSeconds(8);
    assertThat(pool.stats().stuckTasks()).isEqualTo(1);
    usual.open();
    get(pool.drain());
    pool.reconfigure(change -> change.stuckAfter(Duration.ZERO));
    Gate unwatched = occupy(pool);
    passSeconds(8);
    assertThat(pool.stats().stuckTasks()).isEqualTo(1);
    unwatched.open();
  }

  @Test
  void stuckAfter_countsForRunsThatTheListenerHasHadNoted() {
    AdvancedPool pool = build(builder().maxWorkers(1).listener(stuckListener()));
    Gate gate = occupy(pool);
    passSeconds(8);

    pool.reconfigure(change -> change.stuckAfter(Duration.ofSeconds(4)));
    passSeconds(4);

    assertThat(pool.stats().stuckTasks()).isEqualTo(1);
    await().until(() -> stuck.size() == 1);
    gate.open();
  }

  @Test
  void maxRunTime_countsForRunsThatStartFromNowOn_butNotForExecutedTasksBefore() throws Exception {
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(3)
                .minWorkers(3)
                .uncaughtExceptionHandler((thread, failure) -> uncaught.add(failure)));
    List<Gate> holding = List.of(occupy(pool), occupy(pool), occupy(pool));
    Gate executedBefore = new Gate();
    pool.execute(executedBefore, 1);
    Gate submittedBefore = new Gate();
    PoolFuture<String> before = pool.submit((Callable<String>) submittedBefore);

    pool.reconfigure(change -> change.maxRunTime(Duration.ofSeconds(4)));
    Gate executedAfter = new Gate();
    pool.execute(executedAfter);
    holding.forEach(Gate::open);
    executedBefore.awaitEntered();
    submittedBefore.awaitEntered();
    executedAfter.awaitEntered();
    passSeconds(8);

    assertThatThrownBy(() -> before.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TaskTimeoutException.class);
    await().until(() -> uncaught.size() == 1);
    assertThat(uncaught).hasOnlyElementsOfType(TaskTimeoutException.class);
    assertThat(pool.stats().timedOut()).isEqualTo(2);
    executedBefore.open();
    get(pool.drain());
    assertThat(pool.stats().timedOut()).isEqualTo(2);

    pool.reconfigure(change -> change.maxRunTime(Duration.ZERO));
    Gate unlimited = new Gate();
    PoolFuture<String> after = pool.submit((Callable<String>) unlimited);
    unlimited.awaitEntered();
    passSeconds(8);
    unlimited.open();
    assertThat(get(after)).isEqualTo("passed");
  }

  @Test
  void shortMaxRunTime_isLookedAtOften() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1));
    get(pool.submit(() -> 1));
    PoolTimer old = pool.parts.core.timers.watch;
    pool.reconfigure(change -> change.maxRunTime(Duration.ofMillis(20)));
    assertThat(old.isReplaced()).isTrue();
    assertThat(pool.parts.core.timers.watch.delayNanos()).isEqualTo(5_000_000L);

    Gate gate = new Gate();
    PoolFuture<String> task = pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    for (int i = 0; i < 10; i++) {
      time.advance(Duration.ofMillis(5));
    }
    assertThatThrownBy(() -> task.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasCauseInstanceOf(TaskTimeoutException.class);
  }

  // ---- The end, and advice

  @Test
  void killAtExit_countsForTheNextClose() {
    AdvancedPool pool = build(builder().maxWorkers(1));
    occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    pool.reconfigure(change -> change.killAtExit(true));
    pool.close();
    assertThat(queued).isCancelled();
  }

  @Test
  void adviceModelsThePoolAsItIsNow() {
    AdvancedPool pool = build(builder().maxWorkers(2).queueCapacity(5).adviceWindow(SECOND));
    pool.reconfigure(
        change -> change.queueCapacity(7).overflow(OverflowPolicy.REJECT).maxQueueTime(SECOND));
    assertThat(PoolAdvice.model(pool.parts.core))
        .satisfies(
            model -> {
              assertThat(model.queueCapacity()).isEqualTo(7);
              assertThat(model.whenFull()).isEqualTo(PoolAdvice.whenFull(OverflowPolicy.REJECT));
              assertThat(model.maxQueueTime()).isEqualTo(SECOND);
            });
  }

  // ---- Races

  /** Tasks are submitted while all options change, and then while the pool is shut down. */
  @Test
  void changesWhileTasksCome_loseNoTask() throws Exception {
    for (int round = 0; round < 20; round++) {
      Time clock = round % 2 == 0 ? time : Time.system();
      AdvancedPool pool = build(builder().time(clock).maxWorkers(2).queueCapacity(4));
      AtomicBoolean over = new AtomicBoolean();
      AtomicReference<Throwable> fault = new AtomicReference<>();
      List<PoolFuture<Integer>> futures = Collections.synchronizedList(new ArrayList<>());
      CountDownLatch enough = new CountDownLatch(500);
      List<Thread> threads = new ArrayList<>();
      for (int i = 0; i < 2; i++) {
        threads.add(
            start(
                fault,
                () -> {
                  while (!over.get()) {
                    try {
                      futures.add(pool.submit(() -> 1));
                      pool.execute(() -> {});
                    } catch (PoolShutDownException end) {
                      return;
                    } catch (RejectedExecutionException full) {
                      Thread.onSpinWait();
                    }
                    enough.countDown();
                  }
                }));
      }
      int rotated = round;
      threads.add(
          start(
              fault,
              () -> {
                for (int i = rotated; !over.get(); i++) {
                  try {
                    changeSomething(pool, i);
                  } catch (PoolShutDownException end) {
                    return;
                  }
                }
              }));
      assertThat(enough.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      pool.shutdown();
      assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      over.set(true);
      for (Thread thread : threads) {
        thread.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
        assertThat(thread.isAlive()).isFalse();
      }
      assertThat(fault).hasValue(null);
      assertThat(futures).allMatch(PoolFuture::isDone);
      PoolInvariants.assertHoldAtTheEnd(pool);
    }
  }

  private static void changeSomething(AdvancedPool pool, int turn) {
    OverflowPolicy[] policies = OverflowPolicy.values();
    pool.reconfigure(
        change ->
            change
                .minWorkers(turn % 2)
                .maxWorkers(1 + turn % 4)
                .queueCapacity(turn % 7)
                .overflow(policies[turn % policies.length])
                .keepAlive(Duration.ofMillis(1 + turn % 3))
                .maxQueueTime(turn % 2 == 0 ? Duration.ZERO : Duration.ofHours(1))
                .stuckAfter(turn % 3 == 0 ? Duration.ZERO : Duration.ofHours(1))
                .maxRunTime(turn % 5 == 0 ? Duration.ZERO : Duration.ofHours(1)));
    Map<String, Object> options = pool.options();
    assertThat((int) options.get("maxWorkers"))
        .isGreaterThanOrEqualTo((int) options.get("minWorkers"));
  }

  private static Thread start(AtomicReference<Throwable> fault, Runnable code) {
    Thread thread =
        new Thread(
            () -> {
              try {
                code.run();
              } catch (Throwable thrown) {
                fault.set(thrown);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return thread;
  }
}
