package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import dev.pools.connection.ConnectionFactory;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class DatabaseFaultsTest {

  private static final ConnectionFactory<Connection> DRIVER =
      arguments -> DriverManager.getConnection("jdbc:h2:mem:faults;DB_CLOSE_DELAY=-1", "sa", "");

  private final DatabaseFaults faults = new DatabaseFaults(new PlaygroundProperties(true));
  private final ConnectionFactory<Connection> factory = faults.around(DRIVER);
  private Connection connection;

  @BeforeEach
  void open() throws Exception {
    connection = create();
  }

  @AfterEach
  void close() throws SQLException {
    faults.repair();
    connection.close();
    assertThat(connection.isClosed()).isTrue();
  }

  private Connection create() throws Exception {
    return factory.create(Arguments.none());
  }

  private static int one(Connection connection) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement("select 1");
        ResultSet rows = statement.executeQuery()) {
      assertThat(statement.getConnection()).isSameAs(connection);
      rows.next();
      return rows.getInt(1);
    }
  }

  @Test
  void factoryIsNotChangedWithoutThePlayground() {
    DatabaseFaults off = new DatabaseFaults(new PlaygroundProperties(false));

    assertThat(off.around(DRIVER)).isSameAs(DRIVER);
  }

  @Test
  void healthyDatabaseAnswers() throws Exception {
    assertThat(one(connection)).isEqualTo(1);
    assertThat(connection.isValid(1)).isTrue();
    try (Connection other = create()) {
      assertThat(Set.of(connection, other)).contains(connection, other);
      assertThat(other).isNotEqualTo(connection);
    }
    assertThat(faults.state())
        .isEqualTo(new DatabaseFaults.State(DatabaseFaults.Mode.HEALTHY, 0, 0));
  }

  @Test
  void failureOfTheDriverIsPassedOn() throws Exception {
    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("no sql"))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("Syntax error");
    }
  }

  @Test
  void outageBreaksOpenConnections_alsoAfterTheRepair() throws Exception {
    try (Statement statement = connection.createStatement()) {
      faults.breakDown();
      faults.breakDown();

      assertThatThrownBy(() -> statement.execute("select 1"))
          .isInstanceOf(SQLException.class)
          .hasFieldOrPropertyWithValue("SQLState", "08006");
    }
    assertThat(connection.isValid(1)).isFalse();
    faults.repair();
    assertThat(connection.isValid(1)).isFalse();
    assertThat(connection.isClosed()).isFalse();
    assertThatThrownBy(() -> one(connection)).isInstanceOf(SQLException.class);
    assertThat(faults.state().outages()).isEqualTo(1);
  }

  @Test
  void brokenDatabaseRefusesConnections_untilItIsRepaired() throws Exception {
    faults.breakDown();
    assertThatThrownBy(this::create).hasFieldOrPropertyWithValue("SQLState", "08001");

    faults.repair();

    try (Connection next = create()) {
      assertThat(one(next)).isEqualTo(1);
    }
  }

  @Test
  void slowDatabaseAnswersLater() throws Exception {
    faults.slow(Duration.ofMillis(50));
    long start = System.nanoTime();

    assertThat(one(connection)).isEqualTo(1);

    assertThat(Duration.ofNanos(System.nanoTime() - start))
        .isGreaterThanOrEqualTo(Duration.ofMillis(50));
  }

  /** Starts a call that is delayed, and waits until it is. */
  private FutureTask<Integer> delayedCall() {
    faults.slow(Duration.ofDays(1));
    FutureTask<Integer> call = new FutureTask<>(() -> one(connection));
    Thread thread = new Thread(call, "delayed call");
    thread.start();
    await().until(() -> thread.getState() == Thread.State.TIMED_WAITING);
    return call;
  }

  @Test
  void repairEndsADelay() throws Exception {
    FutureTask<Integer> call = delayedCall();

    faults.repair();

    assertThat(call.get()).isEqualTo(1);
  }

  @Test
  void outageEndsADelay_andFailsTheCall() {
    FutureTask<Integer> call = delayedCall();

    faults.breakDown();

    assertThatThrownBy(call::get)
        .isInstanceOf(ExecutionException.class)
        .cause()
        .hasFieldOrPropertyWithValue("SQLState", "08006");
  }

  @Test
  void interruptedCallFails_andStaysInterrupted() {
    faults.slow(Duration.ofDays(1));
    CompletableFuture<Boolean> interrupted =
        CompletableFuture.supplyAsync(
            () -> {
              Thread.currentThread().interrupt();
              assertThatThrownBy(() -> one(connection))
                  .hasFieldOrPropertyWithValue("SQLState", "57014");
              return Thread.interrupted();
            });

    assertThat(interrupted.join()).isTrue();
  }

  @Test
  void connectionThatWasCreatedDuringAnOutageIsBroken() {
    ConnectionFactory<Connection> slowDriver =
        faults.around(
            arguments -> {
              Connection created = DRIVER.create(arguments);
              faults.breakDown();
              faults.repair();
              return created;
            });

    assertThatCode(
            () -> {
              try (Connection late = slowDriver.create(Arguments.none())) {
                assertThat(late.isValid(1)).isFalse();
              }
            })
        .doesNotThrowAnyException();
  }
}
