package dev.pools.benchmarks;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Ours and the best of some peers in one cell. The ratio is above one where ours is better, whether
 * more is better or less.
 *
 * @param cell where
 * @param ours the scores of ours
 * @param best the name of the peer with the best median; null if none was measured
 * @param theirs its scores
 * @param ratio how many times as good ours is; NaN if one of the two is missing
 */
record Comparison(Cell cell, Scores ours, @Nullable String best, Scores theirs, SpeedRatio ratio) {

  private static final SpeedRatio NONE = new SpeedRatio(Double.NaN, Double.NaN, Double.NaN);

  /** Compares one contender with the best of the others. */
  static Comparison of(Medians medians, Mode mode, Cell cell, String ours, List<String> peers) {
    Scores mine = medians.scores(cell, ours);
    String best = null;
    Scores theirs = Scores.NONE;
    for (String peer : peers) {
      Scores one = medians.scores(cell, peer);
      if (!peer.equals(ours)
          && !one.isEmpty()
          && (best == null || mode.better().isBetter(one.median(), theirs.median()))) {
        best = peer;
        theirs = one;
      }
    }
    SpeedRatio ratio =
        mine.isEmpty() || theirs.isEmpty()
            ? NONE
            : mode.better() == Better.HIGHER
                ? new SpeedRatio(theirs.values(), mine.values())
                : new SpeedRatio(mine.values(), theirs.values());
    return new Comparison(cell, mine, best, theirs, ratio);
  }

  boolean isMissing() {
    return Double.isNaN(ratio.value());
  }

  /** Whether the forks of one of the two lie too far apart for a ratio. */
  boolean isUnstable() {
    return ours.isUnstable() || theirs.isUnstable();
  }

  /** How many forks of the two were measured before their warm-up was steady. */
  int unsteady() {
    return ours.unsteady() + theirs.unsteady();
  }
}
