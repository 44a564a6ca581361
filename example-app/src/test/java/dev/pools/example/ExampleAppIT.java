package dev.pools.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Runs the packaged application on its own database. */
class ExampleAppIT {

  private static final boolean CURL_IS_HERE =
      Stream.of(System.getenv("PATH").split(File.pathSeparator))
          .anyMatch(folder -> Files.isExecutable(Path.of(folder, "curl")));

  @TempDir static Path folder;
  private static RunningExample app;

  @BeforeAll
  static void start() throws IOException {
    app = RunningExample.start(folder);
  }

  @AfterAll
  static void stop() {
    app.close();
  }

  /** A thumbnail is made once only, so each test requests widths of its own. */
  private static String widths(int first, int count) {
    return IntStream.range(0, count)
        .mapToObj(number -> Integer.toString(first + 16 * number))
        .collect(Collectors.joining(","));
  }

  @Test
  void pageIsServed() throws Exception {
    assertThat(new String(app.get("/").body(), UTF_8)).contains("<h1>Thumbnails</h1>");
  }

  @Test
  void thumbnailHasTheRequestedWidth() throws Exception {
    HttpResponse<byte[]> answer = app.get("/pictures/1/thumbnail?width=240");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("image/jpeg");
    NewPicture thumbnail = NewPicture.of("thumbnail", answer.body());
    assertThat(thumbnail.width()).isEqualTo(240);
    assertThat(thumbnail.height()).isEqualTo(160);
  }

  @Test
  void thumbnailIsMadeOnce() throws Exception {
    assertThat(stored(app.get("/pictures/2/thumbnail?width=272"))).isEqualTo("false");
    assertThat(stored(app.get("/pictures/2/thumbnail?width=272"))).isEqualTo("true");
  }

  private static String stored(HttpResponse<byte[]> answer) {
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.headers().firstValue("Thumbnail-Stored").orElseThrow();
  }

  @Test
  void uploadedPictureGetsAThumbnail() throws Exception {
    byte[] content = app.get("/pictures/1/thumbnail?width=288").body();

    HttpResponse<byte[]> added = app.upload("a picture.jpeg", content);

    assertThat(added.statusCode()).isEqualTo(201);
    assertThat(app.json(added).get("name").asString()).isEqualTo("a picture.jpeg");
    String thumbnail = added.headers().firstValue("Location").orElseThrow();
    assertThat(NewPicture.of("thumbnail", app.get(thumbnail).body()).width()).isEqualTo(288);
  }

  @Test
  void uploadThatIsNotAPictureIsRejected() throws Exception {
    HttpResponse<byte[]> refused = app.upload("notes.txt", "no picture".getBytes(UTF_8));

    assertThat(refused.statusCode()).isEqualTo(400);
    assertThat(app.json(refused).get("detail").asString()).contains("not a picture");
  }

  @Test
  void batchMakesAThumbnailOfEachPictureInEachWidth() throws Exception {
    Batch batch = app.accept("80,96");

    Batch done = app.awaitDone(batch);

    assertThat(done.made()).isEqualTo(batch.total());
    assertThat(done.failed()).isZero();
    for (JsonNode picture : app.json("/pictures")) {
      if (picture.get("id").asLong() <= SamplePicture.values().length) {
        assertThat(picture.get("thumbnails").valueStream().map(JsonNode::asInt)).contains(80, 96);
      }
    }
  }

