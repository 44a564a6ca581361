package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class SameArgumentsTest extends ConnectionTestBase {

  private static final Arguments A = Arguments.of("a");
  private static final Arguments B = Arguments.of("b");
  private static final Arguments C = Arguments.of("c");

  private ConnectionPoolBuilder<FakeConnection> same(int max) {
    return builder().maxSize(max).argumentMatching(ArgumentMatching.SAME);
  }

  private static void assertKind(Lease<FakeConnection> lease, Arguments kind) {
    assertThat(lease.connection().madeWith).isEqualTo(kind);
  }

  private List<Integer> closed() {
    return server.closed.stream().map(connection -> connection.number).toList();
  }

  @Test
  void aCallerGetsOnlyWhatWasMadeWithEqualArguments() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(3));
    pool.acquire(Arguments.named("db", 1).and("user", "x")).close();

    Lease<FakeConnection> other = pool.acquire(B);
    Lease<FakeConnection> equal = pool.acquire(Arguments.named("user", "x").and("db", 1));

    assertKind(other, B);
    assertThat(equal.connection()).isSameAs(server.made.get(0));
    assertKind(pool.acquire(), Arguments.none());
    assertThat(server.made).hasSize(3);
  }

  @Test
  void lastUsedConnectionOfItsKindIsLeased() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(3));
    Lease<FakeConnection> first = pool.acquire(A);
    Lease<FakeConnection> second = pool.acquire(A);
    second.close();
    first.close();
    pool.acquire(B).close();

    assertThat(pool.acquire(A).connection()).isSameAs(server.made.get(0));
  }

  @Test
  void fullPoolClosesTheLeastRecentlyUsedConnectionOfAnotherKind() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(3));
    Lease<FakeConnection> a = pool.acquire(A);
    pool.acquire(B).close();
    a.close();
    pool.acquire(B).close();
    pool.acquire(Arguments.of("used last")).close();

    assertKind(pool.acquire(C), C);

    assertThat(closed()).containsExactly(1);
    assertThat(server.mostExisting).hasValue(3);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.DISPLACED, 1L);
  }

  @Test
  void connectionInUseIsNotDisplaced_andItsPlaceGoesToTheFirstWaiter() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(2));
    Lease<FakeConnection> a = pool.acquire(A);
    Lease<FakeConnection> b = pool.acquire(B);
    CompletableFuture<Lease<FakeConnection>> c = pool.acquireAsync(C);
    CompletableFuture<Lease<FakeConnection>> nextB = pool.acquireAsync(B);
    assertThat(c).isNotDone();

    b.close();

    assertKind(get(c), C);
    assertThat(nextB).as("the place of the one that came back went to the first").isNotDone();
    a.close();
    assertKind(get(nextB), B);
    assertThat(server.mostExisting).hasValue(2);
  }

  @Test
  void waiterIsNotOvertakenForeverByCallersOfAnotherKind() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(1));
    Lease<FakeConnection> a = pool.acquire(A);
    List<CompletableFuture<Lease<FakeConnection>>> others = new ArrayList<>();
    others.add(pool.acquireAsync(A));
    CompletableFuture<Lease<FakeConnection>> b = pool.acquireAsync(B);
    for (int i = 0; i < 5; i++) {
      others.add(pool.acquireAsync(A));
    }

    a.close();
    get(others.get(0)).close();

    assertKind(get(b), B);
    assertThat(others.get(1)).isNotDone();
    get(b).close();
    for (CompletableFuture<Lease<FakeConnection>> other : others.subList(1, 6)) {
      get(other).close();
    }
    assertThat(server.made).as("one for each change of kind").hasSize(3);
  }

  @Test
  void waiterBehindOneThatIsBeingServed_getsTheConnectionOfItsKind() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(2));
    pool.acquire(A).close();
    held.hold();
    CompletableFuture<Lease<FakeConnection>> b = pool.acquireAsync(B);

    assertKind(pool.acquire(A), A);

    assertThat(b).isNotDone();
    held.letGo();
    assertKind(get(b), B);
  }

  @Test
  void connectionThatAWaiterNeedsIsSpared_whenAnotherCanMakeRoom() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(2));
    pool.acquire(A).close();
    pool.acquire(B).close();
    pool.suspend();
    CompletableFuture<Lease<FakeConnection>> c = pool.acquireAsync(C);
    CompletableFuture<Lease<FakeConnection>> a = pool.acquireAsync(A);

    pool.resume();

    assertKind(get(c), C);
    assertThat(get(a).connection()).isSameAs(server.made.get(0));
    assertThat(closed()).as("although it was used last").containsExactly(2);
  }

  @Test
  void twoWaitersThatNeedRoom_displaceOneConnectionEach() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(3));
    List<Lease<FakeConnection>> three = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      three.add(pool.acquire(A));
    }
    three.forEach(Lease::close);
    held.hold();

    CompletableFuture<Lease<FakeConnection>> b = pool.acquireAsync(B);
    CompletableFuture<Lease<FakeConnection>> c = pool.acquireAsync(C);
    assertThat(pool.stats().closing()).isEqualTo(2);
    get(pool.acquireAsync(A)).close();
    held.letGo();

    assertKind(get(b), B);
    assertKind(get(c), C);
    assertThat(server.closed).hasSize(2);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void waiterThatGivesUpWhileRoomIsMade_leavesTheRoomToTheNext() throws Exception {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool = build(same(1));
    pool.acquire(A).close();
    held.hold();
    CompletableFuture<Lease<FakeConnection>> cancelled = pool.acquireAsync(B);
    CompletableFuture<Lease<FakeConnection>> late = pool.acquireAsync(B, Duration.ofSeconds(1));
    CompletableFuture<Lease<FakeConnection>> next = pool.acquireAsync(C);

    cancelled.cancel(true);
    time.advance(Duration.ofSeconds(1));
    held.letGo();

    assertThat(late).isCompletedExceptionally();
    assertKind(get(next), C);
    assertThat(server.made).hasSize(2);
  }

  @Test
  void interruptedWaiterLeavesNothingBehind() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(1));
    Lease<FakeConnection> a = pool.acquire(A);

    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> pool.acquire(B)).isInstanceOf(InterruptedException.class);
    a.close();

    assertThat(server.closed).isEmpty();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void stopMeanwhile_rejectsTheWaiters() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(1));
    Lease<FakeConnection> a = pool.acquire(A);
    CompletableFuture<Lease<FakeConnection>> b = pool.acquireAsync(B);

    CompletableFuture<Void> stopped = pool.stop();

    assertThatThrownBy(b::get).hasCauseInstanceOf(PoolStoppedException.class);
    a.close();
    get(stopped);
    assertThat(server.made).hasSize(1);
  }

  @Test
  void idleConnectionIsCheckedOnceAndThenLeased() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(2).idleBypass(Duration.ZERO));
    pool.acquire(A).close();
    pool.acquire(B).close();

    assertThat(pool.acquire(A).connection()).isSameAs(server.made.get(0));

    assertThat(server.checks).hasValue(1);
  }

  @Test
  void firstWaiterIsNotOvertakenWhenACheckEnds() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(1).checkOnReturn(true));
    Lease<FakeConnection> a = pool.acquire(A);
    CompletableFuture<Lease<FakeConnection>> b = pool.acquireAsync(B);
    CompletableFuture<Lease<FakeConnection>> nextA = pool.acquireAsync(A);

    a.close();

    assertKind(get(b), B);
    assertThat(nextA).isNotDone();
  }

  @Test
  void anUnfitOneIsReplacedByOneOfItsKind() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(2));
    pool.acquire(A).close();
    pool.acquire(B).close();
    server.made.get(0).healthy.set(false);
    time.advance(Duration.ofSeconds(10));

    assertThat(pool.acquire(A).connection()).isSameAs(server.made.get(2));
    assertKind(pool.acquire(A), A);
  }

  @Test
  void connectionThatIsTooOld_leavesItsPlaceToTheNextOfItsKind() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(same(2).maxLife(Duration.ofSeconds(10)).maxLifeJitter(0));
    pool.acquire(A).close();
    time.advance(Duration.ofSeconds(5));
    pool.acquire(B).close();
    time.advance(Duration.ofSeconds(6));

    assertThat(pool.acquire(A).connection()).isSameAs(server.made.get(2));

    assertThat(closed()).as("and no other is displaced").containsExactly(1);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void tryAcquireTakesOnlyItsKindAndMakesRoomLittleByLittle() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(1));
    pool.acquire(A).close();

    assertThat(pool.tryAcquire(B)).as("room is made").isEmpty();
    assertThat(pool.tryAcquire(B)).as("one is made").isEmpty();
    assertKind(pool.tryAcquire(B).orElseThrow(), B);
    assertThat(pool.tryAcquire(A)).as("what is in use stays").isEmpty();
    assertThat(server.made).hasSize(2);
  }

  @Test
  void tryAcquireTakesWhatIsOfNoUseToThoseInLine() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(2));
    pool.acquire(A).close();
    held.hold();
    CompletableFuture<Lease<FakeConnection>> b = pool.acquireAsync(B);

    assertThat(pool.tryAcquire(A)).isPresent();

    held.letGo();
    assertKind(get(b), B);
  }

  @Test
  void theLeastNumberIsKeptWithTheArgumentsOfTheStart() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(2).minSize(2));
    get(pool.start(List.of(A, B)));
    assertThat(pool.acquire(B).connection()).isSameAs(server.made.get(1));
    assertThat(pool.acquire(A).connection()).isSameAs(server.made.get(0));
    get(pool.softEvict().copy().completeOnTimeout(0, 0, TimeUnit.SECONDS));

    pool.release(server.made.get(0));
    pool.release(server.made.get(1));

    assertThat(server.made).hasSize(4);
    assertKind(pool.acquire(A), A);
    assertKind(pool.acquire(B), B);
  }

  @Test
  void aKindWhoseServerIsDownCostsTheOthersOnePlaceAtMost() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(3));
    List<Lease<FakeConnection>> three = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      three.add(pool.acquire(A));
    }
    three.forEach(Lease::close);
    server.refusal.set(new IOException("down"));
    List<CompletableFuture<Lease<FakeConnection>>> waiting = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      waiting.add(pool.acquireAsync(B, Duration.ofMinutes(1)));
    }

    time.advance(Duration.ofSeconds(30));

    assertThat(server.closed).hasSizeLessThanOrEqualTo(1);
    get(pool.acquireAsync(A)).close();
    server.refusal.set(null);
    time.advance(Duration.ofSeconds(2));
    waiting.forEach(served -> get(served).close());
  }

  @Test
  void aKindWhoseServerHangsDoesNotTakeThePlacesOfTheOthers() throws Exception {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(
            same(3)
                .createTimeout(Duration.ofSeconds(1))
                .idleBypass(Duration.ofHours(1))
                .healthCheckInterval(Duration.ZERO));
    List<Lease<FakeConnection>> three = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      three.add(pool.acquire(A));
    }
    three.forEach(Lease::close);
    List<CompletableFuture<Lease<FakeConnection>>> waiting = new ArrayList<>();
    held.hold();
    waiting.add(pool.acquireAsync(B, Duration.ofMinutes(1)));
    held.runOne();
    time.advance(Duration.ofSeconds(2));
    assertThat(pool.stats().createFailures()).as("it is overdue").isEqualTo(1);

    for (int i = 0; i < 3; i++) {
      waiting.add(pool.acquireAsync(B, Duration.ofMinutes(1)));
    }
    time.advance(Duration.ofSeconds(30));

    assertThat(pool.size()).as("what is left of the others").isEqualTo(2);
    get(pool.acquireAsync(A)).close();
    held.letGo();
    time.advance(Duration.ofSeconds(1));
    waiting.forEach(served -> get(served).close());
  }

  @Test
  void whileOneOfItsKindIsInUseTheNextIsBegunWhenTheOneBeforeHasItsLead() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(6));
    server.onCreate.set(() -> time.advance(Duration.ofMillis(40)));
    Lease<FakeConnection> a = pool.acquire(A);
    server.onCreate.set(() -> {});
    held.hold();
    List<CompletableFuture<Lease<FakeConnection>>> waiting = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      waiting.add(pool.acquireAsync(A));
    }
    waiting.add(pool.acquireAsync(B));

    assertThat(pool.stats().creating()).as("one of its kind, and one of another").isEqualTo(2);
    time.advance(Duration.ofMillis(10));
    assertThat(pool.stats().creating()).isEqualTo(3);
    held.letGo();
    time.advance(Duration.ofMillis(10));
    a.close();

    waiting.forEach(served -> get(served));
  }

  @Test
  void leaseThatItsCallerNeverLearnsOf_servesTheNextCallerOfItsKind() throws Exception {
    ConnectionPool<FakeConnection> pool = build(same(2));
    Lease<FakeConnection> lost = pool.acquire(A);
    server.refusal.set(new IOException("refused"));
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync(A);
    assertThat(pool.stats().nextCreateAttempt()).as("a pause").isPositive();

    lost.undo();

    assertThat(waiting).isCompleted();
    get(waiting).close();
    server.refusal.set(null);
  }

  @Test
  void overtakingCannotBeCombinedWithIt() {
    assertThatThrownBy(() -> same(1).fairness(Fairness.THROUGHPUT).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("argumentMatching is SAME, but must be ANY")
        .hasMessageContaining("Set fairness to STRICT");
  }

  /**
   * After each step no caller waits while a connection is idle or a place is free, each caller has
   * a connection of its arguments, and none is served after a later caller.
   */
  @Test
  void waitersAreServedInTheirOrder_whateverTheirKinds() {
    for (int run = 0; run < 50; run++) {
      long seed = Long.getLong("pools.same.seed", System.nanoTime());
      try {
        new RandomWalk(seed).walk();
      } catch (Throwable fault) {
        throw new AssertionError("Repeat it with -Dpools.same.seed=" + seed, fault);
      }
    }
  }

  private record Asked(Arguments kind, CompletableFuture<Lease<FakeConnection>> coming) {}

  private final class RandomWalk {
    private final SplittableRandom random;
    private final ConnectionPool<FakeConnection> pool;
    private final List<Asked> line = new ArrayList<>();
    private final List<Lease<FakeConnection>> leases = new ArrayList<>();

    RandomWalk(long seed) {
      random = new SplittableRandom(seed);
      pool =
          build(
              same(random.nextInt(1, 5))
                  .minSize(random.nextInt(2))
                  .checkOnReturn(random.nextBoolean())
                  .idleBypass(Duration.ofMillis(random.nextInt(3)))
                  // By chance several connections of one kind are broken in a row.
                  .backoff(Duration.ofNanos(1), Duration.ofNanos(1))
                  .acquireTimeout(Duration.ofSeconds(3)));
    }

    void walk() {
      for (int step = 0; step < 300; step++) {
        step();
        time.advance(Duration.ofNanos(1));
        check();
      }
    }

    private void step() {
      Arguments kind = Arguments.of(random.nextInt(4));
      switch (random.nextInt(12)) {
        case 0, 1, 2, 3 -> line.add(new Asked(kind, pool.acquireAsync(kind)));
        case 4, 5, 6, 7 -> leave(/* broken= */ false);
        case 8 -> leave(/* broken= */ true);
        case 9 -> {
          if (!line.isEmpty()) {
            line.get(random.nextInt(line.size())).coming.cancel(true);
          }
        }
        case 10 ->
            pool.tryAcquire(kind)
                .ifPresent(
                    lease -> {
                      assertKind(lease, kind);
                      leases.add(lease);
                    });
        default -> {
          time.advance(Duration.ofMillis(random.nextInt(1_000)));
          if (random.nextInt(10) == 0) {
            pool.resize(0, random.nextInt(1, 5));
          }
        }
      }
    }

    private void leave(boolean broken) {
      if (leases.isEmpty()) {
        return;
      }
      Lease<FakeConnection> lease = leases.remove(random.nextInt(leases.size()));
      if (broken) {
        lease.invalidate();
      } else {
        lease.close();
      }
    }

    private void check() {
      line.removeIf(asked -> asked.coming.isCancelled() || asked.coming.isCompletedExceptionally());
      boolean othersWait = false;
      for (Asked asked : List.copyOf(line)) {
        if (asked.coming.isDone()) {
          assertThat(othersWait).as("somebody was overtaken").isFalse();
          assertKind(get(asked.coming), asked.kind);
          leases.add(get(asked.coming));
          line.remove(asked);
        } else {
          othersWait = true;
        }
      }
      ConnectionPoolStats stats = pool.stats();
      assertThat(stats.waiting()).isEqualTo(line.size());
      assertThat(stats.inUse()).isEqualTo(leases.size());
      if (othersWait) {
        assertThat(stats.idle()).as("%s", stats).isZero();
        assertThat(stats.size()).as("%s", stats).isGreaterThanOrEqualTo(stats.maxSize());
      }
    }
  }

  @Test
  void manyThreadsAndKindsAreServedWithoutLossOrMixUp() throws Exception {
    ConnectionPool<FakeConnection> pool =
        ConnectionPool.builder(server::open)
            .cleaner(server::close)
            .healthChecker(server::check)
            .idleBypass(Duration.ofNanos(20_000))
            .argumentMatching(ArgumentMatching.SAME)
            .minSize(1)
            .maxSize(3)
            .acquireTimeout(Duration.ofSeconds(30))
            .build();
    TestThreads.run(
        6,
        thread -> {
          SplittableRandom random = new SplittableRandom(thread);
          for (int i = 0; i < 500; i++) {
            Arguments kind = Arguments.of(random.nextInt(10) == 0 ? 1 : 0);
            if (random.nextInt(10) == 0) {
              CompletableFuture<Lease<FakeConnection>> unwanted = pool.acquireAsync(kind);
              if (!unwanted.cancel(true)) {
                unwanted.join().close();
              }
            }
            try (Lease<FakeConnection> lease = pool.acquire(kind)) {
              assertKind(lease, kind);
              assertThat(lease.connection().owners.incrementAndGet()).isEqualTo(1);
              lease.connection().owners.decrementAndGet();
            }
          }
        });
    get(pool.stop());

    assertThat(server.mostExisting.get()).isLessThanOrEqualTo(3);
    assertThat(server.existing).hasValue(0);
  }
}
