package dev.pools.benchmarks;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * The scores of a comparison in a file, so that its rounds need not follow one another: a line for
 * each cell and round, with the cell, the old score and the new one. All must come from the same
 * two jars, Java and machine; the file cannot know.
 */
record ComparedScores(Path file) {

  /** Adds the scores of the file to those of the cells that the map has. */
  void readInto(Map<Cell, List<double[]>> scores) throws IOException {
    if (!Files.exists(file)) {
      return;
    }
    for (String line : Files.readAllLines(file)) {
      String[] parts = line.split("\t", -1);
      List<double[]> pairs = scores.get(Cell.parse(parts[0]));
      if (pairs != null) {
        pairs.add(new double[] {Double.parseDouble(parts[1]), Double.parseDouble(parts[2])});
      }
    }
  }

  void add(Cell cell, double[] pair) throws IOException {
    String line = "%s\t%s\t%s%n".formatted(cell, pair[0], pair[1]);
    Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }
}
