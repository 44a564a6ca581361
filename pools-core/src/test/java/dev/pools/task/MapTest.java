package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.map.CountedInput;
import dev.pools.map.Input;
import dev.pools.map.MapOptions;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.SubmissionPublisher;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The map family on pools whose threads are real. */
class MapTest extends PoolTestBase {

  /** Maps hand reading over to a thread, so time must be real as well. */
  private AdvancedPool pool(int workers) {
    return build(AdvancedPool.builder().minWorkers(workers).maxWorkers(workers));
  }

  // ---- Each member

  @Test
  void singleInputIsMapped() {
    AdvancedPool pool = pool(3);
    List<Integer> numbers = List.of(1, 2, 3);

    assertThat(get(pool.map(x -> x + 1, numbers))).containsExactly(2, 3, 4);
    assertThat(get(pool.map(x -> x + 1, numbers, MapOptions.priority(3)))).containsExactly(2, 3, 4);
    assertThat(get(pool.map(x -> x + 1, Input.of(numbers), MapOptions.DEFAULT)))
        .containsExactly(2, 3, 4);
    assertThat(get(pool.map(String::length, List.of("a", "bb")))).containsExactly(1, 2);
    assertThat(get(pool.map(x -> x + 1, Input.of(Stream.of(1)), MapOptions.DEFAULT)))
        .containsExactly(2);
    assertThat(pool.completed()).isEqualTo(12);
  }

  @Test
  void aListOfListsIsOneInput() {
    AdvancedPool pool = pool(2);

    assertThat(get(pool.map(list -> list.size(), List.of(List.of(1), List.of(1, 2)))))
        .containsExactly(1, 2);
  }

  @Test
  void twoThreeAndFourInputsAreMappedTogether() {
    AdvancedPool pool = pool(3);
    List<Integer> a = List.of(1, 2, 3);
    List<String> b = List.of("x", "y");
    List<Long> c = List.of(5L, 6L, 7L, 8L);
    List<Character> d = List.of('p', 'q');
    MapOptions options = MapOptions.DEFAULT.withWindow(1);

    assertThat(get(pool.map((i, s) -> s + i, a, b))).containsExactly("x1", "y2");
    assertThat(get(pool.map((i, s) -> s + i, a, b, options))).containsExactly("x1", "y2");
    assertThat(get(pool.map((i, s) -> s + i, Input.of(a), Input.of(b), options)))
        .containsExactly("x1", "y2");
    assertThat(get(pool.map((i, s, l) -> s + i + l, a, b, c))).containsExactly("x15", "y26");
    assertThat(get(pool.map((i, s, l) -> s + i + l, a, b, c, options)))
        .containsExactly("x15", "y26");
    assertThat(
            get(pool.map((i, s, l) -> s + i + l, Input.of(a), Input.of(b), Input.of(c), options)))
        .containsExactly("x15", "y26");
    assertThat(get(pool.map((i, s, l, k) -> s + i + l + k, a, b, c, d)))
        .containsExactly("x15p", "y26q");
    assertThat(get(pool.map((i, s, l, k) -> s + i + l + k, a, b, c, d, options)))
        .containsExactly("x15p", "y26q");
    assertThat(
            get(
                pool.map(
                    (i, s, l, k) -> s + i + l + k,
                    Input.of(a),
                    Input.of(b),
                    Input.of(c),
                    Input.of(d),
                    options)))
        .containsExactly("x15p", "y26q");
  }

  @Test
  void anyNumberOfInputsIsMappedTogether() {
    AdvancedPool pool = pool(3);
    List<Integer> a = List.of(1, 2);
    List<Integer> b = List.of(3, 4, 5);

    assertThat(get(pool.map(values -> values.toString(), a, b, a, b, a)))
        .containsExactly("[1, 3, 1, 3, 1]", "[2, 4, 2, 4, 2]");
    assertThat(get(pool.map(values -> values.size(), MapOptions.DEFAULT, a, b, a, b, a)))
        .containsExactly(5, 5);
    assertThat(get(pool.map(values -> values.size(), MapOptions.DEFAULT, Input.of(a), Input.of(b))))
        .containsExactly(2, 2);
    assertThat(get(pool.map(values -> values.size()))).isEmpty();
  }

