package dev.pools.example;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.springframework.core.io.ClassPathResource;
import org.springframework.http.MediaType;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.GeneratedKeyHolder;
import org.springframework.stereotype.Component;

/**
 * Stores the pictures, their thumbnails, and the batches with the outcome of each element. Each
 * method is one transaction, and throws what {@link CatalogueDatabase#inTransaction} throws.
 */
@Component
class Catalogue {

  private static final String BATCHES =
      """
      select batch as id, count(*) as total,
        count(case when outcome = 'MADE' then 1 end) as made,
        count(case when outcome = 'FAILED' then 1 end) as failed,
        count(case when outcome = 'CANCELLED' then 1 end) as cancelled
      from batch_element
      """;

  private final CatalogueDatabase database;
  private final CatalogueSpace space;

  Catalogue(CatalogueDatabase database, CatalogueSpace space) {
    this.database = database;
    this.space = space;
  }

  /** Creates the tables that do not exist yet, and counts the bytes in those that do. */
  void createTables() {
    database.runScript(new ClassPathResource("schema.sql"));
    String sql =
        """
        select (select coalesce(sum(octet_length(content)), 0) from picture)
          + (select coalesce(sum(octet_length(content)), 0) from thumbnail)
        """;
    space.set(database.inTransaction(jdbc -> jdbc.sql(sql).query(Long.class).single()));
  }

  /** Returns the space, which counts what this catalogue stores. */
  CatalogueSpace space() {
    return space;
  }

  // ---- Pictures

  boolean isEmpty() {
    return database.inTransaction(
        jdbc ->
            jdbc.sql("select not exists (select 1 from picture)").query(Boolean.class).single());
  }

  Picture add(NewPicture picture) {
    String sql =
        """
        insert into picture (name, width, height, format, content)
        values (:name, :width, :height, :format, :content)
        """;
    long id = database.inTransaction(jdbc -> insert(jdbc.sql(sql).paramSource(picture)));
    space.add(picture.content().length);
    return new Picture(
        id, picture.name(), picture.width(), picture.height(), picture.format(), List.of());
  }

  List<Picture> pictures() {
    return database.inTransaction(
        jdbc -> {
          Map<Long, List<Integer>> widths = thumbnailWidths(jdbc);
          return jdbc.sql("select id, name, width, height, format from picture order by id")
              .query(
                  (row, number) ->
                      new Picture(
                          row.getLong("id"),
                          row.getString("name"),
                          row.getInt("width"),
                          row.getInt("height"),
                          row.getString("format"),
                          widths.getOrDefault(row.getLong("id"), List.of())))
              .list();
        });
  }

  private static Map<Long, List<Integer>> thumbnailWidths(JdbcClient jdbc) {
    Map<Long, List<Integer>> widths = new HashMap<>();
    jdbc.sql("select picture, asked_width from thumbnail order by picture, asked_width")
        .query(
            row -> {
              widths
                  .computeIfAbsent(row.getLong("picture"), picture -> new ArrayList<>())
                  .add(row.getInt("asked_width"));
            });
    return widths;
  }

  /**
   * Reads the encoded picture.
   *
   * @throws NoSuchPictureException if the catalogue has no picture with this id
   */
  byte[] content(long picture) {
    return database.inTransaction(jdbc -> content(jdbc, picture));
  }

  private static byte[] content(JdbcClient jdbc, long picture) {
    return jdbc.sql("select content from picture where id = ?")
        .param(picture)
        .query(byte[].class)
        .optional()
        .orElseThrow(() -> new NoSuchPictureException(picture));
  }

  /** Counts the pictures. */
  long size() {
    return database.inTransaction(
        jdbc -> jdbc.sql("select count(*) from picture").query(Long.class).single());
  }

  // ---- Thumbnails

