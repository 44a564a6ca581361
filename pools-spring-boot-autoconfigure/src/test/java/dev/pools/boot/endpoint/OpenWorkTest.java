package dev.pools.boot.endpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.Arguments;
import dev.pools.boot.health.AdvancedPoolHealthIndicator;
import dev.pools.boot.health.ConnectionPoolHealthIndicator;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.connection.RetireReason;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolFuture;
import dev.pools.task.TaskOptions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.Show;

/** The tasks and leases of a pool, through the endpoint. */
class OpenWorkTest {

  private final CountDownLatch open = new CountDownLatch(1);
  private final AdvancedPool pool =
      AdvancedPool.builder().name("printer").minWorkers(1).maxWorkers(1).build();
  private final WatchedPool watched =
      new WatchedPool(
          "printer", pool, new AdvancedPoolHealthIndicator("printer", pool), any -> List.of());
  private final PoolsEndpoint endpoint =
      new PoolsEndpoint(() -> List.of(watched), new PoolValues(List.of(), Show.NEVER, Set.of()));

  @AfterEach
  void close() {
    open.countDown();
    pool.shutdownNow();
  }

  /** A task whose text must not be asked for. */
  private final class Rude implements Callable<String> {
    @Override
    public String call() throws InterruptedException {
      open.await();
      return "done";
    }

    @Override
    public String toString() {
      throw new IllegalStateException("asked");
    }
  }

  @SuppressWarnings("unchecked")
  private List<Map<String, Object>> tasks(String state, String limit, String stacks) {
    Map<String, Object> shown = endpoint.pool("advanced", "printer", limit, stacks);
    Map<String, Object> tasks =
        (Map<String, Object>) Objects.requireNonNull(shown.get("tasks"), "tasks");
    return (List<Map<String, Object>>) Objects.requireNonNull(tasks.get(state), state);
  }

  private PoolFuture<String> running(String name) {
    PoolFuture<String> future = pool.submit(new Rude(), TaskOptions.DEFAULT.withName(name));
    await().until(() -> !tasks("running", "20", "false").isEmpty());
    return future;
  }

  private static String id(List<Map<String, Object>> tasks) {
    return String.valueOf(tasks.get(0).get("id"));
  }

  @Test
  void runningAndWaitingTasksAreShown_withoutCallingThem() {
    running("first");
    for (int i = 0; i < 10_000; i++) {
      pool.submit(new Rude());
    }

    assertThat(tasks("running", "20", "true"))
        .singleElement()
        .satisfies(
            task -> {
              assertThat(task)
                  .containsEntry("name", "first")
                  .containsEntry("state", "RUNNING")
                  .containsKeys("id", "function", "ranMillis", "thread");
              assertThat(String.valueOf(task.get("stack"))).contains("OpenWorkTest$Rude.call");
            });
    assertThat(tasks("waiting", "20", "false")).hasSize(20);
    assertThat(tasks("waiting", "1000", "false")).hasSize(1000);
  }

  @Test
  void longNamesAreCut_andSecretsInThemHidden() {
    running("password=hunter22 " + "x".repeat(1_000_000));

    assertThat(String.valueOf(tasks("running", "20", "false").get(0).get("name")))
        .hasSizeLessThan(300)
        .doesNotContain("hunter22");
  }

  @Test
  void waitingTaskIsCancelled_andRunningOneInterrupted() {
    PoolFuture<String> first = running("first");
    PoolFuture<String> second = pool.submit(new Rude());
    String waiting = id(tasks("waiting", "20", "false"));

    endpoint.performOn("advanced", "printer", "tasks", waiting, "cancel");
    assertThat(second).isCancelled();
    assertThatThrownBy(() -> endpoint.performOn("advanced", "printer", "tasks", waiting, "cancel"))
        .isInstanceOf(InvalidEndpointRequestException.class)
        .hasMessageContaining("'" + waiting + "' is not, or not any more, among the tasks");

    String running = id(tasks("running", "20", "false"));
    endpoint.performOn("advanced", "printer", "tasks", running, "interrupt");
    await().until(first::isCompletedExceptionally);
    assertThat(watched.timeline().latestFirst()).hasSize(2);
  }

