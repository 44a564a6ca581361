package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionPool;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.time.Duration;
import java.util.Set;
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
