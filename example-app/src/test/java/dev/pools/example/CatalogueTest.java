package dev.pools.example;

import static dev.pools.test.PoolAssertions.assertThat;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.connection.RetireReason;
import java.awt.image.BufferedImage;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.dao.DataAccessException;
import org.springframework.http.MediaType;
import org.springframework.transaction.TransactionException;
import org.springframework.util.unit.DataSize;

class CatalogueTest {

  private static final String URL = "jdbc:h2:mem:catalogue;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE";

  private final DatabaseConnections connections = new DatabaseConnections();
  private Connection keepsTheDatabase;
  private ConnectionPool<Connection> pool;
  private CatalogueSpace space;
  private Catalogue catalogue;

  /** The database exists until its last connection is closed. */
  @BeforeEach
  void open() throws SQLException {
    keepsTheDatabase = DriverManager.getConnection(URL, "sa", "");
    DatabaseProperties properties = new DatabaseProperties(URL, "sa", "");
    DatabaseFaults faults = new DatabaseFaults(new PlaygroundProperties(false));
    pool =
        connections
            .databaseJdbcReset()
            .applyTo(
                ConnectionPool.builder(connections.databaseConnectionFactory(properties, faults)))
            .healthChecker(connections.databaseHealthChecker())
            .maxSize(2)
            .build();
    space = new CatalogueSpace(new CatalogueProperties(500, DataSize.ofMegabytes(1), 20));
    catalogue = new Catalogue(new CatalogueDatabase(pool), space);
    catalogue.createTables();
  }

  @AfterEach
  void everyConnectionIsReleasedAndClosed() throws SQLException {
    keepsTheDatabase.close();
    assertThat(pool).hasNoLeaks();
    pool.close();
    assertThat(pool.stats().created())
        .isEqualTo(pool.stats().retired().values().stream().mapToLong(Long::longValue).sum());
  }

  private static NewPicture picture(String name) {
    byte[] content = Imaging.encode(new BufferedImage(60, 40, BufferedImage.TYPE_INT_RGB), "png");
    return new NewPicture(name, 60, 40, "png", content);
  }

  private static Thumbnail thumbnail() {
    return Imaging.thumbnail(new BufferedImage(60, 40, BufferedImage.TYPE_INT_RGB), 30);
  }

  private static ThumbnailOrigin origin(Urgency urgency) {
    return new ThumbnailOrigin(urgency, 12, 3);
  }

  @Test
  void existingTablesAreKept() {
    catalogue.add(picture("a"));

    catalogue.createTables();

    assertThat(catalogue.isEmpty()).isFalse();
  }

  @Test
  void tablesOfAnEarlierVersionGetTheirNewColumns() throws Exception {
    pool.use(
        connection -> {
          try (Statement statement = connection.createStatement()) {
            return statement.execute(
                "alter table batch_element drop column attempts; alter table batch_element drop column reason");
          }
        });

    catalogue.createTables();

    Picture added = catalogue.add(picture("a"));
    Batch batch = catalogue.addBatch(Set.of(16));
    Batch.Element element = new Batch.Element(batch.id(), added.id(), 16);
    assertThat(catalogue.beginAttempt(element)).isNotEmpty();
    catalogue.setFailed(element, "a test");
    assertThat(catalogue.failures(batch.id(), 1))
        .containsExactly(new FailedElement("a", 16, 1, "a test"));
  }

  @Test
  void pictureIsReadAsItWasAdded() {
    assertThat(catalogue.isEmpty()).isTrue();

    Picture added = catalogue.add(picture("a"));

    assertThat(catalogue.pictures()).containsExactly(added);
    assertThat(catalogue.content(added.id())).isEqualTo(picture("a").content());
  }

  @Test
  void largePictureIsReadAsItWasAdded() {
    byte[] large = new byte[5_000_000];
    Picture added = catalogue.add(new NewPicture("large", 1, 1, "png", large));

    assertThat(catalogue.content(added.id())).isEqualTo(large);
  }

