package dev.pools.resilience;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.AcquireTimeoutException;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.connection.ConnectionPoolStats;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A pool with default settings on a real server, behind a proxy, under load and under observation.
 * Whatever a test does, it ends with what must hold in each outage.
 */
abstract class OutageTestBase {

  private static final Logger LOG = LoggerFactory.getLogger("figures");

  static final int MAX_SIZE = 10;
  static final int PEOPLE = 20;

  /** How long users wait for a connection. */
  static final Duration PATIENCE = Duration.ofSeconds(2);

  /** How much later than that they may be told, on a machine that does other things, too. */
  static final Duration SLACK = Duration.ofMillis(500);

  /** How soon after the server's return everybody must have been served again. */
  static final Duration BACK_WITHIN = Duration.ofSeconds(2);

  /** How long the driver waits where that decides when an outage is noticed. */
  static final Duration SOON = Duration.ofSeconds(1);

  /**
   * When nothing is answered: a statement takes a second to time out, the goodbye of its connection
   * half of one, and the first attempt at another one a second again.
   */
  static final Duration FIRST_FAILURE_AFTER = Duration.ofSeconds(3);

  private static PostgresServer server;

  FaultProxy proxy;
  ServerWatch watch;
  ConnectionPool<Connection> pool;
  LingeringSockets.Ledger sockets;
  String test;
  private final List<Load> loads = new ArrayList<>();

  /** One for all tests; it ends with the process. */
  @BeforeAll
  static synchronized void startServer() throws Exception {
    if (server == null) {
      Path target = Files.createDirectories(Path.of("target").toAbsolutePath());
      server = PostgresServer.start(Files.createTempDirectory(target, "postgres"));
    }
  }

  static PostgresServer server() {
    return server;
  }

  @BeforeEach
  void open(TestInfo info) throws Exception {
    test = info.getTestClass().orElseThrow().getSimpleName();
    server.startIfDown();
    String ledger = test + "-" + System.nanoTime();
    sockets = LingeringSockets.ledger(ledger, answersWithin().dividedBy(2));
    proxy = new FaultProxy(server.address());
    watch = new ServerWatch(server, proxy);
    int seconds = (int) answersWithin().toSeconds();
    String url =
        PostgresServer.url(proxy.port(), "pool", answersWithin())
            + "&socketFactory="
            + LingeringSockets.class.getName()
            + "&socketFactoryArg="
            + ledger;
    pool =
        settings(
                ConnectionPool.<Connection>builder(
                        () -> DriverManager.getConnection(url + sessionOptions(), "app", "app"))
                    .name(test)
                    .acquireTimeout(PATIENCE)
                    .healthChecker(connection -> connection.isValid(seconds))
                    .maxSize(MAX_SIZE))
            .build();
  }

  /**
   * How long the driver waits for the server, and twice as long as a close does. On a busy machine
   * a backend may get no processor for a second, and that is no outage; a test in which the server
   * falls silent waits for {@link #SOON}.
   */
  Duration answersWithin() {
    return PostgresServer.PATIENCE;
  }

  /** What is added to the URL of each new connection. */
  String sessionOptions() {
    return "";
  }

  /** The defaults, but for what a test is about. */
  ConnectionPoolBuilder<Connection> settings(ConnectionPoolBuilder<Connection> defaults) {
    return defaults;
  }

  static void runOnThreadOfItsOwn(Runnable call) {
    Thread thread = new Thread(call, "driver");
    thread.setDaemon(true);
    thread.start();
  }

  Load load() {
    return load(PEOPLE);
  }

  Load load(int people) {
    return load(people, Load.User.of("select pg_sleep(0.01)"));
  }

  Load load(int people, Load.User user) {
    Load load = new Load(pool, people, user);
    loads.add(load);
    return load;
  }

