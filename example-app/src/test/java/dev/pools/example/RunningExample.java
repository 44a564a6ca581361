package dev.pools.example;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The packaged application in a process of its own, used over HTTP. */
final class RunningExample implements AutoCloseable {

  private static final Duration START = Duration.ofSeconds(60);
  private static final Duration ANSWER = Duration.ofSeconds(60);
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(10))
          .build();
  private final JsonMapper json = new JsonMapper();
  private final Process process;
  private final Path log;
  private final URI root;
  private final URI management;

  private RunningExample(Process process, Path log) {
    this.process = process;
    this.log = log;
    List<String> ports = awaitPorts();
    this.root = URI.create("http://localhost:" + ports.get(0));
    this.management = URI.create("http://localhost:" + ports.get(1));
  }

  /**
   * Starts it on a free port and waits until it answers.
   *
   * @param folder the folder for its files and its database
   * @param properties settings, as {@code name=value}
   */
  static RunningExample start(Path folder, String... properties) throws IOException {
    return start(folder, List.of(), properties);
  }

  /** Starts it with the beans that the build has generated. */
  static RunningExample startAheadOfTime(Path folder) throws IOException {
    return start(folder, List.of("-Dspring.aot.enabled=true"));
  }

  private static RunningExample start(Path folder, List<String> jvmOptions, String... properties)
      throws IOException {
    Path log = Files.createTempFile(folder, "example", ".log");
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Djava.io.tmpdir=" + folder);
    // It runs for a few seconds only, too short for the second compiler.
    command.add("-XX:TieredStopAtLevel=1");
    command.addAll(jvmOptions);
    command.add("-jar");
    command.add(System.getProperty("example.jar"));
    command.add("--server.port=0");
    command.add("--management.server.port=0");
    for (String property : properties) {
      command.add("--" + property);
    }
    Process process =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      return new RunningExample(process, log);
    } catch (Throwable failure) {
      process.destroyForcibly();
      throw failure;
    }
  }

  /** Returns the port of the application, and then that of Actuator, which starts later. */
  private List<String> awaitPorts() {
    await().atMost(START).until(() -> !process.isAlive() || ports().size() == 2);
    assertThat(ports()).as("ports, started:%n%s", log()).hasSize(2);
    return ports();
  }

  private List<String> ports() {
    return PORT.matcher(log()).results().map(port -> port.group(1)).toList();
  }

  /** Returns its log. */
  String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // ---- HTTP

  URI uri(String path) {
    return (path.startsWith("/actuator") ? management : root).resolve(path);
  }

  private static HttpRequest.Builder request(URI uri) {
    return HttpRequest.newBuilder(uri).timeout(ANSWER);
  }

  /** Sends a GET request. */
  HttpResponse<byte[]> get(String path) throws IOException, InterruptedException {
    return get(uri(path));
  }

  HttpResponse<byte[]> get(URI uri) throws IOException, InterruptedException {
    return client.send(request(uri).build(), BodyHandlers.ofByteArray());
  }

  CompletableFuture<HttpResponse<byte[]>> getAsync(String path) {
    return client.sendAsync(request(uri(path)).build(), BodyHandlers.ofByteArray());
  }

  /** Sends a POST request without content. */
  HttpResponse<byte[]> post(String path) throws IOException, InterruptedException {
    return post(uri(path), "application/octet-stream", new byte[0]);
  }

  /** Sends a POST request with JSON. */
  HttpResponse<byte[]> postJson(String path, String content)
      throws IOException, InterruptedException {
    return post(uri(path), "application/json", content.getBytes(UTF_8));
  }

  /** Sends a picture. */
  HttpResponse<byte[]> upload(String name, byte[] content)
      throws IOException, InterruptedException {
    String query = "?name=" + URLEncoder.encode(name, UTF_8);
    return post(uri("/pictures" + query), "application/octet-stream", content);
  }

  HttpResponse<byte[]> post(URI uri, String type, byte[] content)
      throws IOException, InterruptedException {
    HttpRequest.BodyPublisher body =
        content.length == 0 ? BodyPublishers.noBody() : BodyPublishers.ofByteArray(content);
    return client.send(
        request(uri).header("Content-Type", type).POST(body).build(), BodyHandlers.ofByteArray());
  }

  /** Sends a GET request and parses the JSON of the answer. */
  JsonNode json(String path) throws IOException, InterruptedException {
    return json(get(path));
  }

  JsonNode json(HttpResponse<byte[]> response) {
    return json.readTree(response.body());
  }

  /** Returns the value of a meter, or zero if the meter does not exist yet. */
  double meter(String name, String... tags) throws IOException, InterruptedException {
    String query = tags.length == 0 ? "" : "?tag=" + String.join("&tag=", tags);
    HttpResponse<byte[]> response = get("/actuator/metrics/" + name + query);
    assertThat(response.statusCode()).as(name + query).isIn(200, 404);
    return response.statusCode() == 404 ? 0 : json(response).at("/measurements/0/value").asDouble();
  }

  Batch accept(String widths) throws IOException, InterruptedException {
    HttpResponse<byte[]> accepted = post("/batches?widths=" + widths);
    assertThat(accepted.statusCode()).isEqualTo(202);
    return batch(json(accepted));
  }

  /** Returns the state of a batch; tries again while the answer is 503. */
  Batch batch(long id) {
    return batch(
        json(
            await()
                .atMost(ANSWER)
                .until(() -> get("/batches/" + id), answer -> answer.statusCode() != 503)));
  }

  private static Batch batch(JsonNode batch) {
    return new Batch(
        batch.get("id").asLong(),
        batch.get("total").asLong(),
        batch.get("made").asLong(),
        batch.get("failed").asLong(),
        batch.get("cancelled").asLong());
  }

  Batch awaitDone(Batch batch) {
    return await().atMost(Duration.ofSeconds(90)).until(() -> batch(batch.id()), Batch::isDone);
  }

  // ---- Shutdown

  /** Sends SIGTERM, on systems that have it. */
  void terminate() {
    process.destroy();
  }

  boolean canBeTerminated() {
    return process.supportsNormalTermination();
  }

  boolean isAlive() {
    return process.isAlive();
  }

  /** Waits until the process has ended, and returns its exit code. */
  int awaitEnd(Duration limit) throws InterruptedException, TimeoutException {
    if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new TimeoutException("The application has not ended within " + limit + ":\n" + log());
    }
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
