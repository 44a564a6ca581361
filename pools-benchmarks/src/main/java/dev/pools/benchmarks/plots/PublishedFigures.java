package dev.pools.benchmarks.plots;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of one mode: the table "Everyone" below its heading, as {@code Table} writes it.
 *
 * @param rows for each cell, such as {@code work 0us, submitters 4, workers 2}, the figure of each
 *     peer
 */
record PublishedFigures(Map<String, Map<String, Double>> rows) {

  /** Reads the figures of a mode, such as {@code tasks: submit, platform workers}. */
  static PublishedFigures read(List<String> lines, String mode) {
    int heading = lines.indexOf("### " + mode);
    if (heading < 0) {
      throw new IllegalArgumentException("There is no heading '### " + mode + "'.");
    }
    int header = heading;
    while (!lines.get(header).startsWith("<details>")) {
      header++;
    }
    header += 2;
    List<String> peers = columns(lines.get(header));
    Map<String, Map<String, Double>> rows = new LinkedHashMap<>();
    for (int line = header + 2; lines.get(line).startsWith("|"); line++) {
      List<String> columns = columns(lines.get(line));
      Map<String, Double> figures = new LinkedHashMap<>();
      for (int column = 1; column < columns.size(); column++) {
        figures.put(peers.get(column), number(columns.get(column)));
      }
      rows.put(columns.get(0), figures);
    }
    return new PublishedFigures(rows);
  }

  private static List<String> columns(String line) {
    return Arrays.stream(line.substring(1, line.length() - 1).split("\\|", -1))
        .map(String::strip)
        .toList();
  }

  /** Reads what {@code Table} writes: {@code 8686}, {@code 17.0 M} or {@code 990 k}. */
  private static double number(String text) {
    String[] parts = text.split(" ", 2);
    double value = Double.parseDouble(parts[0]);
    if (parts.length == 1) {
      return value;
    }
    return switch (parts[1]) {
      case "k" -> value * 1e3;
      case "M" -> value * 1e6;
      default -> throw new IllegalArgumentException("'" + text + "' has an unknown unit.");
    };
  }

  /** Returns the figure of a peer in a cell. */
  double get(String cell, String peer) {
    Map<String, Double> row = rows.get(cell);
    if (row == null) {
      throw new IllegalArgumentException("There is no cell '" + cell + "' but " + rows.keySet());
    }
    Double figure = row.get(peer);
    if (figure == null) {
      throw new IllegalArgumentException("There is no peer '" + peer + "' but " + row.keySet());
    }
    return figure;
  }
}
