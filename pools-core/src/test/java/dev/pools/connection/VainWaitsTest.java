package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/** A pool knows for how long it has served no caller, which one reading tells. */
class VainWaitsTest extends ConnectionTestBase {

  private void timesOut(ConnectionPool<FakeConnection> pool, int callers) {
    for (int i = 0; i < callers; i++) {
      pool.acquireAsync(Duration.ofSeconds(1));
    }
    time.advance(Duration.ofSeconds(1));
  }

  @Test
  void callersThatTimeOutWithoutALeaseBetweenThemCountInARow() {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    Lease<FakeConnection> lease = get(pool.acquireAsync());
    timesOut(pool, 3);
    assertThat(pool.stats().timeoutsInARow()).isEqualTo(3);
    assertThat(pool.stats().unservedFor()).isZero();

    timesOut(pool, 2);
    time.advance(Duration.ofSeconds(4));

    assertThat(pool.stats().timeoutsInARow()).isEqualTo(5);
    assertThat(pool.stats().unservedFor()).as("since the first").hasSeconds(5);
    lease.close();
    assertThat(pool.stats().timeoutsInARow()).as("a return serves no caller").isEqualTo(5);
  }

  @Test
  void leaseEndsTheRowOfTimeouts() {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    Lease<FakeConnection> lease = get(pool.acquireAsync());
    timesOut(pool, 3);
    lease.close();

    Lease<FakeConnection> another = get(pool.acquireAsync());

    assertThat(pool.stats().timeoutsInARow()).isZero();
    assertThat(pool.stats().unservedFor()).isZero();
    assertThat(pool.stats().timeouts()).as("those of its life").isEqualTo(3);
    timesOut(pool, 1);
    assertThat(pool.stats().timeoutsInARow()).as("a new row").isEqualTo(1);
    another.close();
  }

  @Test
  void aNewStartForgetsTheRow() {
    ConnectionPool<FakeConnection> pool = sized(1, 1);
    Lease<FakeConnection> lease = get(pool.acquireAsync());
    timesOut(pool, 1);
    lease.close();
    get(pool.stop());

    get(pool.start());

    assertThat(pool.stats().timeoutsInARow()).isZero();
  }
}
