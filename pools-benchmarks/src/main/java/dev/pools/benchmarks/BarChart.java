package dev.pools.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Draws horizontal bars as SVG: a group for each cell, and in it a bar for each pool. */
final class BarChart {

  /** Whether equal lengths are equal differences or equal ratios. */
  enum Scale {
    LINEAR,
    LOGARITHMIC
  }

  /** A bar, as long as the median of the forks, with a line from the lowest to the highest. */
  private record Bar(String name, Scores scores, boolean ours) {

    double value() {
      return scores.median();
    }
  }

  /** The bars of one cell, below its label. */
  private record Group(String label, List<Bar> bars) {}

  private static final int WIDTH = 760;
  private static final int LEFT = 210;
  private static final int BAR_WIDTH = WIDTH - LEFT - 80;
  private static final int TOP = 46;
  private static final int BAR_HEIGHT = 12;
  private static final int BAR_GAP = 2;
  private static final int GROUP_GAP = 24;

  /** Readers who do not see all colours can tell both. */
  private static final String OURS = "#0072b2";

  private static final String OTHERS = "#b5b5b5";

  private final String title;
  private final String axis;
  private final Scale scale;
  private final List<Group> groups = new ArrayList<>();
  private final StringBuilder svg = new StringBuilder();

  BarChart(String title, String axis, Scale scale) {
    this.title = title;
    this.axis = axis;
    this.scale = scale;
  }

  /** Starts a group. */
  void addGroup(String label) {
    groups.add(new Group(label, new ArrayList<>()));
  }

  /** Adds a bar to the last group. */
  void addBar(String name, Scores scores, boolean ours) {
    groups.get(groups.size() - 1).bars().add(new Bar(name, scores, ours));
  }

  /** Whether there is nothing to draw. */
  boolean isEmpty() {
    return groups.stream().allMatch(group -> group.bars().isEmpty());
  }

  /** Returns the chart as SVG. */
  String draw() {
    int height = TOP + 10;
    for (Group group : groups) {
      height += GROUP_GAP + group.bars().size() * (BAR_HEIGHT + BAR_GAP);
    }
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\""
            + " font-size=\"11\">",
        WIDTH, height);
    add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, height);
    add("<text x=\"10\" y=\"20\" font-size=\"14\" font-weight=\"bold\">%s</text>", title);
    add("<text x=\"10\" y=\"38\" fill=\"#555\">%s</text>", axis);
    int y = TOP;
    for (Group group : groups) {
      y = drawGroup(group, y);
    }
    add("</svg>");
    return svg.toString();
  }

  private int drawGroup(Group group, int top) {
    int y = top + GROUP_GAP;
    add("<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>", LEFT, y - 6, group.label());
    for (Bar bar : group.bars()) {
      double length = length(bar.value());
      boolean ours = bar.ours();
      add(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"end\"%s>%s</text>",
          LEFT - 6, y + BAR_HEIGHT - 2, ours ? " font-weight=\"bold\"" : "", bar.name());
      add(
          "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
          LEFT, y, length, BAR_HEIGHT, ours ? OURS : OTHERS);
      double end = length(bar.scores().highest());
      if (bar.scores().highest() > bar.scores().lowest()) {
        add(
            "<line x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\" stroke=\"#333\"/>",
            LEFT + length(bar.scores().lowest()),
            y + BAR_HEIGHT / 2,
            LEFT + end,
            y + BAR_HEIGHT / 2);
      }
      add(
          "<text x=\"%.1f\" y=\"%d\"%s>%s</text>",
          LEFT + end + 5,
          y + BAR_HEIGHT - 2,
          ours ? " font-weight=\"bold\"" : "",
          bar.scores().isUnstable() ? "unstable" : Figures.number(bar.value()));
      y += BAR_HEIGHT + BAR_GAP;
    }
    return y;
  }

  private double length(double value) {
    double most = 0;
    double least = Double.MAX_VALUE;
    for (Group group : groups) {
      for (Bar bar : group.bars()) {
        most = Math.max(most, bar.scores().highest());
        least = Math.min(least, bar.scores().lowest());
      }
    }
    if (scale == Scale.LINEAR) {
      return BAR_WIDTH * value / most;
    }
    // The axis starts at the power of ten below the least value.
    double start = Math.floor(Math.log10(least));
    return BAR_WIDTH * (Math.log10(value) - start) / (Math.log10(most) - start);
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
