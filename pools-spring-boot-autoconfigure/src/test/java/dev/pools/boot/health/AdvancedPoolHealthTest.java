package dev.pools.boot.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolStats;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.Status;

/** A pool that runs tasks is down when it makes no progress, and says so in numbers. */
class AdvancedPoolHealthTest {

  private final CountDownLatch end = new CountDownLatch(1);
  private final AdvancedPool pool =
      AdvancedPool.builder().name("reports").minWorkers(2).maxWorkers(2).build();

  @AfterEach
  void close() {
    end.countDown();
    pool.close();
  }

  private void stick(int tasks) {
    for (int i = 0; i < tasks; i++) {
      pool.submit(
          () -> {
            end.await();
            return 1;
          });
    }
    await().until(() -> pool.stats().qsize() == tasks - 2);
  }

  private Health read(PoolStats stats, Duration stalledAfter) {
    return new AdvancedPoolHealthIndicator(
            "reports",
            () -> stats,
            new AdvancedPoolHealthOptions(stalledAfter),
            Texts.settings("pools.advanced", "reports"))
        .health(true);
  }

  /** These readings, as if nothing had ended for so long. */
  private static PoolStats stalledFor(Duration time, PoolStats now) {
    return stalledFor(time, now, 0);
  }

  private static PoolStats stalledFor(Duration time, PoolStats now, int missing) {
    return new PoolStats(
        now.name(),
        now.state(),
        now.workers(),
        now.idleWorkers(),
        now.active(),
        now.minWorkers(),
        now.maxWorkers(),
        now.qsize(),
        now.queueCapacity(),
        now.admissionsWaiting(),
        now.blockedWorkers(),
        missing,
        now.submitted(),
        now.completed(),
        now.failed(),
        now.cancelled(),
        now.rejected(),
        now.expired(),
        now.oldestWait(),
        time,
        time,
        false,
        now.stuck(),
        now.stuckTasks(),
        now.timedOut(),
        now.uptime());
  }

  @Test
  void allWorkersStuckWithTasksQueuedIsDownAfterTheLimit() {
    stick(102);
    await().until(() -> pool.stats().stalledFor().compareTo(Duration.ofMillis(50)) >= 0);

    Health health = read(pool.stats(), Duration.ofMillis(50));

    assertThat(health.getStatus()).isEqualTo(Status.DOWN);
    assertThat(health.getDetails().get("reason").toString())
        .startsWith("No task has finished for ")
        .contains(
            "(limit: 50 ms): all 2 workers are busy, 0 of them wait for other tasks of this pool",
            "100 tasks are queued",
            "raise pools.advanced.instances.reports.max-workers (now 2)");
    end.countDown();
    pool.drain().join();
    assertThat(read(pool.stats(), Duration.ofMillis(50)).getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void beforeTheLimitItIsUpWithTheSameFactsAsAWarning() {
    stick(102);
    PoolStats stats = pool.stats();

    Health health = read(stalledFor(Duration.ofSeconds(3), stats), Duration.ofHours(1));

    assertThat(health.getStatus()).isEqualTo(Status.UP);
    assertThat(health.getDetails().get("warning").toString())
        .contains("No task has finished for 3 s (limit: 60 min)", "100 tasks are queued");
    assertThat(read(stalledFor(Duration.ofMillis(2999), stats), null).getDetails())
        .doesNotContainKey("warning");
  }

  @Test
  void threadsThatTheirFactoryDoesNotDeliverAreNamedAsTheCause() {
    stick(3);
    PoolStats stats = stalledFor(Duration.ofMinutes(2), pool.stats(), 1);

    Health health = read(stats, Duration.ofMinutes(1));

    assertThat(health.getStatus()).isEqualTo(Status.DOWN);
    assertThat(health.getDetails().get("reason").toString())
        .startsWith("No task has finished for 2 min (limit: 60 s)")
        .contains(
            "the thread factory has not delivered the threads of 1 of 2 workers, and 3 tasks run or are queued")
        .doesNotContain("all 2 workers are busy");
    assertThat(health.getDetails()).containsEntry("missingWorkers", 1);
  }

  @Test
  void withoutALimitThePoolJudgesByWhatItsTasksDo() {
    stick(3);
    PoolStats stats = stalledFor(Duration.ofMinutes(9), pool.stats());

    assertThat(read(stats, null).getStatus()).isEqualTo(Status.UP);
    assertThat(read(stats, Duration.ofMinutes(9)).getStatus()).isEqualTo(Status.DOWN);
  }
}
