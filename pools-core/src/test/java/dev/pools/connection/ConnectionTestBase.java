package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.Polling;
import dev.pools.TestThreads;
import dev.pools.internal.ManualTime;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;

/**
 * Pools for a test, whose time stands still and whose user code runs on the thread that causes it,
 * unless the test holds it back. Each must end with its books in order.
 */
abstract class ConnectionTestBase {

  static final long PATIENCE_SECONDS = 30;

  static {
    Polling.promptly();
  }

  final ManualTime time = new ManualTime();
  final FakeServer server = new FakeServer();
  final Held held = new Held();
  private boolean callsAreHeldInside;
  private final List<ConnectionPool<?>> pools = new ArrayList<>();

  /** An executor that runs things when the test says so. */
  static final class Held implements Executor {
    private final Deque<Runnable> waiting = new ArrayDeque<>();
    private boolean holds;

    @Override
    public void execute(Runnable command) {
      if (holds) {
        waiting.add(command);
      } else {
        command.run();
      }
    }

    void hold() {
      holds = true;
    }

    int waiting() {
      return waiting.size();
    }

    void runOne() {
      waiting.remove().run();
    }

    void runLast() {
      waiting.removeLast().run();
    }

    void letGo() {
      holds = false;
      while (!waiting.isEmpty()) {
        waiting.remove().run();
      }
    }
  }

  /** From now on what {@link #held} holds back has been called and does not answer. */
  void callsAreHeldInside() {
    callsAreHeldInside = true;
  }

  /** Runs a call when the test lets it go; who cancels the stage does not stop it. */
  private <V> CompletionStage<V> heldInside(Callable<V> call) {
    CompletableFuture<V> answer = new CompletableFuture<>();
    held.execute(
        () -> {
          try {
            answer.complete(call.call());
          } catch (Throwable failure) {
            answer.completeExceptionally(failure);
          }
        });
    return answer.minimalCompletionStage();
  }

  ConnectionPoolBuilder<FakeConnection> builder() {
    if (callsAreHeldInside) {
      return ConnectionPool.<FakeConnection>asyncBuilder(
              arguments -> heldInside(() -> server.open(arguments)))
          .asyncHealthChecker(connection -> heldInside(() -> server.check(connection)))
          .asyncCleaner(
              (connection, arguments, reason) ->
                  heldInside(
                      () -> {
                        server.close(connection, arguments);
                        return connection;
                      }))
          .executor(Runnable::run)
          .minSize(0)
          .maxSize(2)
          .time(time);
    }
    return withoutChecker().healthChecker(server::check);
  }

  /** As {@link #builder}, for a pool that cannot check connections. */
  ConnectionPoolBuilder<FakeConnection> withoutChecker() {
    return ConnectionPool.builder(server::open)
        .cleaner(server::close)
        .executor(held)
        .minSize(0)
        .maxSize(2)
        .time(time);
  }

  ConnectionPool<FakeConnection> build(ConnectionPoolBuilder<FakeConnection> builder) {
    ConnectionPool<FakeConnection> pool = builder.build();
    pools.add(pool);
    return pool;
  }

  ConnectionPool<FakeConnection> sized(int min, int max) {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(min).maxSize(max));
    get(pool.start());
    return pool;
  }

  /** Starts a thread whose step waits for a connection; returns once it waits in line. */
  static TestThreads.Started startWaiter(ConnectionPool<?> pool, TestThreads.Step step) {
    int before = pool.stats().waiting();
    TestThreads.Started thread = TestThreads.start(step);
    Awaitility.await().until(() -> pool.stats().waiting() == before + 1);
    return thread;
  }

  @AfterEach
  void everyPoolEndsWithItsBooksInOrder() {
    held.letGo();
    for (ConnectionPool<?> pool : pools) {
      assertInvariants(pool);
      get(pool.stop(Duration.ZERO));
      held.letGo();
      assertInvariants(pool);
      assertThat(pool.parts().core.restored()).as("steps left undone").isZero();
      ConnectionPoolStats stats = pool.stats();
      assertThat(stats.size() + stats.creating() + stats.closing() + stats.waiting())
          .as("%s", stats)
          .isZero();
    }
    // What was given up as too late is closed when it comes.
    time.advance(Duration.ofHours(1));
    assertThat(server.closed).as("closed").hasSameSizeAs(server.made);
    for (FakeConnection connection : server.made) {
      assertThat(connection.closings).as("closings of %s", connection).hasValue(1);
    }
    // Who has just ended something may still be on the way to call off its timer.
    Awaitility.await("timers left behind")
        .pollDelay(java.time.Duration.ZERO)
        .pollInterval(java.time.Duration.ofMillis(1))
        .until(() -> time.scheduledTimers() == 0);
  }

  private static void assertInvariants(ConnectionPool<?> pool) {
    ConnectionPoolStats stats = pool.stats();
    assertThat(stats.size())
        .as("%s", stats)
        .isEqualTo(stats.idle() + stats.inUse() + stats.checking());
    assertThat(stats.size() + stats.creating() + stats.closing())
        .as("%s", stats)
        // A resize to fewer lets leases, checks and hooks end first.
        .isBetween(0, Math.max(stats.maxSize(), stats.inUse() + stats.checking()));
    long closed = stats.retired().values().stream().mapToLong(Long::longValue).sum();
    assertThat(stats.created() - closed).as("%s", stats).isEqualTo(stats.size());
  }

  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("It has not completed.", e);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
