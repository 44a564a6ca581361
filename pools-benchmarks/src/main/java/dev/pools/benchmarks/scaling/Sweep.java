package dev.pools.benchmarks.scaling;

import java.util.Comparator;
import java.util.EnumMap;
import java.util.Map;
import java.util.TreeMap;

/** What each fixed size completes of each task, as measured before anything else. */
final class Sweep {

  private static final int[] SIZES = {1, 2, 3, 4, 8, 12, 16, 20, 24, 32, 64};
  private static final double SETTLING_SECONDS = 0.5;

  /** A smaller size that completes as good as as much is the better one. */
  private static final double AS_GOOD = 0.97;

  private final Map<Task, Map<Integer, Double>> perSecond = new EnumMap<>(Task.class);

  Sweep(double seconds) throws InterruptedException {
    for (Task task : Task.values()) {
      Map<Integer, Double> rates = new TreeMap<>();
      for (int size : SIZES) {
        Track track = Drive.run(Script.of(task), seconds, Contender.FIXED, size);
        rates.put(size, Track.perSecond(track.of(0, SETTLING_SECONDS)));
      }
      perSecond.put(task, rates);
    }
  }

  Map<Integer, Double> rates(Task task) {
    return perSecond.getOrDefault(task, Map.of());
  }

  /** What the best size completes of this task in a second. */
  double best(Task task) {
    return rates(task).getOrDefault(bestSize(Script.of(task)), 0.0);
  }

  /** The one size that completes most of the whole script. */
  int bestSize(Script script) {
    double most =
        rates(Task.COMPUTING).keySet().stream()
            .mapToDouble(size -> efficiency(size, script))
            .max()
            .orElseThrow();
    return rates(Task.COMPUTING).keySet().stream()
        .filter(size -> efficiency(size, script) >= AS_GOOD * most)
        .min(Comparator.naturalOrder())
        .orElseThrow();
  }

  private double efficiency(int size, Script script) {
    return script.phases().stream()
        .mapToDouble(
            task -> {
              double most =
                  rates(task).values().stream()
                      .mapToDouble(Double::doubleValue)
                      .max()
                      .orElseThrow();
              return rates(task).getOrDefault(size, 0.0) / most;
            })
        .average()
        .orElseThrow();
  }
}