  Optional<Thumbnail> thumbnail(long picture, int width) {
    String sql =
        """
        select content, type, width, height from thumbnail
        where picture = ? and asked_width = ?
        """;
    return database.inTransaction(
        jdbc ->
            jdbc.sql(sql)
                .params(picture, width)
                .query(
                    (row, number) ->
                        new Thumbnail(
                            row.getBytes("content"),
                            MediaType.valueOf(row.getString("type")),
                            row.getInt("width"),
                            row.getInt("height")))
                .optional());
  }

  /** Stores a thumbnail. If the picture already has one of this width, that one stays. */
  void store(long picture, int width, Thumbnail thumbnail, ThumbnailOrigin origin) {
    count(
        thumbnail, database.inTransaction(jdbc -> store(jdbc, picture, width, thumbnail, origin)));
  }

  /** Stores a thumbnail and the outcome of its element: both or neither. */
  void store(Batch.Element element, Thumbnail thumbnail, ThumbnailOrigin origin) {
    count(
        thumbnail,
        database.inTransaction(
            jdbc -> {
              int stored = store(jdbc, element.picture(), element.width(), thumbnail, origin);
              setOutcome(jdbc, element, Batch.Outcome.MADE);
              return stored;
            }));
  }

  private void count(Thumbnail thumbnail, int stored) {
    space.add((long) stored * thumbnail.content().length);
  }

  private static int store(
      JdbcClient jdbc, long picture, int width, Thumbnail thumbnail, ThumbnailOrigin origin) {
    String sql =
        """
        insert into thumbnail (picture, asked_width, width, height, type, content,
          urgency, waited_millis, overtook)
        values (?, ?, ?, ?, ?, ?, ?, ?, ?)
        on conflict do nothing
        """;
    return jdbc.sql(sql)
        .params(
            picture,
            width,
            thumbnail.width(),
            thumbnail.height(),
            thumbnail.type().toString(),
            thumbnail.content(),
            origin.urgency().name(),
            origin.waitedMillis(),
            origin.overtook())
        .update();
  }

  /** Reads the newest entries of the journal, the newest first. */
  List<JournalEntry> journal(int limit) {
    String sql =
        """
        select t.number, p.name, t.asked_width, t.urgency, t.waited_millis, t.overtook
        from thumbnail t join picture p on p.id = t.picture
        order by t.number desc limit ?
        """;
    return database.inTransaction(
        jdbc ->
            jdbc.sql(sql)
                .param(limit)
                .query(
                    (row, number) ->
                        new JournalEntry(
                            row.getLong("number"),
                            row.getString("name"),
                            row.getInt("asked_width"),
                            new ThumbnailOrigin(
                                Urgency.valueOf(row.getString("urgency")),
                                row.getLong("waited_millis"),
                                row.getLong("overtook"))))
                .list());
  }

  // ---- Batches

  /** Stores a batch with one element for each picture and width. */
  Batch addBatch(Collection<Integer> widths) {
    String sql = "insert into batch_element (batch, picture, width) select ?, id, ? from picture";
    return database.inTransaction(
        jdbc -> {
          long id = insert(jdbc.sql("insert into batch default values"));
          long total = 0;
          for (int width : widths) {
            total += jdbc.sql(sql).params(id, width).update();
          }
          return new Batch(id, total, 0, 0, 0);
        });
  }

  /** Deletes the finished batches with their elements, apart from the newest. */
  void deleteFinishedBatches(int kept) {
    String elements =
        """
        delete from batch_element where batch in (
          select batch from batch_element
          group by batch having count(*) = count(outcome)
          order by batch desc offset ?)
        """;
    String batches =
        """
        delete from batch b
        where not exists (select 1 from batch_element e where e.batch = b.id)
        """;
    database.inTransaction(
        jdbc -> jdbc.sql(elements).param(kept).update() + jdbc.sql(batches).update());
  }

  Optional<Batch> batch(long id) {
    return database.inTransaction(
        jdbc ->
            jdbc.sql(BATCHES + "where batch = ? group by batch")
                .param(id)
                .query(Batch.class)
                .optional());
  }

