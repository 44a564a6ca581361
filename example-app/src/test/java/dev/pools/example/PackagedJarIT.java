package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
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
      assertThat(app.get("/pictures/1/thumbnail?width=300").statusCode()).isEqualTo(200);
    }
  }
}
