package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Others have taken most of the server's places, and it refuses more. */
@Tag("heavy")
class ServerFullIT extends OutageTestBase {

  /** So many places the others leave. */
  private static final int LEFT = 4;

  private static final String TOO_MANY_CONNECTIONS = "53300";

  private final List<Connection> others = new ArrayList<>();

  @AfterEach
  void othersLeave() throws SQLException {
    for (Connection other : others) {
      other.close();
    }
    others.clear();
  }

  @Test
  void poolLivesWithWhatItHasAndGrowsWithinTwoSecondsWhenThereIsRoom() throws Exception {
    // One of them is the observer's, who comes first.
    await().until(() -> watch.looks() > 0);
    int available = PostgresServer.MAX_CONNECTIONS - PostgresServer.RESERVED;
    for (int i = 0; i < available - LEFT - 1; i++) {
      others.add(server().connectAsOthers());
    }
    Load load = load();
    awaitService(load);
    long full = System.nanoTime();
    letPass(Duration.ofSeconds(6));

    assertThat(pool.stats().lastCreateFailure())
        .isInstanceOfSatisfying(
            SQLException.class,
            failure -> assertThat(failure.getSQLState()).isEqualTo(TOO_MANY_CONNECTIONS));
    assertThat(pool.size()).isEqualTo(LEFT);
    long left = System.nanoTime();
    othersLeave();

    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(BACK_WITHIN)
        .until(() -> pool.size() == MAX_SIZE);
    assertServiceIsBack(load, left);
    load.end();
    assertAttemptsWereFewAndSpread(full, left);
    assertEverybodyWasToldInTime(load, 0);
    assertThat(load.calls(call -> call.outcome() != Load.Outcome.SERVED)).isEmpty();
  }
}
