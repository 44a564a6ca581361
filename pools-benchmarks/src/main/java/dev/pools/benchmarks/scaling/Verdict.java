package dev.pools.benchmarks.scaling;

import java.util.List;

/**
 * How a pool did by the bars: 30 s after the beginning of each phase at least nine tenths of what
 * the best fixed size for that phase completes; over the whole run at most 15 % lost; and no swing
 * of more than two steps once it has had those 30 s.
 *
 * @param late how much of the best it completed late in its worst phase
 * @param whole how much of the best it completed over all
 * @param swing the widest one late in a phase
 */
record Verdict(double late, double whole, Swing swing) {

  private static final double LATE = 0.9;
  private static final double WHOLE = 0.85;
  private static final double STEPS = 2;

  /** How long a pool has to find its size. */
  private static final double FINDING_SECONDS = 30;

  /**
   * How the number of workers moved.
   *
   * @param least the least number
   * @param most the greatest number
   * @param step an eighth of the median, and at least 1
   */
  record Swing(int least, int most, long step) {

    private static final int STEPS_A_LEVEL = 8;

    private static Swing of(List<Track.Point> points) {
      int[] workers = points.stream().mapToInt(Track.Point::workers).sorted().toArray();
      int median = workers[workers.length / 2];
      long step = Math.max(1, Math.round((double) median / STEPS_A_LEVEL));
      return new Swing(workers[0], workers[workers.length - 1], step);
    }

    double steps() {
      return (double) (most - least) / step;
    }
  }

  static Verdict of(Script script, Track track, Sweep sweep) {
    // Those that do not look for a size are run more briefly.
    double settled = Math.min(FINDING_SECONDS, track.phaseSeconds() / 2);
    double late = Double.MAX_VALUE;
    double whole = 0;
    Swing widest = Swing.of(track.of(0, settled));
    for (int phase = 0; phase < script.phases().size(); phase++) {
      double best = sweep.best(script.phases().get(phase));
      late = Math.min(late, Track.perSecond(track.of(phase, settled)) / best);
      whole += Track.perSecond(track.of(phase, 0)) / best / script.phases().size();
      Swing swing = Swing.of(track.of(phase, settled));
      widest = swing.steps() > widest.steps() ? swing : widest;
    }
    return new Verdict(late, whole, widest);
  }

  boolean isNearTheBest() {
    return late >= LATE;
  }

  boolean losesLittle() {
    return whole >= WHOLE;
  }

  boolean isSteady() {
    return swing.steps() <= STEPS;
  }
}
