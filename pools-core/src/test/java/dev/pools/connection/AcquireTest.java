package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import dev.pools.internal.AfterUnlock;
import dev.pools.internal.Time;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class AcquireTest extends ConnectionTestBase {

  @Test
  void aLeaseHasAConnectionAndGivesItBack() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);

    try (Lease<FakeConnection> lease = pool.acquire()) {
      assertThat(lease.connection()).isSameAs(server.made.get(0));
      assertThat(pool.inUse()).isEqualTo(1);
      assertThat(pool.available()).isZero();
      assertThat(pool.size()).isEqualTo(1);
    }

    assertThat(pool.inUse()).isZero();
    assertThat(pool.available()).isEqualTo(1);
    assertThat(pool.acquire().connection()).as("reused").isSameAs(server.made.get(0));
    assertThat(pool.stats().acquired()).isEqualTo(2);
  }

  @Test
  void noMoreThanMaxSizeAreMade() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    pool.acquire();
    pool.acquire();

    CompletableFuture<Lease<FakeConnection>> third = pool.acquireAsync();

    assertThat(third).isNotDone();
    assertThat(server.made).hasSize(2);
    assertThat(pool.stats().waiting()).isEqualTo(1);
  }

  @Test
  void callersAreServedInTheOrderInWhichTheyCameWhetherTheyBlockOrNot() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> first = pool.acquire();
    List<String> served = Collections.synchronizedList(new ArrayList<>());
    List<TestThreads.Started> threads = new ArrayList<>();
    CompletableFuture<?> async1 =
        pool.acquireAsync().thenAccept(lease -> serve(served, "async 1", lease));
    threads.add(startWaiter(pool, () -> serve(served, "blocking 1", pool.acquire())));
    CompletableFuture<?> async2 =
        pool.acquireAsync().thenAccept(lease -> serve(served, "async 2", lease));
    threads.add(startWaiter(pool, () -> serve(served, "blocking 2", pool.acquire())));

    first.close();

    TestThreads.awaitEnd(threads);
    get(async1);
    get(async2);
    assertThat(served).containsExactly("async 1", "blocking 1", "async 2", "blocking 2");
  }

  private static void serve(List<String> served, String who, Lease<?> lease) {
    served.add(who);
    lease.close();
  }

  @Test
  void waiterThatTimesOutLeavesTheQueue() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    TestThreads.Started blocked = startWaiter(pool, () -> pool.acquire(Duration.ofSeconds(5)));
    CompletableFuture<Lease<FakeConnection>> async = pool.acquireAsync(Duration.ofSeconds(5));

    time.advance(Duration.ofSeconds(5));

    assertThat(blocked.failure())
        .isInstanceOf(AcquireTimeoutException.class)
        .hasMessageContaining("1 in use")
        .hasMessageContaining("raise maxSize");
    assertThatThrownBy(async::get).hasCauseInstanceOf(AcquireTimeoutException.class);
    assertThat(pool.stats().waiting()).isZero();
    assertThat(pool.stats().timeouts()).isEqualTo(2);
    only.close();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void zeroMeansNotToWait() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire();

    assertThatThrownBy(() -> pool.acquire(Duration.ZERO))
        .isInstanceOf(AcquireTimeoutException.class);
    assertThat(pool.acquireAsync(Duration.ZERO)).isCompletedExceptionally();
    assertThatThrownBy(() -> pool.acquire(Duration.ofSeconds(-1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("timeout is PT-1S");
  }

  @Test
  void interruptedWaiter_leavesTheQueue() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    TestThreads.Started blocked = startWaiter(pool, pool::acquire);

    blocked.interrupt();

    assertThat(blocked.failure()).isInstanceOf(InterruptedException.class);
    assertThat(pool.stats().waiting()).isZero();
    only.close();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void interruptedCallerThatNeedNotWait_isServed() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Thread.currentThread().interrupt();

    Lease<FakeConnection> lease = pool.acquire();

    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    assertThatThrownBy(pool::acquire).isInstanceOf(InterruptedException.class);
    assertThat(Thread.interrupted()).isFalse();
    lease.close();
  }

  @Test
  void aCancelledCallerIsPassedOver() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> cancelled = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync();

    cancelled.cancel(true);

    assertThat(pool.stats().waiting()).isEqualTo(1);
    only.close();
    assertThat(get(next).connection()).isSameAs(server.made.get(0));
  }

  @Test
  void cancelledFuture_namesThePool_andHasNoStack() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> cancelled = pool.acquireAsync();
    AtomicReference<Throwable> seen = new AtomicReference<>();
    CompletableFuture<Lease<FakeConnection>> after =
        cancelled.whenComplete((lease, failure) -> seen.set(failure));

    assertThat(cancelled.cancel(true)).isTrue();
    assertThat(cancelled.cancel(true)).as("cancelled before").isTrue();

    assertThat(cancelled).isCancelled();
    assertThat(seen.get())
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining(pool.name());
    assertThat(seen.get().getStackTrace()).isEmpty();
    assertThatThrownBy(cancelled::get).isInstanceOf(CancellationException.class);
    assertThatThrownBy(cancelled::join).isInstanceOf(CancellationException.class);
    assertThatThrownBy(after::join).hasCauseInstanceOf(CancellationException.class);
    only.close();
  }

  @Test
  void futureThatIsServed_cannotBeCancelled() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> served = pool.acquireAsync();
    only.close();

    assertThat(served.cancel(true)).isFalse();

    assertThat(served).isCompleted().isNotCancelled();
    get(served).close();
  }

  @Test
  void timeoutOfAFuture_hasNoStack_butThatOfAThreadHasItsOwn() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> future = pool.acquireAsync(Duration.ofSeconds(1));
    AtomicReference<Throwable> seen = new AtomicReference<>();
    TestThreads.Started thread =
        startWaiter(pool, () -> seen.set(catchThrowable(() -> waitsOneSecond(pool))));

    time.advance(Duration.ofSeconds(2));
    // This thread finds both callers overdue, if they have not noticed it themselves.
    only.close();
    TestThreads.awaitEnd(List.of(thread));

    assertThatThrownBy(() -> get(future)).hasRootCauseInstanceOf(AcquireTimeoutException.class);
    assertThat(catchThrowable(future::join).getCause().getStackTrace()).isEmpty();
    assertThat(seen.get()).isInstanceOf(AcquireTimeoutException.class);
    assertThat(seen.get().getStackTrace())
        .extracting(StackTraceElement::getMethodName)
        .contains("waitsOneSecond");
  }

  private static void waitsOneSecond(ConnectionPool<?> pool) throws Exception {
    pool.acquire(Duration.ofSeconds(1));
  }

  @Test
  void callerThatCancelsWhileItIsServed_returnsTheConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> cancelled = pool.acquireAsync();
    // Granted, but the completion of its future is held back.
    held.hold();
    only.close();
    assertThat(pool.inUse()).isEqualTo(1);

    cancelled.cancel(true);
    held.letGo();

    assertThat(pool.inUse()).isZero();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void aCallerWhoseFutureWasCompletedByATimeoutOfItsOwnIsPassedOver() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> late =
        pool.acquireAsync().orTimeout(1, TimeUnit.NANOSECONDS);

    assertThatThrownBy(late::get).hasCauseInstanceOf(java.util.concurrent.TimeoutException.class);

    await().until(() -> pool.stats().waiting() == 0);
    only.close();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void callerInLineThatCompletesItsFutureItself_leavesTheLineAtOnce() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    List<Consumer<CompletableFuture<Lease<FakeConnection>>>> ways =
        List.of(
            future -> future.complete(null),
            future -> future.completeExceptionally(new IOException("by hand")),
            future -> future.obtrudeValue(null),
            future -> future.obtrudeException(new IOException("by hand")),
            future -> future.completeAsync(() -> null, Runnable::run));
    for (Consumer<CompletableFuture<Lease<FakeConnection>>> way : ways) {
      CompletableFuture<Lease<FakeConnection>> future = pool.acquireAsync();
      assertThat(pool.stats().waiting()).isEqualTo(1);

      way.accept(future);

      assertThat(future).isDone();
      assertThat(pool.stats().waiting()).isZero();
    }
    only.close();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  @SuppressWarnings("NullAway") // What the annotations forbid is what is tried.
  void nullsInPlaceOfAResultLeaveTheCallerInLine() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> future = pool.acquireAsync();

    assertThatNullPointerException().isThrownBy(() -> future.completeExceptionally(null));
    assertThatNullPointerException().isThrownBy(() -> future.obtrudeException(null));
    assertThatNullPointerException().isThrownBy(() -> future.completeAsync(null, Runnable::run));

    only.close();
    get(future).close();
  }

  /** No connection may go from one dead caller to the next. */
  @Test
  void tenThousandCallersWhoseTimeIsOverCostNoConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    List<CompletableFuture<Lease<FakeConnection>>> dead = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      dead.add(pool.acquireAsync(Duration.ofSeconds(1)));
    }
    CompletableFuture<Lease<FakeConnection>> alive = pool.acquireAsync(Duration.ofSeconds(9));
    long leases = pool.stats().acquired();

    time.advance(Duration.ofSeconds(2));
    only.close();

    assertThat(get(alive).connection()).isNotNull();
    assertThat(dead).allMatch(CompletableFuture::isCompletedExceptionally);
    assertThat(pool.stats().acquired()).isEqualTo(leases + 1);
    assertThat(pool.stats().timeouts()).isEqualTo(10_000);
  }

  @Test
  void noMoreMayWaitThanTheLimitSays() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).waiterLimit(1));
    pool.acquire();
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();

    assertThatThrownBy(pool::acquire)
        .isInstanceOf(WaiterLimitException.class)
        .hasMessageContaining("waiterLimit");
    assertThat(first).isNotDone();
    assertThat(pool.stats().waiting()).isEqualTo(1);
  }

  @Test
  void callerRejectedByTheLimitOfWaiters_isCounted_blockingOrAsync() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).waiterLimit(1));
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();

    assertThatThrownBy(pool::acquire).isInstanceOf(WaiterLimitException.class);
    assertThat(pool.acquireAsync()).isCompletedExceptionally();
    assertThat(pool.useAsync(connection -> CompletableFuture.completedFuture("unused")))
        .isCompletedExceptionally();
    assertThat(pool.tryAcquire()).as("never waits, so it is never refused").isEmpty();
    assertThat(pool.stats().refusedByLimit()).isEqualTo(3);

    first.cancel(true);
    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync();
    assertThat(next).as("who gives up makes room").isNotDone();
    only.close();
    assertThat(get(next).connection()).isNotNull();
  }

  @Test
  void callerThatMayNotWait_startsACreationForTheNextCaller() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).waiterLimit(0));
    held.hold();

    assertThatThrownBy(pool::acquire).isInstanceOf(WaiterLimitException.class);
    held.letGo();

    pool.acquire().close();
    assertThat(server.made).hasSize(1);
  }

  @Test
  void neverDoMoreWaitThanTheLimitSays() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).waiterLimit(3));
    Lease<FakeConnection> only = pool.acquire();
    AtomicInteger refused = new AtomicInteger();
    TestThreads.Step arrival =
        () -> {
          if (pool.acquireAsync().isCompletedExceptionally()) {
            refused.incrementAndGet();
          }
        };

    Race.run(
        20,
        () -> {},
        () -> assertThat(pool.stats().waiting()).isEqualTo(3),
        arrival,
        arrival,
        arrival);

    assertThat(refused).hasValue(57);
    assertThat(pool.stats().refusedByLimit()).isEqualTo(57);
    only.invalidate();
  }

  @Test
  void tryAcquireReturnsAtOnce() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);

    Optional<Lease<FakeConnection>> lease = pool.tryAcquire();

    assertThat(lease).isPresent();
    assertThat(pool.tryAcquire()).isEmpty();
    lease.get().close();
    time.advance(Duration.ofSeconds(10));
    assertThat(pool.tryAcquire()).as("it is due for a check, which it is sent to").isEmpty();
    assertThat(server.checks).hasValue(1);
    assertThat(pool.tryAcquire()).isPresent();
  }

  @Test
  void useGivesTheConnectionBackWhateverHappens() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    IOException thrown = new IOException("in use");

    assertThat(pool.<Integer>use(connection -> connection.number)).isEqualTo(1);
    assertThatThrownBy(
            () ->
                pool.use(
                    connection -> {
                      throw thrown;
                    }))
        .isSameAs(thrown);
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void useAsyncGivesTheConnectionBackWhenTheStageCompletes() {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    CompletableFuture<String> answer = new CompletableFuture<>();
    CompletableFuture<String> used = pool.useAsync(connection -> answer);
    assertThat(pool.inUse()).isEqualTo(1);

    answer.complete("done");

    assertThat(get(used)).isEqualTo("done");
    assertThat(pool.inUse()).isZero();
    assertThatThrownBy(
            () ->
                pool.useAsync(
                        connection -> {
                          throw new IOException("at once");
                        })
                    .get())
        .hasRootCauseMessage("at once");
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void argumentsServeOnlyToCreate() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);

    Lease<FakeConnection> first = pool.acquire(Arguments.of("db1"));
    assertThat(first.connection().madeWith).isEqualTo(Arguments.of("db1"));
    first.close();

    Lease<FakeConnection> second = pool.acquire(Arguments.of("db2"));
    assertThat(second.connection().madeWith).isEqualTo(Arguments.of("db1"));
  }

  @Test
  void asyncCallerThatBlocksInItsCallback_holdsUpNoOther() throws Exception {
    ConnectionPool<FakeConnection> pool =
        ConnectionPool.builder(server::open).cleaner(server::close).maxSize(1).build();
    try {
      Lease<FakeConnection> only = pool.acquire();
      CountDownLatch blocked = new CountDownLatch(1);
      CountDownLatch release = new CountDownLatch(1);
      CompletableFuture<?> blocker =
          pool.acquireAsync()
              .thenAccept(
                  lease -> {
                    blocked.countDown();
                    try {
                      release.await();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                    lease.close();
                  });

      only.close();

      blocked.await();
      assertThat(blocker).isNotDone();
      release.countDown();
      get(blocker);
    } finally {
      pool.close();
    }
  }

  @Test
  void aChainOfHundredThousandAcquiresInCallbacksDoesNotGrowTheStack() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    List<CompletableFuture<?>> chain = new ArrayList<>();
    for (int i = 0; i < 100_000; i++) {
      chain.add(pool.acquireAsync().thenAccept(Lease::close));
    }

    only.close();

    // Past a depth the chain goes on in another thread.
    await().until(() -> chain.stream().allMatch(CompletableFuture::isDone));
    assertThat(pool.inUse()).isZero();
    assertThat(chain).noneMatch(CompletableFuture::isCompletedExceptionally);
  }

  @Test
  void callerThatDoesNotWait_getsAnIdleConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);

    pool.acquire(Duration.ZERO).close();

    assertThat(get(pool.acquireAsync(Duration.ZERO)).connection()).isSameAs(server.made.get(0));
  }

  @Test
  void asyncUseCancelledWhileItWaits_leavesTheQueue() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    AtomicInteger uses = new AtomicInteger();
    CompletableFuture<Void> use =
        pool.useAsync(
            connection -> {
              uses.incrementAndGet();
              return CompletableFuture.completedFuture(null);
            });

    use.cancel(true);

    assertThat(pool.stats().waiting()).isZero();
    only.close();
    assertThat(pool.inUse()).isZero();
    assertThat(uses).hasValue(0);
  }

  @Test
  void asyncUseCancelledWhileItIsServed_returnsTheConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    AtomicInteger uses = new AtomicInteger();
    CompletableFuture<Void> use =
        pool.useAsync(
            connection -> {
              uses.incrementAndGet();
              return CompletableFuture.completedFuture(null);
            });
    held.hold();
    only.close();

    use.cancel(true);
    held.letGo();

    assertThat(pool.inUse()).isZero();
    assertThat(uses).hasValue(0);
  }

  @Test
  void asyncUseCancelledAfterItBegan_keepsTheConnectionUntilItEnds() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    CompletableFuture<Void> end = new CompletableFuture<>();
    CompletableFuture<Void> use = pool.useAsync(connection -> end);

    use.cancel(true);

    assertThat(pool.inUse()).isEqualTo(1);
    end.complete(null);
    assertThat(pool.inUse()).isZero();
    assertThatThrownBy(use::get).isInstanceOf(CancellationException.class);
  }

  @Test
  void anAsyncUseThatIsRefusedSaysWhy() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire();
    CompletableFuture<Void> use =
        pool.useAsync(connection -> CompletableFuture.completedFuture(null));

    time.advance(Duration.ofSeconds(30));

    assertThatThrownBy(use::get).hasCauseInstanceOf(AcquireTimeoutException.class);
  }

  @Test
  void asyncWaiterTimesOutAtItsOwnTimeout() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> patient = pool.acquireAsync(Duration.ofSeconds(9));
    CompletableFuture<Lease<FakeConnection>> hasty = pool.acquireAsync(Duration.ofSeconds(3));
    CompletableFuture<Lease<FakeConnection>> other = pool.acquireAsync(Duration.ofSeconds(6));

    time.advance(Duration.ofSeconds(3));
    assertThat(hasty).isCompletedExceptionally();
    assertThat(other).isNotDone();

    time.advance(Duration.ofSeconds(3));
    assertThat(other).isCompletedExceptionally();
    assertThat(patient).isNotDone();

    time.advance(Duration.ofSeconds(3));
    assertThat(patient).isCompletedExceptionally();
    assertThat(pool.stats().timeouts()).isEqualTo(3);
    only.close();
  }

  @Test
  void aCancelledCallerLeavesNoTimerBehind() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire();
    int before = time.scheduledTimers();

    for (int i = 0; i < 100; i++) {
      pool.acquireAsync(Duration.ofDays(1)).cancel(false);
    }

    assertThat(time.scheduledTimers()).isEqualTo(before);
  }

  /** No code can have added a dependant, so no stack can grow by it. */
  @Test
  void blockedWaiter_isServedAtOnce_atAnyDepthOfCompletions() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> only = pool.acquire();
    TestThreads.Started blocked = startWaiter(pool, () -> pool.acquire().close());

    AtomicReference<Boolean> served = new AtomicReference<>();
    deepInCompletions(
        () -> {
          only.close();
          await().until(() -> !blocked.isAlive());
          served.set(true);
        });

    assertThat(served.get()).isTrue();
    blocked.awaitEnd();
    assertThat(pool.inUse()).isZero();
  }

  private static void deepInCompletions(Runnable action) {
    AfterUnlock decisions = new AfterUnlock("test", Time.system());
    Runnable nested = action;
    for (int depth = 0; depth < 50; depth++) {
      Runnable inner = nested;
      nested =
          () -> {
            decisions.serve(inner);
            decisions.carryOut(decisions.take());
          };
    }
    nested.run();
  }

  @Test
  void tryAcquireHasOneMadeForTheNextToCome() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);

    assertThat(pool.tryAcquire(Arguments.of("db1"))).isEmpty();

    assertThat(pool.tryAcquire().orElseThrow().connection().madeWith)
        .isEqualTo(Arguments.of("db1"));
    assertThat(server.made).hasSize(1);
  }

  @Test
  void tryAcquireSendsOneConnectionToItsCheckAndNotAll() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(4, 4);
    time.advance(Duration.ofSeconds(10));
    held.hold();

    assertThat(pool.tryAcquire()).isEmpty();
    assertThat(pool.tryAcquire()).isEmpty();

    assertThat(pool.stats().checking()).isEqualTo(1);
  }

  /**
   * The connection that the callback waits for must not wait for the callback's thread to return.
   */
  @Test
  void aCallbackDeepInsideOfOthersMayAcquireAndBlock() {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    AtomicInteger served = new AtomicInteger();

    deepInCompletions(
        () -> {
          try {
            pool.acquire().invalidate();
            pool.acquire().close();
            served.incrementAndGet();
          } catch (InterruptedException e) {
            throw new AssertionError(e);
          }
        });

    assertThat(served).hasValue(1);
  }

  @Test
  void listenerThatDoesNotReturn_holdsUpNoWaiter() throws Exception {
    CountDownLatch hangs = new CountDownLatch(1);
    CountDownLatch goesOn = new CountDownLatch(1);
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .listener(
                    new ConnectionPoolListener<>() {
                      @Override
                      public void released(FakeConnection connection, Duration used) {
                        if (Thread.currentThread().getName().equals("releases")) {
                          hangs.countDown();
                          try {
                            goesOn.await();
                          } catch (InterruptedException e) {
                            Thread.currentThread().interrupt();
                          }
                        }
                      }
                    }));
    Lease<FakeConnection> only = pool.acquire();
    TestThreads.Started blocked = startWaiter(pool, () -> pool.acquire().close());

    TestThreads.Started releases = TestThreads.start("releases", only::close);

    hangs.await();
    blocked.awaitEnd();
    assertThat(pool.stats().acquired()).isEqualTo(2);
    goesOn.countDown();
    releases.awaitEnd();
  }
}
