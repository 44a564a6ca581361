package dev.pools.benchmarks;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What one fork measured in one cell of one peer.
 *
 * @param cell where, as {@link Cell} writes it
 * @param peer who
 * @param fork in which of the forks, from 1
 * @param jdk the version of its JDK
 * @param score the figure that is compared, in the mode's unit; NaN if there is none
 * @param more figures besides, by name
 * @param failure why there is no score; null if there is one
 */
record Reading(
    String cell,
    String peer,
    int fork,
    String jdk,
    double score,
    Map<String, Double> more,
    @Nullable String failure) {

  static Reading failed(String cell, String peer, int fork, String failure) {
    return new Reading(
        cell, peer, fork, Runtime.version().toString(), Double.NaN, Map.of(), failure);
  }
}
