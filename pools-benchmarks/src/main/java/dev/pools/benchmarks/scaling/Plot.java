package dev.pools.benchmarks.scaling;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Draws the tracks as SVG: a row for each script, workers on the left, throughput on the right. */
final class Plot {

  private static final int WIDTH = 420;
  private static final int HEIGHT = 150;
  private static final int LEFT = 50;
  private static final int GAP = 60;
  private static final int TOP = 70;
  private static final int ROW = HEIGHT + 60;
  private static final int LEGEND_ROW = 16;

  /** Told apart also by those who do not see all colours (Okabe and Ito). */
  private static final List<String> COLOURS =
      List.of("#0072b2", "#e69f00", "#009e73", "#cc79a7", "#999999", "#d55e00");

  private final StringBuilder svg = new StringBuilder();
  private final Sweep sweep;

  private Plot(Sweep sweep) {
    this.sweep = sweep;
  }

  /** The whole picture. */
  static String of(Map<Script, Map<Contender, Track>> tracks, Sweep sweep) {
    Plot plot = new Plot(sweep);
    int height = TOP + tracks.size() * ROW;
    plot.add(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 %d %d\" font-family=\"sans-serif\" font-size=\"11\">%n",
        2 * (WIDTH + GAP) + LEFT, height);
    plot.add("<rect width=\"100%%\" height=\"100%%\" fill=\"white\"/>%n");
    plot.legend();
    int row = 0;
    for (Map.Entry<Script, Map<Contender, Track>> entry : tracks.entrySet()) {
      plot.row(entry.getKey(), entry.getValue(), TOP + row * ROW);
      row++;
    }
    plot.add("</svg>%n");
    return plot.svg.toString();
  }

  private void add(String format, Object... arguments) {
    svg.append(String.format(Locale.ROOT, format, arguments));
  }

  private void legend() {
    for (Contender contender : Contender.values()) {
      int x = LEFT + contender.ordinal() % 3 * 300;
      int y = 14 + contender.ordinal() / 3 * LEGEND_ROW;
      add(
          "<path d=\"M%d %dh20\" stroke=\"%s\" stroke-width=\"2\"/><text x=\"%d\" y=\"%d\">%s</text>%n",
          x, y, colour(contender), x + 26, y + 4, contender.title);
    }
  }

  private static String colour(Contender contender) {
    return COLOURS.get(contender.ordinal());
  }

  private void row(Script script, Map<Contender, Track> tracks, int top) {
    double seconds = tracks.values().stream().mapToDouble(Track::phaseSeconds).max().orElseThrow();
    double all = seconds * script.phases().size();
    frame(script.title() + ": workers", LEFT, top, all, Contender.MAX);
    frame(script.title() + ": % of the best fixed size", LEFT + WIDTH + GAP, top, all, 120);
    tracks.forEach(
        (contender, track) -> {
          for (int phase = 0; phase < script.phases().size(); phase++) {
            double best = sweep.best(script.phases().get(phase));
            line(contender, track, phase, seconds, all, top, best);
          }
        });
  }

  private void frame(String title, int left, int top, double seconds, int most) {
    add(
        "<rect x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" fill=\"none\" stroke=\"#bbb\"/><text x=\"%d\" y=\"%d\" font-weight=\"bold\">%s</text>%n",
        left, top, WIDTH, HEIGHT, left, top - 6, title);
    for (int tick = 0; tick <= 4; tick++) {
      int y = top + HEIGHT - tick * HEIGHT / 4;
      add(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%d</text>%n",
          left - 5, y + 4, most * tick / 4);
      add(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"middle\">%.0f s</text>%n",
          left + tick * WIDTH / 4, top + HEIGHT + 14, seconds * tick / 4);
    }
  }

  /** Workers and throughput in one phase; dashed for the time that was not measured. */
  private void line(
      Contender contender,
      Track track,
      int phase,
      double phaseSeconds,
      double all,
      int top,
      double best) {
    List<Track.Point> points = track.of(phase, 0);
    StringBuilder workers = new StringBuilder();
    StringBuilder throughput = new StringBuilder();
    double measured = 0;
    for (int i = 3; i < points.size(); i += 2) {
      Track.Point point = points.get(i);
      measured = point.seconds() - phase * track.phaseSeconds();
      double x = (phase * phaseSeconds + measured) / all * WIDTH;
      // Over a second: less is more of a task's length than of what the pool does.
      double share = Track.perSecond(points.subList(i - 3, i + 1)) / best;
      at(workers, LEFT + x, top, (double) point.workers() / Contender.MAX);
      at(throughput, LEFT + WIDTH + GAP + x, top, Math.min(1, share / 1.2));
    }
    polyline(contender, workers);
    polyline(contender, throughput);
    if (measured < phaseSeconds - 1) {
      double from = (phase * phaseSeconds + measured) / all * WIDTH;
      double to = (phase + 1) * phaseSeconds / all * WIDTH;
      double mean = Track.perSecond(track.of(phase, track.phaseSeconds() / 2)) / best;
      int last = points.get(points.size() - 1).workers();
      dashes(contender, LEFT + from, LEFT + to, top, (double) last / Contender.MAX);
      int right = LEFT + WIDTH + GAP;
      dashes(contender, right + from, right + to, top, Math.min(1, mean / 1.2));
    }
  }

  private static void at(StringBuilder line, double x, int top, double share) {
    line.append(String.format(Locale.ROOT, "%.0f,%.0f ", x, top + HEIGHT * (1 - share)));
  }

  private void polyline(Contender contender, StringBuilder points) {
    add(
        "<polyline fill=\"none\" stroke=\"%s\" stroke-width=\"%s\" points=\"%s\"/>%n",
        colour(contender), contender == Contender.ADAPTIVE ? "2" : "1.2", points.toString().trim());
  }

  private void dashes(Contender contender, double from, double to, int top, double share) {
    double y = top + HEIGHT * (1 - share);
    add(
        "<path d=\"M%.0f %.0fH%.0f\" stroke=\"%s\" stroke-dasharray=\"3 4\"/>%n",
        from, y, to, colour(contender));
  }
}
