package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.TestThreads;
import dev.pools.internal.Time;
import dev.pools.map.Input;
import dev.pools.map.MapOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** No thread waits for itself: who completes which future, and what a callback may wait for. */
class CompletionTest extends PoolTestBase {

  /** Callbacks block here, so that helper threads are needed. */
  @Override
  AdvancedPoolBuilder builder() {
    return super.builder().time(Time.system());
  }

  private static final Function<AdvancedPool, PoolFuture<Integer>> SUBMIT = p -> p.submit(() -> 1);

  @Test
  void callbackOfDrainMayWaitForAQueuedTaskOfTheOnlyWorker() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    CompletableFuture<Void> drained = pool.drain();
    PoolFuture<Integer> later = pool.submit(() -> 1);
    CompletableFuture<Integer> callback = drained.thenApply(nothing -> later.join());

    gate.open();

    assertThat(get(callback)).isEqualTo(1);
  }

  @Test
  void callbackOfAnAcceptanceMayWaitForTheTaskThatLetItIn() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    PoolFuture<String> queued = pool.submit(() -> "queued");
    PoolFuture<String> waits = pool.submit(() -> "waits");
    CompletableFuture<String> callback = waits.accepted().thenApply(nothing -> queued.join());
    CompletableFuture<String> own = waits.accepted().thenApply(nothing -> waits.join());

    gate.open();

    assertThat(get(callback)).isEqualTo("queued");
    assertThat(get(own)).isEqualTo("waits");
  }

  @Test
  void callbackOfAnAcceptanceMayWaitForTheTaskWhoseCancellationLetItIn() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    PoolFuture<Integer> waits = pool.submit(() -> 2);
    CompletableFuture<Boolean> callback =
        waits.accepted().thenApply(nothing -> queued.handle((value, thrown) -> true).join());

    queued.cancel(false);

    assertThat(get(callback)).isTrue();
  }

  @Test
  void callbackOfAResizeOrAFreeSlotMayWaitForATask() {
    AdvancedPool pool = build(builder().minWorkers(2).maxWorkers(2).queueCapacity(1));
    Gate first = occupy(pool);
    Gate second = occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    CompletableFuture<Integer> slot = pool.waitForSlot().thenApply(waited -> queued.join());
    CompletableFuture<Integer> resized = pool.resize(1, 1).thenApply(nothing -> queued.join());

    first.open();

    await().until(() -> pool.stats().workers() == 1);
    second.open();
    assertThat(get(slot)).isEqualTo(1);
    assertThat(get(resized)).isEqualTo(1);
  }

  @Test
  void callbacksThatWaitForEachOtherAllEnd() {
    AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
    Gate gate = occupy(pool);
    List<PoolFuture<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      futures.add(pool.submit(() -> 1));
    }
    CountDownLatch all = new CountDownLatch(8);
    for (PoolFuture<Integer> future : futures.subList(1, 9)) {
      future
          .accepted()
          .thenRun(
              () -> {
                all.countDown();
                awaitLatch(all);
              });
    }

    gate.open();

    futures.forEach(future -> assertThat(get(future)).isEqualTo(1));
    awaitLatch(all);
  }

  @Test
  void blockingCallbacksOfTheEndHoldUpNeitherCloseNorEachOther() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    CountDownLatch block = new CountDownLatch(1);
    CompletableFuture<Void> joined = pool.join().thenRun(() -> awaitLatch(block));
    CompletableFuture<Void> ended =
        pool.shutdown(ShutdownOptions.DEFAULT).thenRun(() -> awaitLatch(block));
    CompletableFuture<Boolean> told = pool.join().thenApply(reports -> true);
    AtomicBoolean terminated = new AtomicBoolean();
    TestThreads.start(() -> terminated.set(awaitTermination(pool)));

    gate.open();
    pool.close();

    assertThat(get(told)).isTrue();
    await().until(terminated::get);
    assertThat(joined).isNotDone();
    assertThat(ended).isNotDone();
    block.countDown();
    get(joined);
    get(ended);
  }

  @Test
  void callbackOfJoinMayCloseThePool() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    CompletableFuture<Void> closed = pool.join().thenRun(pool::close);
    CompletableFuture<Void> drained = pool.drain().thenRun(pool::close);

    gate.open();

    get(drained);
    get(closed);
  }

  // ---- Tasks that never run

  @Test
  void shutdownNowReturnsWhateverTheCallbacksOfItsTasksWaitFor() {
    AdvancedPool pool = fixed(1);
    occupy(pool);
    List<PoolFuture<Integer>> futures = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      futures.add(pool.submit(() -> 1));
    }
    CompletableFuture<Void> all =
        CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
    List<CompletableFuture<Boolean>> callbacks = new ArrayList<>();
    for (PoolFuture<Integer> future : futures) {
      // Cancels all others, and waits for all of them.
      callbacks.add(
          future.handle(
              (value, thrown) -> {
                boolean cancelled = futures.stream().allMatch(other -> other.cancel(false));
                return cancelled && all.handle((nothing, failure) -> true).join();
              }));
    }

    List<Runnable> neverRun = pool.shutdownNow();

    assertThat(neverRun).hasSize(10);
    assertThat(futures).allMatch(CompletableFuture::isCancelled);
    callbacks.forEach(callback -> assertThat(get(callback)).isTrue());
  }

  /** The one that is added last runs first, and here it waits for the other. */
  @ParameterizedTest
  @ValueSource(strings = {"cancel", "complete", "completeExceptionally"})
  void completerThatIsTooLate_runsTheRemainingCallbacks(String method) {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    PoolFuture<Integer> future = pool.submit(() -> 1);
    CountDownLatch ran = new CountDownLatch(1);
    CompletableFuture<Void> first = future.handle((value, thrown) -> countDown(ran));
    CompletableFuture<Void> last = future.handle((value, thrown) -> awaitLatch(ran));
    TestThreads.start(() -> future.cancel(false));
    await().until(future::isDone);

    boolean completed =
        switch (method) {
          case "cancel" -> !future.cancel(false);
          case "complete" -> future.complete(2);
          default -> future.completeExceptionally(new IllegalStateException("too late"));
        };

    assertThat(completed).isFalse();
    get(first);
    get(last);
    gate.open();
  }

  private static Void countDown(CountDownLatch latch) {
    latch.countDown();
    return null;
  }

  @Test
  void shutdownNowReturnsWhileACallbackBlocks() {
    AdvancedPool pool = fixed(1);
    occupy(pool);
    CountDownLatch block = new CountDownLatch(1);
    PoolFuture<Integer> first = pool.submit(() -> 1);
    PoolFuture<Integer> second = pool.submit(() -> 2);
    CompletableFuture<Void> callback = first.handle((value, thrown) -> awaitLatch(block));
    CompletableFuture<Void> other = second.handle((value, thrown) -> null);

    pool.shutdownNow();

    assertThat(first).isCancelled();
    get(other);
    assertThat(callback).isNotDone();
    block.countDown();
    get(callback);
  }

  @Test
  void everyShutdownWithAQueuedMapReturns() {
    List<Function<AdvancedPool, ?>> ways =
        List.of(
            AdvancedPool::shutdownNow,
            pool -> get(pool.shutdown(ShutdownOptions.DEFAULT.withTotalTimeout(Duration.ZERO))),
            pool -> pool.shutdown(ShutdownOptions.DEFAULT.withIdleTimeout(Duration.ZERO)),
            pool -> pool.shutdown(ShutdownOptions.DEFAULT.cancelPending()));
    for (Function<AdvancedPool, ?> way : ways) {
      AdvancedPool pool = fixed(1);
      Gate gate = occupy(pool);
      CompletableFuture<List<Integer>> mapped = pool.map(x -> x, List.of(1, 2, 3, 4));

      assertThat((Object) way.apply(pool)).isNotNull();

      assertThat(failureOf(mapped)).isNotNull();
      gate.open();
      assertThat(awaitTermination(pool)).isTrue();
    }
  }

  /** Only maps whose inputs are silent are ended by the shutdown itself. */
  @Test
  void shutdownNowReturnsWhateverTheCallbacksOfSilentMapsWaitFor() throws Exception {
    AdvancedPool pool = fixed(1);
    occupy(pool);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    Input<Integer> silent = Input.of((Flow.Publisher<Integer>) subscriber -> {});
    CompletableFuture<List<Integer>> first = pool.map(x -> x, silent, MapOptions.DEFAULT);
    CompletableFuture<List<Integer>> second = pool.map(x -> x, silent, MapOptions.DEFAULT);
    CountDownLatch block = new CountDownLatch(1);
    CompletableFuture<Void> blocks = first.handle((values, thrown) -> awaitLatch(block));
    CompletableFuture<Throwable> waits = second.handle((values, thrown) -> failureOf(queued));

    TestThreads.run(pool::shutdownNow);

    assertThat(get(waits)).isNotNull();
    assertThat(blocks).isNotDone();
    block.countDown();
    get(blocks);
  }

  @Test
  void closeWithKillAtExitAndAQueuedMapReturns() {
    AdvancedPool pool = build(builder().maxWorkers(1).killAtExit(true));
    occupy(pool);
    CompletableFuture<List<Integer>> mapped = pool.map(x -> x, List.of(1, 2, 3, 4));

    pool.close();

    assertThat(failureOf(mapped)).isNotNull();
  }

  @Test
  void expiredElementsOfAMapCostNoWorker() {
    AdvancedPool pool = build(super.builder().maxWorkers(1).maxQueueTime(Duration.ofSeconds(1)));
    Gate gate = occupy(pool);
    CompletableFuture<List<Integer>> mapped = pool.map(x -> x, List.of(1, 2, 3, 4));

    time.advance(Duration.ofSeconds(2));
    gate.open();

    assertThat(failureOf(mapped)).isInstanceOf(TaskExpiredException.class);
    assertThat(get(pool.submit(() -> 5, new TaskOptions(0, Duration.ofHours(1))))).isEqualTo(5);
  }

  @Test
  void callbackOfAnExpiredTaskMayWaitForTheTaskAfterIt() {
    AdvancedPool pool = build(builder().maxWorkers(1));
    Gate gate = occupy(pool);
    PoolFuture<Integer> expires = pool.submit(() -> 1, new TaskOptions(0, Duration.ofNanos(1)));
    PoolFuture<Integer> next = pool.submit(() -> 2);
    CompletableFuture<Integer> callback = expires.handle((value, thrown) -> next.join());

    gate.open();

    assertThat(get(callback)).isEqualTo(2);
    assertThat(expires).isCompletedExceptionally();
  }

  @Test
  void callbackOfADroppedTaskMayWaitForTheOneThatTookItsPlace() {
    AdvancedPool pool =
        build(builder().maxWorkers(1).queueCapacity(1).overflow(OverflowPolicy.DISCARD_OLDEST));
    Gate gate = occupy(pool);
    PoolFuture<Integer> dropped = pool.submit(() -> 1);
    CompletableFuture<Integer> successor = new CompletableFuture<>();
    CompletableFuture<Integer> callback = dropped.handle((value, thrown) -> successor.join());

    PoolFuture<Integer> next = pool.submit(() -> 2);
    next.thenAccept(successor::complete);
    gate.open();

    assertThat(get(callback)).isEqualTo(2);
  }

  @Test
  void callbackOfACancelledTaskMayDrainAndCloseThePool() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    PoolFuture<Integer> first = pool.submit(() -> 1);
    first.handle(
        (value, thrown) -> {
          gate.open();
          pool.drain().join();
          pool.close();
          return null;
        });

    first.cancel(false);

    assertThat(pool.isTerminated()).isTrue();
  }

  @Test
  void callbacksAtAnyDepthMayWaitForThePool() {
    for (int depth : new int[] {49, 50, 51, 200}) {
      AdvancedPool pool = build(builder().maxWorkers(1).queueCapacity(1));
      occupy(pool);
      pool.execute(() -> {});
      List<PoolFuture<Integer>> waiting = new ArrayList<>();
      for (int i = 0; i <= depth; i++) {
        waiting.add(pool.submit(() -> 1));
      }
      for (int i = 0; i < depth; i++) {
        PoolFuture<Integer> next = waiting.get(i + 1);
        waiting.get(i).accepted().whenComplete((nothing, thrown) -> next.cancel(false));
      }
      CompletableFuture<Void> innermost =
          waiting.get(depth).accepted().handle((nothing, thrown) -> pool.resize(1, 2).join());

      waiting.get(0).cancel(false);

      get(innermost);
    }
  }

  // ---- Too late

  @Test
  void cancelInAListenerThatIsToldOfTheEndReturnsAtOnce() throws Exception {
    AtomicReference<PoolFuture<Integer>> future = new AtomicReference<>();
    CompletableFuture<Boolean> inside = new CompletableFuture<>();
    CompletableFuture<Boolean> outside = new CompletableFuture<>();
    PoolListener listener =
        new PoolListener() {
          @Override
          public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
            // Another thread that comes too late helps, although this one holds up the result.
            try {
              TestThreads.run(() -> outside.complete(future.get().cancel(true)));
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            inside.complete(future.get().cancel(true));
          }
        };
    AdvancedPool pool = build(builder().maxWorkers(1).listener(listener));
    CountDownLatch known = new CountDownLatch(1);
    future.set(
        pool.submit(
            () -> {
              known.await();
              return 7;
            }));

    known.countDown();

    assertThat(get(outside)).isFalse();
    assertThat(get(inside)).isFalse();
    assertThat(get(future.get())).isEqualTo(7);
  }

  /** What user code runs before a task that was completed by hand has its result. */
  enum Before {
    LISTENER,
    DECORATOR
  }

  @ParameterizedTest
  @EnumSource(Before.class)
  void cancelOfATaskThatIsBeingCompletedByHand_returns_onTheSameThread(Before before) {
    AtomicReference<PoolFuture<Integer>> future = new AtomicReference<>();
    CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
    AdvancedPool pool =
        build(calling(before, () -> cancelled.complete(future.get().cancel(true)), future));
    Gate gate = occupy(pool);
    future.set(pool.submit(() -> 1));
    CompletableFuture<Boolean> completed = new CompletableFuture<>();
    TestThreads.start(() -> completed.complete(future.get().complete(7)));

    assertThat(get(cancelled)).isFalse();
    assertThat(get(completed)).isTrue();
    assertThat(get(future.get())).isEqualTo(7);
    gate.open();
  }

  @ParameterizedTest
  @EnumSource(Before.class)
  void cancelOfATaskThatIsBeingCompletedByHand_returns_onAnotherThread(Before before) {
    AtomicReference<PoolFuture<Integer>> future = new AtomicReference<>();
    CountDownLatch inUserCode = new CountDownLatch(1);
    CountDownLatch block = new CountDownLatch(1);
    Runnable blocks =
        () -> {
          inUserCode.countDown();
          awaitLatch(block);
        };
    AdvancedPool pool = build(calling(before, blocks, future));
    Gate gate = occupy(pool);
    future.set(pool.submit(() -> 1));
    IllegalStateException byHand = new IllegalStateException("by hand");
    CompletableFuture<Boolean> completed = new CompletableFuture<>();
    TestThreads.start(() -> completed.complete(future.get().completeExceptionally(byHand)));
    awaitLatch(inUserCode);
    CompletableFuture<Boolean> cancelled = new CompletableFuture<>();
    TestThreads.start(() -> cancelled.complete(future.get().cancel(true)));

    assertThat(get(cancelled)).isFalse();
    assertThat(failureOf(future.get())).isSameAs(byHand);
    assertThat(completed).isNotDone();
    block.countDown();
    assertThat(get(completed)).isTrue();
    gate.open();
  }

  /** A pool of one worker that calls this before a task that is known has its result. */
  private AdvancedPoolBuilder calling(
      Before before, Runnable action, AtomicReference<PoolFuture<Integer>> known) {
    AdvancedPoolBuilder builder = builder().maxWorkers(1);
    if (before == Before.LISTENER) {
      return builder.listener(
          new PoolListener() {
            @Override
            public void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {
              action.run();
            }
          });
    }
    return builder.taskDecorator(
        task ->
            () -> {
              if (known.get() != null) {
                action.run();
              }
              task.run();
            });
  }

  /** An exception that is missing decides nothing. */
  @Test
  void completionWithoutAnException_isRejectedAndTheTaskRuns() {
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    PoolFuture<Integer> future = pool.submit(() -> 1);

    assertThatThrownBy(() -> future.completeExceptionally(null))
        .isInstanceOf(NullPointerException.class);

    gate.open();
    assertThat(get(future)).isEqualTo(1);
  }

  /** The interrupt of a running task may call user code: a thread's own interrupt(). */
  @Test
  void cancelInsideOfAnInterruptThatACancelHasSentReturns() {
    AtomicReference<PoolFuture<?>> future = new AtomicReference<>();
    AtomicInteger cancelled = new AtomicInteger();
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .threads(
                    WorkerThreads.of(
                        code ->
                            new Thread(code) {
                              @Override
                              public void interrupt() {
                                PoolFuture<?> running = future.get();
                                if (running != null && running.cancel(false)) {
                                  cancelled.incrementAndGet();
                                }
                                super.interrupt();
                              }
                            })));
    Gate gate = new Gate();
    future.set(pool.submit(gate::call));
    gate.awaitEntered();

    assertThat(future.get().cancel(true)).isTrue();

    assertThat(cancelled.get()).isPositive();
    future.set(null);
  }

  // ---- close() inside of a task

  @Test
  void closeInATaskIsRejected_onAWorkerAndInACaller() {
    List<BiConsumer<AdvancedPool, Runnable>> ways =
        List.of(
            (pool, task) -> pool.submit(task),
            (pool, task) -> pool.execute(task),
            (pool, task) -> pool.execute(task, 3),
            (pool, task) ->
                pool.map(
                    x -> {
                      task.run();
                      return x;
                    },
                    List.of(1)),
            (pool, task) -> pool.submit(() -> pool.submit(task)));
    for (BiConsumer<AdvancedPool, Runnable> way : ways) {
      AdvancedPool pool =
          build(
              builder()
                  .minWorkers(1)
                  .maxWorkers(1)
                  .queueCapacity(0)
                  .overflow(OverflowPolicy.CALLER_RUNS));
      AdvancedPool other = fixed(1);
      Gate gate = occupy(pool);
      List<Throwable> refused = new ArrayList<>();

      way.accept(
          pool,
          () -> {
            refused.add(thrownBy(() -> awaitTerminationOrThrow(pool)));
            // Inside of the task of another pool it is still in this one.
            get(SUBMIT.apply(other));
            other.close();
            refused.add(thrownBy(pool::close));
          });

      assertThat(refused).hasSize(2).allMatch(IllegalStateException.class::isInstance);
      assertThat(EnteredPools.place()).containsExactly(0);
      gate.open();
      pool.close();
    }
  }

  @Test
  void closeInNestedCallerRunTasksIsRefusedByBothPools() {
    List<AdvancedPool> pools = new ArrayList<>();
    for (int i = 0; i < 2; i++) {
      AdvancedPool pool =
          build(builder().maxWorkers(1).queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS));
      occupy(pool);
      pools.add(pool);
    }
    List<Throwable> refused = new ArrayList<>();

    pools
        .get(0)
        .execute(
            () -> {
              pools.get(1).execute(() -> pools.forEach(pool -> refused.add(thrownBy(pool::close))));
              refused.add(thrownBy(pools.get(0)::close));
            });

    assertThat(refused).hasSize(3).allMatch(IllegalStateException.class::isInstance);
  }

  @Test
  void closeInAListenerThatIsToldOfADroppedTaskIsRefused() {
    AtomicReference<AdvancedPool> self = new AtomicReference<>();
    CompletableFuture<Throwable> refused = new CompletableFuture<>();
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .listener(
                    new PoolListener() {
                      @Override
                      public void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {
                        refused.complete(thrownBy(() -> self.get().close()));
                      }
                    }));
    self.set(pool);
    Gate gate = occupy(pool);

    pool.submit(() -> 1).cancel(false);

    assertThat(get(refused)).isInstanceOf(IllegalStateException.class);
    gate.open();
  }

  /** The caller reads the first two rows, and a helper thread the others. */
  @Test
  void closeInAnIteratorOfAMapIsRefused_inTheCallerAndInAHelper() {
    AdvancedPool pool = build(builder().maxWorkers(1));
    List<Throwable> refused = Collections.synchronizedList(new ArrayList<>());
    Set<Thread> readers = ConcurrentHashMap.newKeySet();
    Iterator<Integer> numbers = List.of(1, 2, 3, 4).iterator();
    Iterable<Integer> input =
        () ->
            new Iterator<>() {
              @Override
              public boolean hasNext() {
                readers.add(Thread.currentThread());
                refused.add(thrownBy(pool::close));
                // When this has run, the element before it has left the only worker. It is accepted
                // although the pool is shut down, as from a task.
                get(SUBMIT.apply(pool));
                return numbers.hasNext();
              }

              @Override
              public Integer next() {
                return numbers.next();
              }
            };

    CompletableFuture<List<Integer>> mapped =
        pool.map(x -> x, input, MapOptions.DEFAULT.withWindow(2));

    assertThat(get(mapped)).containsExactly(1, 2, 3, 4);
    assertThat(readers).hasSize(2).contains(Thread.currentThread());
    assertThat(refused).hasSize(5).allMatch(IllegalStateException.class::isInstance);
    assertThat(EnteredPools.place()).containsExactly(0);
  }

  @Test
  void closeInAPublisherOfAMapIsRefused_onWhicheverThreadTheMapCallsIt() throws Exception {
    AdvancedPool pool = build(builder().maxWorkers(1));
    List<Throwable> refused = Collections.synchronizedList(new ArrayList<>());
    AtomicReference<Flow.Subscriber<? super Integer>> subscribed = new AtomicReference<>();
    Flow.Publisher<Integer> publisher =
        subscriber -> {
          refused.add(thrownBy(pool::close));
          subscribed.set(subscriber);
        };
    CompletableFuture<List<Integer>> mapped =
        pool.map((Integer x) -> x, Input.of(publisher), MapOptions.DEFAULT);
    assertThat(refused).as("in subscribe").hasSize(1);
    Flow.Subscription subscription =
        new Flow.Subscription() {
          @Override
          public void request(long more) {
            refused.add(thrownBy(pool::close));
          }

          @Override
          public void cancel() {
            refused.add(thrownBy(pool::close));
          }
        };
    TestThreads.run(() -> subscribed.get().onSubscribe(subscription));
    assertThat(refused).as("and in request").hasSize(2);
    CompletableFuture<Boolean> dependant =
        mapped.handle((values, failure) -> refused.add(thrownBy(pool::close)));

    mapped.cancel(false);

    assertThat(get(dependant)).isTrue();
    assertThat(refused).as("and in cancel and in a dependant").hasSize(4);
    assertThat(refused).allMatch(IllegalStateException.class::isInstance);
  }

  @Test
  void closeInTheDecoratorOfAMapIsRefused() {
    AtomicReference<AdvancedPool> self = new AtomicReference<>();
    List<Throwable> refused = Collections.synchronizedList(new ArrayList<>());
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .taskDecorator(
                    task -> {
                      refused.add(thrownBy(() -> self.get().close()));
                      return task;
                    }));
    self.set(pool);

    assertThat(get(pool.map(x -> x, List.of(1)))).containsExactly(1);

    assertThat(refused).isNotEmpty().allMatch(IllegalStateException.class::isInstance);
  }

  private static Throwable failureOf(CompletableFuture<?> future) {
    CompletableFuture<Throwable> failure = future.handle((value, thrown) -> thrown);
    return get(failure);
  }

  private static Throwable thrownBy(Runnable action) {
    try {
      action.run();
      return new AssertionError("It has returned.");
    } catch (Throwable thrown) {
      return thrown;
    }
  }

  private static void awaitTerminationOrThrow(AdvancedPool pool) {
    assertThatThrownBy(() -> pool.awaitTermination(1, TimeUnit.NANOSECONDS))
        .isInstanceOf(IllegalStateException.class);
    throw new IllegalStateException("refused as it should be");
  }

  private static boolean awaitTermination(AdvancedPool pool) {
    try {
      return pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static Void awaitLatch(CountDownLatch latch) {
    try {
      if (!latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("No one has opened the latch.");
      }
      return null;
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
