package dev.pools.advice;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * The runs by which predictions are judged. Thresholds and constants were chosen with other ones: a
 * mean service time of 10 ms, 3 to 8 workers, three quarters of them busy, seeds 1 to 8.
 */
final class JudgedRuns {

  static final int NO_LIMIT = Integer.MAX_VALUE;

  private static final int[][] SIZES = {{5, 9}, {7, 4}, {3, 5}, {12, 9}};
  private static final double[] MEAN_MILLIS = {1, 2.5, 40};
  private static final double[] BUSY = {0.6, 0.8};

  private JudgedRuns() {}

  /** Of how many something holds. */
  record Score(int held, int of) {

    double share() {
      return (double) held / of;
    }

    static Score count(Collection<Boolean> results) {
      return new Score((int) results.stream().filter(held -> held).count(), results.size());
    }
  }

  /** One run: a load, a pool of some size, and the size to predict. */
  record Run(Load load, Load.Size size, int workers, int otherWorkers) {

    PoolModel pool() {
      return load.pool(workers, size);
    }

    Sample sample() {
      SimulatedPool pool = new SimulatedPool(pool(), NO_LIMIT);
      load.start(pool, size);
      pool.run(size.until());
      return pool.sample(0);
    }

    Prediction predict() {
      return Predictor.predict(sample(), pool(), otherWorkers);
    }

    /** What happens at the other size, up to the end of the last task. */
    SimulatedPool other(long seed) {
      SimulatedPool pool = new SimulatedPool(load.pool(otherWorkers, size), NO_LIMIT);
      load.start(pool, new Load.Size(size.meanMillis(), size.busyWorkers(), size.tasks(), seed));
      pool.run(Long.MAX_VALUE);
      return pool;
    }
  }

  static List<Run> runs(Load load, long tasks, int seeds) {
    List<Run> runs = new ArrayList<>();
    for (int seed = 0; seed < seeds; seed++) {
      for (int[] sizes : SIZES) {
        int number = runs.size() + load.ordinal();
        double busy = BUSY[number % BUSY.length] * Math.min(sizes[0], sizes[1]);
        double mean = MEAN_MILLIS[number % MEAN_MILLIS.length];
        runs.add(
            new Run(load, new Load.Size(mean, busy, tasks, 1001L + number), sizes[0], sizes[1]));
      }
    }
    return runs;
  }

  /** A sample of what some code brings to a pool with so many workers. */
  static Sample sample(
      int workers, int sharedLimit, Load.Size size, BiConsumer<SimulatedPool, Load.Size> load) {
    SimulatedPool pool = new SimulatedPool(new PoolModel(workers), sharedLimit);
    load.accept(pool, size);
    pool.run(size.until());
    return pool.sample(0);
  }

  // ---- Bar A: the same arrivals and service times

  /** Whether the median, the 99 % wait and the utilisation of the replay are right. */
  static boolean isRight(Run run) {
    Sample sample = run.sample();
    Measures said =
        Predictor.replays(sample, Sources.of(sample), run.pool(), run.otherWorkers)
            .get(0)
            .measures();
    SimulatedPool other = run.other(run.size.seed());
    long[] waits = other.waits(run.size.until());
    double tolerated = other.meanService() / 5;
    return isNear(said, waits, 0.5, tolerated)
        && isNear(said, waits, 0.99, tolerated)
        && Math.abs(said.utilisation(run.otherWorkers) - other.utilisation(run.size.until()))
            <= 0.03;
  }

  private static boolean isNear(Measures said, long[] waits, double share, double tolerated) {
    double was = Measures.quantile(waits, share);
    double predicted = Measures.quantile(said.sortedWaits(), share);
    return Math.abs(predicted - was) <= Math.max(0.2 * was, tolerated);
  }

  // ---- Bar B: fresh arrivals and service times

  /** What fresh arrivals have shown of a prediction. */
  record Fresh(
      boolean graded,
      boolean medianHeld,
      boolean p99Held,
      boolean utilisationHeld,
      Direction way) {}

  enum Direction {
    RIGHT,
    WRONG,
    NO_CHANGE
  }

  /** Null if the prediction was refused. */
  static Fresh fresh(Run run) {
    Prediction said = run.predict();
    Forecast forecast = said.forecast();
    if (forecast == null) {
      return null;
    }
    SimulatedPool other = run.other(run.size.seed() + 500_000);
    long[] waits = other.waits(run.size.until());
    Duration p99 = Duration.ofNanos(Measures.quantile(waits, 0.99));
    return new Fresh(
        said.grade() == Prediction.Grade.GOOD,
        forecast.medianWait().contains(Duration.ofNanos(Measures.quantile(waits, 0.5))),
        forecast.p99Wait().contains(p99),
        forecast.utilisation().contains(other.utilisation(run.size.until())),
        direction(said, p99, other.meanService() / 5));
  }

  private static Direction direction(Prediction said, Duration p99, double tolerated) {
    double before = said.observed().p99Wait().toNanos();
    if (Math.abs(before - p99.toNanos()) <= Math.max(0.2 * before, tolerated)) {
      return Direction.NO_CHANGE;
    }
    Forecast forecast = java.util.Objects.requireNonNull(said.forecast());
    return forecast.p99Wait().likely().toNanos() > before == p99.toNanos() > before
        ? Direction.RIGHT
        : Direction.WRONG;
  }
}
