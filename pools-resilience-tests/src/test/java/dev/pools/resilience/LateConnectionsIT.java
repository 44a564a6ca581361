package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionPoolBuilder;
import java.sql.Connection;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Each connection takes three times as long to come as the pool gives it, and its thread cannot be
 * interrupted: a virtual one would be, and the driver would give up.
 */
@Tag("heavy")
class LateConnectionsIT extends OutageTestBase {

  private static final Duration CREATE_TIMEOUT = Duration.ofMillis(120);
  private static final Duration HANDSHAKE = Duration.ofMillis(400);

  @Override
  ConnectionPoolBuilder<Connection> settings(ConnectionPoolBuilder<Connection> defaults) {
    return defaults.createTimeout(CREATE_TIMEOUT).executor(OutageTestBase::runOnThreadOfItsOwn);
  }

  @Test
  void connectionsThatComeLateKeepTheirPlacesAndServiceIsBackWithinTwoSeconds() throws Exception {
    Load load = load();
    awaitService(load);
    await().until(() -> pool.size() == MAX_SIZE);

    proxy.delayHandshakes(HANDSHAKE);
    SuperUser.killBackends(server());
    letPass(Duration.ofSeconds(5));
    assertThat(pool.stats().createFailures()).as("overdue").isPositive();
    long healed = System.nanoTime();
    proxy.heal();

    assertServiceIsBack(load, healed);
    await().atMost(BACK_WITHIN).until(() -> pool.size() == MAX_SIZE);
    load.end();
    assertEverybodyWasToldInTime(load, 0);
    assertThat(sockets.attempts).as("attempts: none was for nothing").hasSize(2 * MAX_SIZE);
  }
}
