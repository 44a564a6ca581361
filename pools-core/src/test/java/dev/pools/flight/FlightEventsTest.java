package dev.pools.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.AcquireTimeoutException;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.task.AdvancedPool;
import dev.pools.task.TaskOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import jdk.jfr.FlightRecorder;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Events are found by the name of the pool, which is another one in each test. */
class FlightEventsTest {

  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir Path directory;

  private Recording recording;

  /** Counts how often it is shown. */
  private static final class Looked implements FlightPool {
    private final AtomicInteger looks = new AtomicInteger();
    private volatile boolean ended;

    @Override
    public void sample() {
      looks.incrementAndGet();
    }

    @Override
    public boolean hasEnded() {
      return ended;
    }
  }

  @BeforeEach
  void someHaveBeenKnownForAWhile() {
    FlightStart.know(new Looked());
    recording = new Recording();
  }

  @AfterEach
  void close() {
    recording.close();
  }

  /** Returns when pools know of the recording. */
  private void record(Map<String, String> settings) {
    recording.setSettings(settings);
    recording.start();
    await().atMost(PATIENCE).until(() -> Flight.now() != 0 && Flight.isRecording());
    long noticed = Flight.now();
    await().atMost(PATIENCE).until(() -> Flight.now() - noticed > 200_000_000L);
  }

  private List<RecordedEvent> recorded(String event, String pool) throws Exception {
    Path file = directory.resolve("pools.jfr");
    recording.dump(file);
    return RecordingFile.readAllEvents(file).stream()
        .filter(next -> next.getEventType().getName().equals("dev.pools." + event))
        .filter(next -> next.getString("pool").equals(pool))
        .toList();
  }

  private static void runFor(long nanos) {
    long start = Flight.now();
    await().atMost(PATIENCE).until(() -> Flight.now() - start > nanos);
  }

  @Test
  void poolThatRunsAlreadyTellsARecordingOfLongWaitsAndRuns() throws Exception {
    AdvancedPool pool = AdvancedPool.builder().name("waits").minWorkers(1).maxWorkers(1).build();
    pool.submit(() -> {}).get();
    record(
        Map.of(
            "dev.pools.TaskWait#enabled", "true",
            "dev.pools.TaskWait#longerThan", "50 ms",
            "dev.pools.TaskRun#enabled", "true",
            "dev.pools.TaskRun#longerThan", "50 ms"));
    // The first segments of the queue were there before the recording.
    for (int i = 0; i < 2_000; i++) {
      pool.execute(() -> {});
    }
    pool.submit(() -> runFor(100_000_000L), TaskOptions.named("slow"));
    var last = pool.submit(() -> {});
    pool.execute(
        () -> {
          runFor(100_000_000L);
          throw new IllegalStateException("secret");
        });
    last.get();
    pool.shutdown();
    assertThat(pool.awaitTermination(60, TimeUnit.SECONDS)).isTrue();

    assertThat(recorded("TaskRun", "waits"))
        .anySatisfy(
            run -> {
              assertThat(run.getString("task")).isEqualTo("slow");
              assertThat(run.getDuration("ran")).isGreaterThanOrEqualTo(Duration.ofMillis(90));
              assertThat(run.getString("failure")).isNull();
              assertThat(run.getThread().getJavaName()).contains("waits");
            })
        .anySatisfy(
            run -> {
              assertThat(run.getString("task")).contains("FlightEventsTest");
              assertThat(run.getString("failure")).isEqualTo("java.lang.IllegalStateException");
            })
        .allSatisfy(
            run ->
                assertThat(run.getDuration("ran")).isGreaterThanOrEqualTo(Duration.ofMillis(50)));
    assertThat(recorded("TaskWait", "waits"))
        .anySatisfy(wait -> assertThat(wait.getString("task")).contains("FlightEventsTest"))
        .allSatisfy(
            wait ->
                assertThat(wait.getDuration("waited"))
                    .isBetween(Duration.ofMillis(50), Duration.ofSeconds(60)));
  }

