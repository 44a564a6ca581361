package dev.pools.test;

import dev.pools.Arguments;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.RetireReason;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A server that exists in the test only: its connections fail to open, hang, are slow, break,
 * refuse their checks or cannot be closed when the test says so. It counts what a pool does.
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock();
 * ScriptedConnections<ScriptedConnection> server = ScriptedConnections.of(clock);
 * ConnectionPool<ScriptedConnection> pool = server.builder().maxSize(2).build();
 * server.opens().failNext(3, new IOException("refused"));
 * }</pre>
 *
 * <p>No thread takes part: calls run on the thread that causes them, and slow ones end on the
 * thread that moves the clock. All methods may be called by any thread.
 *
 * @param <T> what a connection is for the code under test
 */
public final class ScriptedConnections<T> {

  private final ManualClock clock;
  private final Function<? super ScriptedConnection, ? extends T> type;
  private final CallScript opens;
  private final CheckScript checks;
  private final CallScript closes;

  // Guarded by this.
  private final List<ScriptedConnection> opened = new ArrayList<>();
  private final IdentityHashMap<T, ScriptedConnection> scripts = new IdentityHashMap<>();
  private int breakAfterUses;
  private int open;
  private int mostOpen;

  private ScriptedConnections(
      ManualClock clock, Function<? super ScriptedConnection, ? extends T> type) {
    this.clock = Objects.requireNonNull(clock, "clock");
    this.type = Objects.requireNonNull(type, "type");
    this.opens = new CallScript(clock.time);
    this.checks = new CheckScript(clock.time);
    this.closes = new CallScript(clock.time);
  }

  /** Creates a server whose connections are {@link ScriptedConnection}s. */
  public static ScriptedConnections<ScriptedConnection> of(ManualClock clock) {
    return new ScriptedConnections<>(clock, connection -> connection);
  }

  /**
   * Creates a server with connections of the type that the code under test expects.
   *
   * @param type creates a stand-in for each connection that is opened, such as {@code
   *     FakeSession::new}. Its methods call {@link ScriptedConnection#use} where the real ones talk
   *     to a server
   */
  public static <T> ScriptedConnections<T> of(
      ManualClock clock, Function<? super ScriptedConnection, ? extends T> type) {
    return new ScriptedConnections<>(clock, type);
  }

  /**
   * Starts a pool of these connections. The builder has the clock, factory, health checker, cleaner
   * and executor of this server; everything else is as in every builder.
   */
  public ConnectionPoolBuilder<T> builder() {
    return clock.drives(
        ConnectionPool.<T>asyncBuilder(this::open)
            .asyncHealthChecker(this::check)
            .asyncCleaner(this::close)
            .executor(Runnable::run));
  }

  /** The clock of the server and of its pools. */
  public ManualClock clock() {
    return clock;
  }

  // ---- The script

  /** What happens when a pool opens a connection. */
  public CallScript opens() {
    return opens;
  }

  /** What happens when a pool checks a connection; one that is broken is always unhealthy. */
  public CheckScript checks() {
    return checks;
  }

  /** What happens when a pool closes a connection; if that fails, it stays open. */
  public CallScript closes() {
    return closes;
  }

  /**
   * Lets each connection that is opened from now on break after so many uses: the next use after
   * them fails. Zero: they do not break, which is the default.
   */
  public synchronized void breakAfterUses(int uses) {
    if (uses < 0) {
      throw new IllegalArgumentException(
          "uses is " + uses + ", but must be 0 (connections do not break) or more.");
    }
    breakAfterUses = uses;
  }

  /** Breaks all connections that are open, as a server does that restarts. */
  public void breakAll() {
    open().forEach(ScriptedConnection::breakNow);
  }

  // ---- What has happened

  /** All connections that have been opened, in their order. */
  public synchronized List<ScriptedConnection> opened() {
    return List.copyOf(opened);
  }

  /** The connections that are open now. */
  public synchronized List<ScriptedConnection> open() {
    return opened.stream().filter(connection -> !connection.isClosed()).toList();
  }

  /** How many connections have been open at the same time. */
  public synchronized int mostOpen() {
    return mostOpen;
  }

  @Override
  public String toString() {
    return "ScriptedConnections[opened="
        + opened().size()
        + ", open="
        + open().size()
        + ", opens: "
        + opens
        + "; checks: "
        + checks
        + "; closes: "
        + closes
        + "]";
  }

  // ---- For the pools

  private CompletionStage<T> open(Arguments arguments) {
    return opens.call(() -> create(arguments));
  }

  private synchronized T create(Arguments arguments) {
    ScriptedConnection connection =
        new ScriptedConnection(opened.size() + 1, arguments, breakAfterUses);
    T stand = Objects.requireNonNull(type.apply(connection), "the stand-in for a connection");
    opened.add(connection);
    scripts.put(stand, connection);
    open++;
    mostOpen = Math.max(mostOpen, open);
    return stand;
  }

  private CompletionStage<Boolean> check(T connection) {
    ScriptedConnection script = scriptOf(connection);
    return checks.check(() -> !script.isBroken());
  }

  private CompletionStage<Boolean> close(T connection, Arguments arguments, RetireReason reason) {
    ScriptedConnection script = scriptOf(connection);
    return closes.call(
        () -> {
          closed(script, reason);
          return true;
        });
  }

  private synchronized void closed(ScriptedConnection script, RetireReason reason) {
    script.close(reason);
    open--;
  }

  private synchronized ScriptedConnection scriptOf(T connection) {
    return Objects.requireNonNull(scripts.get(connection), "a connection of another server");
  }
}
