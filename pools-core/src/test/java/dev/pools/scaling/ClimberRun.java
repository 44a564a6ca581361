package dev.pools.scaling;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;

/** A climber with a simulated pool, of which work never runs out, on a simulated clock. */
final class ClimberRun {

  static final int MAX = 64;
  static final int TICKS_A_SECOND = 10;
  private static final long TICK_NANOS = 1_000_000_000L / TICKS_A_SECOND;
  private static final long LONG_WAIT_NANOS = 1_000_000_000L;

  private final HillClimber climber;
  private final Random random;
  private final double noise;
  private final List<Integer> targets = new ArrayList<>();
  private final List<Double> efficiencies = new ArrayList<>();
  private boolean together;
  private int workers;
  private double undone;

  /**
   * @param noise the relative standard deviation of what is completed in a tick
   */
  ClimberRun(int firstLevel, double noise, long seed) {
    this.climber = new HillClimber(firstLevel, 1, MAX, new SplittableRandom(seed));
    this.random = new Random(seed);
    this.noise = noise;
    this.workers = climber.target();
  }

  /** From now on all workers end their tasks at the same time. */
  ClimberRun together() {
    together = true;
    return this;
  }

  /** Runs this work for so long. */
  ClimberRun run(Workload work, int seconds) {
    double best = work.best(MAX);
    for (int tick = 0; tick < seconds * TICKS_A_SECOND; tick++) {
      double rate = work.perSecond(workers);
      efficiencies.add(best == 0 ? 1 : rate / best);
      undone += rate / TICKS_A_SECOND * Math.max(0, 1 + noise * random.nextGaussian());
      long completed = together ? ((long) (undone / workers)) * workers : (long) undone;
      undone -= completed;
      workers =
          climber.next(
              new LoadSample(
                  TICK_NANOS,
                  completed,
                  workers,
                  /* queued= */ 100,
                  /* turnedAway= */ 0,
                  LONG_WAIT_NANOS,
                  work.cpuShare(workers),
                  1,
                  MAX));
      targets.add(workers);
    }
    return this;
  }

  HillClimber climber() {
    return climber;
  }

  int target() {
    return workers;
  }

  /** The targets of the last seconds. */
  List<Integer> targets(int seconds) {
    return targets.subList(targets.size() - seconds * TICKS_A_SECOND, targets.size());
  }

  /** How much of the best throughput was had in the last seconds. */
  double efficiency(int seconds) {
    return efficiencies
        .subList(efficiencies.size() - seconds * TICKS_A_SECOND, efficiencies.size())
        .stream()
        .mapToDouble(Double::doubleValue)
        .average()
        .orElseThrow();
  }
}
