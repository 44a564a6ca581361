package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Runs the packaged application on a real PostgreSQL. If PostgreSQL cannot be started (there are
 * binaries for the usual systems only), these tests are skipped with the reason; in CI they fail.
 */
class PostgresIT {

  private static final int MAX_SIZE = 6;

  private static EmbeddedPostgres server;

  private final Set<Integer> killed = new HashSet<>();
  private RunningExample app;
  private Connection observer;

  @BeforeAll
  static void startServer() throws IOException {
    try {
      server = EmbeddedPostgres.builder().setPGStartupWait(Duration.ofSeconds(60)).start();
    } catch (IOException | RuntimeException | LinkageError cause) {
      if (System.getenv("CI") != null) {
        throw cause;
      }
      abort("PostgreSQL cannot be started here: " + cause);
    }
  }

  @AfterAll
  static void stopServer() throws IOException {
    if (server != null) {
      server.close();
    }
  }

  @BeforeEach
  void start(@TempDir Path folder) throws Exception {
    observer = server.getPostgresDatabase().getConnection();
    try (PreparedStatement tables =
        observer.prepareStatement("drop schema public cascade; create schema public")) {
      tables.execute();
    }
    app =
        RunningExample.start(
            folder,
            "spring.profiles.active=postgres",
            "example.database.url=jdbc:postgresql://localhost:%d/postgres?ApplicationName=example"
                .formatted(server.getPort()),
            "example.database.user=postgres",
            "example.database.password=postgres");
  }

  @AfterEach
  void stop() throws SQLException {
    if (app != null) {
      app.close();
      observer.close();
    }
  }

  /** Returns the process ids of the server processes that serve the application. */
  private Set<Integer> backends() throws SQLException {
    String sql = "select pid from pg_stat_activity where application_name = 'example'";
    Set<Integer> pids = new HashSet<>();
    try (PreparedStatement statement = observer.prepareStatement(sql);
        ResultSet rows = statement.executeQuery()) {
      while (rows.next()) {
        pids.add(rows.getInt(1));
      }
    }
    return pids;
  }

  /** Kills all of them at once, as an operator or a failover does. */
  private void killBackends() throws SQLException {
    for (int pid : backends()) {
      killed.add(pid);
      try (PreparedStatement statement =
          observer.prepareStatement("select pg_terminate_backend(?)")) {
        statement.setInt(1, pid);
        statement.execute();
      }
    }
  }

  /** A killed process may exist for a moment longer. */
  private void assertNeverMoreThanMaxSize() throws SQLException {
    Set<Integer> backends = backends();
    backends.removeAll(killed);
    assertThat(backends).as("backends").hasSizeLessThanOrEqualTo(MAX_SIZE);
  }

  @Test
  void applicationWorksOnPostgresAndLeavesNothingBehind() throws Exception {
    Batch batch = app.accept("48,64,80");

    HttpResponse<byte[]> answer = app.get("/pictures/1/thumbnail?width=304");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(NewPicture.of("thumbnail", answer.body()).width()).isEqualTo(304);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              assertNeverMoreThanMaxSize();
              return app.batch(batch.id()).isDone();
            });
    assertThat(app.batch(batch.id()).made()).isEqualTo(batch.total());

    assumeTrue(app.canBeTerminated(), "This system cannot ask a process to end.");
    app.terminate();
    assertThat(app.awaitEnd(Duration.ofSeconds(30))).isEqualTo(143);
    await().untilAsserted(() -> assertThat(backends()).isEmpty());
  }

  @Test
  @Tag("heavy")
  void poolRecoversWhenItsBackendsAreKilledUnderLoad() throws Exception {
    Batch batch = app.accept("16,32,48,64,80,96,112,128,144,160");
    ExecutorService people = Executors.newFixedThreadPool(2);
    try {
      Future<Integer> asking = people.submit(this::askUntilAllAreMade);
      for (long made = 5; made <= 35; made += 10) {
        long enough = made;
        await()
            .atMost(Duration.ofSeconds(60))
            .until(
                () -> {
                  assertNeverMoreThanMaxSize();
                  return app.batch(batch.id()).made() >= enough;
                });
        killBackends();
      }

      assertThat(app.awaitDone(batch))
          .isEqualTo(new Batch(batch.id(), batch.total(), batch.total(), 0, 0));
      assertThat(asking.get()).as("thumbnails made for people").isEqualTo(20);
    } finally {
      people.shutdownNow();
    }
    assertNeverMoreThanMaxSize();
    assertThat(killed).isNotEmpty();
    assertThat(app.meter("pools.connection.retired", "pool:database")).isPositive();
    assertThat(app.meter("pools.connection.in.use", "pool:database")).isZero();
    assertThat(app.json("/actuator/health").at("/components/pools/status").asString())
        .isEqualTo("UP");
  }

  /** A request that gets a killed connection is answered with 503, with no other error. */
  private int askUntilAllAreMade() throws Exception {
    int made = 0;
    while (made < 20) {
      HttpResponse<byte[]> answer = app.get("/pictures/1/thumbnail?width=" + (176 + 16 * made));
      assertThat(answer.statusCode()).isIn(200, 503);
      if (answer.statusCode() == 200) {
        made++;
      }
    }
    return made;
  }
}
