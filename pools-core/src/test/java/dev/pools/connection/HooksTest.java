package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class HooksTest extends ConnectionTestBase {

  private final List<Integer> reset = new ArrayList<>();

  private ConnectionPool.Builder<FakeConnection> resetting() {
    return builder().maxSize(1).onReturn(connection -> reset.add(connection.number));
  }

  @Test
  void everyEndOfALease_resetsTheConnection() throws Exception {
    ConnectionPool<FakeConnection> pool = build(resetting());

    pool.acquire().close();
    pool.release(pool.acquire().connection());
    pool.use(connection -> 1);
    get(pool.useAsync(connection -> CompletableFuture.completedFuture(1)));
    assertThatThrownBy(
            () ->
                pool.use(
                    connection -> {
                      throw new IllegalStateException();
                    }))
        .isInstanceOf(IllegalStateException.class);
    pool.tryAcquire().orElseThrow().close();

    assertThat(reset).containsExactly(1, 1, 1, 1, 1, 1);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void connectionIsNotLeasedBeforeItsResetIsOver() throws Exception {
    CompletableFuture<Void> over = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).asyncOnReturn(connection -> over));
    Lease<FakeConnection> lease = pool.acquire();
    CompletableFuture<Lease<FakeConnection>> first = pool.acquireAsync();
    CompletableFuture<Lease<FakeConnection>> second = pool.acquireAsync();

    lease.close();
    assertThat(first).isNotDone();
    assertThat(pool.stats().checking()).isEqualTo(1);
    assertThat(pool.tryAcquire()).isEmpty();
    over.complete(null);

    assertThat(first).as("the first one in line").isCompleted();
    assertThat(second).isNotDone();
    get(first).close();
    get(second).close();
  }

  @Test
  void resetThatFails_closesTheConnection() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .onReturn(
                    connection -> {
                      throw new IllegalStateException("cannot be reset");
                    }));

    pool.acquire().close();

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 1L);
    assertThat(pool.acquire().connection().number).isEqualTo(2);
  }

  @Test
  void resetThatHangs_closesTheConnectionWhenItsTimeIsOver() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .maxSize(1)
                .hookTimeout(Duration.ofSeconds(3))
                .asyncOnReturn(connection -> new CompletableFuture<>()));

    pool.acquire().close();
    time.advance(Duration.ofMillis(2999));
    assertThat(server.closed).isEmpty();
    time.advance(Duration.ofMillis(1));

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 1L);
  }

  @Test
  void stopDuringAReset_closesTheConnectionOnce() throws Exception {
    CompletableFuture<Void> over = new CompletableFuture<>();
    ConnectionPool<FakeConnection> pool =
        build(builder().maxSize(1).asyncOnReturn(connection -> over));
    pool.acquire().close();

    CompletableFuture<Void> stopped = pool.stop();
    over.complete(null);

    get(stopped);
    assertThat(server.closed).hasSize(1);
  }

  @Test
  void brokenConnection_isClosedWithoutAReset() throws Exception {
    ConnectionPool<FakeConnection> pool = build(resetting());

    pool.acquire().invalidate();
    assertThatThrownBy(
            () ->
                pool.use(
                    connection -> {
                      throw new IOException();
                    }))
        .isInstanceOf(IOException.class);

    assertThat(reset).isEmpty();
    assertThat(server.closed).hasSize(2);
  }

  @Test
  void newConnection_isPreparedBeforeAnyoneGetsIt() throws Exception {
    List<Integer> prepared = new ArrayList<>();
    ConnectionPool<FakeConnection> pool =
        build(builder().onCreate(connection -> prepared.add(connection.number)));

    assertThat(pool.acquire().connection().number).isEqualTo(1);

    assertThat(prepared).containsExactly(1);
  }

  @Test
  void preparationThatFails_isAFailedCreationAndClosesTheConnection() {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .onCreate(
                    connection -> {
                      throw new IllegalStateException("cannot be prepared");
                    }));

    assertThat(pool.tryAcquire()).isEmpty();

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().createFailures()).isEqualTo(1);
    assertThat(pool.stats().lastCreateFailure()).hasMessage("cannot be prepared");
  }
}
