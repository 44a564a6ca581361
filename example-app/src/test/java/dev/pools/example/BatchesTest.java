package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import dev.pools.task.TaskOptions;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;

/** Has a database of its own and a long timeout, so that no batch fails on a busy machine. */
@ExampleTest
@TestPropertySource(
    properties = {
      "example.database.url=jdbc:h2:mem:batches;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE",
      "pools.connection.instances.database.acquire-timeout=30s"
    })
class BatchesTest {

  @Autowired private Batches batches;
  @Autowired private Catalogue catalogue;
  @Autowired private AdvancedPool thumbnails;
  @Autowired private ConnectionPool<Connection> database;

  private Batch awaitDone(Batch batch) {
    return await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> catalogue.batch(batch.id()).orElseThrow(), Batch::isDone);
  }

  private int update(String sql) throws Exception {
    return database.use(
        connection -> {
          try (PreparedStatement statement = connection.prepareStatement(sql)) {
            return statement.executeUpdate();
          }
        });
  }

  @Test
  void elementWhoseThumbnailExistsCountsAsMade() {
    awaitDone(batches.accept(Set.of(20)));

    Batch again = awaitDone(batches.accept(Set.of(20)));

    assertThat(again.made()).isEqualTo(again.total());
  }

  @Test
  void elementThatFailsDoesNotStopTheOthers() throws Exception {
    Picture damaged =
        catalogue.add(new NewPicture("damaged", 10, 10, "jpeg", new byte[] {1, 2, 3}));

    Batch done = awaitDone(batches.accept(Set.of(21)));

    assertThat(done.failed()).isEqualTo(1);
    assertThat(done.made()).isEqualTo(done.total() - 1);
    update("delete from batch_element where picture = " + damaged.id());
    update("delete from picture where id = " + damaged.id());
  }

  /** A task of the highest priority holds the only worker, so the batch cannot finish before. */
  @Test
  void cancelledBatchMakesNoFurtherThumbnails() throws Exception {
    thumbnails.resize(1, 1).get(30, TimeUnit.SECONDS);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch started = new CountDownLatch(1);
    thumbnails.submit(
        () -> {
          started.countDown();
          release.await();
          return null;
        },
        TaskOptions.priority(Integer.MIN_VALUE));
    try {
      started.await();
      Batch batch = batches.accept(Set.of(23, 24, 25));

      Batch cancelled = batches.cancel(batch.id()).orElseThrow();
      release.countDown();

      assertThat(cancelled.cancelled()).isEqualTo(batch.total());
      await().untilAsserted(() -> assertThat(batches.running()).isEmpty());
      assertThat(catalogue.batch(batch.id())).contains(cancelled);
      assertThat(batches.cancel(batch.id())).contains(cancelled);
    } finally {
      release.countDown();
      thumbnails.resize(1, 4).get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void batchResumesWhenTheDatabaseWorksAgain() throws Exception {
    update("alter table thumbnail rename to hidden");
    Batch batch = batches.accept(Set.of(22));
    await().untilAsserted(() -> assertThat(batches.running()).isEmpty());
    assertThat(catalogue.unfinishedElements(batch.id())).hasSize((int) batch.total());
    update("alter table hidden rename to thumbnail");

    assertThat(awaitDone(batch).made()).isEqualTo(batch.total());
  }
}