  @Test
  void bytesOfPicturesAndThumbnailsAreCounted() {
    Picture added = catalogue.add(picture("a"));
    Thumbnail thumbnail = thumbnail();
    catalogue.store(added.id(), 32, thumbnail, origin(Urgency.PERSON));
    catalogue.store(added.id(), 32, thumbnail, origin(Urgency.PERSON));
    Batch batch = catalogue.addBatch(Set.of(48));
    catalogue.store(
        new Batch.Element(batch.id(), added.id(), 48), thumbnail, origin(Urgency.BATCH));

    long bytes = picture("a").content().length + 2L * thumbnail.content().length;
    assertThat(space.state()).isEqualTo(new CatalogueSpace.State(bytes, 1 << 20));

    space.set(0);
    catalogue.createTables();
    assertThat(space.state().bytes()).isEqualTo(bytes);
  }

  @Test
  void spaceIsUsedToTheLastByte() {
    space.add((1 << 20) - 10);

    space.require(10);
    assertThatThrownBy(() -> space.require(11))
        .isInstanceOf(CatalogueFullException.class)
        .hasMessage(
            "The catalogue is full: it stores 1,048,566 bytes, and example.catalogue.max-size allows 1,048,576. Its operator can raise this setting.");
  }

  @Test
  void unknownPictureIsRejected() {
    assertThatThrownBy(() -> catalogue.content(7))
        .isInstanceOf(NoSuchPictureException.class)
        .hasMessageContaining("no picture 7");
  }

  @Test
  void thumbnailIsFoundByPictureAndRequestedWidth() {
    long id = catalogue.add(picture("a")).id();

    catalogue.store(id, 30, thumbnail(), origin(Urgency.PERSON));

    assertThat(catalogue.thumbnail(id, 30).orElseThrow())
        .usingRecursiveComparison()
        .withEqualsForType(MediaType::equals, MediaType.class)
        .isEqualTo(thumbnail());
    assertThat(catalogue.thumbnail(id, 31)).isEmpty();
    assertThat(catalogue.pictures().get(0).thumbnails()).containsExactly(30);
  }

  @Test
  void firstThumbnailOfAWidthStays() {
    long id = catalogue.add(picture("a")).id();

    catalogue.store(id, 30, thumbnail(), origin(Urgency.PERSON));
    catalogue.store(id, 30, thumbnail(), origin(Urgency.BATCH));

    assertThat(catalogue.journal(10))
        .extracting(JournalEntry::origin)
        .containsExactly(origin(Urgency.PERSON));
  }

  @Test
  void journalStartsWithTheNewest() {
    long id = catalogue.add(picture("a")).id();
    for (int width : List.of(20, 30, 40)) {
      catalogue.store(id, width, thumbnail(), origin(Urgency.BATCH));
    }

    assertThat(catalogue.journal(2)).extracting(JournalEntry::width).containsExactly(40, 30);
  }

  @Test
  void batchHasAnElementForEachPictureAndWidth() {
    long first = catalogue.add(picture("a")).id();
    long second = catalogue.add(picture("b")).id();

    Batch batch = catalogue.addBatch(Set.of(16));

    assertThat(batch.total()).isEqualTo(2);
    assertThat(catalogue.batch(batch.id())).contains(batch);
    assertThat(catalogue.unfinishedElements(batch.id()))
        .extracting(Batch.Element::picture)
        .containsExactly(first, second);
    assertThat(catalogue.unfinishedBatches()).containsExactly(batch.id());
  }

  @Test
  void batchIsDoneWhenEachElementHasItsOutcome() {
    catalogue.add(picture("a"));
    catalogue.add(picture("b"));
    Batch batch = catalogue.addBatch(Set.of(16));
    List<Batch.Element> elements = catalogue.unfinishedElements(batch.id());

    catalogue.store(elements.get(0), thumbnail(), origin(Urgency.BATCH));
    assertThat(catalogue.batch(batch.id()).orElseThrow().isDone()).isFalse();
    catalogue.setOutcome(elements.get(1), Batch.Outcome.FAILED);

    Batch done = catalogue.batch(batch.id()).orElseThrow();
    assertThat(done).isEqualTo(new Batch(batch.id(), 2, 1, 1, 0));
    assertThat(done.isDone()).isTrue();
    assertThat(catalogue.unfinishedBatches()).isEmpty();
    assertThat(catalogue.batches(10)).containsExactly(done);
  }

