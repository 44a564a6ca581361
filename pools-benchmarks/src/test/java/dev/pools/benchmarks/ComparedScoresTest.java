package dev.pools.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ComparedScoresTest {

  private static final Cell ONE = Cell.parse(Compare.CELLS.get(0));
  private static final Cell OTHER = Cell.parse(Compare.CELLS.get(1));

  @TempDir Path folder;

  @Test
  void scoresOfTwoRunsAreReadInTheirOrder() throws IOException {
    new ComparedScores(file()).add(ONE, new double[] {1.5, 2.5});
    new ComparedScores(file()).add(ONE, new double[] {1e7, 3});

    assertThat(read(ONE).get(ONE)).containsExactly(new double[] {1.5, 2.5}, new double[] {1e7, 3});
  }

  @Test
  void cellsThatAreNotComparedAreLeftOut() throws IOException {
    new ComparedScores(file()).add(OTHER, new double[] {1, 2});

    assertThat(read(ONE)).containsOnlyKeys(ONE);
    assertThat(read(ONE).get(ONE)).isEmpty();
  }

  @Test
  void aFileThatDoesNotExistYetHasNoScores() throws IOException {
    assertThat(read(ONE).get(ONE)).isEmpty();
  }

  private Map<Cell, List<double[]>> read(Cell cell) throws IOException {
    Map<Cell, List<double[]>> scores = new LinkedHashMap<>();
    scores.put(cell, new ArrayList<>());
    new ComparedScores(file()).readInto(scores);
    return scores;
  }

  private Path file() {
    return folder.resolve("scores.tsv");
  }
}
