package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.Arguments;
import dev.pools.internal.ManualTime;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Statements that a user of a guarded connection has not closed. */
class OpenStatementsTest {

  private final ManualTime time = new ManualTime();
  private final List<Connection> made = new ArrayList<>();
  private final List<String> order = new ArrayList<>();
  private final List<ConnectionPool<Connection>> pools = new ArrayList<>();
  private int calls;

  private ConnectionPoolBuilder<Connection> guarded() {
    return ConnectionPool.<Connection>builder(
            () -> {
              Connection connection = JdbcStub.connection();
              made.add(connection);
              return connection;
            })
        .guard(Connection.class)
        .executor(
            call -> {
              calls++;
              call.run();
            })
        .minSize(0)
        .maxSize(1)
        .time(time);
  }

  private ConnectionPool<Connection> build(ConnectionPoolBuilder<Connection> builder) {
    ConnectionPool<Connection> pool = builder.build();
    pools.add(pool);
    return pool;
  }

  @AfterEach
  void close() throws Exception {
    for (ConnectionPool<Connection> pool : pools) {
      pool.stop(Duration.ZERO).get(30, TimeUnit.SECONDS);
      assertThat(pool.stats().closing() + pool.stats().size()).isZero();
      assertThat(pool.parts().core.restored()).as("steps left undone").isZero();
    }
  }

  private JdbcStub only() {
    assertThat(made).as("connections created").hasSize(1);
    return JdbcStub.behind(made.get(0));
  }

  /** Which of the statements of a connection are closed, in the order in which it opened them. */
  private static List<Boolean> closed(JdbcStub connection) {
    return connection.children.stream().map(child -> child.calls.contains("close")).toList();
  }

  private interface End {
    void of(Lease<Connection> lease) throws Exception;
  }

  @Test
  void statementsThatALeaseLeavesOpen_areClosedHoweverItEnds() throws Exception {
    ConnectionPool<Connection> pool = build(guarded());
    List<End> ends =
        List.of(
            Lease::close,
            lease -> lease.connection().close(),
            lease -> pool.release(lease.connection()),
            lease -> pool.release(lease.connection(), Arguments.of("next", 1)),
            lease -> lease.fail(new IllegalStateException("its use has failed")));
    for (End end : ends) {
      Lease<Connection> lease = pool.acquire();
      lease.connection().createStatement();
      lease.connection().prepareStatement("select");
      lease.connection().prepareCall("call");

      end.of(lease);

      assertThat(closed(only())).containsExactly(true, true, true);
      assertThat(pool.available()).isEqualTo(1);
      only().children.clear();
    }
    pool.use(Connection::createStatement);
    pool.useAsync(
            connection -> {
              try {
                return CompletableFuture.completedFuture(connection.createStatement());
              } catch (Exception e) {
                throw new AssertionError(e);
              }
            })
        .get(30, TimeUnit.SECONDS);
    assertThat(closed(only())).containsExactly(true, true);
  }

  @Test
  void statementsAreClosedBeforeTheResetAndTheNextLease() throws Exception {
    CompletableFuture<Void> reset = new CompletableFuture<>();
    ConnectionPool<Connection> pool =
        build(
            guarded()
                .asyncOnReturn(
                    connection -> {
                      order.add("reset after " + closed(JdbcStub.behind(connection)));
                      return reset;
                    }));
    Lease<Connection> lease = pool.acquire();
    lease.connection().createStatement();
    CompletableFuture<Lease<Connection>> next = pool.acquireAsync();

    lease.close();

    assertThat(order).containsExactly("reset after [true]");
    assertThat(next).isNotDone();
    reset.complete(null);
    next.get(30, TimeUnit.SECONDS).close();
  }

  @Test
  void callerInLine_getsTheConnectionWhenItsStatementsAreClosed() throws Exception {
    List<Runnable> held = new ArrayList<>();
    boolean[] holds = {false};
    Executor executor =
        call -> {
          if (holds[0]) {
            held.add(call);
          } else {
            call.run();
          }
        };
    ConnectionPool<Connection> pool = build(guarded().executor(executor));
    Lease<Connection> lease = pool.acquire();
    lease.connection().createStatement();
    CompletableFuture<Lease<Connection>> next = pool.acquireAsync();
    holds[0] = true;

    lease.close();

    assertThat(next).isNotDone();
    assertThat(pool.stats().checking()).isEqualTo(1);
    assertThat(pool.tryAcquire()).isEmpty();
    holds[0] = false;
    held.forEach(Runnable::run);
    assertThat(closed(only())).containsExactly(true);
    next.get(30, TimeUnit.SECONDS).close();
  }

