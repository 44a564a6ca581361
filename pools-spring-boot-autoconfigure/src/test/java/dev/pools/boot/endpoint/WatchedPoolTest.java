package dev.pools.boot.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.OptionChange;
import dev.pools.boot.advice.AdvisedPool;
import dev.pools.boot.health.AdvancedPoolHealthIndicator;
import dev.pools.boot.health.ConnectionPoolHealthIndicator;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.connection.StartFailure;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolListener;
import dev.pools.task.TaskOptions;
import dev.pools.task.WorkerReport;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.health.contributor.Health;

class WatchedPoolTest {

  private static final Instant NOW = Instant.parse("2026-11-26T05:00:00Z");

  private final AtomicBoolean down = new AtomicBoolean();
  private final AdvancedPool tasks =
      AdvancedPool.builder().name("same").minWorkers(1).maxWorkers(4).build();
  private final ConnectionPool<StringBuilder> connections =
      ConnectionPool.<StringBuilder>builder(
              arguments -> {
                if (down.get()) {
                  throw new IllegalStateException("refused" + " x".repeat(5_000));
                }
                return new StringBuilder();
              })
          .name("same")
          .maxSize(4)
          .backoff(Duration.ofMillis(1), Duration.ofMillis(1))
          .acquireTimeout(Duration.ofMillis(50))
          .onStartFailure(StartFailure.START_EMPTY)
          .build();
  private final WatchedPool watchedTasks =
      new WatchedPool(
          "same", tasks, new AdvancedPoolHealthIndicator("same", tasks), pool -> List.of());
  private final WatchedPool watchedConnections =
      new WatchedPool(
          "same",
          connections,
          new ConnectionPoolHealthIndicator("same", connections),
          pool -> List.of());
  private final PoolsEndpoint endpoint =
      new PoolsEndpoint(
          () -> List.of(watchedTasks, watchedConnections),
          new PoolValues(List.of(), Show.NEVER, Set.of()));

  @AfterEach
  void close() {
    tasks.shutdownNow();
    connections.close(Duration.ZERO);
  }

  private static List<String> events(WatchedPool pool) {
    return pool.timeline().latestFirst().stream()
        .map(event -> event.type() + ": " + event.text())
        .toList();
  }

  @Test
  void poolsOfTwoKindsWithOneNameAreBothReached_andTheNameAloneIsRefused() {
    assertThat(endpoint.pool("advanced", "same", null, null)).containsEntry("kind", "advanced");
    assertThat(endpoint.pool("connection", "same", null, null)).containsEntry("kind", "connection");
    assertThatThrownBy(() -> endpoint.report().one("same", OpenWork.Wish.of(null, null, false)))
        .isInstanceOf(PoolRequestException.class)
        .hasMessageContaining("advanced/same or connection/same");
  }

  @Test
  void wrongKindAndWrongNameAreTold() {
    assertThatThrownBy(() -> endpoint.pool("task", "same", null, null))
        .isInstanceOf(InvalidEndpointRequestException.class)
        .hasMessageContaining("the kinds are advanced and connection");
    assertThatThrownBy(() -> endpoint.pool("advanced", "x\ny", null, null))
        .hasMessageContaining("advanced/x y")
        .hasMessageContaining("advanced/same, connection/same");
  }

  @Test
  void poolsInTroubleComeFirst() {
    connections.start().join();
    connections.suspend();

    assertThat(endpoint.pools().toString())
        .matches(".*kind=connection.*status=OUT_OF_SERVICE.*kind=advanced.*status=UP.*");
  }

  @Test
  void resizeThroughTheEndpointIsOneEvent_andOneOfTheApplicationToo() {
    watchedTasks.sample(NOW);
    endpoint.change("advanced", "same", null, "8", null, null, null, null);
    watchedTasks.sample(NOW);
    assertThat(events(watchedTasks)).containsExactly("RESIZED: maxWorkers was 4 and is 8.");

    tasks.resize(2, 3).join();
    watchedTasks.sample(NOW);
    assertThat(events(watchedTasks))
        .first()
        .isEqualTo("RESIZED: The application has resized the pool from 1-8 to 2-3.");
  }

