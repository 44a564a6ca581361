package dev.pools.benchmarks.spike;

import dev.pools.benchmarks.spike.Course.Count;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws what happened, one panel a pool, as steps over time. */
final class SpikePlot {

  private static final int WIDTH = 760;
  private static final int PANEL = 190;
  private static final int LEFT = 50;
  private static final int TOP = 34;
  private static final int PLOT_WIDTH = WIDTH - LEFT - 20;
  private static final int PLOT_HEIGHT = PANEL - TOP - 30;
  private static final int LAST_MILLIS = 400;
  private static final int MOST = SpikePeer.MAX;

  /** A line: what it counts, what it is called, and its colour. */
  private record Line(Count count, String name, String colour) {}

  private static final List<Line> LINES =
      List.of(
          new Line(Count.CONNECTED, "connections", "#1f6fb4"),
          new Line(Count.IN_USE, "in use", "#2a8f3c"),
          new Line(Count.WAITING, "callers waiting", "#c8432b"));

  private final StringBuilder svg = new StringBuilder();

  private SpikePlot() {}

  static String draw(Map<SpikePeer, Course> courses) {
    return new SpikePlot().drawAll(courses);
  }

  private String drawAll(Map<SpikePeer, Course> courses) {
    int height = PANEL * courses.size() + 30;
    add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"12\">",
        WIDTH, height);
    add("<rect width=\"%d\" height=\"%d\" fill=\"white\"/>", WIDTH, height);
    int top = 0;
    for (Map.Entry<SpikePeer, Course> entry : courses.entrySet()) {
      drawPanel(entry.getKey(), entry.getValue(), top);
      top += PANEL;
    }
    drawLegend(top + 14);
    add("</svg>");
    return svg.toString();
  }

  private void drawPanel(SpikePeer peer, Course course, int top) {
    int bottom = top + TOP + PLOT_HEIGHT;
    add(
        "<text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s: %d connections opened, last caller served after %.0f ms</text>",
        LEFT, top + TOP - 10, peer.title(), course.opened(), course.finishedMillis());
    for (int value = 0; value <= MOST; value += 10) {
      int y = (int) y(value, top);
      add(
          "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"#e3e3e3\"/>",
          LEFT, y, LEFT + PLOT_WIDTH, y);
      add("<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d</text>", LEFT - 6, y + 4, value);
    }
    for (int millis = 0; millis <= LAST_MILLIS; millis += 50) {
      add(
          "<text x=\"%.1f\" y=\"%d\" text-anchor=\"middle\">%d%s</text>",
          x(millis), bottom + 16, millis, millis == LAST_MILLIS ? " ms" : "");
    }
    for (Line line : LINES) {
      drawSteps(line, course.steps(line.count()), top);
    }
  }

  private void drawSteps(Line line, List<Course.Step> steps, int top) {
    StringBuilder path = new StringBuilder();
    int before = 0;
    for (Course.Step step : steps) {
      double millis = step.nanos() / 1e6;
      if (millis > LAST_MILLIS) {
        break;
      }
      if (millis >= 0) {
        if (path.isEmpty()) {
          path.append(point("M", x(0), y(before, top)));
        }
        path.append(point("L", x(millis), y(before, top)));
        path.append(point("L", x(millis), y(step.value(), top)));
      }
      before = step.value();
    }
    if (path.isEmpty()) {
      path.append(point("M", x(0), y(before, top)));
    }
    path.append(point("L", x(LAST_MILLIS), y(before, top)));
    add(
        "<path d=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"1.8\"/>",
        path.toString().strip(), line.colour());
  }

  private void drawLegend(int y) {
    int x = LEFT;
    for (Line line : LINES) {
      add(
          "<line x1=\"%d\" y1=\"%d\" x2=\"%d\" y2=\"%d\" stroke=\"%s\" stroke-width=\"3\"/>",
          x, y - 4, x + 24, y - 4, line.colour());
      add("<text x=\"%d\" y=\"%d\">%s</text>", x + 30, y, line.name());
      x += 170;
    }
  }

  private static String point(String command, double x, double y) {
    return String.format(Locale.ROOT, "%s%.1f %.1f ", command, x, y);
  }

  private static double x(double millis) {
    return LEFT + PLOT_WIDTH * millis / LAST_MILLIS;
  }

  private static double y(int value, int top) {
    return top + TOP + PLOT_HEIGHT * (1 - value / (double) MOST);
  }

  private void add(String format, Object... values) {
    svg.append(String.format(Locale.ROOT, format, values)).append('\n');
  }
}
