package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class AfterUnlockTest {

  private final ManualTime time = new ManualTime();
  private final AfterUnlock decisions = new AfterUnlock("test", time);
  private final List<String> done = new ArrayList<>();

  private Runnable does(String what) {
    return () -> done.add(what);
  }

  /** Fails so many times before it does it. */
  private Runnable fails(int times, String what) {
    AtomicInteger left = new AtomicInteger(times);
    return () -> {
      if (left.getAndDecrement() > 0) {
        throw new OutOfMemoryError("unable to create native thread");
      }
      done.add(what);
    };
  }

  private void carryOut() {
    decisions.carryOut(decisions.take());
  }

  @Test
  void theOrderIsServedToldClosed() {
    decisions.close(does("closed"));
    decisions.tell(does("told"));
    decisions.serve(does("served"));
    decisions.serve(does("served too"));

    carryOut();
    carryOut();

    assertThat(done).containsExactly("served", "served too", "told", "closed");
  }

  @Test
  void anActionThatFailsKeepsNoOtherFromRunning() {
    decisions.serve(fails(1, "late"));
    decisions.serve(does("served"));
    decisions.tell(fails(1, "never"));
    decisions.tell(does("told"));
    decisions.close(does("closed"));

    carryOut();

    assertThat(done).containsExactly("served", "told", "closed");
  }

  @Test
  void anOwningActionThatFailsIsTriedAgainByATimerUntilItSucceeds() {
    decisions.serve(fails(3, "served"));
    decisions.close(fails(2, "closed"));

    carryOut();
    time.advance(Duration.ofSeconds(1));

    assertThat(done).containsExactly("closed", "served");
    assertThat(time.scheduledTimers()).isZero();
  }

  @Test
  void aNotificationThatFailsIsNotTriedAgain() {
    decisions.tell(fails(1, "told"));

    carryOut();
    time.advance(Duration.ofHours(1));

    assertThat(done).isEmpty();
  }

  @Test
  void owedActionIsRunByTheNextThread_whenNoTimerCanBeSet() {
    ManualTime broken =
        new ManualTime() {
          @Override
          public Timer schedule(long delayNanos, Runnable action) {
            throw new OutOfMemoryError("unable to create native thread");
          }
        };
    AfterUnlock owing = new AfterUnlock("test", broken);
    owing.serve(fails(1, "served"));
    owing.carryOut(owing.take());
    assertThat(done).isEmpty();

    broken.advance(Duration.ofSeconds(1));
    owing.carryOut(owing.take());

    assertThat(done).containsExactly("served");
  }

  @Test
  void owedActionIsNotTriedBeforeItsPauseIsOver() {
    AtomicInteger tries = new AtomicInteger();
    decisions.serve(
        () -> {
          tries.incrementAndGet();
          throw new IllegalStateException();
        });

    for (int i = 0; i < 100; i++) {
      carryOut();
    }

    assertThat(tries).hasValue(1);
    time.advance(Duration.ofMinutes(1));
    assertThat(tries).hasValueBetween(10, 30);
  }

  @Test
  void actionAddedByAnAction_runsBeforeThatOneReturns() {
    decisions.serve(
        () -> {
          decisions.serve(does("inner"));
          carryOut();
          done.add("outer");
        });

    carryOut();

    assertThat(done).containsExactly("inner", "outer");
  }

  @Test
  void anActionDeepInsideOfOthersDoesNotWaitForThemToReturn() throws Exception {
    AtomicReference<Thread> ran = new AtomicReference<>();
    CountDownLatch innermost = new CountDownLatch(1);
    AtomicInteger depth = new AtomicInteger();
    AtomicReference<Boolean> waitedInVain = new AtomicReference<>(false);
    Runnable deeper =
        new Runnable() {
          @Override
          public void run() {
            if (depth.incrementAndGet() == 200) {
              ran.set(Thread.currentThread());
              innermost.countDown();
              return;
            }
            decisions.serve(this);
            carryOut();
            try {
              if (!innermost.await(30, TimeUnit.SECONDS)) {
                waitedInVain.set(true);
              }
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
          }
        };

    decisions.serve(deeper);
    carryOut();

    assertThat(waitedInVain).hasValue(false);
    assertThat(ran.get()).isNotSameAs(Thread.currentThread());
  }

  /** Such an action may tell a listener, which expects what it has on each thread of its pool. */
  @Test
  void anActionDeepInsideOfOthers_hasTheClassLoaderAndNameOfItsPool() throws Exception {
    ClassLoader builders = new ClassLoader() {};
    AfterUnlock own = new AfterUnlock("test", timeOfPool("orders", builders));
    CompletableFuture<Thread> ran = new CompletableFuture<>();
    CompletableFuture<ClassLoader> loader = new CompletableFuture<>();
    CompletableFuture<String> name = new CompletableFuture<>();
    Runnable nested =
        () -> {
          Thread thread = Thread.currentThread();
          ran.complete(thread);
          loader.complete(thread.getContextClassLoader());
          name.complete(thread.getName());
        };
    for (int depth = 0; depth < 200; depth++) {
      Runnable inner = nested;
      nested =
          () -> {
            own.serve(inner);
            own.carryOut(own.take());
          };
    }

    nested.run();

    assertThat(name.get(30, TimeUnit.SECONDS)).isEqualTo("orders");
    assertThat(loader.get(30, TimeUnit.SECONDS)).isSameAs(builders);
    assertThat(ran.get(30, TimeUnit.SECONDS)).isNotSameAs(Thread.currentThread());
  }

  private static Time timeOfPool(String threadName, ClassLoader builders) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(builders);
    try {
      return Time.system().forPool(threadName);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  @Test
  void anActionDecidedElsewhereIsCarriedOutAfterAPause() {
    decisions.carryOutLater(does("served"));
    assertThat(done).isEmpty();

    time.advance(Duration.ofSeconds(1));

    assertThat(done).containsExactly("served");
  }
}