  @Test
  void statementThatItsUserHasClosed_costsNothingAtTheEnd() throws Exception {
    ConnectionPool<Connection> pool = build(guarded());
    Lease<Connection> lease = pool.acquire();
    try (Statement first = lease.connection().createStatement();
        PreparedStatement second = lease.connection().prepareStatement("select");
        ResultSet tables = lease.connection().getMetaData().getTables(null, null, null, null)) {
      assertThat(List.of(first, second, tables)).doesNotContainNull();
      assertThat(first.executeQuery("select")).as("closed by its statement").isNotNull();
    }
    int before = calls;

    lease.close();

    assertThat(calls).isEqualTo(before);
    assertThat(only().children.get(0).calls.stream().filter("close"::equals)).hasSize(1);
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void resultThatBelongsToNoStatement_isClosedToo() throws Exception {
    ConnectionPool<Connection> pool = build(guarded());
    Lease<Connection> lease = pool.acquire();
    ResultSet tables = lease.connection().getMetaData().getTables(null, null, null, null);
    ResultSet elements = lease.connection().createArrayOf("int", new Object[0]).getResultSet();
    assertThat(List.of(tables, elements)).doesNotContainNull();

    lease.close();

    List<JdbcStub> opened = new ArrayList<>();
    only().children.forEach(child -> opened.addAll(child.children));
    assertThat(opened).hasSize(2).allMatch(child -> child.calls.contains("close"));
  }

  @Test
  void cursorThatAStatementReturns_isNotClosedWithTheStatement() throws Exception {
    CallableStatement call = JdbcStub.connection().prepareCall("call");
    ResultSet rows = call.executeQuery();
    OpenStatements opened = new OpenStatements(1);

    assertThat(opened.note(rows, call, "executeQuery")).isTrue();
    assertThat(opened.areOpen()).isFalse();
    assertThat(opened.note(rows, call, "getObject")).isTrue();
    assertThat(opened.areOpen()).isTrue();

    opened.closeAll();
    assertThat(JdbcStub.behind(rows).calls).containsExactly("close");
  }

  @Test
  void statementThatCannotBeClosed_closesTheConnection() throws Exception {
    ConnectionPool<Connection> pool = build(guarded());
    Lease<Connection> lease = pool.acquire();
    lease.connection().createStatement();
    only().children.get(0).failing.add("close");

    lease.close();

    assertThat(only().calls).contains("close");
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 1L);
    pool.acquire().close();
    assertThat(made).hasSize(2);
  }

  // ---- A driver: the test chooses what its createStatement does

  private interface Opening {
    Statement open(Connection inner) throws Exception;
  }

  private static Connection opening(Opening statements) {
    Connection inner = JdbcStub.connection();
    return (Connection)
        Proxy.newProxyInstance(
            OpenStatementsTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (object, method, arguments) -> {
              if (method.getName().equals("createStatement")) {
                return statements.open(inner);
              }
              try {
                return method.invoke(inner, arguments);
              } catch (InvocationTargetException thrown) {
                throw Objects.requireNonNullElse(thrown.getCause(), thrown);
              }
            });
  }

  private static Statement whoseCloseIs(Runnable close) {
    return (Statement)
        Proxy.newProxyInstance(
            OpenStatementsTest.class.getClassLoader(),
            new Class<?>[] {Statement.class},
            (object, method, arguments) -> {
              if (method.getName().equals("close")) {
                close.run();
              }
              return null;
            });
  }

  @Test
  void closingThatHangs_closesTheConnectionWhenItsTimeIsOver() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
    Statement hanging =
        whoseCloseIs(
            () -> {
              inside.countDown();
              try {
                new CountDownLatch(1).await();
              } catch (InterruptedException e) {
                interrupted.complete(true);
              }
            });
    ConnectionPool<Connection> pool =
        build(
            ConnectionPool.<Connection>builder(() -> opening(connection -> hanging))
                .guard(Connection.class)
                .executor(Executors.newCachedThreadPool(OpenStatementsTest::daemon))
                .hookTimeout(Duration.ofSeconds(3))
                .onReturn(connection -> order.add("reset"))
                .minSize(0)
                .maxSize(1)
                .time(time));
    Lease<Connection> lease = pool.acquire();
    lease.connection().createStatement();

