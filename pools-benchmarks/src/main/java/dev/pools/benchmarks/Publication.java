package dev.pools.benchmarks;

import dev.pools.benchmarks.RunFile.Content;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Writes the figures of runs into the documents: into each place between {@code <!-- measured: name
 * -->} and {@code <!-- /measured -->}, and the plots beside them. The files of the runs are kept
 * beside the documents, so that anyone can check and repeat that.
 */
public final class Publication {

  /** The folder of the published runs, below that of the documents. */
  static final String RUNS = "performance-runs";

  static final String HELP =
      """
      java -jar benchmarks.jar publish DOCS [RUN.jsonl …]
        Copies the runs to DOCS/performance-runs, and writes tables and plots of all runs there into
        DOCS/performance.md and DOCS/performance-grid.md: those of the last run by name, with the
        ratios of the one before and how far the two agree.
      """;

  static final List<String> DOCUMENTS = List.of("performance.md", "performance-grid.md");

  private static final Pattern PLACE =
      Pattern.compile("(<!-- measured: ([a-z-]+) -->\n).*?(<!-- /measured -->)", Pattern.DOTALL);

  private Publication() {}

  /** Publishes as the arguments say; see {@link #HELP}. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length == 0 || Arrays.asList(arguments).contains("--help")) {
      System.err.print(HELP);
      System.exit(2);
    }
    Path docs = Path.of(arguments[0]);
    Path runs = Files.createDirectories(docs.resolve(RUNS));
    for (String run : Arrays.asList(arguments).subList(1, arguments.length)) {
      Path file = GridOptions.file("a run", run);
      Path copy = runs.resolve(file.getFileName());
      Files.write(copy, Files.readAllBytes(file));
      new RunFile(copy).mend();
    }
    for (Map.Entry<Path, String> written : write(docs).entrySet()) {
      Files.writeString(written.getKey(), written.getValue());
      System.out.println("Written: " + written.getKey());
    }
    for (Path stale : stalePlots(docs)) {
      Files.delete(stale);
      System.out.println("Deleted, as nothing draws it any more: " + stale);
    }
  }

  /** The published runs, the first by name first. */
  static List<Content> runs(Path docs) throws IOException {
    List<Content> runs = new ArrayList<>();
    for (Path file : files(docs.resolve(RUNS), "*.jsonl")) {
      runs.add(new RunFile(file).read());
    }
    return runs;
  }

  private static List<Path> files(Path folder, String glob) throws IOException {
    List<Path> files = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
        found.forEach(files::add);
      }
    }
    files.sort(null);
    return files;
  }

  /** What the documents and plots must be for the runs that are published; none without a run. */
  static Map<Path, String> write(Path docs) throws IOException {
    List<Content> runs = runs(docs);
    Map<Path, String> written = new LinkedHashMap<>();
    if (runs.isEmpty()) {
      return written;
    }
    Map<String, String> places = places(runs);
    for (String document : DOCUMENTS) {
      Path file = docs.resolve(document);
      written.put(file, fill(Files.readString(file), places));
    }
    Plots.draw(runs.get(runs.size() - 1).readings())
        .forEach((plot, svg) -> written.put(docs.resolve(plot.file()), svg));
    return written;
  }

  /** Plots of before that the runs have no figures for. */
  static List<Path> stalePlots(Path docs) throws IOException {
    Map<Path, String> written = write(docs);
    return written.isEmpty()
        ? List.of()
        : files(docs, "performance-*.svg").stream()
            .filter(plot -> !written.containsKey(plot))
            .toList();
  }

  /** What belongs into each place. */
  static Map<String, String> places(List<Content> runs) {
    Content last = runs.get(runs.size() - 1);
    Map<String, String> places = new LinkedHashMap<>();
    StringBuilder machines = new StringBuilder();
    runs.forEach(run -> machines.append("- ").append(Report.machine(run)));
    places.put("runs", machines.toString());
    List<List<Reading>> lastTwo =
        runs.subList(Math.max(0, runs.size() - 2), runs.size()).stream()
            .map(Content::readings)
            .toList();
    places.put("goals", Goals.of(lastTwo));
    places.put(
        "agreement",
        runs.size() < 2
            ? "There is one run so far.\n"
            : Agreement.table(
                Agreement.pairs(runs.get(runs.size() - 2).readings(), last.readings())));
    places.put("cells", Table.of(Plan.full(), last.readings()));
    Map<Plots.Plot, String> plots = Plots.draw(last.readings());
    for (Question question : Question.ALL) {
      StringBuilder place = new StringBuilder(Answers.of(question, lastTwo));
      for (Plots.Plot plot : plots.keySet()) {
        if (plot.question().equals(question.id())) {
          place.append("\n![%s](%s)\n".formatted(plot.text(), plot.file()));
        }
      }
      places.put(
          question.id(), place.isEmpty() ? "Not measured in the last run.\n" : place.toString());
    }
    return places;
  }

  /** The document with each place filled. */
  static String fill(String document, Map<String, String> places) {
    return PLACE
        .matcher(document)
        .replaceAll(
            match -> {
              String content = places.get(match.group(2));
              if (content == null) {
                throw new IllegalArgumentException(
                    "There is nothing to write into the place '%s'; there is something for %s."
                        .formatted(match.group(2), places.keySet()));
              }
              return Matcher.quoteReplacement(
                  match.group(1) + "\n" + content + "\n" + match.group(3));
            });
  }
}
