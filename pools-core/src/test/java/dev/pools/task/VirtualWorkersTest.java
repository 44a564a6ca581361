package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.junit.jupiter.api.condition.JRE;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class VirtualWorkersTest extends PoolTestBase {

  @Test
  @EnabledForJreRange(max = JRE.JAVA_20)
  void jdkWithoutVirtualThreads_isNamedInTheError() {
    assertThat(WorkerThreads.virtualSupported()).isFalse();
    assertThatThrownBy(WorkerThreads::virtual)
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("21");
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void eachTaskHasAThreadOfItsOwnAndNoMoreRunThanMay() {
    AdvancedPool pool =
        build(builder().threads(WorkerThreads.virtual()).maxWorkers(4).queueCapacity(100));
    assertThat(pool.stats().workers()).isZero();
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    ConcurrentHashMap<Thread, Integer> threads = new ConcurrentHashMap<>();
    for (int i = 0; i < 2_000; i++) {
      pool.execute(
          () -> {
            most.accumulateAndGet(running.incrementAndGet(), Math::max);
            threads.merge(Thread.currentThread(), 1, Integer::sum);
            running.decrementAndGet();
          });
    }

    get(pool.drain());

    assertThat(most.get()).isBetween(1, 4);
    assertThat(threads).hasSize(2_000);
    assertThat(threads.keySet().iterator().next().getName()).contains("-task-");
    await().until(() -> pool.stats().workers() == 0);
    pool.shutdown();
    assertThat(get(pool.join())).hasSizeBetween(1, 4);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void aThreadThatWaitsForAnotherTaskOfItsPoolIsKnown() {
    AdvancedPool pool = build(builder().threads(WorkerThreads.virtual()).maxWorkers(1));
    PoolFuture<Integer> outer = pool.submit(() -> pool.submit(() -> 1).join());

    await().until(() -> pool.stats().starved());

    get(pool.resize(0, 2));
    assertThat(get(outer)).isEqualTo(1);
    assertThat(pool.stats().blockedWorkers()).isZero();
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void failureOfAnExecutedTask_goesToTheDefaultHandler() {
    Thread.UncaughtExceptionHandler before = Thread.getDefaultUncaughtExceptionHandler();
    CompletableFuture<Throwable> reported = new CompletableFuture<>();
    Thread.setDefaultUncaughtExceptionHandler((thread, failure) -> reported.complete(failure));
    try {
      AdvancedPool pool = build(builder().threads(WorkerThreads.virtual()).maxWorkers(1));
      IllegalStateException failure = new IllegalStateException("failed");
      pool.execute(
          () -> {
            throw failure;
          });

      assertThat(get(reported)).isSameAs(failure);
      assertThat(get(pool.submit(() -> 1))).isEqualTo(1);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(before);
    }
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void idleVirtualWorkerHasNoThreadAndIsNotCounted() {
    AdvancedPool pool = build(builder().threads(WorkerThreads.virtual()).maxWorkers(3));
    List<Gate> gates = List.of(occupy(pool), occupy(pool), occupy(pool));
    assertThat(pool.stats().workers()).isEqualTo(3);
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    gates.forEach(Gate::open);
    assertThat(get(queued)).isEqualTo(1);

    await().until(() -> pool.stats().workers() == 0);
    assertThat(pool.stats().idleWorkers()).isZero();
    get(pool.resize(0, 1));
    occupy(pool);
    pool.submit(() -> 2);
    assertThat(pool.stats().workers()).isEqualTo(1);
    assertThat(pool.qsize()).isEqualTo(1);
  }

  /** A pool recognises its virtual threads by their handler, which a task may replace. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  @EnabledForJreRange(min = JRE.JAVA_21)
  void threadWhoseTaskHasSetTheHandler_isInside(boolean toNone) {
    AdvancedPool pool = build(builder().threads(WorkerThreads.virtual()).maxWorkers(70));
    List<Gate> others = new ArrayList<>();
    for (int i = 0; i < 66; i++) {
      others.add(occupy(pool));
    }
    AtomicReference<PoolFuture<?>> own = new AtomicReference<>();
    CompletableFuture<Boolean> maySeeItself = new CompletableFuture<>();
    PoolFuture<Integer> task =
        pool.submit(
            () -> {
              maySeeItself.join();
              Thread.currentThread()
                  .setUncaughtExceptionHandler(toNone ? null : (thread, failure) -> {});
              assertThatThrownBy(pool::close)
                  .isInstanceOf(IllegalStateException.class)
                  .hasMessageContaining("inside of pool");
              // The pool drains, and takes what belongs to accepted work.
              PoolFuture<Integer> inner = pool.submit(() -> 1);
              own.get().cancel(false);
              return get(inner);
            });
    own.set(task);
    maySeeItself.complete(true);

    others.forEach(Gate::open);

    await().until(task::isDone);
    assertThat(task).isCancelled();
    await().until(pool::isTerminated);
    assertThat(pool.stats().rejected()).isZero();
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void threadWithAHandlerOfItsOwnThatWaitsForItsPool_isKnown() {
    AdvancedPool pool = build(builder().threads(WorkerThreads.virtual()).maxWorkers(1));
    PoolFuture<Integer> outer =
        pool.submit(
            () -> {
              Thread.currentThread().setUncaughtExceptionHandler((thread, failure) -> {});
              return pool.submit(() -> 1).join();
            });

    await().until(() -> pool.stats().starved());

    get(pool.resize(0, 2));
    assertThat(get(outer)).isEqualTo(1);
  }

  @Test
  @EnabledForJreRange(min = JRE.JAVA_21)
  void tenThousandVirtualThreadsMayWaitForTwoWorkers() throws Exception {
    AdvancedPool pool = fixed(2);
    AtomicInteger sum = new AtomicInteger();
    List<Thread> callers = new ArrayList<>();
    var factory =
        (java.util.concurrent.ThreadFactory)
            Class.forName("java.lang.Thread$Builder")
                .getMethod("factory")
                .invoke(Thread.class.getMethod("ofVirtual").invoke(null));
    for (int i = 0; i < 10_000; i++) {
      Thread caller =
          factory.newThread(
              () -> {
                try {
                  sum.addAndGet(pool.complete(() -> 1));
                } catch (Exception e) {
                  throw new AssertionError(e);
                }
              });
      callers.add(caller);
      caller.start();
    }
    for (Thread caller : callers) {
      caller.join();
    }
    assertThat(sum).hasValue(10_000);
  }

  @Test
  void threadsOfAFactoryOfOnesOwn() {
    AdvancedPool pool =
        build(
            builder()
                .threads(
                    WorkerThreads.of(
                        work -> {
                          Thread thread = Executors.defaultThreadFactory().newThread(work);
                          thread.setName("mine");
                          return thread;
                        })));

    assertThat(get(pool.submit(() -> Thread.currentThread().getName()))).isEqualTo("mine");
  }

  @Test
  void platformThreadsAreNamedAfterThePoolAndInheritNothing() {
    InheritableThreadLocal<String> inheritable = new InheritableThreadLocal<>();
    inheritable.set("the builder's");
    AdvancedPool pool = build(builder().name("named"));
    AdvancedPool daemons = build(builder().threads(WorkerThreads.daemon()));

    assertThat(get(pool.submit(() -> Thread.currentThread().getName())))
        .isEqualTo("named-worker-1");
    assertThat(get(pool.submit(inheritable::get))).isNull();
    assertThat(get(pool.submit(() -> Thread.currentThread().isDaemon()))).isFalse();
    assertThat(get(daemons.submit(() -> Thread.currentThread().isDaemon()))).isTrue();
  }
}
