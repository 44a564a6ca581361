package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReleaseTest extends ConnectionTestBase {

  @Test
  void closingALeaseTwiceReturnsTheConnectionOnce() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> lease = pool.acquire();

    lease.close();
    lease.close();

    assertThat(lease.isClosed()).isTrue();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void staleLeaseDoesNotEndTheNextLease() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> stale = pool.acquire();
    stale.close();
    Lease<FakeConnection> next = pool.acquire();
    assertThat(next.connection()).isNotNull();

    stale.close();
    stale.invalidate();

    assertThat(next.isClosed()).isFalse();
    assertThat(pool.inUse()).isEqualTo(1);
    assertThat(server.closed).isEmpty();
  }

  @Test
  void aClosedLeaseDoesNotGiveItsConnectionOut() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> lease = pool.acquire();
    lease.close();

    assertThatThrownBy(lease::connection)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  @Test
  void releaseByIdentity() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> lease = pool.acquire();

    pool.release(lease.connection());

    assertThat(lease.isClosed()).isTrue();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void doubleAndForeignReleasesAreRefused() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    FakeConnection connection = pool.acquire().connection();
    pool.release(connection);

    assertThatThrownBy(() -> pool.release(connection))
        .isInstanceOf(IllegalReleaseException.class)
        .hasMessageContaining("released already");
    assertThatThrownBy(() -> pool.release(new FakeConnection(99, Arguments.none())))
        .isInstanceOf(IllegalReleaseException.class);
    assertThatThrownBy(() -> pool.invalidate(connection))
        .isInstanceOf(IllegalReleaseException.class);
    assertThatThrownBy(() -> pool.release(null)).isInstanceOf(NullPointerException.class);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void invalidatedConnection_isClosedAndReplacedForTheWaiter() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> lease = pool.acquire();
    FakeConnection broken = lease.connection();
    var waiting = pool.acquireAsync();

    lease.invalidate();
    lease.invalidate();

    assertThat(server.closed).hasSize(1);
    assertThat(server.closed.get(0)).isSameAs(broken);
    assertThat(get(waiting).connection()).isNotSameAs(broken);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.INVALIDATED, 1L);
  }

  @Test
  void theArgumentsOfAReleaseGoToTheCleanerAndToTheReplacement() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().minSize(1).maxSize(1).maxUses(1));
    get(pool.start());

    pool.acquire().close(Arguments.of("again"));

    assertThat(server.closedWith).containsExactly(Arguments.of("again"));
    assertThat(server.made.get(1).madeWith).isEqualTo(Arguments.of("again"));
  }

  @Test
  void aConnectionIsClosedAfterItsLastUse() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxUses(2));

    pool.acquire().close();
    assertThat(server.closed).isEmpty();
    pool.acquire().close();

    assertThat(server.closed).hasSize(1);
    assertThat(pool.stats().retired()).containsEntry(RetireReason.MAX_USES, 1L);
  }

  @Test
  void aConnectionThatHasGrownTooOldInUseIsClosedOnReturn() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxLife(Duration.ofMinutes(10)));
    Lease<FakeConnection> lease = pool.acquire();

    time.advance(Duration.ofMinutes(10));
    assertThat(server.closed).isEmpty();
    lease.close();

    assertThat(pool.stats().retired()).containsEntry(RetireReason.MAX_LIFE, 1L);
  }

  @Test
  void aHungCleanerKeepsOnlyItsOwnPlace() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 2);
    Lease<FakeConnection> broken = pool.acquire();
    held.hold();

    broken.invalidate();

    assertThat(pool.stats().closing()).isEqualTo(1);
    var first = pool.acquireAsync();
    var second = pool.acquireAsync();
    // Closing, and making one: the pool of two has no place for the second.
    assertThat(pool.stats().creating()).isEqualTo(1);
    held.letGo();
    get(first);
    get(second);
    assertThat(server.mostExisting.get()).isLessThanOrEqualTo(2);
  }

  @Test
  void aCleanerThatThrowsHasCleaned() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    server.onClose.set(
        () -> {
          throw new IllegalStateException("while closing");
        });

    pool.acquire().invalidate();

    assertThat(pool.stats().closing()).isZero();
    assertThat(pool.acquire().connection()).isNotNull();
  }

  @Test
  void argumentsThatAreNullAreRefusedAndTheLeaseGoesOn() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> lease = pool.acquire();

    assertThatThrownBy(() -> lease.close(null)).isInstanceOf(NullPointerException.class);
    assertThatThrownBy(() -> pool.release(lease.connection(), null))
        .isInstanceOf(NullPointerException.class);

    assertThat(lease.isClosed()).isFalse();
    lease.close();
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void aLeaseThatThePoolHasEndedDoesNotGiveItsConnectionOut() throws Exception {
    ConnectionPool<FakeConnection> pool = sized(0, 1);
    Lease<FakeConnection> lease = pool.acquire();

    get(pool.stop(Duration.ZERO));

    assertThat(lease.isClosed()).isTrue();
    assertThatThrownBy(lease::connection).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void theArgumentsOfAReleaseAreForgottenWithTheNextLease() throws Exception {
    ConnectionPool<FakeConnection> pool = build(builder().maxSize(1));
    pool.acquire(Arguments.of("made")).close(Arguments.of("released"));

    pool.acquire().invalidate();

    assertThat(server.closedWith).containsExactly(Arguments.of("made"));
  }

  /** The name of a connection may only be given to another once it is really gone. */
  @Test
  void aConnectionThatIsBeingClosedIsStillThePools() throws Exception {
    FakeConnection same = new FakeConnection(1, Arguments.none());
    server.made.add(same);
    ConnectionPool<FakeConnection> pool =
        build(
            ConnectionPool.builder(() -> same)
                .cleaner(server::close)
                .executor(held)
                .minSize(0)
                .maxSize(2)
                .time(time));
    Lease<FakeConnection> lease = pool.acquire();
    held.hold();
    lease.invalidate();
    CompletableFuture<Lease<FakeConnection>> waiting = pool.acquireAsync();
    // The cleaner stays behind; the factory answers.
    held.runLast();

    assertThat(pool.stats().lastCreateFailure()).hasMessageContaining("that the pool has");
    assertThatThrownBy(() -> pool.release(same)).isInstanceOf(IllegalReleaseException.class);
    waiting.cancel(true);
  }
}
