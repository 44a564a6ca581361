package dev.pools.benchmarks;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs forks under equal conditions: one whose processors the host has placed at another distance
 * than usual is run once more. See {@link ProcessorDistance}.
 */
final class PlacedForks {

  /** How often a fork is run at most; the last run counts, wherever it was placed. */
  static final int MOST_RUNS = 4;

  /** By how many times a distance may differ from the usual one. */
  private static final double TOLERANCE = 1.5;

  /** Runs a fork. */
  @FunctionalInterface
  interface Run {
    Reading once() throws IOException, InterruptedException;
  }

  /** Of all runs, also of those that do not count. */
  private final List<Double> distances = new ArrayList<>();

  PlacedForks(List<Reading> earlier) {
    earlier.forEach(reading -> distances.addAll(distancesOf(reading)));
  }

  /** Runs a fork until it is placed as usual. */
  Reading run(Run fork) throws IOException, InterruptedException {
    Reading reading = fork.once();
    distances.addAll(distancesOf(reading));
    for (int run = 1; run < MOST_RUNS && !isUsual(reading, usual(distances)); run++) {
      reading = fork.once();
      distances.addAll(distancesOf(reading));
    }
    return reading;
  }

  /** The distance at which most of these forks measured; NaN if none of them knows it. */
  static double usual(List<Double> distances) {
    return Medians.median(distances.stream().mapToDouble(Double::doubleValue).toArray());
  }

  /** Whether a fork measured at that distance; also if either is not known. */
  static boolean isUsual(Reading reading, double usual) {
    return distancesOf(reading).stream()
        .noneMatch(distance -> distance > usual * TOLERANCE || distance < usual / TOLERANCE);
  }

  /** The distances before and after, as far as they are known. */
  static List<Double> distancesOf(Reading reading) {
    List<Double> known = new ArrayList<>();
    for (String name : List.of(ProcessorDistance.BEFORE, ProcessorDistance.AFTER)) {
      Double distance = reading.more().get(name);
      if (distance != null && !distance.isNaN()) {
        known.add(distance);
      }
    }
    return known;
  }
}
