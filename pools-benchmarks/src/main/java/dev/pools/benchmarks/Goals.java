package dev.pools.benchmarks;

import dev.pools.benchmarks.Goal.Kind;
import java.util.ArrayList;
import java.util.List;

/** Which goals a run meets, as Markdown: a line for each goal and cell. */
final class Goals {

  private final Medians medians;
  private final StringBuilder text = new StringBuilder();

  private Goals(Medians medians) {
    this.medians = medians;
  }

  static String of(List<Reading> readings) {
    return new Goals(new Medians(readings)).write();
  }

  private String write() {
    line("| goal | cell | measured | |");
    line("| --- | --- | --- | --- |");
    for (Goal goal : Goal.ALL) {
      for (String cell : goal.cells()) {
        line("| %s | %s | %s |".formatted(goal.text(), cell, verdict(goal, Cell.parse(cell))));
      }
    }
    writeVariation();
    return text.toString();
  }

  /** What was measured, and whether it meets the goal. */
  private String verdict(Goal goal, Cell cell) {
    Mode mode = Plan.full().modeOf(cell);
    if (mode == null) {
      throw new IllegalStateException("No mode has the cell '" + cell + "'.");
    }
    if (goal.kind() == Kind.AMOUNT) {
      return amount(goal, cell, mode);
    }
    Comparison comparison =
        Comparison.of(
            medians,
            mode,
            cell,
            goal.ours(),
            goal.against().isEmpty() ? mode.peers() : goal.against());
    if (comparison.isMissing()) {
      return "| not measured";
    }
    if (goal.kind() == Kind.RATIO) {
      return Figures.ratio(comparison)
          + " | "
          + met(
              comparison.isUnstable() ? comparison.ratio().low() : comparison.ratio().value(),
              goal);
    }
    SpeedRatio ratio = comparison.ratio();
    String interval = Figures.interval(1 / ratio.high(), 1 / ratio.low());
    return comparison.isUnstable()
        ? "unstable: %s times as long | %s".formatted(interval, met(1 / ratio.low(), goal))
        : "**%s** (%s) times as long | %s"
            .formatted(Figures.ratio(1 / ratio.value()), interval, met(1 / ratio.value(), goal));
  }

  private String amount(Goal goal, Cell cell, Mode mode) {
    if (goal.figure() != null) {
      double figure = medians.more(cell, goal.ours(), goal.figure());
      return Double.isNaN(figure)
          ? "| not measured"
          : "%s | %s".formatted(Figures.number(figure), met(Math.rint(figure), goal));
    }
    Scores scores = medians.scores(cell, goal.ours());
    return scores.isEmpty()
        ? "| not measured"
        : "%s %s | %s"
            .formatted(
                Figures.of(scores),
                mode.unit(),
                met(scores.isUnstable() ? scores.highest() : scores.median(), goal));
  }

  private static String met(double value, Goal goal) {
    boolean met = goal.kind() == Kind.RATIO ? value >= goal.limit() : value <= goal.limit();
    return met ? "met" : "**missed**";
  }

  private void writeVariation() {
    List<String> above = new ArrayList<>();
    int measured = 0;
    for (Mode mode : Plan.full().modes()) {
      for (Cell cell : mode.cells()) {
        for (String contender : mode.contenders()) {
          double variation = medians.scores(cell, contender).variation();
          if (mode.benchmark() == null || !Names.isOurs(contender) || Double.isNaN(variation)) {
            continue;
          }
          measured++;
          if (variation > Goal.MOST_VARIATION) {
            above.add("%s %s %s".formatted(cell, contender, Figures.percent(variation)));
          }
        }
      }
    }
    line(
        "| forks vary by at most %.0f %% (deviation over mean) | each cell of ours | %s | %s |"
            .formatted(
                100 * Goal.MOST_VARIATION,
                measured == 0
                    ? ""
                    : "%d of %d cells%s"
                        .formatted(
                            measured - above.size(),
                            measured,
                            above.isEmpty() ? "" : "; not: " + String.join(", ", above)),
                measured == 0 ? "not measured" : above.isEmpty() ? "met" : "**missed**"));
  }

  private void line(String line) {
    text.append(line).append('\n');
  }
}