  /** Reads the newest batches, the newest first. */
  List<Batch> batches(int limit) {
    return database.inTransaction(
        jdbc ->
            jdbc.sql(BATCHES + "group by batch order by batch desc limit ?")
                .param(limit)
                .query(Batch.class)
                .list());
  }

  /** Reads the ids of the batches that have elements without an outcome, the oldest first. */
  List<Long> unfinishedBatches() {
    return database.inTransaction(
        jdbc ->
            jdbc.sql(
                    "select distinct batch from batch_element where outcome is null order by batch")
                .query(Long.class)
                .list());
  }

  /** Reads the elements of a batch that have no outcome yet. */
  List<Batch.Element> unfinishedElements(long batch) {
    String sql =
        """
        select batch, picture, width from batch_element
        where batch = ? and outcome is null
        order by width, picture
        """;
    return database.inTransaction(
        jdbc -> jdbc.sql(sql).param(batch).query(Batch.Element.class).list());
  }

  /** Gives each element of a batch that has no outcome yet the outcome CANCELLED. */
  void cancelUnfinishedElements(long batch) {
    String sql = "update batch_element set outcome = ? where batch = ? and outcome is null";
    database.inTransaction(
        jdbc -> jdbc.sql(sql).params(Batch.Outcome.CANCELLED.name(), batch).update());
  }

  /**
   * Counts an attempt and reads the picture, in one transaction: if the database fails, the attempt
   * does not count. It counts if anything fails later, even if the application is killed.
   *
   * @throws TooManyAttemptsException if the element has had all its attempts
   */
  byte[] beginAttempt(Batch.Element element) {
    String sql =
        """
        update batch_element set attempts = attempts + 1
        where batch = ? and picture = ? and width = ? and attempts < ?
        """;
    return database.inTransaction(
        jdbc -> {
          int counted =
              jdbc.sql(sql)
                  .params(
                      element.batch(),
                      element.picture(),
                      element.width(),
                      TooManyAttemptsException.LIMIT)
                  .update();
          if (counted == 0) {
            throw new TooManyAttemptsException();
          }
          return content(jdbc, element.picture());
        });
  }

  /** Stores that an element has failed, and why. */
  void setFailed(Batch.Element element, String reason) {
    String sql =
        """
        update batch_element set outcome = 'FAILED', reason = ?
        where batch = ? and picture = ? and width = ?
        """;
    database.inTransaction(
        jdbc ->
            jdbc.sql(sql)
                .params(reason, element.batch(), element.picture(), element.width())
                .update());
  }

  /** Reads the failed elements of a batch, at most {@code limit} of them. */
  List<FailedElement> failures(long batch, int limit) {
    String sql =
        """
        select p.name as picture, e.width, e.attempts, e.reason
        from batch_element e join picture p on p.id = e.picture
        where e.batch = ? and e.outcome = 'FAILED'
        order by e.width, e.picture limit ?
        """;
    return database.inTransaction(
        jdbc -> jdbc.sql(sql).params(batch, limit).query(FailedElement.class).list());
  }

  void setOutcome(Batch.Element element, Batch.Outcome outcome) {
    database.inTransaction(jdbc -> setOutcome(jdbc, element, outcome));
  }

  private static int setOutcome(JdbcClient jdbc, Batch.Element element, Batch.Outcome outcome) {
    return jdbc.sql(
            "update batch_element set outcome = ? where batch = ? and picture = ? and width = ?")
        .params(outcome.name(), element.batch(), element.picture(), element.width())
        .update();
  }

  /** Inserts a row and returns its generated id. */
  private static long insert(JdbcClient.StatementSpec statement) {
    var key = new GeneratedKeyHolder();
    statement.update(key, "id");
    return Objects.requireNonNull(key.getKeyAs(Long.class));
  }
}