  @Test
  void wrongRequestsSayWhatIsWrong() {
    assertThatThrownBy(() -> endpoint.performOn("advanced", "printer", "tasks", "x", "cancel"))
        .hasMessageContaining("The id of the task is 'x'");
    assertThatThrownBy(() -> endpoint.performOn("advanced", "printer", "tasks", "1", "kill"))
        .hasMessageContaining("cancel, interrupt");
    assertThatThrownBy(() -> endpoint.performOn("advanced", "printer", "leases", "1", "evict"))
        .hasMessageContaining("no part 'leases' of a task pool");
    assertThatThrownBy(() -> endpoint.pool("advanced", "printer", "0", null))
        .hasMessageContaining("limit is '0'")
        .hasMessageContaining("from 1 to 1000");
    assertThatThrownBy(() -> endpoint.pool("advanced", "printer", null, "yes"))
        .hasMessageContaining("stacks is 'yes'");
  }

  // ---- Leases

  private PoolsEndpoint ledger(ConnectionPool<StringBuilder> connections, Show show) {
    WatchedPool ledger =
        new WatchedPool(
            "ledger",
            connections,
            new ConnectionPoolHealthIndicator("ledger", connections),
            any -> List.of());
    return new PoolsEndpoint(() -> List.of(ledger), new PoolValues(List.of(), show, Set.of()));
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> leases(PoolsEndpoint ledger, String stacks) {
    return (List<Map<String, Object>>)
        Objects.requireNonNull(
            ledger.pool("connection", "ledger", "20", stacks).get("leases"), "leases");
  }

  @Test
  void leasesAreShown_evictedAndRevoked() throws Exception {
    try (ConnectionPool<StringBuilder> connections =
        ConnectionPool.<StringBuilder>builder(arguments -> new StringBuilder())
            .name("ledger")
            .leakThreshold(Duration.ofMinutes(5))
            .build()) {
      PoolsEndpoint ledger = ledger(connections, Show.NEVER);
      Lease<StringBuilder> first = connections.acquire();
      assertThat(leases(ledger, "true"))
          .singleElement()
          .satisfies(
              lease -> {
                assertThat(lease)
                    .containsEntry("thread", Thread.currentThread().getName())
                    .containsEntry("async", false)
                    .containsKeys("id", "ageMillis");
                assertThat(String.valueOf(lease.get("stack"))).contains("OpenWorkTest");
              });

      ledger.performOn("connection", "ledger", "leases", id(leases(ledger, "false")), "evict");
      first.close();
      await().until(() -> connections.stats().retired().containsKey(RetireReason.EVICTED));

      Lease<StringBuilder> second = connections.acquire();
      String id = id(leases(ledger, "false"));
      ledger.performOn("connection", "ledger", "leases", id, "revoke");
      assertThat(connections.inUse()).isZero();
      second.close();
      assertThatThrownBy(() -> ledger.performOn("connection", "ledger", "leases", id, "revoke"))
          .hasMessageContaining("not any more, among the leases");
      assertThatThrownBy(() -> ledger.performOn("connection", "ledger", "leases", id, "kill"))
          .hasMessageContaining("evict, revoke");
    }
  }

  @Test
  void argumentsOfLeasesAreHidden_unlessTextsAreShown() throws Exception {
    try (ConnectionPool<StringBuilder> connections =
            ConnectionPool.<StringBuilder>builder(arguments -> new StringBuilder())
                .name("ledger")
                .leakThreshold(Duration.ofMinutes(5))
                .build();
        Lease<StringBuilder> lease = connections.acquire(Arguments.named("tenant", "seven"))) {
      assertThat(lease.connection()).isNotNull();
      PoolsEndpoint hidden = ledger(connections, Show.NEVER);
      assertThat(leases(hidden, "false").get(0)).containsEntry("arguments", "******");
      assertThat(OpenWork.leases(connections, new OpenWork.Wish(20, false, true)).get(0).toString())
          .contains("tenant=seven");
    }
  }
}
