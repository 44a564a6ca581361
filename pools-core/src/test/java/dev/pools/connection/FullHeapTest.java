package dev.pools.connection;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A caller whose call finds no memory inside of a pool gets its error, and the pool lives on. */
@Tag("heavy")
class FullHeapTest {

  private static final long MOST_MINUTES = 8;

  /** A JVM without memory gives no guarantee inside of its own classes. */
  private static final int MOST_BROKEN_CALLS = 2;

  /** As in its own JVM, however the tests are run. */
  private static String classPath() throws Exception {
    List<String> places = new ArrayList<>();
    for (Class<?> one : List.of(FullHeap.class, ConnectionPool.class, LoggerFactory.class)) {
      places.add(
          Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI()).toString());
    }
    return String.join(File.pathSeparator, places);
  }

  @Test
  @Timeout(value = MOST_MINUTES + 1, unit = TimeUnit.MINUTES)
  void poolLivesOnAfterCallsThatFindNoMemory(@TempDir Path folder) throws Exception {
    File out = folder.resolve("out.txt").toFile();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx8m",
                "-XX:+UseSerialGC",
                "-cp",
                classPath(),
                FullHeap.class.getName())
            .redirectErrorStream(true)
            .redirectOutput(out)
            .start();

    boolean ended = process.waitFor(MOST_MINUTES, TimeUnit.MINUTES);
    process.destroyForcibly();

    List<String> lines = Files.readAllLines(out.toPath());
    assertThat(ended).as("it ended: %s", lines).isTrue();
    assertThat(lines).anyMatch(line -> line.contains("all tried"));
    assertThat(lines.stream().filter(line -> line.contains("broken by ")))
        .hasSizeLessThanOrEqualTo(MOST_BROKEN_CALLS);
  }
}
