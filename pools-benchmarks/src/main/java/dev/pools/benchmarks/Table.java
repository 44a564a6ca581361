package dev.pools.benchmarks;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The results as Markdown: for each cell ours, the best peer, and how many times as good ours is.
 * Ratios are so made that above one ours is better, whether more is better or less.
 */
final class Table {

  /** Of one cell. */
  record Row(Cell cell, double ours, @Nullable String best, double theirs, double ratio) {}

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
    line("| part | mode | cells | geometric mean of ours/best | least | where |");
    line("| --- | --- | ---: | ---: | ---: | --- |");
    for (String part : List.of("tasks", "connections")) {
      List<Double> all = new ArrayList<>();
      for (Mode mode : plan.modes()) {
        if (!mode.part().equals(part)) {
          continue;
        }
        List<Row> rows = compared(mode, mode.peers());
        if (rows.isEmpty()) {
          continue;
        }
        writeSummary(part, title(mode), rows);
        if (mode.benchmark() != null && mode.ours().equals("OURS")) {
          rows.forEach(row -> all.add(row.ratio()));
        }
      }
      if (!all.isEmpty()) {
        line(
            "| **%s** | **all throughput** | %d | **%s** | | |"
                .formatted(part, all.size(), ratio(Medians.geometricMean(all))));
      }
    }
    line("");
  }

  private void writeSummary(String part, String title, List<Row> rows) {
    Row least = rows.get(0);
    for (Row row : rows) {
      if (row.ratio() < least.ratio()) {
        least = row;
      }
    }
    line(
        "| %s | %s | %d | %s | %s | %s |"
            .formatted(
                part,
                title,
                rows.size(),
                ratio(Medians.geometricMean(rows.stream().map(Row::ratio).toList())),
                ratio(least.ratio()),
                inCells(least.cell())));
  }

  /** The rows in which both ours and a peer have a score. */
  private List<Row> compared(Mode mode, List<String> peers) {
    List<Row> rows = new ArrayList<>();
    for (Cell cell : mode.cells()) {
      Row row = row(mode, cell, peers, peer -> medians.score(cell, peer), mode.better());
      if (!Double.isNaN(row.ratio())) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static Row row(
      Mode mode, Cell cell, List<String> peers, ToDoubleFunction<String> score, Better better) {
    String best = null;
    double theirs = Double.NaN;
    for (String peer : peers) {
      double one = score.applyAsDouble(peer);
      if (!Double.isNaN(one) && (best == null || better.isBetter(one, theirs))) {
        best = peer;
        theirs = one;
      }
    }
    double ours = score.applyAsDouble(mode.ours());
    return new Row(cell, ours, best, theirs, better.ratio(ours, theirs));
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
    if (cells.stream().anyMatch(cell -> medians.spread(cell, mode.ours()) > 1)) {
      columns.add(
          new Column("forks apart", " ---: ", cell -> ratio(medians.spread(cell, mode.ours()))));
    }
    columns.add(new Column("best peer", " --- ", cell -> best(mode, cell, mode.peers())));
    columns.add(new Column("ours/best", " ---: ", cell -> ratioTo(mode, cell, mode.peers())));
    if (fairToo) {
      columns.add(new Column("best fair peer", " --- ", cell -> best(mode, cell, fair)));
      columns.add(new Column("ours/fair", " ---: ", cell -> ratioTo(mode, cell, fair)));
    }
    addFigure(columns, mode, cells, Waits.P999, "p99.9 wait, ours", "ns");
    if (cells.stream()
        .anyMatch(cell -> !Double.isNaN(medians.more(cell, mode.ours(), Waits.P999)))) {
      columns.add(
          new Column(
              "least p99.9 wait of peers",
              " --- ",
              cell -> {
                Row row = waits(mode, cell);
                return row.best() == null ? "" : number(row.theirs()) + " " + row.best();
              }));
      columns.add(new Column("wait ratio", " ---: ", cell -> ratio(waits(mode, cell).ratio())));
    }
    addFigure(columns, mode, cells, Fork.ALLOCATED, "ours B/op", "");
    columns.addAll(
        cells.stream()
                .anyMatch(cell -> !Double.isNaN(medians.more(cell, mode.ours(), Fork.ALLOCATED)))
            ? List.of(
                new Column("best peer B/op", " ---: ", cell -> ofBest(mode, cell, Fork.ALLOCATED)))
            : List.of());
    addFigure(columns, mode, cells, WakeUps.NAME, "ours wake-ups/1000", "");
    if (mode.part().equals("tasks") && mode.benchmark() != null) {
      columns.add(
          new Column(
              "best peer wake-ups/1000", " ---: ", cell -> ofBest(mode, cell, WakeUps.NAME)));
    }
    write(columns, cells);
    writeEveryone(mode, cells);
  }

  private Row waits(Mode mode, Cell cell) {
    return row(
        mode, cell, mode.peers(), peer -> medians.more(cell, peer, Waits.P999), Better.LOWER);
  }

  private void addFigure(
      List<Column> columns, Mode mode, List<Cell> cells, String figure, String title, String unit) {
    boolean workers = figure.equals(WakeUps.NAME);
    if (workers && !mode.part().equals("tasks")) {
      return;
    }
    if (cells.stream().anyMatch(cell -> !Double.isNaN(medians.more(cell, mode.ours(), figure)))) {
      String head = unit.isEmpty() ? title : title + ", " + unit;
      columns.add(
          new Column(head, " ---: ", cell -> number(medians.more(cell, mode.ours(), figure))));
    }
  }

  private String ofBest(Mode mode, Cell cell, String figure) {
    Row row = row(mode, cell, mode.peers(), peer -> medians.score(cell, peer), mode.better());
    return row.best() == null ? "" : number(medians.more(cell, row.best(), figure));
  }

  private String best(Mode mode, Cell cell, List<String> peers) {
    Row row = row(mode, cell, peers, peer -> medians.score(cell, peer), mode.better());
    return row.best() == null ? "" : number(row.theirs()) + " " + row.best();
  }

  private String ratioTo(Mode mode, Cell cell, List<String> peers) {
    return ratio(row(mode, cell, peers, peer -> medians.score(cell, peer), mode.better()).ratio());
  }

  private String score(Cell cell, String peer) {
    return medians.failure(cell, peer) == null ? number(medians.score(cell, peer)) : "failed";
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

  /** Two digits after the point, or nothing for what is none. */
  static String ratio(double ratio) {
    return Double.isNaN(ratio) ? "" : String.format(Locale.ROOT, "%.2f", ratio);
  }

  /** Three digits and k or M, or nothing for what is none. */
  static String number(double value) {
    if (Double.isNaN(value)) {
      return "";
    }
    if (Math.abs(value) >= 1e6) {
      return threeDigits(value / 1e6) + " M";
    }
    return Math.abs(value) >= 1e4 ? threeDigits(value / 1e3) + " k" : threeDigits(value);
  }

  private static String threeDigits(double value) {
    double size = Math.abs(value);
    return String.format(Locale.ROOT, size >= 100 ? "%.0f" : size >= 10 ? "%.1f" : "%.2f", value);
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
