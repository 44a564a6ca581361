package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.internal.ManualTime;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class GuardTest {

  /** Not public, so that its methods have to be opened. */
  interface Session extends AutoCloseable {
    String ask(String question) throws IOException;

    default String askTwice(String question) throws IOException {
      return ask(question) + " " + ask(question);
    }

    Session with(String setting);

    Object self();

    @Override
    void close();
  }

  private static final class RealSession implements Session {
    boolean closed;

    @Override
    public String ask(String question) throws IOException {
      if (question.isEmpty()) {
        throw new IOException("nothing was asked");
      }
      return question + "!";
    }

    @Override
    public Session with(String setting) {
      return this;
    }

    @Override
    public Object self() {
      return this;
    }

    @Override
    public void close() {
      closed = true;
    }

    @Override
    public String toString() {
      return "real";
    }
  }

  private final ManualTime time = new ManualTime();
  private final List<RealSession> made = new ArrayList<>();
  private final List<Object> seen = new ArrayList<>();
  private final ConnectionPool<Session> pool = guarded().build();

  private ConnectionPoolBuilder<Session> guarded() {
    return ConnectionPool.<Session>builder(
            () -> {
              RealSession session = new RealSession();
              made.add(session);
              return session;
            })
        .name("guarded")
        .minSize(0)
        .maxSize(1)
        .guard(Session.class)
        .healthChecker(
            session -> {
              seen.add(session);
              return !((RealSession) session).closed;
            })
        .listener(
            new ConnectionPoolListener<>() {
              @Override
              public void acquired(Session session, Duration waited) {
                seen.add(session);
              }

              @Override
              public void released(Session session, Duration used) {
                seen.add(session);
              }
            })
        .executor(Runnable::run)
        .time(time);
  }

  @AfterEach
  void close() {
    pool.close();
    assertThat(made).allMatch(session -> session.closed);
  }

  private void assertEnded(Session session) {
    assertThatThrownBy(() -> session.ask("still there?"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("ask was not called")
        .hasMessageContaining("pool 'guarded'")
        .hasMessageContaining("has ended");
    session.close();
    assertThat(session.toString()).contains("lease has ended");
    assertThat(session.equals(session)).isTrue();
  }

  @Test
  void whileTheLeaseLastsCallsGoThroughAndAfterwardsNoneDoes() throws Exception {
    Session session;
    try (Lease<Session> lease = pool.acquire()) {
      session = lease.connection();
      assertThat(lease.connection()).isSameAs(session).isNotInstanceOf(RealSession.class);
      assertThat(session.ask("well")).isEqualTo("well!");
      assertThat(session.askTwice("well")).as("a default method").isEqualTo("well! well!");
      assertThat(session).hasToString("real");
    }

    assertEnded(session);
    assertThat(made.get(0).closed).as("what was called late did not reach it").isFalse();
  }

  @Test
  void exceptionsComeThroughAsTheyAre() throws Exception {
    try (Lease<Session> lease = pool.acquire()) {
      Session session = lease.connection();
      assertThatThrownBy(() -> session.ask(""))
          .isExactlyInstanceOf(IOException.class)
          .hasMessage("nothing was asked");
    }
  }

  @Test
  void theNextHolderIsNotMixedUpWithTheOneBefore() throws Exception {
    Lease<Session> first = pool.acquire();
    Session stale = first.connection();
    first.close();
    Lease<Session> second = pool.acquire();
    Session current = second.connection();

    assertThat(second.unguarded()).isSameAs(made.get(0));
    assertThat(current.equals(stale)).isFalse();
    assertEnded(stale);
    assertThatThrownBy(() -> pool.release(stale)).isInstanceOf(IllegalReleaseException.class);
    assertThatThrownBy(() -> pool.invalidate(stale)).isInstanceOf(IllegalReleaseException.class);
    assertThat(current.ask("mine")).isEqualTo("mine!");
    pool.release(current);
    assertThat(pool.available()).isEqualTo(1);
    assertEnded(current);
    assertThat(second.isClosed()).isTrue();
  }

  @Test
  void equalityHoldsBeforeAndAfter() throws Exception {
    Lease<Session> lease = pool.acquire();
    Session session = lease.connection();
    Set<Session> all = new HashSet<>(Set.of(session));
    int hash = session.hashCode();

    lease.close();

    assertThat(session.hashCode()).isEqualTo(hash);
    assertThat(all.contains(session)).isTrue();
    assertThat(session.equals(null)).isFalse();
    assertThat(session.equals(made.get(0))).isFalse();
  }

  @Test
  void methodThatReturnsTheConnection_returnsTheGuard() throws Exception {
    try (Lease<Session> lease = pool.acquire()) {
      Session session = lease.connection();

      assertThat(session.with("setting")).isSameAs(session);
      assertThat(session.self()).isSameAs(session);
    }
  }

  @Test
  void thePoolsOwnPartsSeeTheConnectionItself() throws Exception {
    pool.acquire().close();
    get(pool.acquireAsync()).close();
    pool.tryAcquire().orElseThrow().close();
    time.advance(Duration.ofSeconds(10));
    Lease<Session> lease = pool.acquire();
    assertThat(pool.isHealthy(lease.connection())).isTrue();
    assertThat(pool.isHealthy(lease.unguarded())).isTrue();

    assertThat(seen).hasSize(10).allMatch(made.get(0)::equals);
    lease.close();
    assertEnded(lease.leased());
    assertThatThrownBy(lease::unguarded).isInstanceOf(IllegalStateException.class);
  }

  private static <R> R get(CompletableFuture<R> future)
      throws InterruptedException, ExecutionException {
    return future.get();
  }

  @Test
  void useAndWaitersAreGuardedToo() throws Exception {
    List<Session> kept = new ArrayList<>();
    CompletableFuture<Session> waiting;
    try (Lease<Session> lease = pool.acquire()) {
      assertThat(lease.isClosed()).isFalse();
      waiting =
          pool.useAsync(
              session -> {
                kept.add(session);
                return CompletableFuture.completedFuture(session);
              });
      assertThat(waiting).isNotDone();
    }
    pool.use(session -> kept.add(session));

    assertThat(get(waiting)).isSameAs(kept.get(0));
    assertThat(kept).hasSize(2).allSatisfy(this::assertEnded);
  }

  @Test
  void aStopAtItsDeadlineAndAReclaimEndItToo() throws Exception {
    ConnectionPool<Session> reclaiming = guarded().reclaimAfter(Duration.ofSeconds(10)).build();
    Session leaked = reclaiming.acquire().connection();
    time.advance(Duration.ofSeconds(10));
    assertEnded(leaked);
    Session stopped = reclaiming.acquire().connection();

    get(reclaiming.stop(Duration.ZERO));

    assertEnded(stopped);
  }

  @Test
  void leaseWhoseGuardIsReachable_isNotForgotten() throws Exception {
    ConnectionPool<Session> reclaiming = guarded().reclaimForgotten(true).build();
    Session kept = reclaiming.acquire().connection();
    for (int i = 0; i < 5; i++) {
      System.gc();
      get(reclaiming.maintain());
    }

    assertThat(kept.ask("there")).isEqualTo("there!");
    reclaiming.release(kept);
    get(reclaiming.stop());
  }

  @Test
  void aGuardOfAnotherPoolIsForeign() throws Exception {
    ConnectionPool<Session> other = guarded().build();
    Lease<Session> lease = other.acquire();

    assertThatThrownBy(() -> pool.release(lease.connection()))
        .isInstanceOf(IllegalReleaseException.class);

    assertThat(lease.isClosed()).isFalse();
    lease.close();
    other.close();
  }

  // ---- Ways around the guard

  @Test
  void close_endsTheLeaseAndClosesNothing() throws Exception {
    Lease<Session> lease = pool.acquire();
    Session session = lease.connection();

    session.close();
    session.close();

    assertThat(lease.isClosed()).isTrue();
    assertThat(made.get(0).closed).isFalse();
    assertEnded(session);
    Lease<Session> next = pool.acquire();
    session.close();
    assertThat(next.isClosed()).as("the next one's lease").isFalse();
    lease.close();
    next.close();
  }

  @Test
  void closeInsideOfAUseThatThenFails_stillPutsTheConnectionInDoubt() {
    int checks = seen.size();

    assertThatThrownBy(
            () ->
                pool.use(
                    session -> {
                      try (session) {
                        throw new IllegalArgumentException("after the close");
                      }
                    }))
        .isInstanceOf(IllegalArgumentException.class);

    assertThat(seen).as("acquired, released, checked").hasSize(checks + 3);
  }

  @Test
  void exceptionThatTheUserSwallows_isSeenByTheGuard() throws Exception {
    try (Lease<Session> lease = pool.acquire()) {
      assertThatThrownBy(() -> lease.connection().ask("")).isInstanceOf(IOException.class);
      assertThat(lease.isClosed()).as("the user may still want to say goodbye").isFalse();
    }

    assertThat(made.get(0).closed).isTrue();
    assertThat(pool.stats().retired()).containsEntry(RetireReason.BROKEN, 1L);
  }

  @Test
  void connectionItself_isRefusedAndEndsNoLease() throws Exception {
    Session raw;
    try (Lease<Session> lease = pool.acquire()) {
      raw = lease.unguarded();
    }
    Lease<Session> next = pool.acquire();

    assertThatThrownBy(() -> pool.release(raw)).isInstanceOf(IllegalReleaseException.class);
    assertThatThrownBy(() -> pool.invalidate(raw)).isInstanceOf(IllegalReleaseException.class);

    assertThat(next.isClosed()).isFalse();
    next.close();
  }

  private static ConnectionPool<Connection> jdbc() {
    return ConnectionPool.<Connection>builder(JdbcStub::connection)
        .guard(Connection.class)
        .maxSize(1)
        .build();
  }

  @Test
  void pathsBackToTheConnection_leadToTheGuard() throws Exception {
    try (ConnectionPool<Connection> connections = jdbc()) {
      Lease<Connection> lease = connections.acquire();
      Connection connection = lease.connection();
      Statement statement = connection.createStatement();
      ResultSet rows = statement.executeQuery("select");

      assertThat(statement.getConnection()).isSameAs(connection);
      assertThat(connection.prepareStatement("select").getConnection()).isSameAs(connection);
      assertThat(connection.prepareCall("call").getConnection()).isSameAs(connection);
      assertThat(connection.getMetaData().getConnection()).isSameAs(connection);
      assertThat(rows.getStatement().getConnection()).isSameAs(connection);
      assertThat(rows.getStatement()).isEqualTo(statement).hasSameHashCodeAs(statement);
      assertThat(connection.getMetaData().getTables(null, null, null, null).getStatement())
          .isNotNull();
      lease.close();

      assertThatThrownBy(statement::getConnection).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(() -> statement.execute("drop")).isInstanceOf(IllegalStateException.class);
      assertThatThrownBy(rows::next).isInstanceOf(IllegalStateException.class);
      statement.close();
      assertThat(statement.isClosed()).isTrue();
      assertThat(connection.isClosed()).isTrue();
      assertThat(statement.toString()).contains("lease has ended");
    }
  }

  @Test
  void guardPassedToTheConnection_arrivesAsTheConnection() throws Exception {
    try (ConnectionPool<Connection> connections = jdbc();
        Lease<Connection> lease = connections.acquire()) {
      java.sql.Array array = lease.connection().createArrayOf("int", new Object[0]);
      PreparedStatement statement = lease.connection().prepareStatement("insert");

      statement.setArray(1, array);

      List<JdbcStub> made = JdbcStub.behind(lease.unguarded()).children;
      Object arrived = made.get(1).lastArgument;
      assertThat(arrived).isNotSameAs(array);
      assertThat(JdbcStub.behind(arrived)).isSameAs(made.get(0));
    }
  }

  @Test
  void unwrapAndIsWrapperFor_agree() throws Exception {
    try (ConnectionPool<Connection> connections = jdbc();
        Lease<Connection> lease = connections.acquire()) {
      Connection connection = lease.connection();

      for (Class<?> type : List.of(Connection.class, JdbcStub.Vendor.class, AutoCloseable.class)) {
        assertThat(connection.isWrapperFor(type)).as("%s", type).isTrue();
        assertThat(connection.unwrap(type)).as("%s", type).isInstanceOf(type);
      }
      assertThat(connection.unwrap(Connection.class)).isSameAs(connection);
      JdbcStub.Vendor vendor = connection.unwrap(JdbcStub.Vendor.class);
      assertThat(connection.isWrapperFor(String.class)).isFalse();
      assertThatThrownBy(() -> connection.unwrap(String.class)).isInstanceOf(SQLException.class);
      connection.close();
      assertThatThrownBy(vendor::vendorCall).isInstanceOf(IllegalStateException.class);
    }
  }

  @Test
  void viewOfTheConnection_isClosedByTheEndOfTheLeaseOnly() throws Exception {
    try (ConnectionPool<Connection> connections = jdbc()) {
      Lease<Connection> lease = connections.acquire();
      Connection raw = lease.unguarded();
      Connection view = (Connection) lease.connection().unwrap(JdbcStub.Vendor.class);

      view.close();

      assertThat(lease.isClosed()).isTrue();
      assertThat(JdbcStub.behind(raw).calls).doesNotContain("close");
      assertThat(view.toString()).startsWith("a connection").contains("lease has ended");
      view.close();
      assertThat(view.isClosed()).isTrue();
    }
  }

  @Test
  void viewOfTheConnectionThatIsAnotherObject_isClosedByTheEndOfTheLeaseOnly() throws Exception {
    Connection inner = JdbcStub.connection();
    try (ConnectionPool<Connection> connections =
        ConnectionPool.<Connection>builder(() -> JdbcStub.around(inner))
            .guard(Connection.class)
            .maxSize(1)
            .build()) {
      Lease<Connection> lease = connections.acquire();
      Connection view = (Connection) lease.connection().unwrap(JdbcStub.Vendor.class);
      assertThat(view).isNotEqualTo(lease.connection());
      assertThat(lease.connection()).isNotEqualTo(view);

      view.close();

      assertThat(lease.isClosed()).isTrue();
      assertThat(JdbcStub.behind(inner).calls).doesNotContain("close");
    }
  }

  @Test
  void viewOfTheConnection_isEqualToIt() throws Exception {
    try (ConnectionPool<Connection> connections = jdbc();
        Lease<Connection> lease = connections.acquire()) {
      Connection connection = lease.connection();
      JdbcStub.Vendor view = connection.unwrap(JdbcStub.Vendor.class);

      assertThat(view.equals(connection)).isTrue();
      assertThat(connection.equals(view)).isTrue();
      assertThat(view).hasSameHashCodeAs(connection).hasToString(connection.toString());
    }
  }

  @Test
  void viewOfTheConnection_isReleasedAsTheConnection() throws Exception {
    try (ConnectionPool<Connection> connections = jdbc()) {
      Lease<Connection> lease = connections.acquire();
      Connection view = (Connection) lease.connection().unwrap(JdbcStub.Vendor.class);
      assertThat(connections.isHealthy(view)).isTrue();

      connections.release(view);

      assertThat(lease.isClosed()).isTrue();
      assertThatThrownBy(() -> connections.release(view))
          .isInstanceOf(IllegalReleaseException.class);
    }
  }

  @Test
  void connectionThatItsUserHasAborted_isCheckedBeforeItsNextLease() throws Exception {
    try (ConnectionPool<Connection> connections =
        ConnectionPool.<Connection>builder(JdbcStub::connection)
            .guard(Connection.class)
            .healthChecker(
                connection -> !JdbcStub.behind(connection).calls.toString().contains("abort"))
            .executor(Runnable::run)
            .time(time)
            .maxSize(1)
            .build()) {
      Lease<Connection> lease = connections.acquire();
      Connection aborted = lease.unguarded();
      lease.connection().abort(Runnable::run);
      lease.close();

      try (Lease<Connection> next = connections.acquire()) {
        assertThat(next.unguarded()).isNotSameAs(aborted);
      }
      assertThat(connections.stats().retired()).containsEntry(RetireReason.UNHEALTHY, 1L);
    }
  }

  sealed interface Sealed permits OnlyOne {}

  record OnlyOne() implements Sealed {}

  @Test
  void connectionThatCannotBeGuarded_isRejected() {
    assertThatThrownBy(() -> ConnectionPool.builder(() -> "a class").guard(String.class).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("guard is java.lang.String, but must be an interface");
    assertThatThrownBy(
            () ->
                ConnectionPool.<Sealed>builder((Callable<Sealed>) OnlyOne::new)
                    .guard(Sealed.class)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("not sealed");
  }

  @Test
  void anInterfaceOfTheJdkCanBeGuarded() throws Exception {
    try (ConnectionPool<CharSequence> texts =
        ConnectionPool.<CharSequence>builder(() -> "text").guard(CharSequence.class).build()) {
      CharSequence kept;
      try (Lease<CharSequence> lease = texts.acquire()) {
        kept = lease.connection();
        assertThat(kept.length()).isEqualTo(4);
      }
      assertThatThrownBy(kept::length).isInstanceOf(IllegalStateException.class);
    }
  }
}
