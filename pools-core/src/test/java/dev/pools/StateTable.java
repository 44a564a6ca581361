package dev.pools;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The table of transitions in the comment of a class, as its readers see it. The tests that walk a
 * state machine read what they expect from here, so that comment, code and test cannot part.
 *
 * <p>A table begins with a line of the headings {@code from}, {@code to}, {@code method} and {@code
 * by}, has one row a line, and ends at the first line that is empty. A row without a state goes on
 * with the row above it.
 *
 * @param file where it stands
 * @param rows its rows, from top to bottom
 */
public record StateTable(Path file, List<Row> rows) {

  private static final Path SOURCES = Path.of("src", "main", "java");

  private static final Pattern HEADINGS = Pattern.compile("^[ *]+(from) +(to) +(method) +(by)\\b");

  /** A transition, and the method that makes it. */
  public record Row(String from, String to, String method) {}

  /** All tables of the sources. */
  public static List<StateTable> all() throws IOException {
    List<StateTable> tables = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(path -> path.toString().endsWith(".java")).sorted().toList()) {
        addTables(file, tables);
      }
    }
    return tables;
  }

  /** The table of a state machine whose states are the constants of an enum. */
  public static StateTable of(Class<? extends Enum<?>> states) throws IOException {
    return of(Arrays.stream(states.getEnumConstants()).map(Enum::name).toArray(String[]::new));
  }

  /**
   * The table in which exactly these states occur.
   *
   * @throws AssertionError if there is none, or there are several
   */
  public static StateTable of(String... states) throws IOException {
    List<StateTable> tables = all();
    Set<String> names = Set.of(states);
    List<StateTable> found = tables.stream().filter(table -> table.states().equals(names)).toList();
    assertThat(found)
        .as(
            "tables with the states %s; there are %s",
            new TreeSet<>(names),
            tables.stream().map(table -> table.file() + " " + table.states()).toList())
        .hasSize(1);
    return found.get(0);
  }

  private static void addTables(Path file, List<StateTable> tables) throws IOException {
    List<String> lines = Files.readAllLines(file);
    for (int i = 0; i < lines.size(); i++) {
      Matcher headings = HEADINGS.matcher(lines.get(i));
      if (headings.find()) {
        tables.add(new StateTable(file, rows(lines.subList(i + 1, lines.size()), headings)));
      }
    }
  }

  private static List<Row> rows(List<String> lines, Matcher headings) {
    List<Row> rows = new ArrayList<>();
    for (String line : lines) {
      if (line.replaceAll("[ *]|</pre>", "").isEmpty()) {
        break;
      }
      String from = cell(line, headings.start(1), headings.start(2));
      if (!from.isEmpty()) {
        String to = cell(line, headings.start(2), headings.start(3));
        String methods = cell(line, headings.start(3), headings.start(4));
        for (String state : from.split(", ", -1)) {
          for (String method : methods.split(", ", -1)) {
            rows.add(new Row(state, to, method));
          }
        }
      }
    }
    return rows;
  }

  private static String cell(String line, int start, int end) {
    return start >= line.length() ? "" : line.substring(start, Math.min(end, line.length())).trim();
  }

  /** All states that occur in it. */
  public Set<String> states() {
    return rows.stream()
        .flatMap(row -> Stream.of(row.from(), row.to()))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** All methods that make a transition. */
  public Set<String> methods() {
    return rows.stream().map(Row::method).collect(Collectors.toCollection(LinkedHashSet::new));
  }

  /** The states that can follow a state. */
  public Set<String> after(String state) {
    return rows.stream()
        .filter(row -> row.from().equals(state))
        .map(Row::to)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Where a method leads from a state; null if it must not be called there.
   *
   * @throws AssertionError if the table has two answers
   */
  public String after(String state, String method) {
    List<String> next =
        rows.stream()
            .filter(row -> row.from().equals(state) && row.method().equals(method))
            .map(Row::to)
            .toList();
    assertThat(next).as("%s from %s in %s", method, state, file).hasSizeLessThanOrEqualTo(1);
    return next.isEmpty() ? null : next.get(0);
  }
}
