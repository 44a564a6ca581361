package dev.pools.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** The table of a question, as Markdown: a line for each cell and each of our contenders in it. */
final class Answers {

  /** One of our contenders in a cell. */
  record Line(Question.Asked asked, Mode mode, String ours) {

    String label() {
      return ours.equals(mode.ours())
          ? asked.label()
          : asked.label() + ": " + Names.of(mode.part(), ours);
    }
  }

  private Answers() {}

  /**
   * The table; empty if the last run has measured nothing of it. What is more than ratios is of the
   * last run.
   */
  static String of(Question question, List<List<Reading>> runs) {
    List<Medians> medians = runs.stream().map(Medians::new).toList();
    StringBuilder text = new StringBuilder();
    for (Line line : lines(question)) {
      Mode mode = line.mode();
      List<Comparison> comparisons =
          medians.stream()
              .map(run -> Comparison.of(run, mode, line.asked().cell(), line.ours(), mode.peers()))
              .toList();
      Comparison last = comparisons.get(comparisons.size() - 1);
      if (last.ours().isEmpty()) {
        continue;
      }
      text.append(
          "| %s | %s | %s | %s | %s |%n"
              .formatted(
                  line.label(),
                  mode.unit(),
                  Figures.of(last.ours()),
                  last.best() == null
                      ? ""
                      : Names.of(mode.part(), last.best()) + " " + Figures.of(last.theirs()),
                  comparisons.stream().map(Figures::ratio).collect(Collectors.joining(" | "))));
    }
    return text.isEmpty() ? "" : head(runs.size()) + text;
  }

  private static String head(int runs) {
    String ratios = runs == 1 ? " |" : ", %s |".formatted(String.join(" | ", RunFile.NAMES));
    return "| | unit | ours | best other | times as good%s%n| --- | --- | --- | --- |%s%n"
        .formatted(ratios, " --- |".repeat(runs));
  }

  static List<Line> lines(Question question) {
    List<Line> lines = new ArrayList<>();
    for (Question.Asked asked : question.asked()) {
      Mode mode = Plan.full().modeOf(asked.cell());
      if (mode == null) {
        throw new IllegalStateException("No mode has the cell '" + asked.cell() + "'.");
      }
      for (String contender : asked.contenders()) {
        if (Names.isOurs(contender) && !mode.peers().contains(contender)) {
          lines.add(new Line(asked, mode, contender));
        }
      }
    }
    return lines;
  }
}