  /** Until everybody has been served once. */
  static void awaitService(Load load) {
    long since = System.nanoTime();
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(20))
        .until(() -> load.allServedAgainNanos(since) >= 0);
  }

  /** Everybody is served again, soon enough after the server's return. */
  void assertServiceIsBack(Load load, long returnedNanos) {
    await()
        .pollInterval(Duration.ofMillis(5))
        .atMost(Duration.ofSeconds(40))
        .until(() -> load.allServedAgainNanos(returnedNanos) >= 0);
    Duration back = Duration.ofNanos(load.allServedAgainNanos(returnedNanos) - returnedNanos);
    LOG.info("{}: everybody served again after {} ms", test, back.toMillis());
    assertThat(back).as("full service after the server's return").isLessThan(BACK_WITHIN);
  }

  /** Some time later. */
  static long later(long nanos, Duration by) {
    return nanos + by.toNanos();
  }

  /** Lets an outage, or a service, last. */
  static void letPass(Duration time) throws InterruptedException {
    new CountDownLatch(1).await(time.toNanos(), TimeUnit.NANOSECONDS);
  }

  /**
   * What default settings promise: as many attempts as may be made at a time, and then one after a
   * pause that grows to half a second or more; and these pauses are not all alike.
   */
  void assertAttemptsWereFewAndSpread(long downNanos, long upNanos) {
    long second = TimeUnit.SECONDS.toNanos(1);
    int atFirst = FaultProxy.mostInASecond(sockets.attempts, downNanos, upNanos);
    List<Long> later =
        sockets.attempts.stream()
            .filter(at -> at > downNanos + 2 * second && at < upNanos)
            .toList();
    List<Long> pauses = new ArrayList<>();
    for (int i = 1; i < later.size(); i++) {
      pauses.add(TimeUnit.NANOSECONDS.toMillis(later.get(i) - later.get(i - 1)));
    }
    LOG.info(
        "{}: most attempts in a second: {} at first, {} later; pauses then: {} ms",
        test,
        atFirst,
        FaultProxy.mostInASecond(later, downNanos, upNanos),
        pauses);
    assertThat(atFirst).as("attempts in the busiest second").isLessThanOrEqualTo(4 + 4);
    assertThat(FaultProxy.mostInASecond(later, downNanos, upNanos))
        .as("attempts in a second, once pauses have grown")
        .isLessThanOrEqualTo(2);
    // Or its return would be noticed too late.
    long last = later.isEmpty() ? downNanos : later.get(0);
    for (int i = 1; i <= later.size(); i++) {
      long next = i < later.size() ? later.get(i) : upNanos;
      assertThat(Duration.ofNanos(next - last)).as("without a probe").isLessThan(BACK_WITHIN);
      last = next;
    }
    assertThat(later).as("probes").hasSizeGreaterThanOrEqualTo(2);
  }

  /**
   * No caller waits longer than its timeout, and a caller that gets nothing is told why, as far as
   * that can be known.
   *
   * @param failingNanos from when on attempts to connect are known to have failed
   */
  void assertEverybodyWasToldInTime(Load load, long failingNanos) {
    Duration longest =
        load.calls().stream().map(Load.Call::waited).max(Duration::compareTo).orElseThrow();
    List<Load.Call> refused = load.calls(call -> call.outcome() == Load.Outcome.REFUSED);
    List<Load.Call> without =
        load.calls(
            call ->
                call.outcome() == Load.Outcome.REFUSED
                    && call.toNanos() > failingNanos
                    && !(call.failure() instanceof AcquireTimeoutException timeout
                        && timeout.getCause() != null));
    LOG.info(
        "{}: {} calls, {} refused, {} met a broken connection; longest wait {} ms",
        test,
        load.calls().size(),
        refused.size(),
        load.calls(call -> call.outcome() == Load.Outcome.BROKEN).size(),
        longest.toMillis());
    assertThat(longest).isLessThan(PATIENCE.plus(SLACK));
    assertThat(without.stream().map(Load.Call::failure).findFirst())
        .as("one of %d that were told no cause", without.size())
        .isEmpty();
  }

  /** The bound on connections, counted at the server, in the network and at the client. */
  int mostThatMayExist() {
    return MAX_SIZE;
  }

  @AfterEach
  void neverMoreThanMaxSizeAndNothingIsLeft() throws Exception {
    try {
      endAndLookForWhatIsLeft();
    } finally {
      watch.end();
      proxy.close();
    }
  }

  private void endAndLookForWhatIsLeft() throws Exception {
    for (Load load : loads) {
      load.end();
    }
    pool.stop().get(40, TimeUnit.SECONDS);
    ConnectionPoolStats stats = pool.stats();
    long retired = stats.retired().values().stream().mapToLong(Long::longValue).sum();
    if (stats.lastCreateFailure() != null) {
      LOG.info("{}: last failure to connect", test, stats.lastCreateFailure());
    }
    LOG.info(
        "{}: most at the server {} (and {} abandoned) in {} looks, in the network {}, at the client {}; made {}",
        test,
        watch.most(),
        watch.mostAbandoned(),
        watch.looks(),
        proxy.mostOpen(),
        sockets.mostOpen(),
        stats.created());
    assertThat(stats.size() + stats.creating() + stats.closing() + stats.waiting())
        .as("%s", stats)
        .isZero();
    assertThat(retired).as("cleaned of those created").isEqualTo(stats.created());
    await().atMost(Duration.ofSeconds(10)).until(() -> watch.now() == 0);
    assertThat(sockets.open()).as("sockets open").isZero();
    assertThat(proxy.open()).as("connections in the network").isZero();
    assertThat(watch.looks()).isPositive();
    assertThat(watch.most()).as("most at the server").isLessThanOrEqualTo(mostThatMayExist());
    assertThat(proxy.mostOpen()).as("most in the network").isLessThanOrEqualTo(mostThatMayExist());
    assertThat(sockets.mostOpen()).as("most at the client").isLessThanOrEqualTo(mostThatMayExist());
  }
}
