package dev.pools.benchmarks.plots;

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

  /** A bar. */
  private record Bar(String name, double value) {}

  /** The bars of one cell, below its label. */
  private record Group(String label, List<Bar> bars) {}

  private static final int WIDTH = 760;
  private static final int LEFT = 210;
  private static final int BAR_WIDTH = WIDTH - LEFT - 80;
  private static final int TOP = 46;
  private static final int BAR_HEIGHT = 12;
  private static final int BAR_GAP = 2;
  private static final int GROUP_GAP = 24;

  /** The first bar of each group is ours. Readers who do not see all colours can tell both. */
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
  void addBar(String name, double value) {
    groups.get(groups.size() - 1).bars().add(new Bar(name, value));
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
    boolean ours = true;
    for (Bar bar : group.bars()) {
      double length = length(bar.value());
      add(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"end\"%s>%s</text>",
          LEFT - 6, y + BAR_HEIGHT - 2, ours ? " font-weight=\"bold\"" : "", bar.name());
      add(
          "<rect x=\"%d\" y=\"%d\" width=\"%.1f\" height=\"%d\" fill=\"%s\"/>",
          LEFT, y, length, BAR_HEIGHT, ours ? OURS : OTHERS);
      add(
          "<text x=\"%.1f\" y=\"%d\"%s>%s</text>",
          LEFT + length + 5,
          y + BAR_HEIGHT - 2,
          ours ? " font-weight=\"bold\"" : "",
          number(bar.value()));
      y += BAR_HEIGHT + BAR_GAP;
      ours = false;
    }
    return y;
  }

  private double length(double value) {
    double most = 0;
    double least = Double.MAX_VALUE;
    for (Group group : groups) {
      for (Bar bar : group.bars()) {
        most = Math.max(most, bar.value());
        least = Math.min(least, bar.value());
      }
    }
    if (scale == Scale.LINEAR) {
      return BAR_WIDTH * value / most;
    }
    // The axis starts at the power of ten below the least value.
    double start = Math.floor(Math.log10(least));
    return BAR_WIDTH * (Math.log10(value) - start) / (Math.log10(most) - start);
  }

  private static String number(double value) {
    if (value >= 1e6) {
      return threeDigits(value / 1e6) + " M";
    }
    return value >= 1e4 ? threeDigits(value / 1e3) + " k" : threeDigits(value);
  }

  private static String threeDigits(double value) {
    return String.format(Locale.ROOT, value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value);
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments)).append('\n');
  }
}
