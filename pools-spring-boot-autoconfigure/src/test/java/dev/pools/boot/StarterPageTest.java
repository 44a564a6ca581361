package dev.pools.boot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each row of docs/starter.md names tests, and these exist. */
class StarterPageTest {

  private static final Path ROOT = Path.of("..");
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT))\\.(\\w+)`");

  private final Map<String, Path> sources = sources();

  private static Map<String, Path> sources() {
    Map<String, Path> sources = new TreeMap<>();
    for (String module :
        List.of(
            "pools-spring-boot-autoconfigure",
            "pools-spring-boot-starter",
            "pools-spring-boot-web-tests")) {
      try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/test/java"))) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .forEach(file -> sources.put(file.getFileName().toString(), file));
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
    return sources;
  }

  private boolean exists(String type, String method) throws IOException {
    Path source = sources.get(type + ".java");
    return source != null && Files.readString(source).contains("void " + method + "(");
  }

  /** What is wrong with the rows of the tables of a page. */
  private List<String> faults(List<String> lines) throws IOException {
    List<String> faults = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i);
      boolean isHead = i + 1 < lines.size() && lines.get(i + 1).startsWith("| ---");
      if (!line.startsWith("|") || line.startsWith("| ---") || isHead) {
        continue;
      }
      Matcher test = TEST.matcher(line);
      boolean backed = false;
      while (test.find()) {
        backed = true;
        if (!exists(test.group(1), test.group(2))) {
          faults.add("no such test: " + test.group());
        }
      }
      if (!backed) {
        faults.add("no test: " + line);
      }
    }
    return faults;
  }

  @Test
  void eachRowIsBackedByTests() throws IOException {
    List<String> lines = Files.readAllLines(ROOT.resolve("docs/starter.md"));
    assertThat(lines).filteredOn(line -> line.startsWith("|")).hasSizeGreaterThan(80);
    assertThat(faults(lines)).isEmpty();
  }

  @Test
  void aRowWithoutATestIsFound() throws IOException {
    assertThat(
            faults(
                List.of(
                    "| set-up | test |",
                    "| --- | --- |",
                    "| one | `StarterPageTest.aRowWithoutATestIsFound` |",
                    "| two | `StarterPageTest.no` |",
                    "| three | |")))
        .containsExactly("no such test: `StarterPageTest.no`", "no test: | three | |");
  }
}
