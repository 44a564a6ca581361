package dev.pools.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.TestThreads;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Inputs that deliver by themselves: as much as there is room for, and whatever they do wrong. */
class MapPublisherTest {

  private final ManualMapExecutor pool = new ManualMapExecutor();
  private final ScriptedPublisher publisher = new ScriptedPublisher();

  // ---- As it should be

  @Test
  void publisherIsAskedForAsManyElementsAsTheWindowHolds() {
    map(3);
    assertThat(publisher.requested).isZero();

    publisher.open();
    assertThat(publisher.requested).isEqualTo(3);

    publisher.send(3);
    assertThat(publisher.requested).isEqualTo(3);
    assertThat(pool.waiting).hasSize(3);

    for (int ended = 1; ended <= 100; ended++) {
      pool.runOne();
      assertThat(publisher.requested).isEqualTo(3 + ended);
      publisher.send(1);
    }
    assertThat(publisher.cancelled).isZero();
  }

  @Test
  void itsEndIsTheEndOfTheMap() {
    CompletableFuture<List<Integer>> result = map(3);
    publisher.open().send(2).complete();

    assertThat(result).isNotDone();
    pool.runAll();

    assertThat(result).isCompletedWithValue(List.of(-1, -2));
    assertThat(publisher.cancelled).as("cancelled after its end").isZero();
  }

  @Test
  void publisherMayCompleteBeforeItSendsAnything() {
    CompletableFuture<List<Integer>> result = map(3);

    publisher.open().complete();

    assertThat(result).isCompletedWithValue(List.of());
  }

  @Test
  void publisherMayDeliverInsideOfTheRequest() {
    Flow.Publisher<Integer> eager =
        subscriber ->
            subscriber.onSubscribe(
                new Flow.Subscription() {
                  private int sent;

                  @Override
                  public void request(long more) {
                    for (long i = 0; i < more && sent < 1_000_000; i++) {
                      subscriber.onNext(++sent);
                      if (sent == 1_000_000) {
                        subscriber.onComplete();
                      }
                    }
                  }

                  @Override
                  public void cancel() {}
                });
    pool.inline = true;

    CompletableFuture<List<Integer>> result =
        ParallelMap.map(pool, (Integer x) -> x, Input.of(eager), window(4));

    assertThat(result.join()).isEqualTo(IntStream.rangeClosed(1, 1_000_000).boxed().toList());
  }

  @Test
  void itsErrorFailsTheMapAtOnce() {
    IOException error = new IOException("of the publisher");
    CompletableFuture<List<Integer>> result = map(3);
    publisher.open().send(3);

    publisher.subscriber().onError(error);

    assertFailedWith(result, error);
    assertThat(pool.waiting).allMatch(CompletableFuture::isCancelled);
    assertThat(publisher.cancelled).as("cancelled after its end").isZero();
  }

  @Test
  void aFailingElementCancelsTheSubscription() {
    CompletableFuture<List<Integer>> result =
        ParallelMap.map(
            pool,
            x -> {
              throw new IOException("of the function");
            },
            Input.of(publisher),
            window(3));
    publisher.open().send(3);

    pool.runOne();

    assertThat(publisher.cancelled).isEqualTo(1);
    assertThat(result).isCompletedExceptionally();
    publisher.send(1);
    assertThat(pool.all).hasSize(3);
  }

  @Test
  void cancellingTheResultCancelsTheSubscription() {
    CompletableFuture<List<Integer>> result = map(3);
    publisher.open().send(1);

    result.cancel(true);
    result.cancel(true);

    assertThat(publisher.cancelled).isEqualTo(1);
    assertThat(publisher.requested).isEqualTo(3);
  }

