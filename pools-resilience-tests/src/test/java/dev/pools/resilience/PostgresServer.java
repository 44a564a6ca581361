package dev.pools.resilience;

import static org.junit.jupiter.api.Assumptions.abort;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
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

/**
 * A real PostgreSQL with few places, that can be killed and started again. Where it cannot be
 * started (there are binaries for the usual systems only) tests are skipped, and say why; in CI,
 * that is a failure.
 */
final class PostgresServer implements AutoCloseable {

  /** Few, so that it can be full; three are kept for superusers. */
  static final int MAX_CONNECTIONS = 25;

  static final int RESERVED = 3;

  private static final Duration STARTUP = Duration.ofSeconds(60);

  private final Path folder;
  private final int port;
  private EmbeddedPostgres running;

  private PostgresServer(Path folder, int port) {
    this.folder = folder;
    this.port = port;
  }

  static PostgresServer start(Path folder) throws Exception {
    PostgresServer server = new PostgresServer(folder.resolve("data"), freePort());
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

  private static int freePort() throws IOException {
    try (ServerSocket probe = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return probe.getLocalPort();
    }
  }

  /** Starts it, or starts it again. */
  void start() throws IOException {
    running =
        EmbeddedPostgres.builder()
            .setDataDirectory(folder)
            .setCleanDataDirectory(false)
            .setPort(port)
            .setServerConfig("max_connections", String.valueOf(MAX_CONNECTIONS))
            .setServerConfig("superuser_reserved_connections", String.valueOf(RESERVED))
            // What is committed before a crash is there after it.
            .setServerConfig("synchronous_commit", "on")
            .setPGStartupWait(STARTUP)
            .start();
  }

  /** As a loss of power would: the server and all its backends, at once. */
  void kill() throws IOException {
    List<ProcessHandle> processes;
    ProcessHandle postmaster = postmaster();
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
  }

  private ProcessHandle postmaster() throws IOException {
    long pid = Long.parseLong(Files.readAllLines(folder.resolve("postmaster.pid")).get(0).trim());
    return ProcessHandle.of(pid)
        .orElseThrow(() -> new IOException("There is no process " + pid + "."));
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  /** As superuser, past proxy and pool. */
  Connection connectDirectly() throws SQLException {
    return DriverManager.getConnection(url(port, "observer"), "postgres", "postgres");
  }

  /** As someone else who uses the server, past proxy and pool. */
  Connection connectAsOthers() throws SQLException {
    return DriverManager.getConnection(url(port, "others"), "others", "others");
  }

  /** Of the server, or of something that leads to it. */
  static String url(int port, String name) {
    return "jdbc:postgresql://127.0.0.1:%d/postgres?ApplicationName=%s&sslmode=disable&gssEncMode=disable&connectTimeout=1&socketTimeout=1"
        .formatted(port, name);
  }

  @Override
  public void close() throws IOException {
    running.close();
  }
}