  private Object change(String option, String value) {
    return endpoint
        .change("connection", "same", null, null, null, null, option, value)
        .get("changed");
  }

  @Test
  void eachOptionOfAConnectionPoolThatCanChange_isChangedByItsName() {
    assertThat(change("acquireTimeout", "5s"))
        .hasToString("[{option=acquireTimeout, before=50ms, after=5s}]");
    assertThat(change("whenDown", "fail"))
        .hasToString("[{option=whenDown, before=wait, after=fail}]");
    assertThat(change("checkOnReturn", "true"))
        .hasToString("[{option=checkOnReturn, before=false, after=true}]");
    assertThat(change("waiterLimit", "7")).isNotNull();
    assertThat(change("maxLifeJitter", "0.2")).isNotNull();
    assertThat(change("maxUses", "0")).hasToString("[]");
    assertThat(connections.options())
        .containsEntry("acquireTimeout", Duration.ofSeconds(5))
        .containsEntry("waiterLimit", 7)
        .containsEntry("maxLifeJitter", 0.2);
    assertThat(events(watchedConnections))
        .last()
        .isEqualTo("RECONFIGURED: acquireTimeout was 50 ms and is 5 s.");
    assertThat(watchedConnections.changed("waiterLimit", 7)).contains("through the endpoint");
    assertThat(watchedConnections.changed("maxUses", 0)).isNull();
  }

  private Object changeOfTasks(String option, String value) {
    return endpoint
        .change("advanced", "same", null, null, null, null, option, value)
        .get("changed");
  }

  @Test
  void eachOptionOfATaskPoolThatCanChange_isChangedByItsName() {
    assertThat(changeOfTasks("keepAlive", "5s"))
        .hasToString("[{option=keepAlive, before=1m, after=5s}]");
    assertThat(changeOfTasks("overflow", "caller-runs"))
        .hasToString("[{option=overflow, before=wait, after=caller-runs}]");
    assertThat(changeOfTasks("killAtExit", "true")).isNotNull();
    assertThat(changeOfTasks("maxRunTime", "0s")).hasToString("[]");
    assertThat(tasks.options())
        .containsEntry("keepAlive", Duration.ofSeconds(5))
        .containsEntry("killAtExit", true);
    assertThat(events(watchedTasks)).last().asString().startsWith("RECONFIGURED: keepAlive was ");

    assertThatThrownBy(() -> changeOfTasks("queueCapacity", "7"))
        .hasMessageContaining("queueCapacity is 7, but must stay");
    assertThatThrownBy(() -> changeOfTasks("queueCapacity", "many"))
        .hasMessageContaining("a whole number from 0 to 2147483647");
    assertThatThrownBy(() -> changeOfTasks("taskOrder", "relaxed"))
        .hasMessageContaining("its settings that can change at run time are minWorkers");
    assertThat(watchedTasks.changeable()).contains("overflow").doesNotContain("queueCapacity");
  }

  @Test
  void wrongChangeOfAnOptionIsRefused_andChangesNothing() {
    var before = connections.options();
    assertThatThrownBy(() -> change("acquireTimeout", "soon"))
        .hasMessageContaining("must be a duration such as 500ms, 5s or 10m");
    assertThatThrownBy(() -> change("whenDown", "panic")).hasMessageContaining("[WAIT, FAIL]");
    assertThatThrownBy(() -> change("checkOnReturn", "perhaps"))
        .hasMessageContaining("true or false");
    assertThatThrownBy(() -> change("maxLifeJitter", "much")).hasMessageContaining("a number");
    for (String option : new String[] {"maxUses", "waiterLimit"}) {
      assertThatThrownBy(() -> change(option, "many"))
          .hasMessageContaining("a whole number from 0 to 2147483647");
    }
    assertThatThrownBy(() -> change("maxConcurrentCreates", "many"))
        .hasMessageContaining("a whole number from 1 to 1000000");
    assertThatThrownBy(() -> change("acquireTimeout", "-5s"))
        .hasMessageContaining("must be zero (do not wait) or positive");
    assertThatThrownBy(() -> change("argumentMatching", "SAME"))
        .hasMessageContaining("its settings that can change at run time are minSize, maxSize");
    assertThatThrownBy(
            () -> endpoint.change("connection", "same", null, null, "2", null, "maxUses", null))
        .hasMessageContaining("must have both");
    assertThat(connections.options()).isEqualTo(before);
    assertThat(events(watchedConnections)).isEmpty();
  }

