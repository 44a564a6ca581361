package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.Arguments;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** While the last attempt failed the pool finds out by itself whether the server is back. */
class ProbeTest extends ConnectionTestBase {

  /** A pool with no least number, whose only caller has been refused and is gone. */
  private ConnectionPool<FakeConnection> abandoned(
      ConnectionPoolBuilder<FakeConnection> builder, Arguments arguments) {
    ConnectionPool<FakeConnection> pool = build(builder.minSize(0));
    server.refusal.set(new IOException("down"));
    CompletableFuture<Lease<FakeConnection>> caller =
        pool.acquireAsync(arguments, Duration.ofMillis(10));
    time.advance(Duration.ofMillis(10));
    assertThat(caller).isCompletedExceptionally();
    return pool;
  }

  @Test
  void withoutCallersThePoolLearnsThatTheServerIsBack() {
    ConnectionPool<FakeConnection> pool = abandoned(builder(), Arguments.none());
    time.advance(Duration.ofMinutes(1));
    int attempts = server.attempts.get();
    assertThat(attempts).as("in the rhythm of the back-off").isBetween(60, 140);
    assertThat(pool.stats().consecutiveCreateFailures()).isEqualTo(attempts);

    server.refusal.set(null);
    time.advance(Duration.ofSeconds(1));

    assertThat(pool.stats().lastCreateFailure()).isNull();
    assertThat(pool.stats().consecutiveCreateFailures()).isZero();
    assertThat(pool.available()).as("kept for the next caller").isEqualTo(1);
    time.advance(Duration.ofSeconds(10));
    assertThat(server.attempts).as("and no more").hasValue(attempts + 1);
  }

  @Test
  void aProbeIsMadeWithTheArgumentsThatFailed() {
    ConnectionPool<FakeConnection> pool = abandoned(builder(), Arguments.of("tenant"));

    server.refusal.set(null);
    time.advance(Duration.ofSeconds(1));

    assertThat(server.made.get(0).madeWith).isEqualTo(Arguments.of("tenant"));
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void credentialsAreTriedOnlyForACaller_withSameArguments() {
    ConnectionPool<FakeConnection> pool =
        abandoned(builder().argumentMatching(ArgumentMatching.SAME), Arguments.of("tenant"));
    int attempts = server.attempts.get();

    time.advance(Duration.ofMinutes(1));

    assertThat(server.attempts).hasValue(attempts);
    assertThat(pool.size()).isZero();
  }

  @Test
  void credentialsThatFailedAreNotTriedForTheMinimum_untilACallerHasHadSuccess() throws Exception {
    Arguments tenant = Arguments.of("tenant");
    List<Arguments> tried = new ArrayList<>();
    AtomicBoolean isRefused = new AtomicBoolean();
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.<FakeConnection>builder(
                    arguments -> {
                      tried.add(arguments);
                      if (isRefused.get() && arguments.equals(tenant)) {
                        throw new IOException("wrong password");
                      }
                      return server.open(arguments);
                    })
                .cleaner(server::close)
                .executor(held)
                .minSize(2)
                .maxSize(3)
                .time(time)
                .argumentMatching(ArgumentMatching.SAME));
    get(pool.start(List.of(tenant, tenant)));
    Lease<FakeConnection> lease = pool.acquire(tenant);
    Lease<FakeConnection> second = pool.acquire(tenant);
    isRefused.set(true);
    tried.clear();

    lease.invalidate();
    time.advance(Duration.ofMinutes(1));
    second.invalidate();
    time.advance(Duration.ofMinutes(1));

    assertThat(tried).containsExactly(tenant, Arguments.none(), Arguments.none());
    assertThat(pool.available()).as("minSize").isEqualTo(2);

    isRefused.set(false);
    pool.acquire(tenant).close();
    tried.clear();
    pool.acquire().invalidate();
    pool.acquire().invalidate();
    assertThat(tried).as("remembered, for a tenant that works").containsExactly(tenant);
  }

  @Test
  void withSameArgumentsAPoolWhoseCallersGiveNoneProbesToo() {
    ConnectionPool<FakeConnection> pool =
        abandoned(builder().argumentMatching(ArgumentMatching.SAME), Arguments.none());

    server.refusal.set(null);
    time.advance(Duration.ofSeconds(1));

    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void whileConnectionsAreInUseTheLastFailureIsTriedAgainToo() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(2));
    pool.acquire();
    server.refusal.set(new IOException("full"));
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync(Duration.ofMillis(10));
    time.advance(Duration.ofMillis(10));
    assertThat(second).isCompletedExceptionally();

    server.refusal.set(null);
    time.advance(Duration.ofSeconds(1));

    assertThat(pool.stats().lastCreateFailure()).isNull();
    assertThat(pool.size()).isEqualTo(2);
  }

  @Test
  void aSuspendedPoolDoesNotProbe() {
    ConnectionPool<FakeConnection> pool = abandoned(builder(), Arguments.none());
    pool.suspend();
    int attempts = server.attempts.get();

    time.advance(Duration.ofMinutes(1));
    assertThat(server.attempts).hasValue(attempts);

    server.refusal.set(null);
    pool.resume();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void aStoppedPoolDoesNotProbe() {
    ConnectionPool<FakeConnection> pool = abandoned(builder(), Arguments.none());
    get(pool.stop());
    int attempts = server.attempts.get();

    time.advance(Duration.ofMinutes(1));

    assertThat(server.attempts).hasValue(attempts);
  }

  /** A hanging call is an attempt still; one more beside it is enough to notice the return. */
  @Test
  void oneProbeAtATimeRunsBesideFactoryCallsThatHang() {
    callsAreHeldInside();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).createTimeout(Duration.ofSeconds(5)));
    held.hold();
    CompletableFuture<Lease<FakeConnection>> caller = pool.acquireAsync(Duration.ofSeconds(1));

    time.advance(Duration.ofMinutes(30));

    assertThat(pool.stats().creating()).isEqualTo(1);
    held.letGo();
    assertThat(caller).isCompletedExceptionally();
    assertThat(pool.stats().lastCreateFailure()).isNull();
    assertThat(pool.size()).isEqualTo(1);
  }
}
