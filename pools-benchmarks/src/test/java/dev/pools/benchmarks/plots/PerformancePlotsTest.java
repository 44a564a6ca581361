package dev.pools.benchmarks.plots;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PerformancePlotsTest {

  private static final Path DOCS = Path.of("..", "docs");

  @Test
  void plotsOfTheDocumentationShowThePublishedFigures() throws IOException {
    List<String> grid = Files.readAllLines(DOCS.resolve("performance-grid.md"));
    String page = Files.readString(DOCS.resolve("performance.md"));

    PerformancePlots.drawAll(grid)
        .forEach(
            (file, svg) -> {
              assertThat(DOCS.resolve(file))
                  .as("drawn by: java -jar benchmarks.jar plots docs/performance-grid.md docs")
                  .hasContent(svg);
              assertThat(page).contains("](" + file + ")");
            });
  }

  @Test
  void figuresAreReadWithTheirUnits() {
    List<String> lines =
        List.of(
            "### connections: handOff",
            "<details><summary>Everyone</summary>",
            "",
            "| cell | OURS | HIKARI |",
            "| --- | ---: | ---: |",
            "| threads 1 | 17.0 M | 990 k |",
            "| threads 2 | 8686 | 18.4 |",
            "");

    PublishedFigures figures = PublishedFigures.read(lines, "connections: handOff");

    assertThat(figures.get("threads 1", "OURS")).isEqualTo(17e6);
    assertThat(figures.get("threads 1", "HIKARI")).isEqualTo(990e3);
    assertThat(figures.get("threads 2", "OURS")).isEqualTo(8686);
    assertThat(figures.get("threads 2", "HIKARI")).isEqualTo(18.4);
  }
}
