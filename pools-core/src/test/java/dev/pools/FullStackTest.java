package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.task.AdvancedPool;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A caller whose stack overflows inside of a pool gets its error, and the pool lives on. */
class FullStackTest {

  private static final long MOST_MINUTES = 8;

  /** A round may fail while the JVM interprets the code: there it gives no guarantee. */
  private static final int MOST_BROKEN_ROUNDS = 2;

  private static final int MOST_BROKEN_ROUNDS_IN_ALL = 8;

  /** As in its own JVM, however the tests are run. */
  private static String classPath() throws Exception {
    List<String> places = new ArrayList<>();
    for (Class<?> one : List.of(FullStack.class, AdvancedPool.class, LoggerFactory.class)) {
      places.add(
          Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, places);
  }

  @Test
  void poolsLiveOnAfterCallsThatOverflowTheStackAtAnyDepth(@TempDir Path folder) throws Exception {
    File out = folder.resolve("out.txt").toFile();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                classPath(),
                FullStack.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(out)
            .start();

    boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly();

    List<String> lines = Files.readAllLines(out.toPath());
    assertThat(ended).as("it ended: %s", lines).isTrue();
    assertThat(lines).contains("all tried");
    Map<String, Long> broken =
        lines.stream()
            .filter(line -> line.startsWith("broken by "))
            .collect(
                Collectors.groupingBy(
                    line -> line.substring(0, line.indexOf(" | ")), Collectors.counting()));
    assertThat(broken.values())
        .as("broken rounds by call: %s", broken)
        .allMatch(rounds -> rounds <= MOST_BROKEN_ROUNDS);
    assertThat(broken.values().stream().mapToLong(rounds -> rounds).sum())
        .as("broken rounds by call: %s", broken)
        .isLessThanOrEqualTo(MOST_BROKEN_ROUNDS_IN_ALL);
  }
}
