package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import dev.pools.Arguments;
import dev.pools.TestThreads;
import java.io.IOException;
import java.lang.ref.Reference;
import java.lang.ref.WeakReference;
import java.net.URL;
import java.net.URLClassLoader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What has had its time is not held by a pool: threads after their leases, arguments after stop.
 */
class CollectedTest extends ConnectionTestBase {

  static void assertCollected(Reference<?> reference) {
    Awaitility.await("the garbage collector takes it")
        .atMost(Duration.ofSeconds(PATIENCE_SECONDS))
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> {
              System.gc();
              return reference.get() == null;
            });
    assertThat(reference.get()).isNull();
  }

  /** A way to use a connection; what it returns is kept by the user. */
  interface Use {
    Object of(ConnectionPool<FakeConnection> pool) throws Exception;
  }

  /** What makes a lease take another way through the pool. */
  interface Kind {
    ConnectionPoolBuilder<FakeConnection> of(ConnectionPoolBuilder<FakeConnection> builder);
  }

  private static ConnectionPoolBuilder<FakeConnection> plain() {
    return ConnectionPool.builder(() -> new FakeConnection(1, Arguments.none())).minSize(1);
  }

  static Stream<org.junit.jupiter.params.provider.Arguments> usesOfThreads() {
    List<org.junit.jupiter.params.provider.Arguments> all = new ArrayList<>();
    List<Kind> kinds =
        List.of(
            builder -> builder,
            builder -> builder.healthChecker(connection -> true),
            builder -> builder.leakThreshold(Duration.ofMinutes(1)),
            builder -> builder.reclaimForgotten(true),
            builder -> builder.checkOnReturn(true).healthChecker(connection -> true),
            builder -> builder.argumentMatching(ArgumentMatching.SAME));
    List<Use> uses =
        List.of(
            pool -> {
              Lease<FakeConnection> lease = pool.acquire();
              lease.close();
              return lease;
            },
            pool -> {
              CompletableFuture<Lease<FakeConnection>> future = pool.acquireAsync();
              future.join().close();
              return future;
            },
            pool -> {
              pool.release(pool.acquire().connection());
              return pool;
            },
            pool -> {
              pool.tryAcquire().ifPresent(Lease::close);
              return pool;
            },
            pool -> {
              // One that stands in line, in a future that is kept.
              pool.suspend();
              CompletableFuture<Lease<FakeConnection>> future = pool.acquireAsync();
              pool.resume();
              future.join().close();
              return future;
            },
            pool -> {
              pool.suspend();
              CompletableFuture<Lease<FakeConnection>> future = pool.acquireAsync();
              future.cancel(true);
              pool.resume();
              return future;
            });
    for (Kind kind : kinds) {
      for (Use use : uses) {
        all.add(arguments(kind, use));
      }
    }
    return all.stream();
  }

  @ParameterizedTest
  @MethodSource("usesOfThreads")
  void aThreadIsNotHeldAfterItsLease(Kind kind, Use use) throws Exception {
    try (ConnectionPool<FakeConnection> pool = kind.of(plain()).build()) {
      pool.start().join();
      List<Object> kept = new ArrayList<>();

      WeakReference<Object> thread = useInThread(pool, use, kept);

      try {
        assertCollected(thread);
      } finally {
        Reference.reachabilityFence(kept);
      }
    }
  }

  private static WeakReference<Object> useInThread(
      ConnectionPool<FakeConnection> pool, Use use, List<Object> kept) throws Exception {
    TestThreads.Started thread =
        TestThreads.start(
            () -> {
              Thread.currentThread().setContextClassLoader(new URLClassLoader(new URL[0]));
              kept.add(use.of(pool));
            });
    thread.awaitEnd();
    return new WeakReference<>(thread);
  }

  @ParameterizedTest
  @EnumSource(ArgumentMatching.class)
  void aStoppedPoolKeepsNoArguments(ArgumentMatching matching) throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            // These connections do not remember what they were made with.
            ConnectionPool.builder(arguments -> server.open(Arguments.none()))
                .cleaner((connection, arguments) -> server.close(connection, Arguments.none()))
                .executor(held)
                .time(time)
                .minSize(1)
                .maxSize(3)
                .argumentMatching(matching));
    List<Object> kept = new ArrayList<>();

    List<WeakReference<Object>> secrets = useSecrets(pool, kept);

    try {
      secrets.forEach(CollectedTest::assertCollected);
    } finally {
      Reference.reachabilityFence(kept);
    }
  }

  /** Arguments at all places: in the start, in use, in line, in a release, in a failed attempt. */
  private List<WeakReference<Object>> useSecrets(
      ConnectionPool<FakeConnection> pool, List<Object> kept) throws Exception {
    List<WeakReference<Object>> secrets = new ArrayList<>();
    get(pool.start(List.of(secret(secrets))));
    Lease<FakeConnection> invalid = pool.acquire(secret(secrets));
    Lease<FakeConnection> released = pool.acquire(secret(secrets));
    kept.add(invalid);
    kept.add(released);
    server.refusal.set(new IOException("down"));
    invalid.invalidate();
    released.close(secret(secrets));
    pool.softEvict();
    CompletableFuture<Lease<FakeConnection>> waits = pool.acquireAsync(secret(secrets));
    kept.add(waits);
    pool.tryAcquire(secret(secrets));
    time.advance(Duration.ofSeconds(2));
    assertThat(server.attempts).hasValueGreaterThan(3);
    get(pool.stop());
    assertThat(waits).isCompletedExceptionally();
    return secrets;
  }

  private static Arguments secret(List<WeakReference<Object>> secrets) {
    Object secret = new Object();
    secrets.add(new WeakReference<>(secret));
    return Arguments.of(secret);
  }

  @Test
  void aPoolWhoseStartFailsKeepsNoArguments() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1));
    server.refusal.set(new IOException("down"));

    WeakReference<Object> secret = startWithSecret(pool);

    assertCollected(secret);
    server.refusal.set(null);
    get(pool.start());
  }

  private static WeakReference<Object> startWithSecret(ConnectionPool<FakeConnection> pool) {
    List<WeakReference<Object>> secrets = new ArrayList<>();
    CompletableFuture<Void> started = pool.start(List.of(secret(secrets)));
    try {
      started.join();
    } catch (CompletionException expected) {
      assertThat(expected).hasCauseInstanceOf(ConnectionCreationException.class);
    }
    return secrets.get(0);
  }

  @Test
  void aPoolThatIsStartedAgainUsesTheArgumentsOfThatStartOnly() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1));
    get(pool.start(List.of(Arguments.of("first"))));
    get(pool.stop());

    get(pool.start());

    assertThat(server.made.get(1).madeWith).isEqualTo(Arguments.none());
  }
}
