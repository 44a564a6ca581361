package dev.pools.boot.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The README of this repository, and the files that it tells its readers to write. */
final class Readme {

  /** The folder of the whole project; tests run in that of their module, or in this one. */
  static final Path ROOT =
      Files.exists(Path.of("LICENSE"))
          ? Path.of("").toAbsolutePath()
          : Path.of("..").toAbsolutePath().normalize();

  /** The path of a file on a line of its own, then what is in it. */
  private static final Pattern FILE =
      Pattern.compile(
          "^`([\\w./-]+)`:\\n\\n```\\w+\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);

  /** What is to be tried when the application of the first steps runs. */
  private static final Pattern TRIED =
      Pattern.compile("^curl '?http://localhost:8080([^'\\n]+)'?$", Pattern.MULTILINE);

  private Readme() {}

  private static String text() throws IOException {
    return Files.readString(ROOT.resolve("README.md"));
  }

  /** The text of each file, by its path. */
  static Map<String, String> files() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    Matcher file = FILE.matcher(text());
    while (file.find()) {
      assertThat(files.put(file.group(1), file.group(2)))
          .as(file.group(1) + " comes once")
          .isNull();
    }
    return files;
  }

  /** The paths that its first steps ask the application for. */
  static List<String> paths() throws IOException {
    String text = text();
    int begin = text.indexOf("## First steps");
    List<String> paths =
        TRIED
            .matcher(text.substring(begin, text.indexOf("\n## ", begin)))
            .results()
            .map(path -> path.group(1))
            .toList();
    assertThat(paths).hasSizeGreaterThan(3);
    return paths;
  }
}
