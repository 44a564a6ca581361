package dev.pools.benchmarks;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What all forks have read, by cell and peer, and the median of it, which is what is compared. */
final class Medians {

  private record Place(String cell, String peer) {}

  private final Map<Place, List<Reading>> readings = new HashMap<>();

  Medians(List<Reading> all) {
    for (Reading reading : all) {
      readings
          .computeIfAbsent(new Place(reading.cell(), reading.peer()), place -> new ArrayList<>())
          .add(reading);
    }
  }

  /** Whether anyone was measured in that cell. */
  boolean has(Cell cell) {
    return readings.keySet().stream().anyMatch(place -> place.cell().equals(cell.toString()));
  }

  /** Those among them who were measured in that cell, or failed to be. */
  Set<String> measured(Cell cell, List<String> peers) {
    Set<String> there = new LinkedHashSet<>(peers);
    there.removeIf(peer -> !readings.containsKey(new Place(cell.toString(), peer)));
    return there;
  }

  /** The scores of the forks; none if one of the forks failed. */
  Scores scores(Cell cell, String peer) {
    List<Reading> forks = forks(cell, peer);
    if (forks.stream().anyMatch(fork -> fork.failure() != null)) {
      return Scores.NONE;
    }
    return new Scores(
        forks.stream().mapToDouble(Reading::score).toArray(),
        (int) forks.stream().filter(fork -> !fork.steady()).count());
  }

  private List<Reading> forks(Cell cell, String peer) {
    return readings.getOrDefault(new Place(cell.toString(), peer), List.of());
  }

  /** A figure besides; NaN if there is none. */
  double more(Cell cell, String peer, String figure) {
    return median(
        forks(cell, peer).stream()
            .filter(fork -> fork.failure() == null && fork.more().containsKey(figure))
            .mapToDouble(fork -> fork.more().get(figure))
            .toArray());
  }

  /** Why there is no score; null if there is one. */
  @Nullable String failure(Cell cell, String peer) {
    for (Reading fork : forks(cell, peer)) {
      if (fork.failure() != null) {
        return fork.failure();
      }
    }
    return null;
  }

  /** NaN if there are none or one is. */
  static double median(double[] values) {
    if (values.length == 0) {
      return Double.NaN;
    }
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    if (Double.isNaN(sorted[sorted.length - 1])) {
      return Double.NaN;
    }
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  /** NaN if there are none. */
  static double geometricMean(List<Double> values) {
    return Math.exp(values.stream().mapToDouble(Math::log).average().orElse(Double.NaN));
  }
}
