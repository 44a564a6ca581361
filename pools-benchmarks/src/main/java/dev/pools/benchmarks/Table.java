package dev.pools.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * All that was measured, as Markdown, by mode: for each cell ours, the best peer, and how many
 * times as good ours is; and below that everyone. Ratios are above one where ours is better,
 * whether more is better or less.
 */
final class Table {

  private final Plan plan;
  private final Medians medians;
  private final StringBuilder text = new StringBuilder();

  private Table(Plan plan, Medians medians) {
    this.plan = plan;
    this.medians = medians;
  }

  static String of(Plan plan, List<Reading> readings) {
    return new Table(plan, new Medians(readings)).write();
  }

  private String write() {
    writeSummary();
    for (Mode mode : plan.modes()) {
      if (mode.cells().stream().anyMatch(medians::has)) {
        writeMode(mode);
      }
    }
    return text.toString();
  }

  private void writeSummary() {
    line("| part | mode | cells | geometric mean of ours/best | least | where | unstable cells |");
    line("| --- | --- | ---: | ---: | ---: | --- | ---: |");
    for (Mode mode : plan.modes()) {
      List<Comparison> measured =
          mode.cells().stream()
              .map(cell -> compare(mode, cell, mode.peers()))
              .filter(comparison -> !comparison.isMissing())
              .toList();
      List<Comparison> stable =
          measured.stream().filter(comparison -> !comparison.isUnstable()).toList();
      if (measured.isEmpty()) {
        continue;
      }
      Comparison least = stable.isEmpty() ? null : stable.get(0);
      for (Comparison comparison : stable) {
        if (least == null || comparison.ratio().value() < least.ratio().value()) {
          least = comparison;
        }
      }
      line(
          "| %s | %s | %d | %s | %s | %s | %d |"
              .formatted(
                  mode.part(),
                  title(mode),
                  measured.size(),
                  Figures.ratio(
                      Medians.geometricMean(
                          stable.stream().map(comparison -> comparison.ratio().value()).toList())),
                  least == null ? "" : Figures.ratio(least.ratio().value()),
                  least == null ? "" : inCells(least.cell()),
                  measured.size() - stable.size()));
    }
    line("");
  }

  private Comparison compare(Mode mode, Cell cell, List<String> peers) {
    return Comparison.of(medians, mode, cell, mode.ours(), peers);
  }

