package dev.pools.boot.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
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
    return Program.run(files, classPath, SmallApplication.class);
  }

  @Test
  void bothPoolsWork() throws Exception {
    List<String> without = Program.classPath().stream().filter(OF_ACTUATOR.negate()).toList();
    assertThat(Program.classPath()).as("what the starter brings").anyMatch(OF_ACTUATOR);

    assertThat(run(without)).contains("task and connection, health: false, meters: false");
  }

  @Test
  void theStarterAloneBringsHealthAndMeters() throws Exception {
    assertThat(run(Program.classPath()))
        .contains("task and connection, health: true, meters: true");
  }
}
