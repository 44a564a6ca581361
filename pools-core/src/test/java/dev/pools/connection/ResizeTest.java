package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.connection.ConnectionPoolStats.State;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ResizeTest extends ConnectionTestBase {

  private List<Lease<FakeConnection>> acquire(ConnectionPool<FakeConnection> pool, int count) {
    return Stream.generate(() -> get(pool.acquireAsync())).limit(count).toList();
  }

  @Test
  void largerMaximumServesWaitersAtOnce() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    pool.acquire();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();

    assertThat(pool.resize(0, 2)).isCompleted();

    assertThat(get(waiting).connection()).isSameAs(server.made.get(1));
  }

  @Test
  void toFewerClosesIdleConnectionsAtOnceAndOthersOnReturn() {
    ConnectionPool<FakeConnection> pool = sized(0, 4);
    List<Lease<FakeConnection>> leases = acquire(pool, 4);
    leases.get(0).close();

    CompletableFuture<Void> resized = pool.resize(0, 2);

    assertThat(pool.size()).isEqualTo(3);
    assertThat(resized).isNotDone();
    leases.get(1).close();
    assertThat(resized).isCompleted();
    assertThat(pool.size()).isEqualTo(2);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESIZED, 2L);
    leases.get(2).close();
    leases.get(3).close();
    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void toFewerClosesNoMoreThanItMustThoughTheCleanerIsSlow() {
    ConnectionPool<FakeConnection> pool = sized(0, 4);
    List<Lease<FakeConnection>> leases = acquire(pool, 4);
    pool.resize(0, 2);
    held.hold();

    leases.forEach(Lease::close);

    assertThat(pool.stats().closing()).isEqualTo(2);
    assertThat(pool.available()).isEqualTo(2);
  }

  @Test
  void smallerMaximum_servesTheWaitersOfCreationsUnderway() {
    ConnectionPool<FakeConnection> pool = sized(0, 4);
    held.hold();
    List<CompletableFuture<Lease<FakeConnection>>> waiting =
        Stream.generate(pool::acquireAsync).limit(4).toList();
    assertThat(pool.stats().creating()).isEqualTo(4);

    CompletableFuture<Void> resized = pool.resize(0, 1);
    held.letGo();

    assertThat(resized).isCompleted();
    assertThat(pool.size()).isEqualTo(1);
    waiting.forEach(
        one -> {
          assertThat(one).isCompleted();
          get(one).close();
        });
  }

  @Test
  void anEarlierResizeIsOverWhenALaterOneAllowsMore() {
    ConnectionPool<FakeConnection> pool = sized(0, 4);
    acquire(pool, 4);
    CompletableFuture<Void> toFewer = pool.resize(0, 2);
    assertThat(toFewer).isNotDone();

    pool.resize(0, 4);

    assertThat(toFewer).isCompleted();
  }

  @Test
  void makesTheLeastNumber() {
    ConnectionPool<FakeConnection> pool = sized(0, 4);

    get(pool.resize(3, 4));

    assertThat(pool.available()).isEqualTo(3);
    assertThat(pool.minSize()).isEqualTo(3);
    assertThat(pool.maxSize()).isEqualTo(4);
  }

  @Test
  void aPoolThatDoesNotRunKeepsItsNewSizesForItsStart() {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1).maxSize(2));

    assertThat(pool.resize(3, 3)).isCompleted();
    assertThat(server.attempts).hasValue(0);
    get(pool.start());

    assertThat(pool.available()).isEqualTo(3);
  }

  @Test
  void whileStoppingNothingIsMade() {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    Lease<FakeConnection> lease = acquire(pool, 1).get(0);
    pool.stop();

    pool.resize(2, 5);

    assertThat(server.attempts).hasValue(1);
    lease.close();
    assertThat(pool.stats().state()).isEqualTo(State.STOPPED);
  }

  @Test
  void badSizesChangeNothing() {
    ConnectionPool<FakeConnection> pool = sized(1, 2);

    assertThatThrownBy(() -> pool.resize(3, 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("minSize is 3")
        .hasMessageContaining("Lower minSize or raise maxSize");
    assertThatThrownBy(() -> pool.resize(-1, 2)).hasMessageContaining("minSize is -1");
    assertThatThrownBy(() -> pool.resize(0, 0)).hasMessageContaining("maxSize is 0");
    assertThatThrownBy(() -> pool.resize(0, Integer.MAX_VALUE))
        .hasMessageContaining("maxSize is 2147483647");

    assertThat(pool.minSize()).isEqualTo(1);
    assertThat(pool.maxSize()).isEqualTo(2);
    time.advance(Duration.ofMinutes(1));
    assertThat(pool.size()).isEqualTo(1);
  }
}
