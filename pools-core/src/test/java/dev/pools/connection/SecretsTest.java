package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.read.ListAppender;
import dev.pools.Arguments;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.slf4j.LoggerFactory;

/** A run full of secrets leaves none of them in any text of the pool. */
class SecretsTest extends ConnectionTestBase {

  private static final String SECRET = "hunter2-s3cr3t";

  private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
  private final Level levelBefore = root.getLevel();
  private final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  private final List<String> said = new ArrayList<>();

  @BeforeEach
  void listenToTheLog() {
    root.setLevel(Level.TRACE);
    logged.start();
    root.addAppender(logged);
  }

  @AfterEach
  void restoreTheLog() {
    root.detachAppender(logged);
    root.setLevel(levelBefore);
  }

  private static Arguments arguments() {
    return Arguments.named("user", "bob").and("password", SECRET);
  }

  private static String textOf(Throwable thrown) {
    StringWriter text = new StringWriter();
    thrown.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  private void say(Object said) {
    this.said.add(said instanceof Throwable thrown ? textOf(thrown) : String.valueOf(said));
  }

  private void assertNothingSaid() {
    for (ILoggingEvent event : List.copyOf(logged.list)) {
      said.add(event.getFormattedMessage());
      if (event.getThrowableProxy() != null) {
        said.add(ThrowableProxyUtil.asString(event.getThrowableProxy()));
      }
    }
    assertThat(said).isNotEmpty().noneMatch(text -> text.contains("s3cr3t"));
  }

  private static List<Exception> failures() {
    return List.of(
        new SQLException(
            "cannot connect to jdbc:postgresql://bob:" + SECRET + "@db/shop", "08001", 17),
        new IOException("refused", new IllegalStateException("?password=" + SECRET + "&ssl=true")),
        new IllegalStateException("login of bob with " + SECRET),
        new IllegalStateException("{\"token\": \"" + SECRET + "\"}"));
  }

  @ParameterizedTest
  @EnumSource(ArgumentMatching.class)
  void noTextOfAFailingServerHasASecret(ArgumentMatching matching) throws Exception {
    for (Exception failure : failures()) {
      ConnectionPool<FakeConnection> pool =
          build(
              builder()
                  .maxSize(1)
                  .argumentMatching(matching)
                  .healthChecker(
                      connection -> {
                        throw failure;
                      }));
      server.refusal.set(failure);
      CompletableFuture<?> late = pool.acquireAsync(arguments(), Duration.ofSeconds(1));
      say(
          catchThrowable(
              () ->
                  pool.acquire(AcquireOptions.whenDown(WhenDown.FAIL).withArguments(arguments()))));
      time.advance(Duration.ofSeconds(2));
      say(catchThrowable(late::join));
      say(catchThrowable(() -> pool.createConnection(arguments()).join()));
      say(pool.stats());
      say(pool);
      if (pool.stats().lastCreateFailure() != null) {
        say(pool.stats().lastCreateFailure());
      }
      server.refusal.set(null);
      server.onClose.set(
          () -> {
            throw failure;
          });
      time.advance(Duration.ofSeconds(2));
      CompletableFuture<Lease<FakeConnection>> unfit =
          pool.acquireAsync(arguments(), Duration.ofSeconds(1));
      time.advance(Duration.ofMinutes(1));
      say(catchThrowable(unfit::join));
      get(pool.stop(Duration.ZERO));
      server.onClose.set(() -> {});
    }

    assertNothingSaid();
  }

  @Test
  void argumentsByPositionAreShownInNoText() {
    List<Arguments> all =
        List.of(
            Arguments.of("bob", SECRET),
            Arguments.of("bob", SECRET.toCharArray()),
            Arguments.of("bob", SECRET.getBytes(java.nio.charset.StandardCharsets.UTF_8)),
            Arguments.of("bob", new StringBuilder(SECRET).reverse().reverse()),
            Arguments.of("hunter2", SECRET));
    for (Arguments arguments : all) {
      for (Exception failure : failures()) {
        ConnectionPool<FakeConnection> pool = build(builder().maxSize(1));
        server.refusal.set(failure);
        say(catchThrowable(() -> pool.createConnection(arguments).join()));
        server.refusal.set(null);
      }
    }

    assertNothingSaid();
  }

  @Test
  void secretWithSignsThatEndOneIsHiddenWhole() {
    ConnectionPool<FakeConnection> pool = build(builder());
    server.refusal.set(new IllegalStateException("password=tr&s3cr3t is wrong"));

    say(
        catchThrowable(
            () -> pool.createConnection(Arguments.named("password", "tr&s3cr3t")).join()));

    server.refusal.set(null);
    assertNothingSaid();
  }

  @Test
  void addressByPositionAndArgumentsByNameAreShown() {
    ConnectionPool<FakeConnection> pool = build(builder());
    server.refusal.set(new IOException("shop at jdbc:postgresql://db/shop is down"));

    Throwable thrown =
        catchThrowable(
            () ->
                pool.createConnection(
                        Arguments.of("jdbc:postgresql://db/shop").and("schema", "shop"))
                    .join());

    server.refusal.set(null);
    assertThat(thrown).hasStackTraceContaining("shop at jdbc:postgresql://db/shop is down");
  }

  @Test
  void noHookTellsASecret() {
    for (Exception failure : failures()) {
      ConnectionHook<FakeConnection> hook =
          connection -> {
            throw failure;
          };
      ConnectionPool<FakeConnection> resetting =
          build(
              builder()
                  .onReturn(hook)
                  .brokenWhen(
                      thrown -> {
                        throw new IllegalStateException(failure);
                      }));
      get(resetting.acquireAsync(arguments())).close();
      for (ConnectionPool<FakeConnection> pool :
          List.of(build(builder().onCreate(hook)), build(builder().onAcquire(hook)))) {
        CompletableFuture<?> late = pool.acquireAsync(arguments(), Duration.ofSeconds(1));
        time.advance(Duration.ofSeconds(2));
        say(catchThrowable(late::join));
        say(pool.stats());
      }
    }

    assertNothingSaid();
  }

  @Test
  void aStartThatFailsTellsNoSecret() {
    for (Exception failure : failures()) {
      ConnectionPool<FakeConnection> pool = build(builder().minSize(1));
      server.refusal.set(failure);
      say(catchThrowable(() -> pool.start(List.of(arguments())).join()));
      server.refusal.set(null);
    }

    assertNothingSaid();
  }

  @Test
  void messagesAboutLeakedAndReclaimedLeasesHaveNoSecret() throws Exception {
    ConnectionPool<FakeConnection> pool =
        build(
            builder()
                .leakThreshold(Duration.ofSeconds(10))
                .reclaimAfter(Duration.ofSeconds(20))
                .listener(
                    new ConnectionPoolListener<FakeConnection>() {
                      @Override
                      public void leaked(LeakReport report) {
                        say(report);
                        throw new IllegalStateException("token=" + SECRET);
                      }
                    }));
    Lease<FakeConnection> lease = pool.acquire(arguments());
    say(lease);
    say(AcquireOptions.DEFAULT.withArguments(arguments()));
    say(arguments());
    time.advance(Duration.ofMinutes(1));
    lease.close();
    say(catchThrowable(() -> pool.release(server.made.get(0), arguments())));
    pool.acquire(arguments());
    get(pool.stop(Duration.ZERO));

    assertNothingSaid();
  }

  @Test
  void aCauseWithoutSecretsIsTheExceptionItselfAndOneOfSqlKeepsItsState() {
    ConnectionPool<FakeConnection> pool = build(builder());
    IOException clean = new IOException("refused by db:5432");
    server.refusal.set(clean);
    assertThat(catchThrowable(() -> pool.createConnection().join()).getCause().getCause())
        .isSameAs(clean);

    server.refusal.set(failures().get(0));
    Throwable cause = catchThrowable(() -> pool.createConnection().join()).getCause().getCause();

    server.refusal.set(null);
    assertThat(cause).isInstanceOf(SQLException.class).hasMessageContaining("//bob:***@db/shop");
    assertThat(((SQLException) cause).getSQLState()).isEqualTo("08001");
    assertThat(((SQLException) cause).getErrorCode()).isEqualTo(17);
  }
}