  @Test
  void personOvertakesABatch() throws Exception {
    Batch batch = app.accept(widths(1008, 10));
    await().until(() -> app.meter("pools.advanced.qsize", "pool:thumbnails") > 0);

    HttpResponse<byte[]> answer = app.get("/pictures/3/thumbnail?width=336");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValueAsLong("Thumbnail-Overtook").orElseThrow()).isPositive();
    JsonNode journal = app.json("/thumbnails");
    assertThat(app.batch(batch.id()).isDone()).as("the batch, by now").isFalse();
    assertThat(journal.valueStream().map(entry -> entry.get("width").asInt()))
        .as("thumbnails made by now")
        .contains(336);
    app.awaitDone(batch);
  }

  @Test
  void healthShowsBothPools() throws Exception {
    JsonNode health = app.json("/actuator/health").at("/components/pools");

    assertThat(health.get("status").asString()).isEqualTo("UP");
    JsonNode thumbnails = health.at("/components/thumbnails/details");
    assertThat(thumbnails.get("maxWorkers").asInt()).isEqualTo(4);
    JsonNode database = health.at("/components/database/details");
    assertThat(database.get("maxSize").asInt()).isEqualTo(6);
    assertThat(database.get("leaks").asInt()).isZero();
  }

  @Test
  void metricsShowBothPools() throws Exception {
    app.get("/pictures/4/thumbnail?width=352");

    assertThat(app.meter("pools.advanced.workers.max", "pool:thumbnails")).isEqualTo(4);
    assertThat(app.meter("pools.advanced.tasks", "pool:thumbnails", "outcome:completed"))
        .isPositive();
    assertThat(app.meter("pools.connection.size", "pool:database")).isBetween(1.0, 6.0);
    assertThat(app.meter("pools.connection.acquired", "pool:database")).isPositive();
    for (String meter :
        List.of("advanced.qsize", "advanced.idle", "connection.idle", "connection.in.use")) {
      assertThat(app.get("/actuator/metrics/pools." + meter).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void curlLinesOfTheReadmeWork(@TempDir Path own) throws Exception {
    List<CurlLine> lines =
        Document.readme().section("Try the example").blocks("sh").stream()
            .flatMap(String::lines)
            .filter(line -> line.startsWith("curl "))
            .map(CurlLine::of)
            .toList();

    assertThat(lines).hasSizeGreaterThan(5);
    for (CurlLine line : lines) {
      assertThat(line.send(app, own).statusCode()).as(line.toString()).isBetween(200, 299);
      if (CURL_IS_HERE) {
        assertThat(line.run(app, own)).as("exit code of " + line).isZero();
      }
    }
  }

  // ---- Shutdown, each test with an application of its own

  /**
   * With one worker, 20 requests are queued for seconds. The signal comes when the server has
   * accepted all of them. Another thread sends requests until the process has ended: each of them
   * gets a complete answer or none.
   */
  @Tag("heavy")
  @Test
  void terminationUnderLoadFinishesWhatWasAccepted(@TempDir Path own) throws Exception {
    int people = 20;
    Batch batch;
    List<CompletableFuture<HttpResponse<byte[]>>> asked = new ArrayList<>();
    Set<Long> acceptedLate = new ConcurrentSkipListSet<>();
    try (RunningExample loaded =
        RunningExample.start(
            own,
            "pools.advanced.instances.thumbnails.max-workers=1",
            "example.catalogue.keep-batches=1000")) {
      assumeTrue(loaded.canBeTerminated(), "This system cannot ask a process to end.");
      batch = loaded.accept("48,64");
      for (int width = 160; width < 160 + 16 * people; width += 16) {
        asked.add(loaded.getAsync("/pictures/1/thumbnail?width=" + width));
      }
      await()
          .atMost(Duration.ofSeconds(30))
          .until(
              () -> {
                long answered = asked.stream().filter(CompletableFuture::isDone).count();
                // Requests to Actuator do not count.
                return answered + loaded.meter("http.server.requests.active") >= people;
              });
      CompletableFuture<Void> latecomers = sendUntilItEnds(loaded, acceptedLate);

      loaded.terminate();

      // 128 + 15, the number of SIGTERM: the JVM ended in an orderly way because of it.
      assertThat(loaded.awaitEnd(Duration.ofSeconds(40))).isEqualTo(143);
      latecomers.get();
      for (CompletableFuture<HttpResponse<byte[]>> answer : asked) {
        assertThat(answer.get().statusCode()).isEqualTo(200);
        assertThat(NewPicture.of("thumbnail", answer.get().body()).width())
            .isBetween(160, 160 + 16 * people);
      }
      assertThat(loaded.log())
          .contains("Batch " + batch.id() + " is done")
          .doesNotContain("resumes at the next start")
          .doesNotContain("ERROR");
    }
    try (RunningExample again = RunningExample.start(own, "example.catalogue.keep-batches=1000")) {
      assertThat(again.log()).doesNotContain("resumes");
      assertThat(again.batch(batch.id()).made()).isEqualTo(batch.total());
      for (int width = 160; width < 160 + 16 * people; width += 16) {
        assertThat(stored(again.get("/pictures/1/thumbnail?width=" + width))).isEqualTo("true");
      }
      for (long late : acceptedLate) {
        assertThat(again.batch(late).isDone()).isTrue();
      }
    }
  }

  /** Sends one batch after the other until the process has ended. */
  private static CompletableFuture<Void> sendUntilItEnds(
      RunningExample loaded, Set<Long> accepted) {
    return CompletableFuture.runAsync(
        () -> {
          for (int width = 640; loaded.isAlive(); width = Math.min(width + 16, 2000)) {
            try {
              HttpResponse<byte[]> answer = loaded.post("/batches?widths=" + width);
              assertThat(answer.statusCode())
                  .as("%s%n%s%n%s", answer, answer.headers(), new String(answer.body(), UTF_8))
                  .isIn(202, 503);
              if (answer.statusCode() == 202) {
                accepted.add(loaded.json(answer).get("id").asLong());
              }
            } catch (IOException refused) {
              // The server accepts no more connections.
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        });
  }

  @Tag("heavy")
  @Test
  void batchThatDoesNotFinishInTimeResumesAtTheNextStart(@TempDir Path own) throws Exception {
    Batch batch;
    try (RunningExample first =
        RunningExample.start(
            own,
            "spring.lifecycle.timeout-per-shutdown-phase=300ms",
            "pools.advanced.instances.thumbnails.max-workers=2")) {
      assumeTrue(first.canBeTerminated(), "This system cannot ask a process to end.");
      // No machine makes so many thumbnails in that time.
      batch = first.accept(widths(48, 40));
      await().until(() -> first.batch(batch.id()).made() > 0);

      first.terminate();

      assertThat(first.awaitEnd(Duration.ofSeconds(20))).isEqualTo(143);
      assertThat(first.log()).contains("resumes at the next start");
    }
    try (RunningExample second = RunningExample.start(own)) {
      assertThat(second.log()).contains("Batch " + batch.id() + " resumes");
      assertThat(second.awaitDone(batch).made()).isEqualTo(batch.total());
    }
  }
}
