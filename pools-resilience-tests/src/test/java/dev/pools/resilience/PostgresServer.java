package dev.pools.resilience;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL with few places, that can be killed and started again. Where it cannot be
 * started (there are binaries for the usual systems only) tests are skipped, and say why; in CI,
 * that is a failure.
 */
final class PostgresServer {

  private static final Logger LOG = LoggerFactory.getLogger(PostgresServer.class);

  /** Few, so that it can be full; three are kept for superusers. */
  static final int MAX_CONNECTIONS = 25;

  static final int RESERVED = 3;

  private static final Duration STARTUP = Duration.ofSeconds(30);

  private static final int LINES_SHOWN = 20;

  /** How long a user of the server waits for it who knows that it is there. */
  static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Path data;
  private final Path log;
  private final int port;

  /** Null while it is down. */
  private EmbeddedPostgres running;

  private PostgresServer(Path folder, int port) {
    this.data = folder.resolve("data");
    this.log = folder.resolve("server.log");
    this.port = port;
  }

  static PostgresServer start(Path folder) throws Exception {
    PostgresServer server = new PostgresServer(folder, LastingPort.find());
    try {
      server.start();
    } catch (IOException | RuntimeException | LinkageError cause) {
      if (System.getenv("CI") != null) {
        throw cause;
      }
      abort("PostgreSQL cannot be started here: " + cause);
    }
    try (Connection superuser = server.connectDirectly();
        Statement statement = superuser.createStatement()) {
      statement.execute("create role app login password 'app'");
      statement.execute("create role others login password 'others'");
    }
    return server;
  }

  /** Starts it, or starts it again. The log tells why, where it does not start at once. */
  void start() throws IOException {
    try {
      running = attemptStart();
    } catch (IOException first) {
      LOG.warn("The server is started once more", first);
      running = attemptStart();
    }
  }

  /** So that a test whose server does not come back fails alone. */
  void startIfDown() throws IOException {
    if (running == null) {
      start();
    }
  }

  private EmbeddedPostgres attemptStart() throws IOException {
    // An attempt that failed keeps its lock until this process ends.
    Files.deleteIfExists(data.resolve("epg-lock"));
    try {
      return EmbeddedPostgres.builder()
          .setDataDirectory(data)
          .setCleanDataDirectory(false)
          .setPort(port)
          .setServerConfig("max_connections", String.valueOf(MAX_CONNECTIONS))
          .setServerConfig("superuser_reserved_connections", String.valueOf(RESERVED))
          // What is committed before a crash is there after it.
          .setServerConfig("synchronous_commit", "on")
          .setPGStartupWait(STARTUP)
          .setOutputRedirector(ProcessBuilder.Redirect.appendTo(log.toFile()))
          .start();
    } catch (IOException e) {
      throw new IOException(e.getMessage() + endOfLog(), e);
    }
  }

  private String endOfLog() throws IOException {
    List<String> lines = Files.exists(log) ? Files.readAllLines(log) : List.of();
    List<String> end = lines.subList(Math.max(0, lines.size() - LINES_SHOWN), lines.size());
    return end.isEmpty() ? "; it logged nothing" : "; it logged:\n" + String.join("\n", end);
  }

  /** As a loss of power would: the server and all its backends, at once. */
  void kill() throws IOException {
    List<ProcessHandle> processes;
    ProcessHandle postmaster = postmaster();
    suspend(postmaster);
    try (Stream<ProcessHandle> children = postmaster.descendants()) {
      processes = Stream.concat(Stream.of(postmaster), children).toList();
    }
    processes.forEach(ProcessHandle::destroyForcibly);
    for (ProcessHandle process : processes) {
      try {
        process.onExit().get(30, TimeUnit.SECONDS);
      } catch (InterruptedException | ExecutionException | TimeoutException e) {
        throw new IOException("A process of the server does not end: " + process, e);
      }
    }
    // Only tidies up in this process: nothing is left to be stopped.
    running.close();
    running = null;
  }

  /**
   * So that it makes no further backend between the look at its backends and its end: one that is
   * left over can hold the server's memory and port, and then no other server starts here.
   */
  private static void suspend(ProcessHandle postmaster) throws IOException {
    if (System.getProperty("os.name").startsWith("Windows")) {
      return;
    }
    Process stop = new ProcessBuilder("sh", "-c", "kill -STOP " + postmaster.pid()).start();
    try {
      if (!stop.waitFor(30, TimeUnit.SECONDS) || stop.exitValue() != 0) {
        throw new IOException("The server cannot be suspended: " + stop);
      }
    } catch (InterruptedException e) {
      throw new IOException("Interrupted while the server was being suspended", e);
    }
  }

  private ProcessHandle postmaster() throws IOException {
    long pid = Long.parseLong(Files.readAllLines(data.resolve("postmaster.pid")).get(0).trim());
    return ProcessHandle.of(pid)
        .orElseThrow(() -> new IOException("There is no process " + pid + "."));
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** As superuser, past proxy and pool. */
  Connection connectDirectly() throws SQLException {
    return DriverManager.getConnection(url(port, "observer", PATIENCE), "postgres", "postgres");
  }

  /** As someone else who uses the server, past proxy and pool. */
  Connection connectAsOthers() throws SQLException {
    return DriverManager.getConnection(url(port, "others", PATIENCE), "others", "others");
  }

  /** Of the server, or of something that leads to it. */
  static String url(int port, String name, Duration answersWithin) {
    return "jdbc:postgresql://127.0.0.1:%d/postgres?ApplicationName=%s&sslmode=disable&gssEncMode=disable&connectTimeout=%3$d&socketTimeout=%3$d"
        .formatted(port, name, answersWithin.toSeconds());
  }
}
