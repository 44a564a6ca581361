package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Markdown file of this repository. */
record Document(Path file, String text) {

  private static final Pattern BLOCK =
      Pattern.compile("^```(\\w+)\\n(.*?)^```$", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern LINK = Pattern.compile("\\[[^]]*]\\(([^)#\\s]+)[^)]*\\)");

  static Document of(Path file) {
    try {
      return new Document(file, Files.readString(file));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  static Document readme() {
    return of(root().resolve("README.md"));
  }

  /** Returns the documents in the root folder and in {@code docs}. */
  static List<Document> all() throws IOException {
    List<Document> documents = new ArrayList<>();
    for (Path folder : List.of(root(), root().resolve("docs"))) {
      if (Files.isDirectory(folder)) {
        try (Stream<Path> files = Files.list(folder)) {
          files
              .filter(file -> file.toString().endsWith(".md"))
              .sorted()
              .map(Document::of)
              .forEach(documents::add);
        }
      }
    }
    return documents;
  }

  /** Tests run in the folder of their module, or in the root. */
  private static Path root() {
    Path here = Path.of("").toAbsolutePath();
    Path root = Files.exists(here.resolve("LICENSE")) ? here : here.getParent();
    assertThat(root.resolve("LICENSE")).exists();
    return root;
  }

  /** Returns the text below a heading of the second level. */
  Document section(String title) {
    int begin = text.indexOf("\n## " + title + "\n");
    assertThat(begin).as("section '%s' of %s", title, this).isPositive();
    int end = text.indexOf("\n## ", begin + 1);
    return new Document(file, text.substring(begin, end < 0 ? text.length() : end));
  }

  /** Returns the fenced blocks in this language. */
  List<String> blocks(String language) {
    return BLOCK
        .matcher(text)
        .results()
        .filter(block -> block.group(1).equals(language))
        .map(block -> block.group(2))
        .toList();
  }

  /** Returns the files of this repository that the document links to. */
  List<Path> links() {
    List<Path> links = new ArrayList<>();
    Matcher link = LINK.matcher(text.replaceAll("(?s)```.*?```", ""));
    while (link.find()) {
      if (!link.group(1).contains(":")) {
        links.add(file.resolveSibling(link.group(1)).normalize());
      }
    }
    return links;
  }

  @Override
  public String toString() {
    return root().relativize(file).toString();
  }
}
