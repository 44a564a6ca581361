package dev.pools;

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

/** Each test that docs/reliability.md names exists, in whichever module. */
class ReliabilityTest {

  private static final Path ROOT = Path.of("..");

  /** {@code `SomeTest.method`}, {@code `SomeIT.method`} or {@code `SomeTest`}. */
  private static final Pattern TEST =
      Pattern.compile("`([A-Z]\\w*(?:Test|IT|Race|Vs[A-Z]\\w*))(?:\\.(\\w+))?`");

  private final List<Path> sources = sources();

  private static List<Path> sources() {
    try (Stream<Path> modules = Files.list(ROOT)) {
      return modules.map(module -> module.resolve("src")).flatMap(ReliabilityTest::below).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<Path> below(Path folder) {
    if (!Files.isDirectory(folder)) {
      return Stream.empty();
    }
    try (Stream<Path> files = Files.walk(folder)) {
      return files.toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Two modules may have a test of the same name. */
  private boolean exists(String type, String method) throws IOException {
    for (Path source : sources) {
      if (!source.endsWith(type + ".java")) {
        continue;
      }
      if (method == null || Files.readString(source).contains(" " + method + "(")) {
        return true;
      }
    }
    return false;
  }

  private List<String> missing(String text) throws IOException {
    List<String> missing = new ArrayList<>();
    Matcher named = TEST.matcher(text);
    while (named.find()) {
      if (!exists(named.group(1), named.group(2))) {
        missing.add(named.group());
      }
    }
    return missing;
  }

  @Test
  void eachTestThatThePageNamesExists() throws IOException {
    assertThat(missing(Files.readString(ROOT.resolve("docs/reliability.md")))).isEmpty();
  }

  @Test
  void aTestThatDoesNotExistIsFound() throws IOException {
    assertThat(
            missing(
                "`ReliabilityTest.aTestThatDoesNotExistIsFound`, `ReliabilityTest.no`, `NoSuchTest`"))
        .containsExactly("`ReliabilityTest.no`", "`NoSuchTest`");
  }
}
