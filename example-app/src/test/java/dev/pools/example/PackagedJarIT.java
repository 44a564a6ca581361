package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;

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
}
