package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.task.AdvancedPool;
import dev.pools.task.TaskOptions;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class WorkStreamTest {

  private static final long SECOND = TimeUnit.SECONDS.toNanos(1);

  private final CountDownLatch release = new CountDownLatch(1);
  private final AdvancedPool pool =
      AdvancedPool.builder().minWorkers(1).maxWorkers(1).queueCapacity(5).build();

  @AfterEach
  void close() {
    release.countDown();
    pool.close();
  }

  private WorkStream stream(Callable<?> task, TaskOptions options) {
    return new WorkStream(() -> pool.submit(task, options));
  }

  private WorkStream blockedStream() {
    return stream(
        () -> {
          release.await();
          return 1;
        },
        TaskOptions.DEFAULT);
  }

  @Test
  void tasksAreSentAtTheRate_andTheirAnswersAreCounted() {
    WorkStream stream = stream(() -> 1, TaskOptions.DEFAULT);
    stream.setRate(10);

    stream.sendDue(SECOND / 2);
    assertThat(stream.counts().sent()).isEqualTo(5);
    stream.sendDue(SECOND / 2);
    assertThat(stream.counts().sent()).isEqualTo(5);
    stream.sendDue(SECOND);

    await().until(() -> stream.counts().completed() == 10);
    WorkStream.Counts counts = stream.counts();
    assertThat(counts.perSecond()).isEqualTo(10);
    assertThat(counts.open()).isZero();
    assertThat(counts.heldBack()).isZero();
    assertThat(counts.lastSeconds().answers()).isPositive();
  }

  @Test
  void longPauseIsNotMadeUpFor() {
    WorkStream stream = blockedStream();
    stream.setRate(3);

    stream.sendDue(60 * SECOND);

    assertThat(stream.counts().sent()).isEqualTo(3);
  }

  @Test
  void senderHoldsBackWhatThePoolHasNoPlaceFor() {
    WorkStream stream = blockedStream();
    stream.setRate(200);

    stream.sendDue(SECOND);

    WorkStream.Counts counts = stream.counts();
    assertThat(counts.sent()).isBetween(5L + WorkStream.MOST_WAITING, 6L + WorkStream.MOST_WAITING);
    assertThat(counts.heldBack()).isEqualTo(200 - counts.sent());
    assertThat(pool.stats().admissionsWaiting()).isBetween(1, WorkStream.MOST_WAITING);
  }

  @Test
  void endCancelsWhatIsOpen() {
    WorkStream stream = blockedStream();
    stream.setRate(20);
    stream.sendDue(SECOND);
    await().until(() -> pool.stats().active() == 1);

    stream.end();
    stream.sendDue(2 * SECOND);

    assertThat(stream.counts().sent()).isEqualTo(20);
    assertThat(stream.counts().perSecond()).isZero();
    await().until(() -> stream.counts().cancelled() > 0);
    release.countDown();
    await().until(() -> stream.counts().open() == 0);
    // The task that ran counts as cancelled, too, once it has ended.
    await().until(() -> pool.stats().cancelled() == 20);
  }

  @Test
  void failuresAndExpiriesAreCountedApart() {
    WorkStream failing =
        stream(
            () -> {
              throw new IllegalStateException("no");
            },
            TaskOptions.DEFAULT);
    failing.setRate(2);
    failing.sendDue(SECOND);
    await().until(() -> failing.counts().failed() == 2);

    WorkStream blocked = blockedStream();
    blocked.setRate(1);
    blocked.sendDue(SECOND);
    WorkStream expiring =
        stream(() -> 1, TaskOptions.DEFAULT.withMaxQueueTime(Duration.ofNanos(1)));
    expiring.setRate(2);
    expiring.sendDue(SECOND);
    release.countDown();

    await().until(() -> expiring.counts().expired() == 2);
  }

  @Test
  void timesAreThoseOfTheLastSeconds() {
    AnswerTimes times = new AnswerTimes();
    assertThat(times.summary(0)).isEqualTo(new AnswerTimes.Summary(0, 0, 0));
    for (int i = 1; i <= 600; i++) {
      times.add(i, TimeUnit.MILLISECONDS.toNanos(i));
    }

    assertThat(times.summary(600)).isEqualTo(new AnswerTimes.Summary(500, 351, 600));
    assertThat(times.summary(11 * SECOND).answers()).isZero();
  }
}
