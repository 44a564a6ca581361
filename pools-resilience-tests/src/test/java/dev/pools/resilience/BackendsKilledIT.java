package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;

/** An operator, or a fail-over, ends all connections at the server. */
class BackendsKilledIT extends OutageTestBase {

  private static final int TIMES = 10;

  @Test
  void serviceGoesOnAndEachDeadConnectionIsMetOnce() throws Exception {
    int killed = 0;
    Load load = load();
    awaitService(load);
    for (int i = 0; i < TIMES; i++) {
      long before = System.nanoTime();
      killed += killBackends();
      assertServiceIsBack(load, before);
    }
    load.end();

    assertEverybodyWasToldInTime(load, 0);
    assertThat(load.calls(call -> call.outcome() == Load.Outcome.REFUSED)).isEmpty();
    assertThat(load.calls(call -> call.outcome() == Load.Outcome.BROKEN))
        .hasSizeLessThanOrEqualTo(killed);
    assertThat(killed).isGreaterThanOrEqualTo(TIMES * MAX_SIZE / 2);
  }

  static int killBackends() throws SQLException {
    String sql =
        "select count(pg_terminate_backend(pid)) from pg_stat_activity where usename = 'app'";
    try (Connection superuser = server().connectDirectly();
        Statement statement = superuser.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      rows.next();
      return rows.getInt(1);
    }
  }
}
