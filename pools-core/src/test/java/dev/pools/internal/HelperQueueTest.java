package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.TestThreads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class HelperQueueTest {

  private final List<Integer> ran = Collections.synchronizedList(new ArrayList<>());

  @Test
  void actionsRunInOrderOnAnotherThread() {
    HelperQueue queue = new HelperQueue(Time.system(), "A test");
    Thread caller = Thread.currentThread();
    List<Runnable> actions = new ArrayList<>();
    AtomicInteger here = new AtomicInteger();
    for (int i = 0; i < 1_000; i++) {
      int number = i;
      actions.add(
          () -> {
            here.addAndGet(Thread.currentThread() == caller ? 1 : 0);
            ran.add(number);
          });
    }

    queue.run(actions);

    await().until(() -> ran.size() == 1_000);
    assertThat(ran).contains(0, 999);
    assertThat(here).hasValue(0);
  }

  @Test
  void anActionMayWaitForAllThatComeAfterIt() {
    HelperQueue queue = new HelperQueue(Time.system(), "A test");
    CountDownLatch last = new CountDownLatch(1);
    CountDownLatch blocked = new CountDownLatch(20);
    List<Runnable> actions = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      actions.add(
          () -> {
            awaitLatch(last);
            blocked.countDown();
          });
    }
    actions.add(last::countDown);

    queue.run(actions);

    awaitLatch(blocked);
  }

  @Test
  void anActionMayWaitForOneThatIsAddedLater() {
    HelperQueue queue = new HelperQueue(Time.system(), "A test");
    CountDownLatch second = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    queue.run(
        () -> {
          queue.run(second::countDown);
          awaitLatch(second);
          ended.countDown();
        });

    awaitLatch(ended);
  }

  @Test
  void anActionThatThrowsDoesNotStopTheOthers() {
    HelperQueue queue = new HelperQueue(Time.system(), "A test");
    queue.run(
        List.of(
            () -> {
              throw new AssertionError("faulty");
            },
            () -> ran.add(1)));

    await().until(() -> ran.contains(1));
  }

  /** What an action sees of the thread that runs it. */
  private record Seen(
      @Nullable ClassLoader loader, String name, int priority, boolean interrupted) {

    static Seen now() {
      Thread thread = Thread.currentThread();
      return new Seen(
          thread.getContextClassLoader(),
          thread.getName(),
          thread.getPriority(),
          thread.isInterrupted());
    }
  }

  private static void beRude() {
    Thread thread = Thread.currentThread();
    thread.setContextClassLoader(new ClassLoader() {});
    thread.setName("mine");
    thread.setPriority(Thread.MIN_PRIORITY);
    thread.interrupt();
  }

  /** The time has the thread that calls it as its only helper. */
  @Test
  void whatAnActionLeavesOnItsThread_doesNotReachTheNextAction() throws Exception {
    TestThreads.run(
        () -> {
          Seen before = Seen.now();
          List<Seen> seen = new ArrayList<>();
          HelperQueue queue = new HelperQueue(new ManualTime(), "A test");

          queue.run(
              List.of(
                  HelperQueueTest::beRude,
                  () -> seen.add(Seen.now()),
                  () -> {
                    beRude();
                    throw new IllegalStateException("rude and faulty");
                  },
                  () -> seen.add(Seen.now()),
                  HelperQueueTest::beRude));

          assertThat(seen).containsExactly(before, before);
          // An interrupt may have been meant for what this thread does itself.
          assertThat(Thread.interrupted()).isTrue();
          assertThat(Seen.now()).isEqualTo(before);
        });
  }

  @Test
  void threadThatHelpsWhileItIsInterrupted_isInterruptedAfterwardsOnly() throws Exception {
    TestThreads.run(
        () -> {
          List<Seen> seen = new ArrayList<>();
          Thread.currentThread().interrupt();

          new HelperQueue(new ManualTime(), "A test").run(() -> seen.add(Seen.now()));

          assertThat(Thread.interrupted()).isTrue();
          assertThat(seen).singleElement().matches(its -> !its.interrupted);
        });
  }

  /** The helper threads that can be started are counted down; each look tries again. */
  @Test
  void actionsAreKeptWhileNoThreadCanBeStarted() {
    ManualTime time = new ManualTime();
    AtomicInteger failures = new AtomicInteger(3);
    HelperQueue queue = new HelperQueue(new StillTimeWithThreads(time, failures), "A test");

    queue.run(() -> ran.add(1));
    assertThat(ran).isEmpty();
    for (int i = 0; i < 2; i++) {
      time.advance(Duration.ofNanos(HelperQueue.PATIENCE_NANOS));
      assertThat(ran).isEmpty();
    }
    time.advance(Duration.ofNanos(HelperQueue.PATIENCE_NANOS));

    assertThat(ran).containsExactly(1);
    assertThat(time.scheduledTimers()).isZero();
    queue.run(() -> ran.add(2));
    assertThat(ran).containsExactly(1, 2);
  }

  @Test
  void withoutAnyThreadTheCallerRunsIt() {
    Time none =
        new StillTimeWithThreads(new ManualTime(), new AtomicInteger(Integer.MAX_VALUE)) {
          @Override
          public Timer schedule(long delayNanos, Runnable action) {
            throw new OutOfMemoryError("unable to create native thread");
          }
        };

    new HelperQueue(none, "A test").run(() -> ran.add(1));

    assertThat(ran).containsExactly(1);
  }

  @Test
  void helpersOfAnEagerQueueBlockSideBySide() {
    HelperQueue queue = HelperQueue.eager(Time.system(), "A test");
    CountDownLatch together = new CountDownLatch(20);
    CountDownLatch ended = new CountDownLatch(20);
    for (int i = 0; i < 20; i++) {
      queue.run(
          () -> {
            together.countDown();
            awaitLatch(together);
            ended.countDown();
          });
    }

    awaitLatch(ended);
  }

  /** The time starts helpers only if the test says so, and counts how often it is asked to. */
  @Test
  void anEagerHelperRunsTheActionItself_thatItHasBrought() {
    List<Runnable> helpers = new ArrayList<>();
    HelperQueue queue = HelperQueue.eager(helpersGoInto(helpers), "A test");
    queue.run(
        () -> {
          ran.add(1);
          queue.run(
              () -> {
                ran.add(2);
                queue.run(() -> ran.add(3));
              });
          assertThat(ran).containsExactly(1);
        });
    assertThat(helpers).hasSize(1);

    helpers.remove(0).run();

    assertThat(ran).containsExactly(1, 2, 3);
    assertThat(helpers).isEmpty();
  }

  @Test
  void anEagerHelperThatBringsTwoActionsLeavesOneToAnother() {
    List<Runnable> helpers = new ArrayList<>();
    HelperQueue queue = HelperQueue.eager(helpersGoInto(helpers), "A test");
    queue.run(
        () -> {
          queue.run(() -> ran.add(1));
          queue.run(() -> ran.add(2));
          assertThat(helpers).hasSize(1);
          helpers.remove(0).run();
          assertThat(ran).containsExactly(1, 2);
        });

    helpers.remove(0).run();

    assertThat(ran).containsExactly(1, 2);
  }

  @Test
  void anActionThatAnEagerHelperBringsDoesNotWaitForOneThatBlocks() {
    HelperQueue queue = HelperQueue.eager(Time.system(), "A test");
    CountDownLatch second = new CountDownLatch(1);
    CountDownLatch ended = new CountDownLatch(1);
    queue.run(
        () -> {
          queue.run(second::countDown);
          awaitLatch(second);
          ended.countDown();
        });

    awaitLatch(ended);
  }

  private static Time helpersGoInto(List<Runnable> helpers) {
    return new StillTimeWithThreads(new ManualTime(), new AtomicInteger()) {
      @Override
      public void runOnHelperThread(Runnable action) {
        helpers.add(action);
      }
    };
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** A time whose helper threads cannot be started for a while. */
  private static class StillTimeWithThreads extends DelegatingTime {
    private final AtomicInteger failures;

    StillTimeWithThreads(ManualTime time, AtomicInteger failures) {
      super(time);
      this.failures = failures;
    }

    @Override
    public void runOnHelperThread(Runnable action) {
      if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
        throw new OutOfMemoryError("unable to create native thread");
      }
      time.runOnHelperThread(action);
    }
  }
}