  private void writeMode(Mode mode) {
    List<Cell> cells = mode.cells().stream().filter(medians::has).toList();
    List<String> fair =
        mode.peers().stream().filter(peer -> Plan.isFair(mode.part(), peer)).toList();
    boolean fairToo = !fair.isEmpty() && fair.size() < mode.peers().size();
    line("### %s: %s".formatted(mode.part(), title(mode)));
    line("");
    line(
        "In %s, %s is better."
            .formatted(mode.unit(), mode.better().name().toLowerCase(Locale.ROOT)));
    line("");
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("cell", " --- ", Table::inCells));
    columns.add(new Column("ours", " ---: ", cell -> score(cell, mode.ours())));
    columns.add(new Column("best peer", " --- ", cell -> best(mode, cell, mode.peers())));
    columns.add(
        new Column(
            "ours/best", " ---: ", cell -> Figures.ratio(compare(mode, cell, mode.peers()))));
    if (fairToo) {
      columns.add(new Column("best fair peer", " --- ", cell -> best(mode, cell, fair)));
      columns.add(
          new Column("ours/fair", " ---: ", cell -> Figures.ratio(compare(mode, cell, fair))));
    }
    addFigure(columns, mode, cells, Waits.P999, "p99.9 wait, ours", "ns");
    if (cells.stream().anyMatch(cell -> hasFigure(mode, cell, Waits.P999))) {
      columns.add(new Column("least p99.9 wait of peers", " --- ", cell -> leastWait(mode, cell)));
    }
    addFigure(columns, mode, cells, Fork.ALLOCATED, "ours B/op", "");
    if (cells.stream().anyMatch(cell -> hasFigure(mode, cell, Fork.ALLOCATED))) {
      columns.add(
          new Column("best peer B/op", " ---: ", cell -> ofBest(mode, cell, Fork.ALLOCATED)));
    }
    addFigure(columns, mode, cells, WakeUps.NAME, "ours wake-ups/1000", "");
    if (mode.part().equals("tasks") && mode.benchmark() != null) {
      columns.add(
          new Column(
              "best peer wake-ups/1000", " ---: ", cell -> ofBest(mode, cell, WakeUps.NAME)));
    }
    write(columns, cells);
    writeEveryone(mode, cells);
  }

  private boolean hasFigure(Mode mode, Cell cell, String figure) {
    return !Double.isNaN(medians.more(cell, mode.ours(), figure));
  }

  private String leastWait(Mode mode, Cell cell) {
    String best = "";
    double least = Double.MAX_VALUE;
    for (String peer : mode.peers()) {
      double wait = medians.more(cell, peer, Waits.P999);
      if (wait < least) {
        least = wait;
        best = peer + " " + Figures.number(wait);
      }
    }
    return best;
  }

  private void addFigure(
      List<Column> columns, Mode mode, List<Cell> cells, String figure, String title, String unit) {
    boolean workers = figure.equals(WakeUps.NAME);
    if (workers && !mode.part().equals("tasks")) {
      return;
    }
    if (cells.stream().anyMatch(cell -> hasFigure(mode, cell, figure))) {
      String head = unit.isEmpty() ? title : title + ", " + unit;
      columns.add(
          new Column(
              head, " ---: ", cell -> Figures.number(medians.more(cell, mode.ours(), figure))));
    }
  }

  private String ofBest(Mode mode, Cell cell, String figure) {
    String best = compare(mode, cell, mode.peers()).best();
    return best == null ? "" : Figures.number(medians.more(cell, best, figure));
  }

  private String best(Mode mode, Cell cell, List<String> peers) {
    Comparison comparison = compare(mode, cell, peers);
    return comparison.best() == null
        ? ""
        : comparison.best() + " " + Figures.of(comparison.theirs());
  }

  private String score(Cell cell, String peer) {
    return medians.failure(cell, peer) == null ? Figures.of(medians.scores(cell, peer)) : "failed";
  }

  private void writeEveryone(Mode mode, List<Cell> cells) {
    Set<String> measured = new LinkedHashSet<>();
    cells.forEach(cell -> measured.addAll(medians.measured(cell, mode.contenders())));
    line("<details><summary>Everyone</summary>");
    line("");
    List<Column> columns = new ArrayList<>();
    columns.add(new Column("cell", " --- ", Table::inCells));
    for (String peer : measured) {
      columns.add(new Column(peer, " ---: ", cell -> score(cell, peer)));
    }
    write(columns, cells);
    Set<String> failures = new LinkedHashSet<>();
    for (Cell cell : cells) {
      for (String peer : measured) {
        String failure = medians.failure(cell, peer);
        if (failure != null) {
          failures.add("- %s in %s: %s".formatted(peer, inCells(cell), failure));
        }
      }
    }
    failures.forEach(this::line);
    line("</details>");
    line("");
  }

  private record Column(String title, String rule, Function<Cell, String> value) {}

  private void write(List<Column> columns, List<Cell> cells) {
    text.append('|');
    columns.forEach(column -> text.append(' ').append(column.title()).append(" |"));
    text.append("\n|");
    columns.forEach(column -> text.append(column.rule()).append('|'));
    text.append('\n');
    for (Cell cell : cells) {
      text.append('|');
      columns.forEach(column -> text.append(' ').append(column.value().apply(cell)).append(" |"));
      text.append('\n');
    }
    text.append('\n');
  }

  private static String title(Mode mode) {
    String on = mode.cells().get(0).settings().get("on");
    return on == null ? mode.name() : mode.name() + ", " + on + " workers";
  }

  private static String inCells(Cell cell) {
    StringBuilder written = new StringBuilder();
    cell.settings()
        .forEach(
            (name, value) -> {
              if (!name.equals("on")) {
                written
                    .append(written.isEmpty() ? "" : ", ")
                    .append(name)
                    .append(' ')
                    .append(value);
              }
            });
    return written.isEmpty() ? cell.mode() : written.toString();
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
