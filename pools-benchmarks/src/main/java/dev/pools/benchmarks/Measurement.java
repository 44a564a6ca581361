package dev.pools.benchmarks;

import java.util.Map;

/** A measurement that is no loop of JMH's: it takes as long as it takes. */
@FunctionalInterface
public interface Measurement {

  /** The figure that is compared; others are told besides. */
  String SCORE = "score";

  /**
   * Measures once.
   *
   * @param peer the name of who is measured
   * @param settings of the cell
   * @return figures by name; one is {@link #SCORE}
   */
  Map<String, Double> measure(String peer, Map<String, String> settings) throws Exception;

  /** About how long it takes. */
  default int seconds() {
    return 5;
  }
}