  @Test
  void finishedBatchesAreDeleted_apartFromTheNewest() {
    catalogue.add(picture("a"));
    Batch unfinished = catalogue.addBatch(Set.of(16));
    List<Batch> finished =
        List.of(
            catalogue.addBatch(Set.of(16)),
            catalogue.addBatch(Set.of(16, 32)),
            catalogue.addBatch(Set.of(16)));
    finished.forEach(batch -> catalogue.cancelUnfinishedElements(batch.id()));

    catalogue.deleteFinishedBatches(2);

    assertThat(catalogue.batches(10))
        .extracting(Batch::id)
        .containsExactly(finished.get(2).id(), finished.get(1).id(), unfinished.id());
    assertThat(catalogue.batch(finished.get(1).id()).orElseThrow().total()).isEqualTo(2);

    catalogue.deleteFinishedBatches(2);
    assertThat(catalogue.batches(10)).hasSize(3);
  }

  @Test
  void failedTransactionLeavesNothingBehind() {
    long id = catalogue.add(picture("a")).id();
    Batch.Element element = new Batch.Element(1, id, 30);
    Thumbnail untypable = new Thumbnail(new byte[0], longType(), 1, 1);

    assertThatThrownBy(() -> catalogue.store(element, untypable, origin(Urgency.BATCH)))
        .isInstanceOf(DataAccessException.class)
        .hasCauseInstanceOf(SQLException.class);

    assertThat(catalogue.journal(10)).isEmpty();
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 0L);
  }

  @Test
  void cancellationKeepsTheOutcomesThatAreKnown() {
    catalogue.add(picture("a"));
    catalogue.add(picture("b"));
    Batch batch = catalogue.addBatch(Set.of(16));
    catalogue.setOutcome(catalogue.unfinishedElements(batch.id()).get(0), Batch.Outcome.FAILED);

    catalogue.cancelUnfinishedElements(batch.id());

    assertThat(catalogue.batch(batch.id())).contains(new Batch(batch.id(), 2, 0, 1, 1));
    assertThat(catalogue.unfinishedBatches()).isEmpty();
  }

  private static MediaType longType() {
    return new MediaType("image", "x".repeat(100));
  }

  @Test
  void connectionThatTheServerClosedIsNotUsedAgain() throws Exception {
    Connection idle = pool.use(connection -> connection);
    await().until(() -> pool.stats().checking() == 0);
    // The server closes it right after its reset: the pool does not check it again so soon.
    idle.close();

    assertThatThrownBy(() -> catalogue.pictures()).isInstanceOf(TransactionException.class);

    assertThat(catalogue.pictures()).isEmpty();
    assertThat(pool.stats().retired()).containsEntry(RetireReason.RESET_FAILED, 1L);
  }

  @Test
  void openTransactionIsRolledBackOnRelease() throws Exception {
    Picture added = catalogue.add(picture("a"));

    pool.use(
        connection -> {
          connection.setAutoCommit(false);
          try (Statement statement = connection.createStatement()) {
            return statement.executeUpdate("delete from picture");
          }
        });

    assertThat(catalogue.pictures()).containsExactly(added);
  }

  @Test
  void openTransactionIsRolledBackWhenItsConnectionIsClosed() throws Exception {
    Picture added = catalogue.add(picture("a"));

    try (Lease<Connection> lease = pool.acquire();
        Statement statement = lease.connection().createStatement()) {
      lease.connection().setAutoCommit(false);
      statement.executeUpdate("delete from picture");
      lease.invalidate();
    }

    assertThat(catalogue.pictures()).containsExactly(added);
  }
}
