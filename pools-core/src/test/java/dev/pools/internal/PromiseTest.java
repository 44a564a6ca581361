package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.TestThreads;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class PromiseTest {

  private static final long PATIENCE_SECONDS = 30;

  @Test
  void aPromiseWithoutDependantsIsCompletedAtOnce() {
    Promise<String> promise = new Promise<>();
    assertThat(promise.trySettle("done", null)).isTrue();
    assertThat(promise).isCompletedWithValue("done");
    assertThat(promise.thenApply(String::length)).isCompletedWithValue(4);

    Promise<String> failed = new Promise<>();
    IllegalStateException failure = new IllegalStateException();
    assertThat(failed.trySettle(null, failure)).isTrue();
    assertThat(failed.handle((value, thrown) -> thrown)).isCompletedWithValue(failure);
  }

  @Test
  void aPromiseWithADependantOfAnyKindIsLeftToAHelper() {
    List<Function<Promise<String>, CompletionStage<?>>> kinds =
        List.of(
            promise -> promise.thenApply(String::length),
            promise -> promise.thenAcceptBoth(new CompletableFuture<>(), (a, b) -> {}),
            promise -> new CompletableFuture<>().applyToEither(promise, value -> value),
            promise -> CompletableFuture.completedFuture(1).thenCompose(one -> promise),
            Promise::copy,
            Promise::minimalCompletionStage,
            promise -> promise.orTimeout(1, TimeUnit.HOURS),
            promise -> CompletableFuture.allOf(promise, new CompletableFuture<>()),
            promise -> CompletableFuture.anyOf(new CompletableFuture<>(), promise));
    for (Function<Promise<String>, CompletionStage<?>> kind : kinds) {
      Promise<String> promise = new Promise<>();
      CompletionStage<?> dependant = kind.apply(promise);

      assertThat(promise.trySettle("done", null)).isFalse();
      assertThat(promise).isNotDone();
      promise.settle("done", null);
      assertThat(promise).isCompletedWithValue("done");
      assertThat(dependant).isNotNull();
    }
  }

  @Test
  void threadsThatWaitAreReleasedWithoutAHelper() throws Exception {
    List<Function<Promise<String>, String>> waits =
        List.of(
            Promise::join,
            promise -> {
              try {
                return promise.get();
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            },
            promise -> {
              try {
                return promise.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            });
    for (Function<Promise<String>, String> wait : waits) {
      Promise<String> promise = new Promise<>();
      AtomicReference<String> seen = new AtomicReference<>();
      TestThreads.Started waiter = TestThreads.start(() -> seen.set(wait.apply(promise)));
      await().until(() -> promise.getNumberOfDependents() > 0);

      assertThat(promise.trySettle("done", null)).isTrue();

      waiter.awaitEnd();
      assertThat(seen).hasValue("done");
    }
  }

  @Test
  void userThatCompletesThePromise_givesItUpOnce() {
    List<Function<Promise<String>, Object>> ways =
        List.of(
            promise -> promise.cancel(false),
            promise -> promise.complete("mine"),
            promise -> promise.completeExceptionally(new IllegalStateException()),
            promise -> promise.completeAsync(() -> "mine", Runnable::run),
            promise -> {
              promise.obtrudeValue("mine");
              return promise;
            },
            promise -> {
              promise.obtrudeException(new IllegalStateException());
              return promise;
            });
    for (Function<Promise<String>, Object> way : ways) {
      Promise<String> promise = new Promise<>();
      AtomicInteger givenUp = new AtomicInteger();
      promise.whenGivenUp(givenUp::incrementAndGet);

      assertThat(way.apply(promise)).isNotNull();
      promise.cancel(false);

      assertThat(promise).isDone();
      assertThat(givenUp).hasValue(1);
      assertThat(promise.trySettle("ours", null)).isTrue();
    }
    Promise<String> settled = new Promise<>();
    settled.whenGivenUp(
        () -> {
          throw new AssertionError("The pool has settled it.");
        });
    settled.trySettle("ours", null);
    assertThat(settled.cancel(false)).isFalse();
    assertThat(settled).isCompletedWithValue("ours");
  }

  /** Either the dependant was there first, or it runs on the thread that added it. */
  @Test
  void dependantThatIsAddedAtTheSameTime_neverRunsOnTheSettlingThread() throws Exception {
    addDependantsWhileOthersSettle(1_000);
  }

  @Test
  @Tag("heavy")
  void dependantThatIsAddedAtTheSameTime_neverRunsOnTheSettlingThread_inManyRounds()
      throws Exception {
    addDependantsWhileOthersSettle(20_000);
  }

  private void addDependantsWhileOthersSettle(int rounds) throws Exception {
    for (int round = 0; round < rounds; round++) {
      Promise<String> promise = new Promise<>();
      AtomicReference<Thread> ranOn = new AtomicReference<>();
      Thread settling = Thread.currentThread();
      CompletableFuture<Void> adder = addAtTheSameTime(promise, ranOn);

      boolean settled = promise.trySettle("done", null);
      adder.get(PATIENCE_SECONDS, TimeUnit.SECONDS);

      assertThat(ranOn.get()).isNotSameAs(settling);
      if (settled) {
        assertThat(ranOn.get()).isNotNull();
      }
    }
  }

  private final CyclicBarrier barrier = new CyclicBarrier(2);

  private CompletableFuture<Void> addAtTheSameTime(
      Promise<String> promise, AtomicReference<Thread> ranOn) throws Exception {
    CompletableFuture<Void> adder =
        CompletableFuture.runAsync(
            () -> {
              meet();
              promise.thenRun(() -> ranOn.set(Thread.currentThread()));
            });
    meet();
    return adder;
  }

  private void meet() {
    try {
      barrier.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
