package dev.pools.boot.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a main class in a process of its own. */
final class Program {

  private static final long LONGEST_SECONDS = 60;

  private Program() {}

  /** The class path of the tests. */
  static List<String> classPath() {
    return Arrays.asList(System.getProperty("java.class.path").split(File.pathSeparator, -1));
  }

  /**
   * Waits until it ends.
   *
   * @param folder where its log is kept
   * @return all that it has printed
   */
  static String run(Path folder, List<String> classPath, Class<?> main, String... arguments)
      throws Exception {
    Path log = folder.resolve("log");
    ProcessBuilder program =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-cp",
            String.join(File.pathSeparator, classPath),
            main.getName());
    program.command().addAll(Arrays.asList(arguments));
    Process process = program.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      boolean ended = process.waitFor(LONGEST_SECONDS, TimeUnit.SECONDS);
      String printed = Files.readString(log);
      assertThat(ended).as("it ends:%n%s", printed).isTrue();
      return printed;
    } finally {
      process.destroyForcibly();
    }
  }
}