  @Test
  void shortTasksAndTasksWithoutARecordingAreNotWritten() throws Exception {
    AdvancedPool pool = AdvancedPool.builder().name("short").minWorkers(1).maxWorkers(1).build();
    record(
        Map.of(
            "dev.pools.TaskWait#enabled", "true",
            "dev.pools.TaskWait#longerThan", "1 h",
            "dev.pools.TaskRun#enabled", "true",
            "dev.pools.TaskRun#longerThan", "1 h"));
    for (int i = 0; i < 2_000; i++) {
      pool.submit(() -> {}).get();
    }
    pool.submit(() -> runFor(50_000_000L)).get();
    assertThat(recorded("TaskRun", "short")).isEmpty();
    assertThat(recorded("TaskWait", "short")).isEmpty();
    recording.stop();
    await().atMost(PATIENCE).until(() -> Flight.now() == 0 && !Flight.isRecording());
    pool.submit(() -> {}).get();
    pool.shutdown();
  }

  @Test
  void connectionPoolTellsWaitsUsesAndCreations() throws Exception {
    record(
        Map.of(
            "dev.pools.LeaseWait#enabled", "true",
            "dev.pools.LeaseWait#longerThan", "0 ms",
            "dev.pools.LeaseUse#enabled", "true",
            "dev.pools.LeaseUse#longerThan", "50 ms",
            "dev.pools.ConnectionCreation#enabled", "true",
            "dev.pools.Resize#enabled", "true"));
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new).name("leases").maxSize(1).build()) {
      Lease<Object> lease = pool.acquire();
      assertThatThrownBy(() -> pool.acquire(Duration.ofMillis(20)))
          .isInstanceOf(AcquireTimeoutException.class);
      assertThatThrownBy(() -> pool.acquireAsync(Duration.ofMillis(20)).get())
          .hasCauseInstanceOf(AcquireTimeoutException.class);
      var waiting = pool.acquireAsync();
      runFor(100_000_000L);
      lease.close();
      waiting.get(60, TimeUnit.SECONDS).invalidate();
      Lease<Object> next = pool.acquire();
      runFor(100_000_000L);
      next.close();
      pool.resize(0, 2).get(60, TimeUnit.SECONDS);
    }
    String me = Thread.currentThread().getName();
    await().atMost(PATIENCE).untilAsserted(() -> leasesAreRecorded(me));
  }

  private void leasesAreRecorded(String me) throws Exception {
    assertThat(recorded("LeaseWait", "leases"))
        .anySatisfy(
            wait -> {
              assertThat(wait.getString("lease")).isNull();
              assertThat(wait.getString("caller")).isEqualTo(me);
              assertThat(wait.getDuration("waited")).isGreaterThanOrEqualTo(Duration.ofMillis(20));
            })
        .anySatisfy(wait -> assertThat(wait.getString("lease")).isNotNull())
        .hasSizeGreaterThanOrEqualTo(4);
    assertThat(recorded("LeaseUse", "leases"))
        .hasSizeGreaterThanOrEqualTo(2)
        .allSatisfy(
            use -> {
              assertThat(use.getString("holder")).isEqualTo(me);
              assertThat(use.getDuration("used"))
                  .isBetween(Duration.ofMillis(50), Duration.ofSeconds(60));
            });
    assertThat(recorded("ConnectionCreation", "leases"))
        .hasSizeGreaterThanOrEqualTo(2)
        .allSatisfy(creation -> assertThat(creation.getString("failure")).isNull());
    assertThat(recorded("Resize", "leases"))
        .singleElement()
        .satisfies(
            resize -> {
              assertThat(resize.getString("unit")).isEqualTo("connections");
              assertThat(resize.getInt("max")).isEqualTo(2);
            });
  }

  @Test
  void useThatFailsIsWrittenAsWell() throws Exception {
    record(Map.of("dev.pools.LeaseUse#enabled", "true", "dev.pools.LeaseUse#longerThan", "50 ms"));
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new).name("failing use").maxSize(1).build()) {
      assertThatThrownBy(
              () ->
                  pool.use(
                      connection -> {
                        runFor(100_000_000L);
                        throw new IllegalStateException("no");
                      }))
          .isInstanceOf(IllegalStateException.class);
    }
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(recorded("LeaseUse", "failing use")).hasSize(1));
  }

  @Test
  void outageIsWrittenWhenItBeginsAndWhenItEnds() throws Exception {
    record(
        Map.of(
            "dev.pools.Outage#enabled", "true",
            "dev.pools.ConnectionCreation#enabled", "true",
            "dev.pools.HealthCheck#enabled", "true",
            "dev.pools.HealthCheck#longerThan", "0 ms",
            "dev.pools.LeaseUse#enabled", "true"));
    AtomicBoolean down = new AtomicBoolean(true);
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(
                () -> {
                  if (down.get()) {
                    throw new IllegalStateException("refused, password=hunter2");
                  }
                  return new Object();
                })
            .name("outage")
            .maxSize(1)
            .healthChecker(connection -> true)
            .build()) {
      assertThatThrownBy(() -> pool.acquire(Duration.ofMillis(50)))
          .isInstanceOf(AcquireTimeoutException.class);
      await().atMost(PATIENCE).until(() -> pool.stats().createFailures() > 0);
      down.set(false);
      pool.acquire(PATIENCE).close();
    }
    await().atMost(PATIENCE).untilAsserted(this::outageIsRecorded);
  }

  private void outageIsRecorded() throws Exception {
    assertThat(recorded("Outage", "outage"))
        .anySatisfy(
            begin -> {
              assertThat(begin.getBoolean("over")).isFalse();
              assertThat(begin.getString("cause")).contains("refused").doesNotContain("hunter2");
            })
        .anySatisfy(end -> assertThat(end.getBoolean("over")).isTrue());
    assertThat(recorded("ConnectionCreation", "outage"))
        .anySatisfy(creation -> assertThat(creation.getString("failure")).contains("refused"));
  }

  @Test
  void checkIsWrittenIfItFails() throws Exception {
    record(Map.of("dev.pools.HealthCheck#enabled", "true", "dev.pools.LeaseUse#enabled", "true"));
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new)
            .name("checks")
            .maxSize(1)
            .healthChecker(
                connection -> {
                  throw new IllegalStateException("dead");
                })
            .build()) {
      Lease<Object> lease = pool.acquire(PATIENCE);
      lease.doubt();
      lease.close();
      await().atMost(PATIENCE).until(() -> !recorded("HealthCheck", "checks").isEmpty());
    }
    assertThat(recorded("HealthCheck", "checks"))
        .allSatisfy(
            check -> {
              assertThat(check.getBoolean("passed")).isFalse();
              assertThat(check.getString("failure")).contains("dead");
            });
  }

  @Test
  void poolsShowWhoHoldsWhat() throws Exception {
    CountDownLatch held = new CountDownLatch(1);
    AdvancedPool tasks = AdvancedPool.builder().name("held").minWorkers(1).maxWorkers(1).build();
    try (ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new)
            .name("held")
            .maxSize(1)
            .maintenanceInterval(Duration.ofMillis(100))
            .build()) {
      record(
          Map.of(
              "dev.pools.TaskPool#enabled", "true",
              "dev.pools.RunningTask#enabled", "true",
              "dev.pools.ConnectionPool#enabled", "true",
              "dev.pools.HeldLease#enabled", "true",
              "dev.pools.TaskRun#enabled", "true"));
      tasks.submit(() -> held.await(60, TimeUnit.SECONDS), TaskOptions.named("holder"));
      tasks.resize(1, 1).get(60, TimeUnit.SECONDS);
      tasks.submit(() -> {});
      Lease<Object> lease = pool.acquire();
      await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(500))
          .until(
              () ->
                  Stream.of("TaskPool", "RunningTask", "ConnectionPool", "HeldLease")
                      .allMatch(event -> isRecorded(event, "held")));
      lease.close();
    } finally {
      held.countDown();
      tasks.shutdown();
    }
    assertThat(recorded("RunningTask", "held"))
        .allSatisfy(
            run -> {
              assertThat(run.getString("thread")).contains("held");
              assertThat(run.getDuration("ran")).isGreaterThanOrEqualTo(Duration.ofMillis(100));
            });
    assertThat(recorded("TaskPool", "held"))
        .anySatisfy(look -> assertThat(look.getInt("queued")).isEqualTo(1));
    assertThat(recorded("HeldLease", "held"))
        .allSatisfy(
            lease ->
                assertThat(lease.getString("holder")).isEqualTo(Thread.currentThread().getName()));
    assertThat(recorded("ConnectionPool", "held"))
        .anySatisfy(look -> assertThat(look.getInt("inUse")).isEqualTo(1));
  }

  private boolean isRecorded(String event, String pool) {
    try {
      return !recorded(event, pool).isEmpty();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void poolThatHasEndedIsShownOnceMoreAndAgainAfterItsNextStart() {
    Looked pool = new Looked();
    Flight.Known known = new Flight.Known(pool);
    pool.ended = true;
    known.sample();
    assertThat(pool.looks).as("ended before the first look").hasValue(0);

    pool.ended = false;
    known.sample();
    known.sample();
    assertThat(pool.looks).hasValue(2);

    pool.ended = true;
    known.sample();
    known.sample();
    assertThat(pool.looks).as("once, as it is at its end").hasValue(3);

    pool.ended = false;
    known.sample();
    assertThat(pool.looks).as("started again").hasValue(4);
  }

  @Test
  void poolsThatHaveEndedAreShownWithoutWaitsAndThenNoLonger() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    AdvancedPool tasks = AdvancedPool.builder().name("twin").minWorkers(1).maxWorkers(1).build();
    ConnectionPool<Object> stopped = twin();
    ConnectionPool<Object> live = twin();
    record(
        Map.of(
            "dev.pools.TaskPool#enabled", "true",
            "dev.pools.ConnectionPool#enabled", "true",
            "dev.pools.TaskRun#enabled", "true"));
    Lease<Object> lease = stopped.acquire();
    var waiting = stopped.acquireAsync();
    tasks.submit(() -> gate.await(60, TimeUnit.SECONDS));
    tasks.submit(() -> {});
    await()
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(500))
        .until(
            () ->
                recorded("TaskPool", "twin").stream().anyMatch(look -> look.getInt("queued") > 0)
                    && recorded("ConnectionPool", "twin").stream()
                        .anyMatch(look -> look.getInt("waiting") > 0));

    gate.countDown();
    tasks.shutdownNow();
    assertThat(tasks.awaitTermination(60, TimeUnit.SECONDS)).isTrue();
    lease.close();
    waiting.get(60, TimeUnit.SECONDS).close();
    stopped.close();
    Flight.samplePools();
    int taskLooks = recorded("TaskPool", "twin").size();
    int connectionLooks = recorded("ConnectionPool", "twin").size();
    int looks = 100;
    for (int i = 0; i < looks; i++) {
      Flight.samplePools();
    }

    // The clock of the recording looks as well, so there may be a few more.
    List<RecordedEvent> ofTasks = recorded("TaskPool", "twin");
    assertThat(ofTasks).hasSizeLessThan(taskLooks + looks);
    assertThat(ofTasks.stream().max(Comparator.comparing(RecordedEvent::getStartTime)))
        .hasValueSatisfying(last -> assertThat(last.getInt("queued")).isZero());
    assertThat(recorded("ConnectionPool", "twin"))
        .as("looks at the live pool only")
        .hasSizeBetween(connectionLooks + looks, connectionLooks + 2 * looks - 1);
    live.close();
  }

  private static ConnectionPool<Object> twin() {
    ConnectionPool<Object> pool =
        ConnectionPool.builder(Object::new)
            .name("twin")
            .maxSize(1)
            .maintenanceInterval(Duration.ofMillis(100))
            .build();
    pool.start().join();
    return pool;
  }

  @Test
  void eventsAreDescribedForReaders() {
    FlightRecorder.getFlightRecorder();
    assertThat(FlightRecorder.getFlightRecorder().getEventTypes())
        .filteredOn(type -> type.getName().startsWith("dev.pools."))
        .hasSize(12)
        .allSatisfy(
            type -> {
              assertThat(type.getLabel()).isNotBlank();
              assertThat(type.getDescription()).isNotBlank();
              assertThat(type.getCategoryNames()).startsWith("Pools");
            });
  }
}
