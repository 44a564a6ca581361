package dev.pools.map;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import dev.pools.internal.LogOf;
import java.io.IOException;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Flow;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A map step by step, on a pool in which nothing happens by itself. */
class MapRunTest {

  private final ManualMapExecutor pool = new ManualMapExecutor();

  // ---- Reading ahead

  @Test
  void theFirstWindowIsReadAtOnceAndThenOneMoreForEachThatEnds() {
    CountedInput input = CountedInput.endless();

    CompletableFuture<List<Integer>> result = map(x -> x, input, window(3));

    assertThat(input.read).isEqualTo(3);
    for (int ended = 1; ended <= 1000; ended++) {
      pool.runOne();
      assertThat(input.read).isEqualTo(3 + ended);
      assertThat(pool.waiting).hasSize(3);
    }
    assertThat(result).isNotDone();
  }

  @Test
  void aSlowElementHoldsUpNoOther() {
    CountedInput input = CountedInput.endless();
    map(x -> x, input, window(3));
    ManualMapExecutor.Task slow = pool.waiting.remove();

    for (int i = 0; i < 100; i++) {
      pool.runOne();
    }

    assertThat(slow).isNotDone();
    assertThat(input.read).isEqualTo(103);
  }

  @Test
  void anAutomaticWindowIsTwiceTheWorkersAlsoAfterAResize() {
    pool.maxWorkers = 3;
    CountedInput input = CountedInput.endless();
    map(x -> x, input, MapOptions.DEFAULT);
    assertThat(pool.waiting).hasSize(6);

    pool.maxWorkers = 10;
    for (int i = 0; i < 6; i++) {
      pool.runOne();
    }

    assertThat(pool.waiting).hasSize(20);
  }

  @Test
  void anAutomaticWindowIsTwoAtLeast() {
    pool.maxWorkers = 0;

    map(x -> x, CountedInput.endless(), MapOptions.DEFAULT);

    assertThat(pool.waiting).hasSize(2);
  }

  @Test
  void aWindowOfOneRunsOneAfterTheOther() {
    CompletableFuture<List<Integer>> result = map(x -> x, List.of(1, 2, 3), window(1));

    for (int i = 0; i < 3; i++) {
      assertThat(pool.waiting).hasSize(1);
      pool.runOne();
    }

    assertThat(result).isCompletedWithValue(List.of(1, 2, 3));
  }

  @Test
  void elementsAreSubmittedInOrderWithThePriorityOfTheMap() {
    map(x -> x, List.of(1, 2, 3), MapOptions.priority(7).withWindow(3));

    assertThat(pool.all).extracting(task -> task.priority).containsExactly(7, 7, 7);
    assertThat(pool.all)
        .extracting(task -> task.code.toString())
        .containsExactly("element 1 of a map", "element 2 of a map", "element 3 of a map");
  }