  @Test
  void requestWithTwoValuesForOneOption_isRefused_andChangesNothing() {
    assertThatThrownBy(
            () -> endpoint.change("advanced", "same", null, "3", null, null, "maxWorkers", "5"))
        .isInstanceOf(InvalidEndpointRequestException.class)
        .hasMessageContaining("maxWorkers")
        .hasMessageContaining("'3'")
        .hasMessageContaining("'5'")
        .hasMessageContaining("Send one of them");
    assertThat(tasks.maxWorkers()).isEqualTo(4);

    endpoint.change("advanced", "same", null, "3", null, null, "keepAlive", "5s");
    assertThat(tasks.maxWorkers()).isEqualTo(3);
  }

  @Test
  void changesAtTheSameTimeBothTakeEffect() throws InterruptedException {
    CountDownLatch both = new CountDownLatch(2);
    for (List<String> limits : List.of(List.of("3", ""), List.of("", "9"))) {
      new Thread(
              () -> {
                for (int i = 0; i < 100; i++) {
                  endpoint.change(
                      "advanced",
                      "same",
                      blank(limits.get(0)),
                      blank(limits.get(1)),
                      null,
                      null,
                      null,
                      null);
                }
                both.countDown();
              })
          .start();
    }
    both.await();
    assertThat(tasks.minWorkers()).isEqualTo(3);
    assertThat(tasks.maxWorkers()).isEqualTo(9);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static PoolsEndpoint endpointOf(WatchedPool pool) {
    return new PoolsEndpoint(() -> List.of(pool), new PoolValues(List.of(), Show.NEVER, Set.of()));
  }

  @Test
  void listenerThatHangsDuringAChange_holdsUpNoSample() throws Exception {
    CountDownLatch called = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    AdvancedPool slow =
        AdvancedPool.builder()
            .name("slow")
            .maxWorkers(4)
            .listener(
                new PoolListener() {
                  @Override
                  public void reconfigured(List<OptionChange> changes) {
                    called.countDown();
                    waitFor(end);
                  }
                })
            .build();
    WatchedPool watched =
        new WatchedPool(
            "slow", slow, new AdvancedPoolHealthIndicator("slow", slow), pool -> List.of());
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      watched.sample(NOW);
      Future<?> change =
          threads.submit(
              () ->
                  endpointOf(watched)
                      .change("advanced", "slow", null, "8", null, null, null, null));
      waitFor(called);

      threads.submit(() -> watched.sample(NOW.plusSeconds(5))).get(30, TimeUnit.SECONDS);
      assertThat(watched.history().times()).hasSize(2);
      assertThat(events(watched)).as("the change is told by the code that makes it").isEmpty();

      end.countDown();
      change.get(30, TimeUnit.SECONDS);
      watched.sample(NOW.plusSeconds(10));
      assertThat(events(watched)).containsExactly("RESIZED: maxWorkers was 4 and is 8.");
    } finally {
      end.countDown();
      threads.shutdownNow();
      slow.shutdownNow();
    }
  }

