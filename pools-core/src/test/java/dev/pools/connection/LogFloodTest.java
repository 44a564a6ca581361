package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import dev.pools.internal.AfterUnlock;
import dev.pools.internal.LogOf;
import dev.pools.internal.ManualTime;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** Code of the user that fails in each call is logged once in a minute, and not for each call. */
class LogFloodTest extends ConnectionTestBase {

  private static void assertIsRare(LogOf log, Level level, String text, int times) {
    assertThat(log.at(level, text)).hasSize(1);
    assertThat(log.at(Level.DEBUG, text)).hasSize(times - 1);
  }

  @Test
  void brokenWhenThatThrowsForEachFailure_isAWarningNowAndThen() {
    try (LogOf log = new LogOf(ConnectionRelease.class)) {
      ConnectionPool<FakeConnection> pool =
          build(
              builder()
                  .brokenWhen(
                      failure -> {
                        throw new IllegalStateException("cannot tell");
                      }));

      for (int i = 0; i < 20; i++) {
        time.advance(Duration.ofSeconds(2));
        get(pool.acquireAsync()).fail(new IllegalStateException("use"));
      }

      assertIsRare(log, Level.WARN, "brokenWhen failed, so the connection is closed", 20);
    }
  }

  private static final class Faulty implements ConnectionPoolListener<FakeConnection> {

    private final String name;
    private final AtomicInteger calls = new AtomicInteger();

    Faulty(String name) {
      this.name = name;
    }

    @Override
    public void acquired(FakeConnection connection, Duration waited) {
      calls.incrementAndGet();
      throw new IllegalStateException("listener");
    }

    @Override
    public String toString() {
      return name;
    }
  }

  @Test
  void listenersThatThrowForEachEvent_areErrorsNowAndThen_eachOfThem() throws Exception {
    try (LogOf log = new LogOf(ConnectionListeners.class)) {
      Faulty one = new Faulty("the first");
      Faulty other = new Faulty("the second");
      ConnectionPool<FakeConnection> pool = build(builder().listener(one).listener(other));

      for (int i = 0; i < 10; i++) {
        pool.acquire().close();
        get(pool.acquireAsync()).close();
      }

      assertThat(one.calls).hasValue(20);
      assertIsRare(log, Level.ERROR, "told of later events all the same: the first", 20);
      assertIsRare(log, Level.ERROR, "told of later events all the same: the second", 20);
    }
  }

  /** Each caller that waits in a future has listeners of its own. */
  @Test
  void listenerThatThrowsForEachWaiter_isAnErrorNowAndThen() {
    try (LogOf log = new LogOf(ConnectionListeners.class)) {
      ConnectionPoolListener<FakeConnection> faulty =
          new ConnectionPoolListener<>() {
            @Override
            public ConnectionPoolListener<FakeConnection> forWaiter() {
              return new Faulty("of a waiter");
            }
          };
      ConnectionPool<FakeConnection> pool = build(builder().maxSize(1).listener(faulty));
      for (int i = 0; i < 10; i++) {
        Lease<FakeConnection> lease = get(pool.acquireAsync());
        CompletableFuture<Lease<FakeConnection>> waiter = pool.acquireAsync();
        lease.close();
        get(waiter).close();
      }

      assertThat(log.at(Level.ERROR, "of a waiter")).hasSize(1);
      assertThat(log.at(Level.DEBUG, "of a waiter")).hasSizeGreaterThan(8);
    }
  }

  @Test
  void cleanerThatFailsForEachConnection_isAWarningNowAndThen() {
    server.onClose.set(
        () -> {
          throw new IllegalStateException("cannot be closed");
        });
    try (LogOf log = new LogOf(ConnectionCloser.class)) {
      ConnectionPool<FakeConnection> pool = build(builder());

      for (int i = 0; i < 20; i++) {
        time.advance(Duration.ofSeconds(2));
        get(pool.acquireAsync()).invalidate();
      }

      assertIsRare(log, Level.WARN, "the cleaner failed, and its connection may stay open", 20);
    }
  }

  /** Time without timers. */
  private static final class Timeless extends ManualTime {
    @Override
    public Timer schedule(long delayNanos, Runnable action) {
      throw new OutOfMemoryError("no timer");
    }
  }

  @Test
  void callsForWhichNoTimerCanBeSet_areAWarningNowAndThen() {
    Timeless timeless = new Timeless();
    AfterUnlock owed = new AfterUnlock("timeless", timeless);
    ConnectionThreads threads = ConnectionThreads.of("timeless", timeless, owed, null);
    AtomicInteger ended = new AtomicInteger();
    try (LogOf log = new LogOf(TimedCall.class)) {
      for (int i = 0; i < 10; i++) {
        TimedCall.start(
            threads,
            timeless,
            Duration.ofMinutes(1).toNanos(),
            () -> CompletableFuture.completedFuture("fit"),
            new TimedCall.Listener<String>() {
              @Override
              public void overdue() {}

              @Override
              public void ended(@Nullable String value, @Nullable Throwable failure) {
                ended.incrementAndGet();
              }
            });
      }

      assertThat(ended).hasValue(10);
      assertIsRare(log, Level.WARN, "starts without its time limit", 10);
    }
  }
}
