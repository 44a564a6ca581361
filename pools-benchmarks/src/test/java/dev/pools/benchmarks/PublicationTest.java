package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.pools.benchmarks.RunFile.Session;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PublicationTest {

  private static final Path DOCS = Path.of("..", "docs");
  private static final String COLD = "tasks/coldStart/first=pool";

  @TempDir Path folder;

  private Path run(String name, double ours) throws IOException {
    RunFile file = new RunFile(folder.resolve(name));
    file.add(new Session("2026-11-26T07:25:00", "2 processors", Fork.Settings.standard(2), 400));
    file.add(new Load("2026-11-26T07:25:00", 0, 0.5, 1000, 10));
    for (int round = 1; round <= 3; round++) {
      file.add(new Reading(COLD, "OURS", round, "25", ours, true, Map.of(), null));
      file.add(new Reading(COLD, "TPE", round, "25", 10, true, Map.of(), null));
      file.add(new Load("2026-11-26T08:25:00", round, 1.5, 1000 + 100 * round, 10 + round));
    }
    return file.path();
  }

  private Path documents(String place) throws IOException {
    Path docs = Files.createDirectories(folder.resolve("docs"));
    for (String document : Publication.DOCUMENTS) {
      Files.writeString(
          docs.resolve(document),
          "Before.\n<!-- measured: %s -->\nOld figures.\n<!-- /measured -->\nAfter.\n"
              .formatted(place));
    }
    return docs;
  }

  @Test
  void documentsShowWhatThePublishedRunsTell() throws IOException {
    for (Map.Entry<Path, String> written : Publication.write(DOCS).entrySet()) {
      assertThat(written.getKey())
          .as("written by: java -jar benchmarks.jar publish docs")
          .hasContent(written.getValue());
    }
    assertThat(Publication.stalePlots(DOCS)).isEmpty();
  }

  @Test
  void eachQuestionHasAPlaceInTheDocuments() throws IOException {
    String page = Files.readString(DOCS.resolve("performance.md"));
    for (Question question : Question.ALL) {
      assertThat(page).containsOnlyOnce("<!-- measured: %s -->".formatted(question.id()));
    }
    String grid = Files.readString(DOCS.resolve("performance-grid.md"));
    for (String place : List.of("runs", "goals", "agreement", "cells")) {
      assertThat(grid).containsOnlyOnce("<!-- measured: %s -->".formatted(place));
    }
  }

  @Test
  void oldFiguresGiveWayToThoseOfTheRun_andTheTextAroundThemStays() throws Exception {
    Path docs = documents("start");

    Publication.main(new String[] {docs.toString(), run("a.jsonl", 20).toString()});

    assertThat(docs.resolve("performance.md"))
        .content()
        .startsWith("Before.\n<!-- measured: start -->\n")
        .endsWith("<!-- /measured -->\nAfter.\n")
        .contains("| first pool of a JVM | ms | 20.0 (20.0 to 20.0) |")
        .contains("](performance-start.svg)")
        .doesNotContain("Old figures.");
    assertThat(docs.resolve("performance-start.svg")).content().contains("AdvancedPool");
    assertThat(docs.resolve("performance-runs/a.jsonl")).exists();
  }

  @Test
  void secondRunIsComparedWithTheFirst() throws Exception {
    Path docs = documents("agreement");

    Publication.main(
        new String[] {
          docs.toString(), run("a.jsonl", 20).toString(), run("b.jsonl", 40).toString()
        });

    assertThat(docs.resolve("performance-grid.md"))
        .content()
        .contains("0 of 1 stable cells agree within 15 %")
        .contains("| tasks/coldStart/first=pool | AdvancedPool |");
  }

  @Test
  void ratiosAndGoalsOfBothRunsAreShown_besideTheFiguresOfTheLast() throws Exception {
    Path docs = documents("start");
    Files.writeString(
        docs.resolve("performance-grid.md"), "<!-- measured: goals -->\n<!-- /measured -->\n");

    Publication.main(
        new String[] {
          docs.toString(), run("a.jsonl", 20).toString(), run("b.jsonl", 40).toString()
        });

    assertThat(docs.resolve("performance.md"))
        .content()
        .contains("| | unit | ours | best other | times as good, first run | second run |\n")
        .contains("| --- | --- | --- | --- | --- | --- |\n")
        .contains(
            "| first pool of a JVM | ms | 40.0 (40.0 to 40.0) | ThreadPoolExecutor 10.0 (10.0 to 10.0)"
                + " | **0.50** (0.50 to 0.50) | **0.25** (0.25 to 0.25) |\n");
    assertThat(docs.resolve("performance-grid.md"))
        .content()
        .contains(
            "| goal | cell | first run | | second run | |\n| --- | --- | --- | --- | --- | --- |\n")
        .contains(
            "| first pool of a JVM: 25 ms | tasks/coldStart/first=pool"
                + " | 20.0 (20.0 to 20.0) ms | met | 40.0 (40.0 to 40.0) ms | **missed** |\n");
  }

  @Test
  void plotThatTheRunsHaveNoFiguresFor_isDeleted() throws Exception {
    Path docs = documents("start");
    Path old = Files.writeString(docs.resolve("performance-one-connection.svg"), "<svg/>");

    Publication.main(new String[] {docs.toString(), run("a.jsonl", 20).toString()});

    assertThat(old).doesNotExist();
  }

  @Test
  void machineIsTold_withItsLoadAndStolenTime() throws IOException {
    assertThat(Report.machine(new RunFile(run("a.jsonl", 20)).read()))
        .contains("2026-11-26 07:25:00 UTC on 2 processors, JDK 25: 3 rounds, 6 forks")
        .contains("load average 0.50 before and 1.50 after, 1.0 % of the processors' time stolen");
  }

  @Test
  void placeWithoutFigures_isNamed() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                Publication.fill(
                    "<!-- measured: nothing -->\n<!-- /measured -->", Map.of("start", "")))
        .withMessageContaining("'nothing'");
  }
}
