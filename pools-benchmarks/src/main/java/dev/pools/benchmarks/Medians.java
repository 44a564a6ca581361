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

  /** The score; NaN if there is none, as when one of the forks failed. */
  double score(Cell cell, String peer) {
    List<Reading> forks = readings.getOrDefault(new Place(cell.toString(), peer), List.of());
    if (forks.stream().anyMatch(fork -> fork.failure() != null)) {
      return Double.NaN;
    }
    return median(forks.stream().mapToDouble(Reading::score).toArray());
  }

  /** A figure besides; NaN if there is none. */
  double more(Cell cell, String peer, String figure) {
    return median(
        readings.getOrDefault(new Place(cell.toString(), peer), List.of()).stream()
            .filter(fork -> fork.failure() == null && fork.more().containsKey(figure))
            .mapToDouble(fork -> fork.more().get(figure))
            .toArray());
  }

  /** Why there is no score; null if there is one. */
  @Nullable String failure(Cell cell, String peer) {
    for (Reading fork : readings.getOrDefault(new Place(cell.toString(), peer), List.of())) {
      if (fork.failure() != null) {
        return fork.failure();
      }
    }
    return null;
  }

  /** How far the forks lie apart: the highest over the lowest. */
  double spread(Cell cell, String peer) {
    double[] scores =
        readings.getOrDefault(new Place(cell.toString(), peer), List.of()).stream()
            .mapToDouble(Reading::score)
            .toArray();
    return Arrays.stream(scores).max().orElse(Double.NaN)
        / Arrays.stream(scores).min().orElse(Double.NaN);
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