  @Test
  void inputsThatMustBeEquallyLongAreCheckedWhateverTheirNumber() {
    AdvancedPool pool = pool(2);
    List<Integer> two = List.of(1, 2);
    List<Integer> three = List.of(1, 2, 3);
    MapOptions strict = MapOptions.DEFAULT.strict();

    for (CompletableFuture<?> result :
        List.of(
            pool.map((a, b) -> a, two, three, strict),
            pool.map((a, b, c) -> a, two, three, two, strict),
            pool.map((a, b, c, d) -> a, two, two, three, two, strict),
            pool.map(values -> values, strict, two, two, two, two, three))) {
      assertThatThrownBy(() -> result.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("ended after 2 elements");
    }
  }

  @Test
  void aPublisherIsMapped() {
    AdvancedPool pool = pool(2);
    for (MapOptions options : List.of(MapOptions.DEFAULT, MapOptions.priority(1).withWindow(1))) {
      SubmissionPublisher<Integer> numbers = new SubmissionPublisher<>();
      Flow.Publisher<Integer> published = numbers;
      CompletableFuture<List<Integer>> result =
          options.equals(MapOptions.DEFAULT)
              ? pool.map(x -> x * x, published)
              : pool.map(x -> x * x, published, options);
      for (int i = 1; i <= 100; i++) {
        numbers.submit(i);
      }
      numbers.close();

      assertThat(get(result))
          .isEqualTo(IntStream.rangeClosed(1, 100).map(x -> x * x).boxed().toList());
    }
  }

  @Test
  void publisherOfManyValuesIsMappedByManyWorkers() {
    int many = 20_000;
    AdvancedPool pool = pool(4);
    SubmissionPublisher<Integer> numbers = new SubmissionPublisher<>();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger now = new AtomicInteger();
    CompletableFuture<List<Integer>> result =
        pool.map(
            x -> {
              most.accumulateAndGet(now.incrementAndGet(), Math::max);
              now.decrementAndGet();
              return -x;
            },
            numbers);
    for (int i = 1; i <= many; i++) {
      numbers.submit(i);
    }
    numbers.close();

    assertThat(get(result)).isEqualTo(IntStream.rangeClosed(1, many).map(x -> -x).boxed().toList());
    assertThat(most.get()).isLessThanOrEqualTo(4);
  }

  @Test
  void elementsHaveThePriorityOfTheMap() {
    AdvancedPool pool = pool(1);
    Gate gate = occupy(pool);
    List<String> order = new ArrayList<>();
    CompletableFuture<List<Boolean>> low =
        pool.map(x -> order.add("low"), List.of(1, 2), MapOptions.priority(5));
    CompletableFuture<List<Boolean>> high =
        pool.map(x -> order.add("high"), List.of(1, 2), MapOptions.priority(-5));

    gate.open();
    get(low);
    get(high);

    assertThat(order).containsExactly("high", "high", "low", "low");
  }

  // ---- Concurrency

  @Test
  void elementsRunConcurrently() {
    int workers = 4;
    AdvancedPool pool = pool(workers);
    CyclicBarrier together = new CyclicBarrier(workers);

    List<Integer> results =
        get(
            pool.map(
                x -> {
                  together.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
                  return x;
                },
                IntStream.range(0, 2 * workers).boxed().toList()));

    assertThat(results).hasSize(2 * workers);
  }

  @Test
  void aPoolThatGrowsIsUsedWhole() {
    AdvancedPool pool = build(AdvancedPool.builder().minWorkers(1).maxWorkers(8));
    CyclicBarrier together = new CyclicBarrier(8);

    get(
        pool.map(
            x -> together.await(PATIENCE_SECONDS, TimeUnit.SECONDS),
            IntStream.range(0, 8).boxed().toList()));

    assertThat(pool.completed()).isEqualTo(8);
  }

  @Test
  void inputIsReadByOneThreadAtATime_whichSeesWhatTheOthersDid() {
    readInputThatIsNotThreadSafe(20_000);
  }

  @Test
  @Tag("heavy")
  void longInputIsReadByOneThreadAtATime_whichSeesWhatTheOthersDid() {
    readInputThatIsNotThreadSafe(200_000);
  }

  private void readInputThatIsNotThreadSafe(int many) {
    AdvancedPool pool = pool(4);
    AtomicInteger inside = new AtomicInteger();
    AtomicInteger together = new AtomicInteger();
    // On purpose neither volatile nor atomic.
    Iterator<Integer> unsafe =
        new Iterator<>() {
          private int next;

          @Override
          public boolean hasNext() {
            enter();
            boolean more = next < many;
            inside.decrementAndGet();
            return more;
          }

          @Override
          public Integer next() {
            enter();
            int value = next;
            next = value + 1;
            inside.decrementAndGet();
            return value;
          }

          private void enter() {
            if (inside.incrementAndGet() > 1) {
              together.incrementAndGet();
            }
          }
        };

    List<Integer> results = get(pool.map(x -> x, () -> unsafe));

    assertThat(together).hasValue(0);
    assertThat(results).isEqualTo(IntStream.range(0, many).boxed().toList());
    assertThat(pool.completed()).as("nothing but elements has run").isEqualTo(many);
  }

  @Test
  void elementsThatEndAtOnceDoNotGrowTheStack() {
    mapElementsThatEndAtOnce(100_000);
  }

  @Test
  @Tag("heavy")
  void millionElementsThatEndAtOnceDoNotGrowTheStack() {
    mapElementsThatEndAtOnce(1_000_000);
  }

  private void mapElementsThatEndAtOnce(int many) {
    AdvancedPool pool = pool(2);

    assertThat(get(pool.map(x -> x, new CountedInput(many)))).hasSize(many).endsWith(many);
  }

  @Test
  void elementsThatTheCallerRunsDoNotGrowTheStack() {
    mapElementsThatTheCallerRuns(100_000);
  }

  @Test
  @Tag("heavy")
  void millionElementsThatTheCallerRunsDoNotGrowTheStack() {
    mapElementsThatTheCallerRuns(1_000_000);
  }

  private void mapElementsThatTheCallerRuns(int many) {
    AdvancedPool pool =
        build(
            AdvancedPool.builder()
                .minWorkers(1)
                .maxWorkers(1)
                .queueCapacity(1)
                .overflow(OverflowPolicy.CALLER_RUNS));
    Gate gate = occupy(pool);
    gate.open();

    assertThat(get(pool.map(x -> x, new CountedInput(many), MapOptions.DEFAULT.withWindow(8))))
        .hasSize(many)
        .endsWith(many);
  }

  /** The second element is queued while the worker reads the third and finds the queue full. */
  @Test
  void workerThatRunsElementsOfAnEndlessMapItself_comesToThoseThatAreQueued() throws Exception {
    AdvancedPool pool = smallPoolWhoseCallersRun();
    Gate gate = new Gate();
    CountDownLatch secondRan = new CountDownLatch(1);
    CompletableFuture<List<Integer>> endless =
        pool.map(x -> passed(x, gate, secondRan), CountedInput.endless());
    gate.awaitEntered();

    gate.open();

    assertThat(secondRan.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    endless.cancel(true);
  }

  /** No other element is underway, so that the end of none leads to the next row. */
  @Test
  void workerThatRunsElementsOfAnEndlessMapItself_comesToOtherTasks() throws Exception {
    AdvancedPool pool = smallPoolWhoseCallersRun();
    Gate gate = new Gate();
    CountDownLatch secondRan = new CountDownLatch(1);
    CompletableFuture<List<Integer>> endless =
        pool.map(
            x -> passed(x, gate, secondRan),
            CountedInput.endless(),
            MapOptions.DEFAULT.withWindow(1));
    gate.awaitEntered();
    PoolFuture<String> other = pool.submit(() -> "other");

    gate.open();

    assertThat(get(other)).isEqualTo("other");
    assertThat(secondRan.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).as("the map goes on").isTrue();
    endless.cancel(true);
  }

  private AdvancedPool smallPoolWhoseCallersRun() {
    return build(
        AdvancedPool.builder()
            .minWorkers(1)
            .maxWorkers(1)
            .queueCapacity(1)
            .overflow(OverflowPolicy.CALLER_RUNS));
  }

  private static int passed(int element, Gate gate, CountDownLatch second) throws Exception {
    if (element == 1) {
      gate.call();
    } else if (element == 2) {
      second.countDown();
    }
    return element;
  }

  @Test
  void aFullQueueIsWaitedFor() {
    AdvancedPool pool = build(AdvancedPool.builder().minWorkers(1).maxWorkers(2).queueCapacity(1));
    int window = 50;

    List<Integer> results =
        get(pool.map(x -> x, new CountedInput(1000), MapOptions.DEFAULT.withWindow(window)));

    assertThat(results).hasSize(1000);
  }

  @Test
  void anEndlessMapDoesNotHoldUpADrain() {
    AdvancedPool pool = pool(2);
    CompletableFuture<List<Object>> endless =
        pool.map(x -> null, CountedInput.endless(), MapOptions.DEFAULT.withWindow(1000));

    for (int i = 0; i < 100; i++) {
      get(pool.drain());
    }

    assertThat(endless).isNotDone();
    endless.cancel(true);
  }

  @Test
  void aTaskMayMapOnItsOwnPool() {
    AdvancedPool pool = pool(2);

    CompletableFuture<List<Integer>> inner =
        get(pool.submit(() -> pool.map(x -> x + 1, List.of(1, 2, 3))));

    assertThat(get(inner)).containsExactly(2, 3, 4);
  }

  // ---- Ends

  @Test
  void theFirstFailureCancelsWhatHasNotStarted() {
    AdvancedPool pool = pool(2);
    Gate slow = new Gate();
    CountDownLatch submitted = new CountDownLatch(1);
    IOException failure = new IOException("of the function");
    List<Integer> started = new ArrayList<>();
    CompletableFuture<List<Object>> result =
        pool.map(
            x -> {
              synchronized (started) {
                started.add(x);
              }
              if (x == 1) {
                return slow.call();
              }
              slow.awaitEntered();
              submitted.await();
              throw failure;
            },
            CountedInput.endless(),
            MapOptions.DEFAULT.withWindow(10));
    // The caller has submitted the first window.
    submitted.countDown();

    assertThatThrownBy(() -> result.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .cause()
        .isSameAs(failure);
    assertThat(pool.qsize()).isZero();
    slow.open();
    get(pool.drain());

    assertThat(started).containsExactlyInAnyOrder(1, 2);
    PoolStats stats = pool.stats();
    assertThat(stats.completed()).as("what ran was not interrupted").isEqualTo(1);
    assertThat(stats.failed()).isEqualTo(1);
    assertThat(stats.cancelled()).isEqualTo(8);
  }

  @Test
  void cancellingTheResultWithInterruptionInterruptsWhatRuns() throws Exception {
    AdvancedPool pool = pool(1);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch interrupted = new CountDownLatch(1);
    CountedInput input = CountedInput.endless();
    CompletableFuture<List<Integer>> result =
        pool.map(
            x -> {
              started.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.countDown();
              }
              return x;
            },
            input);
    assertThat(started.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

    assertThat(result.cancel(true)).isTrue();

    assertThat(interrupted.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    get(pool.drain());
    assertThat(input.read).isEqualTo(2);
    assertThat(input.closed).isEqualTo(1);
    assertThat(pool.stats().cancelled()).isEqualTo(2);
  }

  @Test
  void aCancelHalfwayLeavesThePoolAsItWas() throws Exception {
    AdvancedPool pool = pool(3);
    for (int i = 0; i < 200; i++) {
      CountedInput input = CountedInput.endless();
      AtomicInteger calls = new AtomicInteger();
      CountDownLatch halfway = new CountDownLatch(1);
      CompletableFuture<List<Integer>> result =
          pool.map(
              x -> {
                if (x == 20) {
                  halfway.countDown();
                }
                return calls.incrementAndGet();
              },
              input,
              MapOptions.DEFAULT.withWindow(7));
      assertThat(halfway.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();

      assertThat(result.cancel(i % 2 == 0)).isTrue();

      get(pool.drain());
      int after = calls.get();
      Awaitility.await()
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(1))
          .until(() -> input.closed == 1);
      // A worker may have submitted one more just after the drain began, and be running it.
      get(pool.drain());
      assertThat(pool.idle()).isTrue();
      assertThat(calls).hasValue(after);
    }
  }

  @Test
  void aPoolThatIsShutDownFailsTheMapWithItsRefusal() {
    AdvancedPool pool = pool(1);
    Gate gate = new Gate();
    CountedInput input = CountedInput.endless();
    CompletableFuture<List<String>> result =
        pool.map(x -> gate.call(), input, MapOptions.DEFAULT.withWindow(1));
    gate.awaitEntered();

    // One that only drains would go on with the map.
    pool.shutdown(ShutdownOptions.DEFAULT.cancelPending());
    gate.open();

    assertThatThrownBy(() -> result.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(PoolShutDownException.class);
    Awaitility.await().until(() -> input.closed == 1);
    assertThatThrownBy(() -> pool.map(x -> x, List.of(1)).get())
        .hasCauseInstanceOf(PoolShutDownException.class);
  }

  @Test
  void aPoolThatIsStoppedCancelsTheMap() {
    AdvancedPool pool = pool(1);
    Gate gate = new Gate();
    CompletableFuture<List<String>> result = pool.map(x -> gate.call(), CountedInput.endless());
    gate.awaitEntered();

    pool.shutdownNow();

    Awaitility.await().until(result::isDone);
    assertThat(result).isCompletedExceptionally();
  }

  @Test
  void aQueueThatIsFullFailsTheMapIfThePolicyIsToReject() {
    AdvancedPool pool =
        build(
            AdvancedPool.builder()
                .minWorkers(1)
                .maxWorkers(1)
                .queueCapacity(1)
                .overflow(OverflowPolicy.REJECT));
    Gate gate = occupy(pool);

    CompletableFuture<List<Integer>> result =
        pool.map(x -> x, List.of(1, 2, 3), MapOptions.DEFAULT.withWindow(3));

    assertThatThrownBy(() -> result.get(PATIENCE_SECONDS, TimeUnit.SECONDS))
        .hasCauseInstanceOf(PoolFullException.class);
    assertThat(pool.qsize()).as("the one that was taken is taken back").isZero();
    gate.open();
  }

  @Test
  void dependantsMayThrowWithoutHarm() {
    AdvancedPool pool = pool(1);
    AtomicReference<Thread> ranOn = new AtomicReference<>();
    CompletableFuture<List<Integer>> result = pool.map(x -> x, List.of(1, 2, 3));
    CompletableFuture<Object> faulty =
        result.thenApply(
            list -> {
              ranOn.set(Thread.currentThread());
              throw new IllegalStateException("of a dependant");
            });

    Awaitility.await().until(faulty::isDone);
    assertThat(faulty).isCompletedExceptionally();
    assertThat(get(pool.map(x -> x, List.of(4)))).containsExactly(4);
    assertThat(pool.stats().failed()).isZero();
  }

  @Test
  void aForgottenPoolGoesOnWithItsMap() {
    Iterator<Integer> input =
        new Iterator<>() {
          private int read;

          @Override
          public boolean hasNext() {
            return read < 20;
          }

          @Override
          public Integer next() {
            System.gc();
            return ++read;
          }
        };
    // No variable holds this one; it must not be shut down under its map.
    CompletableFuture<List<Integer>> result =
        AdvancedPool.builder().maxWorkers(2).build().map(x -> x, () -> input);

    assertThat(get(result)).hasSize(20);
  }
}
