package dev.pools.boot.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The first steps of the README, as a newcomer takes them: the files that it shows, in a folder
 * that was empty, and the command that it names.
 */
class FirstStepsIT {

  private static final Duration START = Duration.ofSeconds(110);
  private static final Duration ANSWER = Duration.ofSeconds(30);
  private static final Pattern PORT = Pattern.compile("Tomcat started on port (\\d+)");

  @TempDir Path files;

  private final HttpClient client = HttpClient.newHttpClient();
  private final JsonMapper json = new JsonMapper();
  private Process application;
  private Path log;
  private URI root;

  @Test
  void theProjectOfTheReadmeStarts_andBothPoolsAreHealthyAndMeasured() throws Exception {
    MavenOfANewcomer maven = maven();
    Path project = Files.createDirectory(files.resolve("ledger"));
    for (Map.Entry<String, String> file : Readme.files().entrySet()) {
      Path path = project.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, withVersions(file.getKey(), file.getValue()));
    }

    start(maven, project);

    for (String path : Readme.paths()) {
      get(path);
    }
    assertThat(get("/statements/7").body()).isEqualTo("Account 7 in LEDGER");
    assertThat(json(get("/statements?accounts=1,2")).toString())
        .isEqualTo("[\"Account 1 in LEDGER\",\"Account 2 in LEDGER\"]");
    JsonNode pools = json(get("/actuator/health")).at("/components/pools");
    assertThat(pools.at("/components/printer/status").asString()).isEqualTo("UP");
    assertThat(pools.at("/components/printer/details/maxWorkers").asInt()).isEqualTo(8);
    assertThat(pools.at("/components/ledger/status").asString()).isEqualTo("UP");
    assertThat(pools.at("/components/ledger/details/maxSize").asInt()).isEqualTo(4);
    assertThat(meter("pools.advanced.tasks?tag=pool:printer&tag=outcome:completed")).isEqualTo(7);
    assertThat(meter("pools.connection.acquired?tag=pool:ledger")).isEqualTo(7);
    endpointShowsBothPools_andChangesNothing();
  }

  private void endpointShowsBothPools_andChangesNothing() throws Exception {
    assertThat(json(get("/actuator/pools")).toString())
        .contains("\"name\":\"printer\"", "\"name\":\"ledger\"");
    JsonNode printer = json(get("/actuator/pools/advanced/printer"));
    assertThat(printer.at("/status").asString()).isEqualTo("UP");
    assertThat(printer.at("/figures/maxWorkers").asInt()).isEqualTo(8);
    assertThat(printer.at("/history/intervalMillis").asInt()).isEqualTo(5000);
    HttpRequest resize =
        HttpRequest.newBuilder(URI.create(root + "/actuator/pools/advanced/printer"))
            .timeout(ANSWER)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString("{\"maxWorkers\": 2}"))
            .build();
    assertThat(client.send(resize, BodyHandlers.ofString()).statusCode()).isEqualTo(405);
    assertThat(json(get("/actuator/pools/advanced/printer")).at("/figures/maxWorkers").asInt())
        .isEqualTo(8);
  }

  /** In an editor there may be no Maven; where everything is to be tested there must be one. */
  private static MavenOfANewcomer maven() throws IOException {
    var maven = MavenOfANewcomer.find();
    if (maven.isEmpty() && System.getenv("CI") != null) {
      fail("Maven is neither in maven.home nor on the PATH, so this cannot be tested");
    }
    Assumptions.assumeTrue(maven.isPresent(), "needs Maven, which is not on the PATH");
    return maven.get();
  }

  /** The project is tried with the version of Spring Boot that everything is built with. */
  private static String withVersions(String name, String text) {
    if (!name.equals("pom.xml")) {
      return text;
    }
    assertThat(text)
        .contains("<artifactId>pools-spring-boot-starter</artifactId>")
        .contains("<version>" + MavenOfANewcomer.version() + "</version>");
    String boot = System.getProperty("spring-boot.version");
    return boot == null
        ? text
        : text.replaceFirst(
            "(<artifactId>spring-boot-starter-parent</artifactId>\\s*<version>)[^<]*", "$1" + boot);
  }

  private void start(MavenOfANewcomer maven, Path project) throws IOException {
    log = files.resolve("log");
    // The command of the README, with a port that is free and without the longest compilations.
    application =
        maven.run(
            project,
            log,
            "spring-boot:run",
            "-Dspring-boot.run.arguments=--server.port=0",
            "-Dspring-boot.run.jvmArguments=-XX:TieredStopAtLevel=1");
    await().atMost(START).until(() -> !application.isAlive() || PORT.matcher(log()).find());
    Matcher port = PORT.matcher(log());
    assertThat(port.find()).as("started:%n%s", log()).isTrue();
    root = URI.create("http://localhost:" + port.group(1));
  }

  private String log() {
    try {
      return Files.readString(log);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    HttpRequest request = HttpRequest.newBuilder(URI.create(root + path)).timeout(ANSWER).build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).as("%s: %s%n%s", path, response.body(), log()).isEqualTo(200);
    return response;
  }

  private JsonNode json(HttpResponse<String> response) {
    return json.readTree(response.body());
  }

  private double meter(String query) throws IOException, InterruptedException {
    return json(get("/actuator/metrics/" + query)).at("/measurements/0/value").asDouble();
  }

  @AfterEach
  void endApplication() {
    if (application != null) {
      // Maven starts it as a process of its own.
      application.descendants().forEach(ProcessHandle::destroyForcibly);
      application.destroyForcibly().onExit().join();
    }
  }
}
