package dev.pools.benchmarks;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Whether two runs tell the same: in each cell that is stable in both, the ratio of ours to the
 * best peer may differ by 15 %.
 */
public final class Agreement {

  /** By how much the higher ratio may exceed the lower one. */
  static final double MOST_APART = 1.15;

  static final String HELP =
      """
      java -jar benchmarks.jar agree FIRST.jsonl SECOND.jsonl
        Which ratios of two runs of the grid agree within 15 %.
      """;

  /**
   * What two runs tell of one of our contenders in a cell.
   *
   * @param cell where
   * @param ours who
   * @param first the comparison with the best peer in the first run
   * @param second in the second run
   */
  record Pair(Cell cell, String ours, Comparison first, Comparison second) {

    boolean isStable() {
      return !first.isUnstable() && !second.isUnstable();
    }

    /** The higher ratio over the lower one. */
    double apart() {
      double one = first.ratio().value();
      double other = second.ratio().value();
      return one == other ? 1 : Math.max(one, other) / Math.min(one, other);
    }

    boolean agrees() {
      return apart() <= MOST_APART;
    }
  }

  private Agreement() {}

  /** Compares the two files that are given; fails if a stable cell does not agree. */
  public static void main(String[] arguments) throws Exception {
    if (arguments.length != 2 || Arrays.asList(arguments).contains("--help")) {
      System.err.print(HELP);
      System.exit(2);
    }
    List<Pair> pairs =
        pairs(
            new RunFile(Path.of(arguments[0])).read().readings(),
            new RunFile(Path.of(arguments[1])).read().readings());
    System.out.print(table(pairs));
    System.exit(pairs.stream().allMatch(pair -> !pair.isStable() || pair.agrees()) ? 0 : 1);
  }

  /** Each of our contenders in each cell that both runs have compared. */
  static List<Pair> pairs(List<Reading> first, List<Reading> second) {
    Medians before = new Medians(first);
    Medians after = new Medians(second);
    List<Pair> pairs = new ArrayList<>();
    for (Mode mode : Plan.full().modes()) {
      for (Cell cell : mode.cells()) {
        for (String contender : mode.contenders()) {
          if (!Names.isOurs(contender) || mode.peers().contains(contender)) {
            continue;
          }
          Comparison one = Comparison.of(before, mode, cell, contender, mode.peers());
          Comparison other = Comparison.of(after, mode, cell, contender, mode.peers());
          if (!one.isMissing() && !other.isMissing()) {
            pairs.add(new Pair(cell, contender, one, other));
          }
        }
      }
    }
    return pairs;
  }

  static String table(List<Pair> pairs) {
    StringBuilder text = new StringBuilder();
    List<Pair> stable = pairs.stream().filter(Pair::isStable).toList();
    text.append(
        "%d of %d stable cells agree within %.0f %%; %d cells are unstable.%n%n"
            .formatted(
                stable.stream().filter(Pair::agrees).count(),
                stable.size(),
                100 * (MOST_APART - 1),
                pairs.size() - stable.size()));
    text.append("| cell | | %s | apart | |%n".formatted(String.join(" | ", RunFile.NAMES)));
    text.append("| --- | --- | --- | --- | ---: | --- |\n");
    for (Pair pair : pairs) {
      text.append(
          "| %s | %s | %s | %s | %s | %s |%n"
              .formatted(
                  pair.cell(),
                  Names.of(pair.cell().part(), pair.ours()),
                  Figures.ratio(pair.first()),
                  Figures.ratio(pair.second()),
                  Figures.ratio(pair.apart()),
                  !pair.isStable() ? "unstable" : pair.agrees() ? "agrees" : "**differs**"));
    }
    return text.toString();
  }
}
