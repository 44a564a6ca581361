package dev.pools.benchmarks;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one fork measured in one cell of one peer.
 *
 * @param cell where, as {@link Cell} writes it
 * @param peer who
 * @param fork in which of the forks, from 1: there is one in each round
 * @param jdk the version of its JDK
 * @param score the figure that is compared, in the mode's unit; NaN if there is none
 * @param steady whether the warm-up became steady within its limit
 * @param more figures besides, by name
 * @param failure why there is no score; null if there is one
 */
record Reading(
    String cell,
    String peer,
    int fork,
    String jdk,
    double score,
    boolean steady,
    Map<String, Double> more,
    @Nullable String failure) {

  /** How many iterations of warm-up were needed, among the figures besides. */
  static final String WARM_UPS = "warm-ups";

  static Reading failed(String cell, String peer, int fork, String failure) {
    return new Reading(
        cell, peer, fork, Runtime.version().toString(), Double.NaN, true, Map.of(), failure);
  }
}
