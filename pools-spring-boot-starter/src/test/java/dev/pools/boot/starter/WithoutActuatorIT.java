package dev.pools.boot.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An application that excludes spring-boot-starter-actuator has its pools all the same. */
class WithoutActuatorIT {

  /** What that starter brings; Spring itself needs the rest of Micrometer. */
  private static final Predicate<String> OF_ACTUATOR =
      Pattern.compile(
              "(spring-boot-(starter-)?(actuator|health|micrometer)|micrometer-(core|jakarta9))[^/\\\\]*\\.jar$")
          .asPredicate();

  @TempDir Path files;

  private String run(List<String> classPath) throws Exception {
    Path log = files.resolve("log");
    Process application =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                String.join(File.pathSeparator, classPath),
                SmallApplication.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(application.waitFor(60, TimeUnit.SECONDS)).as("ends:%n%s", log).isTrue();
    } finally {
      application.destroyForcibly();
    }
    return Files.readString(log);
  }

  private static List<String> classPath() {
    return Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator, -1));
  }

  @Test
  void bothPoolsWork() throws Exception {
    List<String> without = classPath().stream().filter(OF_ACTUATOR.negate()).toList();
    assertThat(classPath()).as("what the starter brings").anyMatch(OF_ACTUATOR);

    assertThat(run(without)).contains("task and connection, health: false, meters: false");
  }

  @Test
  void theStarterAloneBringsHealthAndMeters() throws Exception {
    assertThat(run(classPath())).contains("task and connection, health: true, meters: true");
  }
}
