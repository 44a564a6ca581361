package dev.pools.benchmarks;

import dev.pools.benchmarks.Goal.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Which goals runs meet, as Markdown: a line for each goal and cell. */
final class Goals {

  private static final String NOT_MEASURED = "| not measured";

  private final Medians medians;

  private Goals(Medians medians) {
    this.medians = medians;
  }

  /** The goals, with two columns for each run: what was measured, and whether it is enough. */
  static String of(List<List<Reading>> runs) {
    List<Goals> all = runs.stream().map(readings -> new Goals(new Medians(readings))).toList();
    StringBuilder text = new StringBuilder("| goal | cell |");
    for (int run = 0; run < all.size(); run++) {
      text.append(all.size() == 1 ? " measured | |" : " %s | |".formatted(RunFile.NAMES.get(run)));
    }
    text.append("\n| --- | --- |").append(" --- | --- |".repeat(all.size())).append('\n');
    for (Goal goal : Goal.ALL) {
      for (String cell : goal.cells()) {
        text.append(line(goal.text(), cell, all, run -> run.verdict(goal, Cell.parse(cell))));
      }
    }
    return text.append(
            line(
                "forks vary by at most %.0f %% (deviation over mean)"
                    .formatted(100 * Goal.MOST_VARIATION),
                "each cell of ours",
                all,
                Goals::variation))
        .toString();
  }

  private static String line(
      String goal, String cell, List<Goals> runs, Function<Goals, String> verdict) {
    return "| %s | %s | %s |\n"
        .formatted(goal, cell, runs.stream().map(verdict).collect(Collectors.joining(" | ")));
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
      return NOT_MEASURED;
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
          ? NOT_MEASURED
          : "%s | %s".formatted(Figures.number(figure), met(Math.rint(figure), goal));
    }
    Scores scores = medians.scores(cell, goal.ours());
    return scores.isEmpty()
        ? NOT_MEASURED
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

  private String variation() {
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
    if (measured == 0) {
      return NOT_MEASURED;
    }
    String within = "%d of %d cells".formatted(measured - above.size(), measured);
    return above.isEmpty()
        ? within + " | met"
        : "%s; not: %s | **missed**".formatted(within, String.join(", ", above));
  }
}