  @Test
  void sampleThatHangs_holdsUpNoChange_andDoesNotTellItAgain() throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    AtomicBoolean hangs = new AtomicBoolean();
    WatchedPool watched =
        new WatchedPool(
            "same",
            tasks,
            () -> {
              if (hangs.get()) {
                begun.countDown();
                waitFor(end);
              }
              return Health.up().build();
            },
            pool -> List.of());
    ExecutorService threads = Executors.newCachedThreadPool();
    try {
      watched.sample(NOW);
      hangs.set(true);
      Future<?> sample = threads.submit(() -> watched.sample(NOW.plusSeconds(5)));
      waitFor(begun);

      threads
          .submit(
              () ->
                  endpointOf(watched).change("advanced", "same", null, "8", null, null, null, null))
          .get(30, TimeUnit.SECONDS);
      end.countDown();
      sample.get(30, TimeUnit.SECONDS);
      watched.sample(NOW.plusSeconds(10));
      assertThat(events(watched)).containsExactly("RESIZED: maxWorkers was 4 and is 8.");
    } finally {
      end.countDown();
      threads.shutdownNow();
    }
  }

  @Test
  void changeThatIsRefused_isOver() {
    watchedTasks.sample(NOW);
    assertThatThrownBy(() -> endpoint.change("advanced", "same", null, "0", null, null, null, null))
        .hasMessageContaining("maxWorkers is 0");
    tasks.resize(2, 3).join();
    watchedTasks.sample(NOW.plusSeconds(5));
    assertThat(events(watchedTasks))
        .containsExactly("RESIZED: The application has resized the pool from 1-4 to 2-3.");
  }

  @Test
  void poolThatIsShutDownIsNotChanged() {
    tasks.close();
    assertThatThrownBy(() -> endpoint.change("advanced", "same", null, "8", null, null, null, null))
        .hasMessageContaining("cannot be changed");
    assertThat(endpoint.pool("advanced", "same", null, null))
        .containsEntry("status", "OUT_OF_SERVICE");
    watchedTasks.sample(NOW);
    assertThat(events(watchedTasks)).isEmpty();
  }

  @Test
  void outageBeginsAndEnds() {
    down.set(true);
    connections.start().join();
    await()
        .untilAsserted(
            () -> {
              connections.acquireAsync();
              watchedConnections.sample(NOW);
              assertThat(events(watchedConnections))
                  .anySatisfy(event -> assertThat(event).startsWith("DOWN: ").contains("refused"));
            });
    // However long the message of the server is.
    assertThat(events(watchedConnections))
        .allSatisfy(event -> assertThat(event).hasSizeLessThan(1000));
    assertThat(String.valueOf(watchedConnections.figures().get("lastCreateFailure")))
        .startsWith("java.lang.IllegalStateException: refused")
        .hasSizeLessThan(1000);

    down.set(false);
    await()
        .untilAsserted(
            () -> {
              watchedConnections.sample(NOW.plusSeconds(35));
              assertThat(events(watchedConnections))
                  .anySatisfy(
                      event -> assertThat(event).startsWith("UP: ").contains("down for 35 s"));
            });
  }

  @Test
  void clockThatIsSetBack_givesNoNegativeTime() {
    AtomicBoolean isDown = new AtomicBoolean(true);
    WatchedPool watched =
        new WatchedPool(
            "same",
            tasks,
            () -> (isDown.get() ? Health.down() : Health.up()).build(),
            pool -> List.of());
    watched.sample(NOW);
    isDown.set(false);
    watched.sample(NOW.minusSeconds(3600));
    assertThat(events(watched))
        .first()
        .isEqualTo("UP: The pool is not down any more (UP). It was down for 0 s.");
  }

  @Test
  void softEvictionIsAnEventWithItsEnd() throws Exception {
    try (Lease<StringBuilder> lease = connections.acquire()) {
      assertThat(lease.connection()).isNotNull();
      watchedConnections.sample(NOW);
      assertThat(endpoint.perform("connection", "same", "soft-evict"))
          .containsEntry("finished", false);
    }
    await()
        .untilAsserted(
            () ->
                assertThat(events(watchedConnections))
                    .contains("OPERATION: soft-evict has finished: 1."));
    watchedConnections.sample(NOW);
    assertThat(events(watchedConnections))
        .contains("EVICTED: 1 connections closed because they were evicted; 1 in all.");
  }

  @Test
  void historyKeepsTheLatestSamples_inOneOrder() {
    for (int i = 0; i < WatchedPool.SAMPLES + 5; i++) {
      watchedTasks.sample(NOW.plusSeconds(5L * i));
    }
    assertThat(watchedTasks.history().times())
        .hasSize(WatchedPool.SAMPLES)
        .isSorted()
        .startsWith(NOW.plusSeconds(25).toEpochMilli());
    assertThat(watchedTasks.history().shown(5000))
        .containsEntry("intervalMillis", 5000L)
        .hasEntrySatisfying(
            "series",
            series ->
                assertThat(((Map<?, ?>) series).keySet().toString())
                    .contains("active", "qsize", "oldestWaitMillis"));
  }

  @Test
  void eventsAreBounded() {
    for (int i = 0; i < WatchedPool.EVENTS + 5; i++) {
      endpoint.perform("advanced", "same", "drain");
    }
    assertThat(events(watchedTasks)).hasSize(WatchedPool.EVENTS);
  }

  @Test
  void poolThatCannotBeReadHidesNoOther() {
    WatchedPool unreadable =
        new WatchedPool(
            "broken",
            tasks,
            () -> {
              throw new IllegalStateException("no health");
            },
            pool -> List.of());
    PoolWatch watch =
        new PoolWatch(
            () -> List.of(unreadable, watchedTasks),
            new WorkerDeaths(),
            Clock.fixed(NOW, ZoneOffset.UTC));
    watch.sampleAll();
    assertThat(watchedTasks.history().times()).containsExactly(NOW.toEpochMilli());
    assertThat(
            new PoolsEndpoint(
                    () -> List.of(unreadable, watchedTasks),
                    new PoolValues(List.of(), Show.NEVER, Set.of()))
                .pools()
                .toString())
        .contains("The pool cannot be read.", "name=same");
  }

  @Test
  void workerThatDiesIsAnEvent_once() {
    WorkerDeaths deaths = new WorkerDeaths();
    PoolListener listener = deaths.listenerFor("same");
    StackOverflowError failure = new StackOverflowError("deep");
    listener.workerEnded(new WorkerReport(1, 5, null));
    listener.workerEnded(new WorkerReport(2, 5, failure));
    listener.workerEnded(new WorkerReport(2, 6, failure));
    for (int i = 0; i < 100; i++) {
      deaths.listenerFor("other").workerEnded(new WorkerReport(1, i, failure));
    }

    new PoolWatch(() -> List.of(watchedTasks), deaths, Clock.fixed(NOW, ZoneOffset.UTC))
        .sampleAll();

    assertThat(events(watchedTasks))
        .containsExactly(
            "WORKER_DIED: The thread of worker 2 has ended: java.lang.StackOverflowError: deep");
    assertThat(deaths.take("other")).hasSizeLessThanOrEqualTo(20);
  }

  private static @Nullable String blank(String text) {
    return text.isEmpty() ? null : text;
  }

  @Test
  void stuckTaskIsAnEventWithItsName() {
    CountDownLatch open = new CountDownLatch(1);
    try (AdvancedPool pool =
        AdvancedPool.builder().name("reports").stuckAfter(Duration.ofMillis(10)).build()) {
      WatchedPool watched =
          new WatchedPool(
              "reports", pool, new AdvancedPoolHealthIndicator("reports", pool), any -> List.of());
      watched.sample(NOW);
      pool.execute(() -> waitFor(open), TaskOptions.named("nightly"));
      await().until(() -> pool.stats().stuck() == 1);
      watched.sample(NOW);
      watched.sample(NOW);
      open.countDown();

      assertThat(events(watched))
          .singleElement()
          .asString()
          .startsWith("STUCK: ")
          .contains("'nightly'", "on the thread reports-worker-1");
    }
  }

  @Test
  void adviceLearnsFromTheSamples() {
    AtomicLong nanos = new AtomicLong();
    watchedTasks.showAdvice(new AdvisedPool("same", tasks, setting -> setting, nanos::get));
    for (int limit : List.of(4, 9, 4, 9, 4)) {
      tasks.resize(1, limit).join();
      watchedTasks.sample(NOW);
      nanos.addAndGet(Duration.ofSeconds(30).toNanos());
    }

    assertThat(endpoint.pools().toString()).contains("advice=[flapping]");
    assertThat(String.valueOf(endpoint.pool("advanced", "same", null, null).get("advice")))
        .contains("max-workers was changed 4 times, back and forth between 4 and 9")
        .contains("property=max-workers=9");
  }

  @Test
  void poolWithoutAdviceShowsNone() {
    assertThat(endpoint.pool("connection", "same", null, null)).containsEntry("advice", List.of());
  }
}
