package dev.pools.benchmarks;

import java.util.ArrayList;
import java.util.List;

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

  /** The table; empty if nothing of it was measured. */
  static String of(Question question, List<Reading> readings) {
    Medians medians = new Medians(readings);
    StringBuilder text = new StringBuilder();
    for (Line line : lines(question)) {
      Mode mode = line.mode();
      Cell cell = line.asked().cell();
      Comparison comparison = Comparison.of(medians, mode, cell, line.ours(), mode.peers());
      if (comparison.ours().isEmpty()) {
        continue;
      }
      text.append(
          "| %s | %s | %s | %s | %s |%n"
              .formatted(
                  line.label(),
                  mode.unit(),
                  Figures.of(comparison.ours()),
                  comparison.best() == null
                      ? ""
                      : Names.of(mode.part(), comparison.best())
                          + " "
                          + Figures.of(comparison.theirs()),
                  Figures.ratio(comparison)));
    }
    return text.isEmpty()
        ? ""
        : "| | unit | ours | best other | times as good |\n| --- | --- | --- | --- | --- |\n"
            + text;
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
