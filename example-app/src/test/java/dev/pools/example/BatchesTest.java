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
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.test.context.TestPropertySource;
import org.springframework.util.unit.DataSize;

/** Has a database of its own and a long timeout, so that no batch fails on a busy machine. */
@ExampleTest
@TestPropertySource(
    properties = {
      "example.database.url=jdbc:h2:mem:batches;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE",
      "pools.connection.instances.database.acquire-timeout=30s"
    })
class BatchesTest {

  private static final long FULL = DataSize.ofGigabytes(1).toBytes();

  @Autowired private Batches batches;
  @Autowired private Catalogue catalogue;
  @Autowired private CatalogueProperties limits;
  @Autowired private AdvancedPool thumbnails;
  @Autowired private ConnectionPool<Connection> database;

  private Batches batchesWith(ThumbnailMaker maker) {
    return new Batches(thumbnails, catalogue, maker, limits);
  }

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

  private Picture addDamaged() {
    return catalogue.add(new NewPicture("damaged", 10, 10, "jpeg", new byte[] {1, 2, 3}));
  }

  private void remove(Picture damaged) throws Exception {
    update("delete from batch_element where picture = " + damaged.id());
    update("delete from picture where id = " + damaged.id());
  }

  @Test
  void elementWhoseThumbnailExistsCountsAsMade() {
    awaitDone(batches.accept(Set.of(20)));

    Batch again = awaitDone(batches.accept(Set.of(20)));

    assertThat(again.made()).isEqualTo(again.total());
  }

  @Test
  void elementThatFailsDoesNotStopTheOthers() throws Exception {
    Picture damaged = addDamaged();

    Batch done = awaitDone(batches.accept(Set.of(21)));

    assertThat(done.failed()).isEqualTo(1);
    assertThat(done.made()).isEqualTo(done.total() - 1);
    remove(damaged);
  }

  @Test
  void elementThatFailsIsListedWithItsReason() throws Exception {
    Picture damaged = addDamaged();

    Batch done = awaitDone(batches.accept(Set.of(23)));

    assertThat(catalogue.failures(done.id(), 10))
        .singleElement()
        .satisfies(
            failed -> {
              assertThat(failed.picture()).isEqualTo("damaged");
              assertThat(failed.width()).isEqualTo(23);
              assertThat(failed.attempts()).isEqualTo(1);
              assertThat(failed.reason()).contains("These 3 bytes are not a picture");
            });
    remove(damaged);
  }

  /** An element that stopped the application at each attempt is not tried again after a restart. */
  @Test
  void elementThatHasHadAllItsAttemptsFailsAfterARestart() throws Exception {
    Batch batch = catalogue.addBatch(Set.of(24));
    Batch.Element killer = catalogue.unfinishedElements(batch.id()).get(0);
    for (int attempt = 0; attempt < TooManyAttemptsException.LIMIT; attempt++) {
      assertThat(catalogue.beginAttempt(killer)).isNotEmpty();
    }

    batchesWith(new ThumbnailMaker(catalogue)).resume();

    assertThat(awaitDone(batch).failed()).isEqualTo(1);
    assertThat(catalogue.failures(batch.id(), 10))
        .singleElement()
        .satisfies(
            failed -> {
              assertThat(failed.attempts()).isEqualTo(TooManyAttemptsException.LIMIT);
              assertThat(failed.reason()).contains("None of 5 attempts has finished");
            });
  }

  @Test
  void elementThatIsStoppedEachTimeIsNotTriedWithoutEnd() throws Exception {
    Picture slow = addDamaged();
    ThumbnailMaker stopped =
        new ThumbnailMaker(catalogue) {
          @Override
          void make(Batch.Element element, ThumbnailOrigin origin) {
            if (element.picture() == slow.id()) {
              catalogue.beginAttempt(element);
              throw new CancellationException("stopped");
            }
            super.make(element, origin);
          }
        };

    Batch done = awaitDone(batchesWith(stopped).accept(Set.of(25)));

    assertThat(done.failed()).isEqualTo(1);
    assertThat(catalogue.failures(done.id(), 10))
        .extracting(FailedElement::attempts)
        .containsExactly(TooManyAttemptsException.LIMIT);
    remove(slow);
  }

  @Test
  void elementWithoutSpaceForItsThumbnailFails_andSaysWhy() {
    ThumbnailMaker withoutSpace =
        new ThumbnailMaker(catalogue) {
          @Override
          void make(Batch.Element element, ThumbnailOrigin origin) {
            catalogue.space().add(FULL);
            try {
              super.make(element, origin);
            } finally {
              catalogue.space().add(-FULL);
            }
          }
        };

    Batch done = awaitDone(batchesWith(withoutSpace).accept(Set.of(27)));

    assertThat(done.failed()).isEqualTo(done.total());
    assertThat(catalogue.failures(done.id(), 1))
        .extracting(FailedElement::reason)
        .singleElement()
        .asString()
        .startsWith("The catalogue is full: it stores")
        .contains("example.catalogue.max-size");
  }

  @Test
  void acceptedBatchReplacesTheOldestFinishedOne() {
    Batches keepsOne =
        new Batches(
            thumbnails,
            catalogue,
            new ThumbnailMaker(catalogue),
            new CatalogueProperties(500, DataSize.ofGigabytes(1), 1));
    Batch oldest = awaitDone(keepsOne.accept(Set.of(28)));
    Batch kept = awaitDone(keepsOne.accept(Set.of(28)));
    assertThat(catalogue.batch(oldest.id())).isPresent();

    awaitDone(keepsOne.accept(Set.of(28)));

    assertThat(catalogue.batch(oldest.id())).isEmpty();
    assertThat(catalogue.batch(kept.id())).isPresent();
  }

  @Test
  void errorOfOneElementDoesNotStopTheOthers() {
    ThumbnailMaker tooLarge =
        new ThumbnailMaker(catalogue) {
          @Override
          void make(Batch.Element element, ThumbnailOrigin origin) {
            if (element.picture() == 1) {
              throw new OutOfMemoryError("a test");
            }
            super.make(element, origin);
          }
        };

    Batch done = awaitDone(batchesWith(tooLarge).accept(Set.of(26)));

    assertThat(done.failed()).isEqualTo(1);
    assertThat(catalogue.failures(done.id(), 10))
        .extracting(FailedElement::reason)
        .containsExactly("java.lang.OutOfMemoryError: a test");
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
