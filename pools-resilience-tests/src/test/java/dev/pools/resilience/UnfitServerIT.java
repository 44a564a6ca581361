package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionPoolBuilder;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The server accepts connections, and each of them fails its check: a standby without a primary.
 */
@Tag("heavy")
class UnfitServerIT extends OutageTestBase {

  @Override
  ConnectionPoolBuilder<Connection> settings(ConnectionPoolBuilder<Connection> defaults) {
    return defaults.healthChecker(FailOverIT::canWrite);
  }

  @AfterEach
  void becomeFit() throws SQLException {
    SuperUser.makeWritable(server());
  }

  @Test
  void unfitServerCostsProbesLikeADeadOne_andServiceIsBackWithinTwoSeconds() throws Exception {
    SuperUser.createOrders(server());
    Load load = load(PEOPLE, FailOverIT.WRITER);
    awaitService(load);

    long unfit = System.nanoTime();
    SuperUser.makeReadOnly(server());
    letPass(Duration.ofSeconds(6));
    long attempts = sockets.attempts.size();
    assertThat(pool.stats().lastCreateFailure()).isNotNull();
    long fit = System.nanoTime();
    SuperUser.makeWritable(server());

    assertServiceIsBack(load, fit);
    load.end();
    assertAttemptsWereFewAndSpread(unfit, fit);
    assertEverybodyWasToldInTime(load, later(unfit, FIRST_FAILURE_AFTER));
    assertThat(attempts).isLessThan(60);
  }
}
