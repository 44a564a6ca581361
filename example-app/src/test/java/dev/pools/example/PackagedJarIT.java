package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The application is one jar that starts without any other file. */
class PackagedJarIT {

  @Test
  void jarStartsTheApplicationAndBringsThePools() throws IOException {
    try (JarFile jar = new JarFile(System.getProperty("example.jar"))) {
      Attributes manifest = jar.getManifest().getMainAttributes();
      assertThat(manifest.getValue("Start-Class")).isEqualTo(ExampleApplication.class.getName());
      assertThat(jar.stream())
          .anyMatch(entry -> entry.getName().matches("BOOT-INF/lib/pools-core-.*\\.jar"));
    }
  }

  @Test
  void applicationThatWasProcessedAheadOfTimeHasTheSamePools(@TempDir Path folder)
      throws Exception {
    try (RunningExample app = RunningExample.startAheadOfTime(folder)) {
      assertThat(app.log()).contains("Starting AOT-processed ExampleApplication");
      JsonNode pools = app.json("/actuator/health").at("/components/pools/components");
      assertThat(pools.at("/thumbnails/details/maxWorkers").asInt()).isEqualTo(4);
      assertThat(pools.at("/database/details/maxSize").asInt()).isEqualTo(6);
      assertThat(app.get("/pictures/1/thumbnail?width=304").statusCode()).isEqualTo(200);

      assertThat(app.json("/actuator/pools").at("/pools").size()).isEqualTo(2);
      assertThat(
              app.postJson("/actuator/pools/advanced/thumbnails", "{\"maxWorkers\": 3}")
                  .statusCode())
          .isEqualTo(200);
      assertThat(app.json("/actuator/pools/advanced/thumbnails/settings").toString())
          .contains("\"name\":\"max-workers\",\"value\":3,\"source\":\"runtime\"")
          .contains("\"name\":\"queue-capacity\",\"value\":200,\"source\":\"property\"");
      assertThat(app.meter("pools.advanced.workers.max", "pool:thumbnails")).isEqualTo(3);
    }
  }

  @Test
  void endpointShowsThePools_andChangesThemOnlyIfItsAccessAllowsIt(@TempDir Path folder)
      throws Exception {
    try (RunningExample app =
        RunningExample.start(folder, "management.endpoint.pools.access=read-only")) {
      assertThat(app.json("/actuator/pools").at("/pools").size()).isEqualTo(2);
      assertThat(app.json("/actuator/pools").toString())
          .contains("\"name\":\"thumbnails\"", "\"name\":\"database\"");
      JsonNode thumbnails = app.json("/actuator/pools/advanced/thumbnails");
      assertThat(thumbnails.at("/status").asString()).isEqualTo("UP");
      assertThat(thumbnails.has("trouble")).isFalse();
      assertThat(thumbnails.at("/figures/maxWorkers").asInt()).isEqualTo(4);
      await()
          .atMost(Duration.ofSeconds(60))
          .until(
              () ->
                  app.json("/actuator/pools/connection/database/history")
                          .at("/history/atMillis")
                          .size()
                      > 0);
      assertThat(
              app.postJson("/actuator/pools/advanced/thumbnails", "{\"maxWorkers\": 2}")
                  .statusCode())
          .isEqualTo(405);
      assertThat(app.post("/actuator/pools/connection/database/suspend").statusCode())
          .isEqualTo(405);
      assertThat(app.json("/actuator/pools/advanced/thumbnails").at("/figures/maxWorkers").asInt())
          .isEqualTo(4);
    }
  }
}