  @Test
  void elementThatHasEndedIsNotKept() {
    int window = 4;
    List<WeakReference<Object>> values = new ArrayList<>();
    Stream<Object> input =
        Stream.generate(
            () -> {
              Object value = new byte[16];
              values.add(new WeakReference<>(value));
              return value;
            });
    CompletableFuture<List<Object>> result =
        ParallelMap.map(pool, value -> null, Input.of(input), window(window));

    for (int i = 0; i < 1000; i++) {
      pool.runOne();
      pool.all.clear();
    }

    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return values.stream().filter(value -> value.get() != null).count() <= window;
            });
    assertThat(result).isNotDone();
  }

  // ---- Turns

  @Test
  void resultThatIsComplete_keepsNothingOfTheMap() {
    List<WeakReference<Object>> parts = new ArrayList<>();
    CompletableFuture<List<Object>> result = cancelledHalfway(parts);
    pool.all.clear();
    pool.waiting.clear();

    Awaitility.await()
        .until(
            () -> {
              System.gc();
              return parts.stream().allMatch(part -> part.get() == null);
            });
    assertThat(parts).hasSize(2);
    assertThat(result).isCancelled();
  }

  private CompletableFuture<List<Object>> cancelledHalfway(List<WeakReference<Object>> parts) {
    CountedInput input = CountedInput.endless();
    parts.add(new WeakReference<>(input));
    CompletableFuture<List<Object>> result =
        ParallelMap.map(
            pool,
            value -> {
              Object own = new byte[16];
              parts.add(new WeakReference<>(own));
              return own;
            },
            Input.of(input),
            window(3));
    pool.runOne();
    result.cancel(false);
    return result;
  }

  @Test
  void theCallerLeavesAfterAWindowEvenIfElementsEndAsFastAsItReads() {
    CountedInput input = new CountedInput(1000);
    Iterable<Integer> fast = endingAsItIsRead(input);

    CompletableFuture<List<Integer>> result = map(x -> x, fast, window(5));

    assertThat(input.read).isEqualTo(5);
    assertThat(pool.handedOff).hasSize(1);
    assertThat(result).isNotDone();

    pool.handedOff.remove(0).run();
    pool.runAll();

    assertThat(result.join()).hasSize(1000);
    assertThat(pool.handedOff).isEmpty();
  }

  @Test
  void aWorkerLeavesAfterAShortTurn() {
    CountedInput input = new CountedInput(1000);
    boolean[] fast = new boolean[1];
    Iterable<Integer> values =
        spied(
            input,
            () -> {
              if (fast[0]) {
                pool.runAll();
              }
            });
    map(x -> x, values, window(5));
    assertThat(pool.handedOff).isEmpty();

    fast[0] = true;
    pool.runOne();

    assertThat(input.read).isEqualTo(5 + 64);
    assertThat(pool.handedOff).hasSize(1);
  }

  @Test
  void readerHasTheClassLoaderOfTheCaller() throws Exception {
    ClassLoader callers = new ClassLoader() {};
    ClassLoader another = new ClassLoader() {};
    AtomicReference<ClassLoader> seen = new AtomicReference<>();
    Iterable<Integer> input = endingAsItIsRead(new CountedInput(6));
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    try {
      thread.setContextClassLoader(callers);
      map(x -> x, spied(input, () -> seen.set(thread.getContextClassLoader())), window(5));
      thread.setContextClassLoader(another);
      seen.set(null);

      pool.handedOff.remove(0).run();

      assertThat(seen).hasValue(callers);
      assertThat(thread.getContextClassLoader()).isSameAs(another);
    } finally {
      thread.setContextClassLoader(own);
    }
  }

  @Test
  void readerGoesOnWhenNoThreadCanTakeOver() {
    pool.noThreads = true;
    Iterable<Integer> fast = endingAsItIsRead(new CountedInput(1000));

    CompletableFuture<List<Integer>> result = map(x -> x, fast, window(5));
    pool.runAll();

    assertThat(result.join()).hasSize(1000);
  }

  @Test
  void workerThatRunsAnElementItself_readsNoFurther() {
    CountedInput input = new CountedInput(1000);
    CompletableFuture<List<Integer>> result = map(x -> x, input, window(2));
    pool.inline = true;

    pool.runOne();
    assertThat(input.read).as("the end of the second will continue").isEqualTo(3);
    assertThat(pool.handedOff).isEmpty();

    pool.runOne();
    assertThat(input.read).isEqualTo(4);
    assertThat(pool.handedOff).as("no other is underway").hasSize(1);

    pool.handedOff.remove(0).run();
    assertThat(result.join()).hasSize(1000);
  }

  @Test
  void callerThatRunsTheElementsItself_stays() {
    pool.inline = true;

    CompletableFuture<List<Integer>> result = map(x -> -x, new CountedInput(1_000_000), window(2));

    assertThat(pool.handedOff).isEmpty();
    assertThat(result.join()).hasSize(1_000_000).startsWith(-1, -2, -3).endsWith(-1_000_000);
  }

  /** The elements submitted before have all ended when the next is asked for. */
  private Iterable<Integer> endingAsItIsRead(CountedInput input) {
    return spied(input, pool::runAll);
  }

  private static <T> Iterable<T> spied(Iterable<T> input, Runnable beforeEach) {
    Iterator<T> values = input.iterator();
    return () ->
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            beforeEach.run();
            return values.hasNext();
          }

          @Override
          public T next() {
            return values.next();
          }
        };
  }

  // ---- Results

  @Test
  void resultsAreInTheOrderOfTheInputWhateverEndsFirst() {
    CompletableFuture<List<Integer>> result = map(x -> 10 * x, List.of(1, 2, 3, 4), window(4));

    while (!pool.waiting.isEmpty()) {
      assertThat(result).isNotDone();
      pool.waiting.removeLast().run();
    }

    assertThat(result).isCompletedWithValue(List.of(10, 20, 30, 40));
  }

  @Test
  void valuesAndResultsMayBeNull() {
    CompletableFuture<List<@Nullable Object>> result =
        ParallelMap.map(
            pool,
            value -> value == null ? "was null" : null,
            Input.of(Arrays.asList(null, 1)),
            MapOptions.DEFAULT);
    pool.runAll();

    assertThat(result.join()).containsExactly("was null", null);
  }

  @Test
  void anEmptyInputHasNoResults() {
    assertThat(map(x -> x, List.of(), MapOptions.DEFAULT)).isCompletedWithValue(List.of());
    assertThat(pool.all).isEmpty();
  }

  @Test
  void noInputsHaveNoResults() {
    assertThat(ParallelMap.map(pool, values -> values, MapOptions.DEFAULT))
        .isCompletedWithValue(List.of());
  }

  @Test
  void theResultsCannotBeChanged() {
    CompletableFuture<List<Integer>> result = map(x -> x, List.of(1), MapOptions.DEFAULT);
    pool.runAll();

    assertThatThrownBy(() -> result.join().set(0, 2))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void manyResultsAreAllInTheirPlaces() {
    int many = 100_000;
    CompletableFuture<List<Integer>> result = map(x -> x, new CountedInput(many), window(100));
    pool.runAll();

    assertThat(result.join()).isEqualTo(IntStream.rangeClosed(1, many).boxed().toList());
  }

  // ---- Several inputs

  @Test
  void theShortestInputEndsTheMapAndTheRestOfTheOthersIsLeftAlone() {
    CountedInput first = new CountedInput(10);
    CountedInput second = new CountedInput(2);
    CountedInput third = CountedInput.endless();
    CompletableFuture<List<List<?>>> result =
        ParallelMap.map(
            pool, values -> values, window(5), Input.of(first), Input.of(second), Input.of(third));
    pool.runAll();

    assertThat(result.join()).isEqualTo(List.of(List.of(1, 1, 1), List.of(2, 2, 2)));
    assertThat(List.of(first.read, second.read, third.read)).containsExactly(2, 2, 2);
    assertThat(List.of(first.closed, second.closed, third.closed)).containsExactly(1, 1, 1);
  }

  @Test
  void strictInputsOfTheSameLengthAreMapped() {
    CompletableFuture<List<Integer>> result =
        ParallelMap.map(
            pool,
            (Integer a, Integer b) -> a + b,
            Input.of(List.of(1, 2)),
            Input.of(List.of(10, 20)),
            MapOptions.DEFAULT.strict());
    pool.runAll();

    assertThat(result.join()).containsExactly(11, 22);
  }

  @Test
  void strictInputsOfUnequalLengthFailWhenTheShortestHasEnded() {
    AtomicInteger calls = new AtomicInteger();
    CompletableFuture<List<Integer>> result =
        ParallelMap.map(
            pool,
            (Integer a, Integer b, Integer c) -> calls.incrementAndGet(),
            Input.of(new CountedInput(3)),
            Input.of(new CountedInput(2)),
            Input.of(new CountedInput(3)),
            MapOptions.DEFAULT.strict().withWindow(1));
    pool.runAll();

    assertThat(calls).hasValue(2);
    assertThatThrownBy(result::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "Input 2 of 3 ended after 2 elements, but input 3 has more. With Lengths.STRICT all must be equally long; Lengths.SHORTEST stops at the shortest.");
  }

  // ---- Failures

  @Test
  void theFirstFailureCancelsWhatHasNotStartedAndReadsNoMore() {
    CountedInput input = CountedInput.endless();
    IOException failure = new IOException("of the function");
    AtomicInteger calls = new AtomicInteger();
    CompletableFuture<List<Integer>> result =
        map(
            x -> {
              calls.incrementAndGet();
              if (x == 3) {
                throw failure;
              }
              return x;
            },
            input,
            window(5));

    pool.runAll();

    assertThat(calls).hasValue(3);
    assertThat(input.read).isEqualTo(7);
    assertThat(input.closed).isEqualTo(1);
    assertThat(pool.all)
        .extracting(CompletableFuture::isCancelled)
        .endsWith(true, true, true, true);
    assertFailedWith(result, failure);
  }

  @Test
  void theResultFailsAfterTheOthersWereCancelled() {
    List<Boolean> cancelled = new ArrayList<>();
    CompletableFuture<List<Integer>> result =
        map(
            x -> {
              throw new IllegalStateException();
            },
            CountedInput.endless(),
            window(3));
    result.exceptionally(
        failure -> {
          pool.waiting.forEach(task -> cancelled.add(task.isCancelled()));
          return List.of();
        });

    pool.runOne();

    assertThat(cancelled).containsExactly(true, true);
  }

  @Test
  void aFailureDoesNotInterruptWhatRuns() {
    ManualMapExecutor.Task[] running = new ManualMapExecutor.Task[1];
    CompletableFuture<List<Integer>> result =
        map(
            x -> {
              if (x == 1) {
                // Another element fails while this one runs.
                pool.runOne();
                return x;
              }
              throw new IllegalStateException("of element 2");
            },
            CountedInput.endless(),
            window(3));
    running[0] = pool.all.get(0);

    pool.runOne();

    assertThat(running[0].isCancelled()).isFalse();
    assertThat(running[0].interrupted).isFalse();
    assertThat(running[0]).isCompleted();
    assertThat(result).isCompletedExceptionally();
  }

  @Test
  void anElementThatIsTakenBackTooLateDoesNotRunItsFunction() {
    AtomicInteger calls = new AtomicInteger();
    CompletableFuture<List<Integer>> result =
        map(x -> calls.incrementAndGet(), CountedInput.endless(), window(3));
    result.cancel(false);

    assertThatThrownBy(() -> pool.all.get(0).code.call())
        .isInstanceOf(CancellationException.class)
        .hasMessage("The map that element 1 of a map belongs to has ended.");
    assertThat(calls).hasValue(0);
  }

  @Test
  void errorsAndTheExceptionsThatFuturesTakeForTheirOwnComeOutAsTheyAre() {
    for (Throwable thrown :
        List.of(
            new AssertionError("error"),
            new CancellationException("of the function"),
            new CompletionException("of the function", new IOException()),
            new ExecutionException(new IOException()))) {
      CompletableFuture<List<Object>> result =
          map(
              x -> {
                if (thrown instanceof Error error) {
                  throw error;
                }
                throw (Exception) thrown;
              },
              List.of(1),
              MapOptions.DEFAULT);
      pool.runAll();

      assertFailedWith(result, thrown);
    }
  }

  /** As the limit of a run does: it interrupts the code, and then fails the task. */
  @Test
  void elementWhoseCodeEndsBeforeThePoolFailsIt_failsTheMapAsThePoolSays() {
    IllegalStateException limit = new IllegalStateException("of the pool");
    CompletableFuture<List<Integer>> result =
        map(
            x -> {
              throw new InterruptedException("of the function");
            },
            List.of(1),
            MapOptions.DEFAULT);
    ManualMapExecutor.Task element = pool.waiting.remove();

    assertThatThrownBy(element.code::call).isInstanceOf(InterruptedException.class);
    element.completeExceptionally(limit);

    assertFailedWith(result, limit);
  }

  @Test
  void anInputThatFailsFailsTheResultAndTakesBackWhatHasNotStarted() {
    RuntimeException failure = new IllegalStateException("of the input");
    for (Iterable<Integer> input :
        List.of(
            failing(0, /* inHasNext= */ true, failure),
            failing(2, /* inHasNext= */ true, failure),
            failing(2, /* inHasNext= */ false, failure),
            (Iterable<Integer>)
                () -> {
                  throw failure;
                })) {
      pool.all.clear();

      CompletableFuture<List<Integer>> result = map(x -> x, input, window(5));

      assertFailedWith(result, failure);
      assertThat(pool.all).allMatch(CompletableFuture::isCancelled);
    }
  }

  private static Iterable<Integer> failing(int after, boolean inHasNext, RuntimeException failure) {
    return () ->
        new Iterator<>() {
          private int read;

          @Override
          public boolean hasNext() {
            if (inHasNext && read == after) {
              throw failure;
            }
            return true;
          }

          @Override
          public Integer next() {
            if (read == after) {
              throw failure;
            }
            return ++read;
          }
        };
  }

  @Test
  @SuppressWarnings("NullAway") // What the annotations forbid is what is tried.
  void anIteratorThatIsNullFailsTheResult() {
    CompletableFuture<List<Integer>> result =
        map((Integer x) -> x, (Iterable<Integer>) () -> null, MapOptions.DEFAULT);

    assertThatThrownBy(result::get)
        .hasRootCauseInstanceOf(NullPointerException.class)
        .hasRootCauseMessage("The iterator of input 1 is null: its iterator() must return one.");
  }

  @Test
  void aRefusalOfThePoolIsTheFailureOfTheResult() {
    CountedInput input = CountedInput.endless();
    CompletableFuture<List<Integer>> result = map(x -> x, input, window(3));

    RejectedExecutionException refusal = new RejectedExecutionException("full");
    pool.refusal = refusal;
    pool.runOne();

    assertFailedWith(result, refusal);
    assertThat(pool.waiting).allMatch(CompletableFuture::isCancelled);
    assertThat(input.read).isEqualTo(4);
    assertThat(input.closed).isEqualTo(1);
  }

  @Test
  void aRefusalOfTheFirstElementIsTheFailureOfTheResult() {
    RejectedExecutionException refusal = new RejectedExecutionException("shut down");
    pool.refusal = refusal;

    assertFailedWith(map(x -> x, CountedInput.endless(), MapOptions.DEFAULT), refusal);
  }

  @Test
  void anElementThatThePoolDropsCancelsTheResult() {
    CompletableFuture<List<Integer>> result = map(x -> x, CountedInput.endless(), window(3));

    pool.all.get(1).cancel(false);

    assertThat(result).isCancelled();
    assertThatThrownBy(result::join).isInstanceOf(CancellationException.class);
    assertThat(result.handle((results, why) -> why.getMessage()).join())
        .contains("element 2 of a map, which the pool dropped before it ran");
    assertThat(pool.all).allMatch(CompletableFuture::isCancelled);
  }

  // ---- Ended from outside

  @Test
  void cancellingTheResultTakesBackWhatHasNotStartedAndStopsReading() {
    CountedInput input = CountedInput.endless();
    CompletableFuture<List<Integer>> result = map(x -> x, input, window(3));
    pool.runOne();

    assertThat(result.cancel(false)).isTrue();
    assertThat(result.cancel(true)).as("twice").isTrue();

    assertThat(result).isCancelled();
    assertThat(pool.waiting).allMatch(CompletableFuture::isCancelled);
    assertThat(pool.waiting).noneMatch(task -> task.interrupted);
    assertThat(input.read).isEqualTo(4);
    assertThat(input.closed).isEqualTo(1);
  }

  @Test
  void onlyACancelWithInterruptionInterruptsWhatRuns() {
    for (boolean interrupt : new boolean[] {false, true}) {
      pool.all.clear();
      pool.waiting.clear();
      AtomicReference<CompletableFuture<?>> result = new AtomicReference<>();
      result.set(
          map(
              x -> {
                result.get().cancel(interrupt);
                return x;
              },
              CountedInput.endless(),
              window(3)));

      pool.runOne();

      assertThat(pool.all.get(0).interrupted).isEqualTo(interrupt);
      assertThat(result.get()).isCancelled();
    }
  }

  @Test
  void aResultThatIsCompletedByHandStopsTheMap() {
    List<CompletableFuture<?>> ends = new ArrayList<>();
    for (int way = 0; way < 4; way++) {
      pool.all.clear();
      CountedInput input = CountedInput.endless();
      CompletableFuture<List<Integer>> result = map(x -> x, input, window(3));

      switch (way) {
        case 0 -> assertThat(result.complete(List.of(42))).isTrue();
        case 1 -> assertThat(result.completeExceptionally(new IOException())).isTrue();
        case 2 -> ends.add(result.orTimeout(0, TimeUnit.SECONDS));
        default -> ends.add(result.completeOnTimeout(List.of(), 0, TimeUnit.SECONDS));
      }

      Awaitility.await().until(() -> input.closed == 1);
      assertThat(pool.all).hasSize(3).allMatch(CompletableFuture::isCancelled);
      assertThat(input.read).isEqualTo(3);
      assertThat(result.complete(List.of())).isFalse();
    }
    assertThatThrownBy(ends.get(0)::get).hasCauseInstanceOf(TimeoutException.class);
  }

  @Test
  void aResultThatASupplierCompletesStopsTheMapAtOnce() {
    CountedInput input = CountedInput.endless();
    CompletableFuture<List<Integer>> result = map(x -> x, input, window(3));

    result.completeAsync(List::of, Runnable::run);

    assertThat(input.closed).isEqualTo(1);
    assertThat(pool.all).hasSize(3).allMatch(CompletableFuture::isCancelled);
    assertThat(result).isCompletedWithValue(List.of());
  }

  /** As where the stack of the thread is full. */
  @Test
  void elementThatCannotBeCancelled_keepsNeitherTheResultNorTheInputOpen() {
    IllegalStateException full = new IllegalStateException("no room");
    List<Consumer<CompletableFuture<List<Integer>>>> ways =
        List.of(
            result -> assertThatThrownBy(() -> result.cancel(false)).isSameAs(full),
            result -> assertThatThrownBy(() -> result.complete(List.of())).isSameAs(full),
            result -> assertThatThrownBy(() -> result.obtrudeValue(List.of())).isSameAs(full),
            result -> pool.runOne(),
            result -> pool.all.get(0).completeExceptionally(new CancellationException()));
    for (Consumer<CompletableFuture<List<Integer>>> way : ways) {
      pool.all.clear();
      pool.waiting.clear();
      CountedInput input = CountedInput.endless();
      CompletableFuture<List<Integer>> result =
          map(
              x -> {
                throw new IOException("of the function");
              },
              input,
              window(3));
      pool.all.forEach(task -> task.cannotBeCancelled = full);

      way.accept(result);

      assertThat(result).isDone();
      assertThat(input.closed).isEqualTo(1);
    }
  }

  @Test
  void aSupplierThatComesTooLateIsNotAsked() {
    AtomicInteger calls = new AtomicInteger();
    CompletableFuture<List<Integer>> result = map(x -> x, List.of(1), MapOptions.DEFAULT);
    pool.runAll();

    result.completeAsync(
        () -> {
          calls.incrementAndGet();
          return List.of();
        },
        Runnable::run);

    assertThat(calls).hasValue(0);
    assertThat(result).isCompletedWithValue(List.of(1));
  }

  @Test
  void aResultThatIsReplacedAfterTheEndIsTheNewOne() {
    CountedInput input = new CountedInput(1);
    CompletableFuture<List<Integer>> result = map(x -> x, input, MapOptions.DEFAULT);
    pool.runAll();

    result.obtrudeValue(List.of(42));

    assertThat(result).isCompletedWithValue(List.of(42));
    assertThat(input.closed).isEqualTo(1);
  }

  @Test
  @SuppressWarnings("NullAway") // What the annotations forbid is what is tried.
  void nullsInPlaceOfAResultLeaveTheMapAlone() {
    CompletableFuture<List<Integer>> result = map(x -> x, List.of(1), MapOptions.DEFAULT);

    assertThatNullPointerException().isThrownBy(() -> result.completeExceptionally(null));
    assertThatNullPointerException().isThrownBy(() -> result.obtrudeException(null));
    assertThatNullPointerException().isThrownBy(() -> result.completeAsync(null, Runnable::run));
    pool.runAll();

    assertThat(result).isCompletedWithValue(List.of(1));
  }

  @Test
  void aCancelThatComesTooLateChangesNothing() {
    CompletableFuture<List<Integer>> result = map(x -> x, List.of(1), MapOptions.DEFAULT);
    pool.runAll();

    assertThat(result.cancel(true)).isFalse();
    assertThat(result).isCompletedWithValue(List.of(1));
  }

  // ---- Closing

  @Test
  void anIteratorThatCanBeClosedIsClosedOnceItHasEnded() {
    CountedInput input = new CountedInput(2);

    CompletableFuture<List<Integer>> result = map(x -> x, input, window(5));

    assertThat(input.closed).as("closed before the elements end").isEqualTo(1);
    pool.runAll();
    assertThat(result).isCompletedWithValue(List.of(1, 2));
    assertThat(input.closed).isEqualTo(1);
  }

  @Test
  void aStreamIsClosedOnceEvenIfItWasNeverRead() {
    AtomicInteger closed = new AtomicInteger();
    Stream<Integer> read = Stream.of(1, 2).onClose(closed::incrementAndGet);
    Stream<Integer> unread = Stream.of(1, 2).onClose(closed::incrementAndGet);

    CompletableFuture<List<Integer>> result =
        ParallelMap.map(pool, (Integer x) -> x, Input.of(read), MapOptions.DEFAULT);
    pool.runAll();
    assertThat(result.join()).containsExactly(1, 2);
    assertThat(closed).hasValue(1);

    CompletableFuture<List<Integer>> none =
        ParallelMap.map(
            pool,
            (Integer a, Integer b) -> a + b,
            Input.of(List.<Integer>of()),
            Input.of(unread),
            MapOptions.DEFAULT);
    assertThat(none).isCompletedWithValue(List.of());
    assertThat(closed).hasValue(2);
  }

  @Test
  void anInputThatCannotBeClosedFailsTheResultAndTheOthersAreClosedAllTheSame() {
    assertAllAreClosed(new IllegalStateException("first"), new IllegalStateException("second"));
  }

  @Test
  void inputsWhoseClosesThrowErrorsFailTheResultAndTheOthersAreClosedAllTheSame() {
    assertAllAreClosed(new AssertionError("first"), new AssertionError("second"));
  }

  /** Two of three inputs throw when they are closed. */
  private void assertAllAreClosed(Throwable first, Throwable second) {
    CountedInput another = new CountedInput(1);

    CompletableFuture<List<Integer>> result =
        ParallelMap.map(
            pool,
            (Integer a, Integer b, Integer c) -> a,
            Input.of(Stream.of(1).onClose(throwing(first))),
            Input.of(Stream.of(1).onClose(throwing(second))),
            Input.of(another),
            MapOptions.DEFAULT);
    pool.runAll();

    assertFailedWith(result, first);
    assertThat(first).hasSuppressedException(second);
    assertThat(another.closed).isEqualTo(1);
  }

  @Test
  void errorOfACloseThatFollowsAFailureIsReportedAndTheOthersAreClosed() {
    IOException failure = new IOException("of the function");
    CountedInput another = CountedInput.endless();
    try (LogOf log = new LogOf(MapExecutor.class)) {
      CompletableFuture<List<Integer>> result =
          ParallelMap.map(
              pool,
              (Integer a, Integer b) -> {
                throw failure;
              },
              Input.of(
                  Stream.iterate(1, x -> x + 1).onClose(throwing(new AssertionError("of close")))),
              Input.of(another),
              window(2));

      pool.runOne();

      assertFailedWith(result, failure);
      assertThat(another.closed).isEqualTo(1);
      assertThat(log.at(Level.WARN, "Pool 'maps': an input of a map")).hasSize(1);
    }
  }

  @Test
  void closesThatFailInEachMap_areReportedOnceAMinute() {
    try (LogOf log = new LogOf(MapExecutor.class)) {
      for (int i = 0; i < 10; i++) {
        ParallelMap.map(
            pool,
            (Integer a) -> {
              throw new IllegalStateException("of the function");
            },
            Input.of(
                Stream.iterate(1, x -> x + 1).onClose(throwing(new AssertionError("of close")))),
            window(1));
        pool.runOne();
      }

      assertThat(log.at(Level.WARN, "Pool 'maps': an input of a map")).hasSize(1);
    }
  }

  /** As a constant, or what the JVM throws when it has no memory. */
  @Test
  void inputsThatThrowTheSameExceptionAreAllClosed() {
    IllegalStateException same = new IllegalStateException("the same");
    CountedInput another = new CountedInput(1);

    CompletableFuture<List<Integer>> result =
        ParallelMap.map(
            pool,
            (Integer a, Integer b, Integer c) -> a,
            Input.of(Stream.of(1).onClose(throwing(same))),
            Input.of(publisherThatThrowsInCancel(same)),
            Input.of(another),
            MapOptions.DEFAULT);
    pool.runAll();

    assertFailedWith(result, same);
    assertThat(another.closed).isEqualTo(1);
  }

  private static Flow.Publisher<Integer> publisherThatThrowsInCancel(RuntimeException thrown) {
    return subscriber ->
        subscriber.onSubscribe(
            new Flow.Subscription() {
              @Override
              public void request(long more) {
                subscriber.onNext(1);
              }

              @Override
              public void cancel() {
                throw thrown;
              }
            });
  }

  @Test
  void anInputThatCannotBeClosedDoesNotHideTheFailureBeforeIt() {
    IOException failure = new IOException("of the function");
    CompletableFuture<List<Integer>> result =
        ParallelMap.map(
            pool,
            (Integer x) -> {
              throw failure;
            },
            Input.of(Stream.iterate(1, x -> x + 1).onClose(throwing(new IllegalStateException()))),
            window(2));

    pool.runOne();

    assertFailedWith(result, failure);
  }

  private static Runnable throwing(Throwable thrown) {
    return () -> {
      if (thrown instanceof Error error) {
        throw error;
      }
      throw (RuntimeException) thrown;
    };
  }

  // ---- Refused at once

  @Test
  @SuppressWarnings("NullAway") // What the annotations forbid is what is tried.
  void missingArgumentsAreRejectedAtOnce() {
    assertThatNullPointerException()
        .isThrownBy(() -> map(null, List.of(1), MapOptions.DEFAULT))
        .withMessage("function");
    assertThatNullPointerException().isThrownBy(() -> Input.of((Iterable<Integer>) null));
    assertThatNullPointerException()
        .isThrownBy(() -> map(x -> x, List.of(1), null))
        .withMessage("options");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> window(-1))
        .withMessageStartingWith("window is -1, but must be 1 or more");
  }

  // ---- Fixtures

  private <R> CompletableFuture<List<R>> map(
      Function1<Integer, R> function, Iterable<Integer> input, MapOptions options) {
    return ParallelMap.map(pool, function, Input.of(input), options);
  }

  private static MapOptions window(int elements) {
    return MapOptions.DEFAULT.withWindow(elements);
  }

  private static void assertFailedWith(CompletableFuture<?> result, Throwable failure) {
    assertThat(result).isCompletedExceptionally().isNotCancelled();
    assertThatThrownBy(result::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isSameAs(failure);
  }
}
