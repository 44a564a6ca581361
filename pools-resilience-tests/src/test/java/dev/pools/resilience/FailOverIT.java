package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionPoolBuilder;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * The primary becomes a standby: its old sessions live on, but cannot write. New sessions reach the
 * new primary. Only a checker that asks whether a session can write finds the old ones out.
 */
@Tag("heavy")
class FailOverIT extends OutageTestBase {

  static final Load.User WRITER =
      Load.User.of("insert into orders select 'app' from pg_sleep(0.01)");

  private volatile String sessionOptions = "";

  @Override
  String sessionOptions() {
    return sessionOptions;
  }

  @Override
  ConnectionPoolBuilder<Connection> settings(ConnectionPoolBuilder<Connection> defaults) {
    return defaults.healthChecker(FailOverIT::canWrite);
  }

  static boolean canWrite(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery("show transaction_read_only")) {
      return rows.next() && rows.getString(1).equals("off");
    }
  }

  @BeforeEach
  void createTable() throws SQLException {
    SuperUser.createOrders(server());
  }

  @AfterEach
  void becomePrimaryAgain() throws SQLException {
    SuperUser.makeWritable(server());
  }

  @Test
  void eachSessionOfTheOldPrimaryIsMetOnceAtMost() throws Exception {
    Load load = load(PEOPLE, WRITER);
    awaitService(load);
    int sessions = (int) pool.stats().created();

    // As a host name that leads to the new primary from now on.
    sessionOptions = "&options=-c%20default_transaction_read_only=off";
    SuperUser.makeReadOnly(server());
    // The server's sessions hear of it one after another, and not at once.
    await().until(() -> !load.calls(call -> call.outcome() == Load.Outcome.BROKEN).isEmpty());

    assertServiceIsBack(load, System.nanoTime());
    long created = pool.stats().created();
    letPass(SLACK);
    load.end();
    assertEverybodyWasToldInTime(load, 0);
    assertThat(load.calls(call -> call.outcome() == Load.Outcome.REFUSED)).isEmpty();
    assertThat(load.calls(call -> call.outcome() == Load.Outcome.BROKEN))
        .as("calls on sessions that cannot write any more")
        .isNotEmpty()
        .hasSizeLessThanOrEqualTo((int) created)
        .allSatisfy(
            call ->
                assertThat(call.failure())
                    .isInstanceOfSatisfying(
                        SQLException.class,
                        failure -> assertThat(failure.getSQLState()).isEqualTo("25006")));
    assertThat(sessions).isPositive();
  }
}