  /** No element ends, and no signal comes, that could tell the map of it. */
  @Test
  void everyWayToCompleteTheResultByHandCancelsTheSubscription() {
    List<Consumer<CompletableFuture<List<Integer>>>> ways =
        List.of(
            result -> result.complete(List.of(42)),
            result -> result.completeExceptionally(new IOException("by hand")),
            result -> result.cancel(false),
            result -> result.obtrudeValue(List.of(42)),
            result -> result.obtrudeException(new IOException("by hand")),
            result -> result.completeAsync(() -> List.of(42), Runnable::run),
            result ->
                result.completeAsync(
                    () -> {
                      throw new IllegalStateException("by hand");
                    },
                    Runnable::run));
    for (Consumer<CompletableFuture<List<Integer>>> way : ways) {
      ScriptedPublisher silent = new ScriptedPublisher();
      CompletableFuture<List<Integer>> result =
          ParallelMap.map(pool, (Integer x) -> -x, Input.of(silent), window(3));
      silent.open();

      way.accept(result);

      assertThat(result).isDone();
      assertThat(silent.cancelled).isEqualTo(1);
    }
  }

  @Test
  void aSubscriptionThatComesAfterTheEndIsCancelledAtOnce() {
    CompletableFuture<List<Integer>> result = map(3);
    result.cancel(true);

    publisher.open();

    assertThat(publisher.cancelled).isEqualTo(1);
    assertThat(publisher.requested).isZero();
  }

  @Test
  void theEndOfAShorterInputCancelsTheSubscription() {
    CompletableFuture<List<Integer>> result =
        ParallelMap.map(
            pool,
            (Integer a, Integer b) -> a + b,
            Input.of(publisher),
            Input.of(List.of(10, 20)),
            window(2));
    publisher.open();
    assertThat(publisher.requested).isEqualTo(2);
    publisher.send(2);
    pool.runAll();

    assertThat(result).isCompletedWithValue(List.of(11, 22));
    assertThat(publisher.cancelled).isEqualTo(1);
  }

  @Test
  void inputsOfBothKindsAreReadTogether() {
    CountedInput numbers = CountedInput.endless();
    CompletableFuture<List<Integer>> result =
        ParallelMap.map(
            pool,
            (Integer a, Integer b) -> a * b,
            Input.of(numbers),
            Input.of(publisher),
            window(5));
    publisher.open();
    assertThat(numbers.read).as("read before there is a row").isZero();

    publisher.send(3).complete();
    pool.runAll();

    assertThat(result).isCompletedWithValue(List.of(1, 4, 9));
    assertThat(numbers.read).isEqualTo(3);
    assertThat(numbers.closed).isEqualTo(1);
  }

  @Test
  void strictMapsWaitForTheEndOfAPublisherThatHasNotEnded() {
    CompletableFuture<List<Integer>> result =
        ParallelMap.map(
            pool,
            (Integer a, Integer b) -> a * b,
            Input.of(List.of(1, 2)),
            Input.of(publisher),
            window(5).strict());
    publisher.open().send(2);
    pool.runAll();
    assertThat(result).isNotDone();

    publisher.complete();

    assertThat(result).isCompletedWithValue(List.of(1, 4));
  }

  @Test
  void strictMapsFailIfAPublisherGoesOn() {
    CompletableFuture<List<Integer>> result =
        ParallelMap.map(
            pool,
            (Integer a, Integer b) -> a * b,
            Input.of(List.of(1, 2)),
            Input.of(publisher),
            window(5).strict());
    publisher.open().send(3);

    assertThatThrownBy(result::get)
        .hasMessageContaining("Input 1 of 2 ended after 2 elements, but input 2 has more.");
    assertThat(publisher.cancelled).isEqualTo(1);
  }

  // ---- As it should not be

  @Test
  void moreThanWasAskedForFailsTheMap() {
    CompletableFuture<List<Integer>> result = map(3);
    publisher.open().send(4);

    assertViolation(result, "sent more values than the 3 that were requested", "1.1");
    assertThat(publisher.cancelled).isEqualTo(1);
    assertThat(pool.all).hasSize(3).allMatch(CompletableFuture::isCancelled);
  }

  @Test
  void aValueBeforeTheSubscriptionFailsTheMap() {
    CompletableFuture<List<Integer>> result = map(3);

    publisher.send(1);

    assertViolation(result, "sent a value before it called onSubscribe", "1.9");
    publisher.open();
    assertThat(publisher.cancelled).isEqualTo(1);
  }

  @Test
  void anEndBeforeTheSubscriptionIsAnEnd() {
    CompletableFuture<List<Integer>> result = map(3);

    publisher.complete();

    assertThat(result).isCompletedWithValue(List.of());
  }

