package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

/**
 * Only a check or a creation proves that a connection is fit; a use that fails says the reverse.
 */
class ProofOfHealthTest extends ConnectionTestBase {

  /** A failure that may be the user's own. */
  private static final class Mishap extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  private static void failInUse(ConnectionPool<FakeConnection> pool, Exception failure) {
    assertThatThrownBy(
            () ->
                pool.use(
                    connection -> {
                      throw failure;
                    }))
        .isSameAs(failure);
  }

  private void assertOnlyClosed(FakeConnection connection) {
    assertThat(server.closed).hasSize(1);
    assertThat(server.closed.get(0)).isSameAs(connection);
  }

  private FakeConnection first() {
    return server.made.get(0);
  }

  // ---- A use that fails

  @Test
  void useThatThrows_getsTheConnectionCheckedAtOnce() {
    ConnectionPool<FakeConnection> pool = sized(1, 1);

    failInUse(pool, new Mishap());

    assertThat(server.checks).as("no caller waits, so in the background").hasValue(1);
    assertThat(pool.available()).isEqualTo(1);
    assertThat(server.closed).isEmpty();
  }

  @Test
  void useThatThrows_leadsToNoLeaseBeforeTheCheck() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    first().healthy.set(false);

    failInUse(pool, new Mishap());

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
    assertThat(pool.stats().retired()).containsEntry(RetireReason.UNHEALTHY, 1L);
  }

  @Test
  void useThatFailsInInputOrOutput_closesTheConnectionUnasked() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);

    failInUse(pool, new IOException("reset by peer"));

    assertOnlyClosed(first());
    assertThat(server.checks).hasValue(0);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.BROKEN, 1L);
    assertThat(pool.available()).as("replaced").isEqualTo(1);
  }

  @Test
  void errorAndInterruptInAUse_getTheConnectionChecked() {
    ConnectionPool<FakeConnection> pool = sized(1, 1);

    failInUse(pool, new InterruptedException());
    assertThat(server.checks).hasValue(1);
    assertThatThrownBy(
            () ->
                pool.use(
                    connection -> {
                      throw new StackOverflowError();
                    }))
        .isInstanceOf(StackOverflowError.class);

    assertThat(server.checks).hasValue(2);
  }

  @Test
  void asynchronousUseThatFails_isLikeOneThatThrows() {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    List<AsyncConnectionFunction<FakeConnection, String>> uses =
        List.of(
            connection -> {
              throw new Mishap();
            },
            connection -> CompletableFuture.failedFuture(new Mishap()),
            connection ->
                CompletableFuture.<String>failedFuture(new Mishap()).thenApply(answer -> answer),
            connection -> null);
    int checks = 0;

    for (AsyncConnectionFunction<FakeConnection, String> use : uses) {
      assertThat(pool.useAsync(use)).isCompletedExceptionally();
      assertThat(server.checks).hasValue(++checks);
    }

    assertThat(server.closed).isEmpty();
    assertThat(
            pool.useAsync(
                connection ->
                    CompletableFuture.<String>failedFuture(new IOException())
                        .thenApply(answer -> answer)))
        .isCompletedExceptionally();
    assertOnlyClosed(first());
  }

  @Test
  void predicateSeesTheFailureItself() {
    List<Throwable> seen = new ArrayList<>();
    ConnectionPool<FakeConnection> pool =
        build(builder().brokenWhen(failure -> !seen.add(failure)));
    Mishap mishap = new Mishap();

    failInUse(pool, mishap);
    assertThat(
            pool.useAsync(
                connection -> CompletableFuture.failedFuture(new CompletionException(mishap))))
        .isCompletedExceptionally();

    assertThat(seen).containsExactly(mishap, mishap);
  }

  @Test
  void predicateThatThrows_closesTheConnection() {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .brokenWhen(
                    failure -> {
                      throw new IllegalStateException("faulty");
                    }));

    failInUse(pool, new Mishap());

    assertOnlyClosed(first());
  }

  @Test
  void predicateDecidesWhatIsBroken() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().brokenWhen(Mishap.class::isInstance));

    failInUse(pool, new IOException());
    assertThat(server.closed).isEmpty();
    failInUse(pool, new Mishap());

    assertOnlyClosed(first());
  }

  @Test
  void withoutAChecker_onlyABrokenConnectionIsClosed() throws Exception {
    ConnectionPool<FakeConnection> pool = build(withoutChecker().minSize(2));
    get(pool.start());

    failInUse(pool, new Mishap());
    try (Lease<FakeConnection> lease = pool.acquire()) {
      lease.doubt();
    }
    assertThat(server.closed).isEmpty();
    failInUse(pool, new IOException());

    assertThat(server.closed).hasSize(1);
  }

  @Test
  void withoutAChecker_aFailedUseCostsLaterLeasesNothing() throws Exception {
    ConnectionPool<FakeConnection> pool = build(withoutChecker().maxSize(1));

    failInUse(pool, new Mishap());

    Lease<FakeConnection> lease = pool.acquire();
    lease.close();
    assertThat(lease.slot().isMarked()).as("the next lease needs the lock").isFalse();
  }

  @Test
  void connectionThatHasPassedItsCheck_isLeasedThoughOneThatWasUsedLaterAwaitsIts() {
    List<CompletableFuture<Boolean>> answers = new ArrayList<>();
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(4)
                .maxConcurrentCreates(1)
                // So that each lease is decided under the lock.
                .onReturn(connection -> {})
                .asyncHealthChecker(
                    connection -> {
                      CompletableFuture<Boolean> answer = new CompletableFuture<>();
                      answers.add(answer);
                      return answer;
                    }));
    List<Lease<FakeConnection>> leases = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      leases.add(get(pool.acquireAsync()));
    }
    for (Lease<FakeConnection> lease : leases.subList(0, 3)) {
      time.advance(Duration.ofMillis(1));
      lease.close();
    }
    leases.get(3).invalidate();
    assertThat(answers).as("the others are checked one at a time").hasSize(1);
    answers.get(0).complete(true);
    assertThat(answers).hasSize(2);

    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync();

    assertThat(caller).isCompleted();
    assertThat(caller.join().connection()).isSameAs(first());
    caller.join().close();
  }

  /** As if its socket was closed by its user, who says nothing about it. */
  @Test
  void connectionThatItsUserHasClosed_isMetByOneOtherAtMost() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    pool.use(connection -> connection.healthy.getAndSet(false));
    int failed = 0;

    for (int i = 0; i < 10; i++) {
      try {
        pool.use(
            connection -> {
              if (!connection.healthy.get()) {
                throw new IllegalStateException("closed");
              }
              return connection;
            });
      } catch (IllegalStateException e) {
        failed++;
      }
    }

    assertThat(failed).isEqualTo(1);
  }

  // ---- A lease that is doubted

  @Test
  void doubtedLease_isCheckedBeforeTheNextLease() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    Lease<FakeConnection> lease = pool.acquire();

    lease.doubt();
    lease.doubt();
    assertThat(lease.isClosed()).isFalse();
    assertThat(server.checks).as("its user has it").hasValue(0);
    lease.connection().healthy.set(false);
    lease.close();

    assertOnlyClosed(first());
    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
  }

  @Test
  void doubtAfterTheEndOfTheLease_doesNothing() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    Lease<FakeConnection> stale = pool.acquire();
    stale.close();
    Lease<FakeConnection> next = pool.acquire();

    stale.doubt();
    next.close();

    assertThat(server.checks).hasValue(0);
  }

  @Test
  void doubtfulConnection_isNeitherTriedNorHandedToAWaiterUnchecked() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    lease.connection().healthy.set(false);
    lease.doubt();

    lease.close();

    assertThat(get(waiting).connection()).isSameAs(server.made.get(1));
    get(waiting).close();
    held.hold();
    failInUse(pool, new Mishap());
    assertThat(pool.tryAcquire()).as("it is being checked").isEmpty();
  }

  @Test
  void doubtfulConnection_isCheckedWhereArgumentsMustMatch() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().argumentMatching(ArgumentMatching.SAME).maxSize(1));
    pool.acquire().close();
    first().healthy.set(false);

    failInUse(pool, new Mishap());

    assertThat(pool.acquire().connection()).isSameAs(server.made.get(1));
  }

  @Test
  void doubtWhileThePoolIsSuspended_isAnsweredWhenItResumes() {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    CompletableFuture<Void> using = new CompletableFuture<>();
    CompletableFuture<Void> used = pool.useAsync(connection -> using);
    pool.suspend();

    using.completeExceptionally(new Mishap());
    assertThat(used).isCompletedExceptionally();
    assertThat(server.checks).hasValue(0);
    pool.resume();

    assertThat(server.checks).hasValue(1);
  }

  @Test
  void periodicChecksThatAreOff_doNotKeepADoubtFromBeingAnswered() {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).healthCheckInterval(Duration.ZERO).checkOnBorrow(false));

    failInUse(pool, new Mishap());

    assertThat(server.checks).hasValue(1);
  }

  // ---- The others

  private List<Lease<FakeConnection>> leaseAll(ConnectionPool<FakeConnection> pool)
      throws InterruptedException {
    List<Lease<FakeConnection>> leases = new ArrayList<>();
    for (int i = 0; i < pool.maxSize(); i++) {
      leases.add(pool.acquire());
    }
    return leases;
  }

  @Test
  void invalidate_getsIdleOthersCheckedAtOnceAndOthersInUseWhenTheyComeBack() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(3, 3);
    List<Lease<FakeConnection>> leases = leaseAll(pool);
    leases.get(0).close();

    leases.get(1).invalidate();

    assertThat(server.checks).as("the idle one").hasValue(1);
    leases.get(2).close();
    assertThat(server.checks).as("the one that was in use").hasValue(2);
  }

  @Test
  void checksOfTheOthers_areBounded() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().minSize(8).maxSize(8).maxConcurrentCreates(3));
    get(pool.start());
    Lease<FakeConnection> lease = pool.acquire();
    held.hold();

    lease.invalidate();

    assertThat(pool.stats().checking()).isEqualTo(3);
    held.letGo();
    assertThat(server.checks).as("all, one after another").hasValue(7);
  }

  @Test
  void brokenUse_getsTheOthersChecked() {
    ConnectionPool<FakeConnection> pool = sized(3, 3);

    failInUse(pool, new IOException());

    assertThat(server.checks).hasValue(2);
  }

  @Test
  void afterARestart_eachDeadConnectionIsMetOnceAtMost() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(4, 4);
    List<Lease<FakeConnection>> leases = leaseAll(pool);
    leases.forEach(Lease::close);
    for (FakeConnection dead : server.made) {
      dead.healthy.set(false);
    }
    int failed = 0;

    for (int i = 0; i < 40; i++) {
      try {
        pool.use(
            connection -> {
              if (!connection.healthy.get()) {
                throw new IOException("connection reset");
              }
              return connection;
            });
      } catch (IOException e) {
        failed++;
      }
      time.advance(Duration.ofMillis(5));
    }

    assertThat(failed).as("the first one; the others were then checked").isEqualTo(1);
  }

  @Test
  void connectionInUseWhenAnotherIsFoundDead_isNotMetAgain() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(2, 2);
    List<Lease<FakeConnection>> leases = leaseAll(pool);
    int idleInHand = leases.get(1).connection().number;
    server.made.forEach(dead -> dead.healthy.set(false));

    leases.get(0).invalidate();
    leases.get(1).close();

    assertThat(server.closed).anyMatch(closed -> closed.number == idleInHand);
  }

  // ---- A use that ends normally

  @Test
  void busyConnection_isCheckedAboutEachInterval() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .healthCheckInterval(Duration.ofSeconds(2))
                .maintenanceInterval(Duration.ofHours(1)));

    for (int i = 0; i < 1000; i++) {
      pool.acquire().close();
      time.advance(Duration.ofMillis(10));
    }

    assertThat(server.checks.get()).isBetween(4, 5);
  }

  @Test
  void busyConnection_isCheckedAlsoWithoutChecksOnBorrow() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .checkOnBorrow(false)
                .healthCheckInterval(Duration.ofSeconds(10))
                .maintenanceInterval(Duration.ofSeconds(10)));
    Lease<FakeConnection> lease = pool.acquire();

    time.advance(Duration.ofSeconds(10));
    assertThat(server.checks).as("it is in use").hasValue(0);
    lease.close();

    assertThat(server.checks).hasValue(1);
    pool.acquire().close();
    assertThat(server.checks).hasValue(1);
  }

  @Test
  void withoutAnInterval_normalUsesKeepAConnectionFromBeingChecked() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).healthCheckInterval(Duration.ZERO));

    for (int i = 0; i < 1000; i++) {
      pool.acquire().close();
      time.advance(Duration.ofMillis(499));
    }

    assertThat(server.checks).hasValue(0);
    time.advance(Duration.ofMillis(1));
    pool.acquire().close();
    assertThat(server.checks).as("it was idle for long").hasValue(1);
  }

  @Test
  void longUse_doesNotCountAsACheck() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    Lease<FakeConnection> lease = pool.acquire();
    time.advance(Duration.ofSeconds(45));
    lease.close();

    pool.acquire().close();

    assertThat(server.checks).hasValue(1);
  }
}