    lease.close();
    assertThat(inside.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.stats().checking()).isEqualTo(1);
    time.advance(Duration.ofSeconds(3));

    assertThat(interrupted.get(30, TimeUnit.SECONDS)).isTrue();
    Awaitility.await()
        .untilAsserted(
            () -> assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 1L));
    assertThat(order).as("a reset of a connection that is being closed").isEmpty();
  }

  private static Thread daemon(Runnable run) {
    Thread thread = new Thread(run);
    thread.setDaemon(true);
    return thread;
  }

  @Test
  void statementThatComesAfterTheEndOfTheLease_isClosedByItsCall() throws Exception {
    List<Lease<Connection>> leases = new ArrayList<>();
    ConnectionPool<Connection> pool =
        build(
            ConnectionPool.<Connection>builder(
                    () ->
                        opening(
                            connection -> {
                              leases.get(0).close();
                              return whoseCloseIs(() -> order.add("closed"));
                            }))
                .guard(Connection.class)
                .executor(Runnable::run)
                .minSize(0)
                .maxSize(1)
                .time(time));
    leases.add(pool.acquire());
    Connection connection = leases.get(0).connection();

    assertThatThrownBy(connection::createStatement)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("What createStatement has opened is closed")
        .hasMessageContaining("has ended meanwhile");

    assertThat(order).containsExactly("closed");
    assertThat(pool.available()).isEqualTo(1);
  }

  @Test
  void leaseThatIsClosedOnceMore_doesNotEndTheNotesOfTheNext() throws Exception {
    ConnectionPool<Connection> pool = build(guarded());
    Lease<Connection> first = pool.acquire();
    first.close();
    Lease<Connection> second = pool.acquire();

    assertThat(OpenStatements.areLeft(second.slot().opened, first.epoch())).isFalse();
    assertThat(second.connection().createStatement()).isNotNull();

    second.close();
    assertThat(closed(only())).containsExactly(true);
  }

  @Test
  void connectionThatIsClosedAnyway_isNotResetBefore() throws Exception {
    ConnectionPool<Connection> pool = build(guarded());
    Lease<Connection> lease = pool.acquire();
    lease.connection().createStatement();

    lease.invalidate();

    assertThat(closed(only())).containsExactly(false);
    assertThat(only().calls).contains("close");
  }

  @Test
  void typesOfSql_areKnownByTheirName() throws Exception {
    assertThat(OpenStatements.comeFrom(Connection.class)).isTrue();
    assertThat(OpenStatements.comeFrom(VendorConnection.class)).isTrue();
    assertThat(OpenStatements.comeFrom(Statement.class)).isFalse();
    assertThat(OpenStatements.comeFrom(CharSequence.class)).isFalse();
    try (ConnectionPool<CharSequence> texts =
            ConnectionPool.<CharSequence>builder(() -> "text").guard(CharSequence.class).build();
        Lease<CharSequence> lease = texts.acquire()) {
      assertThat(lease.slot().opened).isNull();
    }
  }

  private interface VendorConnection extends Connection {}

  @Test
  void statementThatWasCollected_isForgotten() throws Exception {
    OpenStatements opened = new OpenStatements(1);
    Statement kept = whoseCloseIs(() -> {});
    Connection from = JdbcStub.connection();
    assertThat(opened.note(kept, from, "createStatement")).isTrue();
    for (int i = 0; i < 100; i++) {
      assertThat(opened.note(whoseCloseIs(() -> {}), from, "createStatement")).isTrue();
    }

    Awaitility.await()
        .until(
            () -> {
              System.gc();
              // More than are kept without a look.
              int before = opened.known();
              for (int i = 0; i < 1000; i++) {
                opened.note(whoseCloseIs(() -> {}), from, "createStatement");
              }
              return opened.known() < before + 1000;
            });

    assertThat(opened.areOpen()).isTrue();
    opened.closeAll();
    assertThat(kept).isNotNull();
  }
}