  @Test
  @SuppressWarnings("NullAway") // What the annotations forbid is what is tried.
  void nullsFailTheMapAndAreThrownBack() {
    CompletableFuture<List<Integer>> first = map(3);
    assertThatNullPointerException()
        .isThrownBy(() -> publisher.subscriber().onSubscribe(null))
        .withMessageContaining("called onSubscribe with null");
    assertViolation(first, "called onSubscribe with null", "2.13");

    CompletableFuture<List<Integer>> second = map(3);
    publisher.open();
    assertThatNullPointerException().isThrownBy(() -> publisher.subscriber().onNext(null));
    assertViolation(second, "sent null", "2.13");
    assertThat(publisher.cancelled).isEqualTo(1);

    CompletableFuture<List<Integer>> third = map(3);
    assertThatNullPointerException().isThrownBy(() -> publisher.subscriber().onError(null));
    assertViolation(third, "called onError with null", "2.13");
  }

  @Test
  void aSecondSubscriptionIsCancelledAndTheFirstGoesOn() {
    CompletableFuture<List<Integer>> result = map(3);
    publisher.open();
    ScriptedPublisher second = new ScriptedPublisher();

    publisher.subscriber().onSubscribe(second);
    publisher.open();

    assertThat(second.cancelled).isEqualTo(1);
    assertThat(second.requested).isZero();
    assertThat(publisher.cancelled).as("the same one again does no harm").isZero();
    publisher.send(1).complete();
    pool.runAll();
    assertThat(result).isCompletedWithValue(List.of(-1));
  }

  @Test
  void signalsAfterTheEndOfThePublisherAreIgnored() {
    CompletableFuture<List<Integer>> result = map(3);
    publisher.open().send(1).complete();

    publisher.send(1);
    publisher.complete();
    publisher.subscriber().onError(new IOException("late"));
    pool.runAll();

    assertThat(result).isCompletedWithValue(List.of(-1));
    assertThat(pool.all).hasSize(1);
  }

  @Test
  void aSubscribeThatThrowsFailsTheMap() {
    IllegalStateException failure = new IllegalStateException("of subscribe");

    CompletableFuture<List<Integer>> result =
        ParallelMap.map(
            pool,
            (Integer x) -> x,
            Input.of(
                (Flow.Publisher<Integer>)
                    subscriber -> {
                      throw failure;
                    }),
            window(3));

    assertFailedWith(result, failure);
  }

  @Test
  void aRequestThatThrowsFailsTheMap() {
    IllegalStateException failure = new IllegalStateException("of request");
    AtomicInteger cancelled = new AtomicInteger();
    CompletableFuture<List<Integer>> result = map(3);

    publisher
        .subscriber()
        .onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long more) {
                throw failure;
              }

              @Override
              public void cancel() {
                cancelled.incrementAndGet();
                throw new IllegalStateException("of cancel");
              }
            });

    assertFailedWith(result, failure);
    assertThat(cancelled).hasValue(1);
  }

  @Test
  void publishersThatTalkOverEachOtherLoseNothing() throws Exception {
    int each = 20_000;
    CompletableFuture<List<Integer>> result = map(2 * each);
    publisher.open();
    TestThreads.run(
        2,
        thread -> {
          for (int n = 0; n < each; n++) {
            publisher.subscriber().onNext(n);
          }
        });
    publisher.complete();
    while (!pool.handedOff.isEmpty()) {
      pool.handedOff.remove(0).run();
    }
    pool.runAll();

    assertThat(result.join()).hasSize(2 * each);
  }

  // ---- Fixtures

  private CompletableFuture<List<Integer>> map(int window) {
    return ParallelMap.map(pool, (Integer x) -> -x, Input.of(publisher), window(window));
  }

  private static MapOptions window(int elements) {
    return MapOptions.DEFAULT.withWindow(elements);
  }

  private static void assertFailedWith(CompletableFuture<?> result, Throwable failure) {
    assertThatThrownBy(result::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isSameAs(failure);
  }

  private static void assertViolation(CompletableFuture<?> result, String how, String rule) {
    assertThatThrownBy(result::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(IllegalStateException.class)
        .hasMessageStartingWith("The publisher of input 1 " + how)
        .hasMessageContaining("rule " + rule + " of Reactive Streams");
  }
}
