package dev.pools;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each log line of a pool begins with its name: one search finds all that is said of a pool. */
class LogLinesTest {

  private static final String BEGINNING = "Pool '{}'";

  private static final List<Path> SOURCES =
      List.of(
          Path.of("src", "main", "java"),
          Path.of("..", "pools-spring-boot-autoconfigure", "src", "main", "java"));

  /** A call that logs, up to the end of the first part of its text. */
  private static final Pattern LOG_LINE =
      Pattern.compile(
          "\\b(?:[Ff]aults|LOG|executor|\\w*[rR]eports|faults\\(\\))\\s*\\.(?:error|warn|info|debug)\\([^;\"]*\"([^\"]*)\"");

  private static final Pattern TEXT_ABOUT_A_POOL =
      Pattern.compile("\"([^\"\n]*[Pp]ool '\\{\\}[^\"]*)\"");

  private static final Pattern GUARD_WITH_A_POOL_IN_ITS_TEXT =
      Pattern.compile("\\bguard\\(\\s*(?:\\w+\\.class,\\s*)?\"[^\"]*pool '");

  private static List<String> found(Pattern pattern) {
    List<String> found = new ArrayList<>();
    for (Path source : SOURCES) {
      try (Stream<Path> files = Files.walk(source)) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .forEach(file -> addAll(pattern, file, found));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return found;
  }

  private static void addAll(Pattern pattern, Path file, List<String> found) {
    try {
      Matcher matcher = pattern.matcher(Files.readString(file, UTF_8));
      while (matcher.find()) {
        found.add(matcher.group(matcher.groupCount()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void linesOfAPoolBeginWithItsName_andTheOthersAreOfNoSinglePool() {
    List<String> lines = found(LOG_LINE);
    assertThat(lines).hasSizeGreaterThan(50);
    assertThat(lines)
        .filteredOn(line -> !line.startsWith(BEGINNING))
        .containsExactlyInAnyOrder(
            // The owner, which is "Pool 'x'", or a text that begins with it.
            "{}: no helper thread can be started for a completion; it is tried again",
            "{}: a completion failed",
            "{}",
            "{}",
            "{}",
            "{} Advice: {}",
            // What all pools of a program share.
            "A timer's action failed",
            "An action on a helper thread failed",
            "An overdue call cannot be cancelled",
            "Events of pools are not recorded any more",
            "No thread can be started for a step of a pool. It is tried again each {} ms. Look at how many threads and how much memory there may be",
            "The pools that are not created cannot be registered with JMX",
            "The thread could not be started that keeps the JVM running while pools have tasks",
            "These settings have changed, but cannot change while the application runs. Restart it",
            "This JVM has no Flight Recorder",
            "Waiting for the tasks of pools has failed");
  }

  @Test
  void noLineNamesItsPoolLater() {
    assertThat(found(TEXT_ABOUT_A_POOL)).allMatch(text -> text.startsWith(BEGINNING));
    assertThat(found(GUARD_WITH_A_POOL_IN_ITS_TEXT)).isEmpty();
  }
}
