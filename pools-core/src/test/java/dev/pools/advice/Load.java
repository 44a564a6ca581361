package dev.pools.advice;

import java.time.Duration;
import java.util.Random;

/**
 * Tasks of one kind and rhythm for a simulated pool. What is asked of the pool depends on the seed,
 * and not on the pool: the same seed brings the same arrivals and service times to a pool of any
 * size.
 */
enum Load {
  POISSON,
  BURSTY,
  BIMODAL,
  HEAVY_TAIL,
  BROWN_OUT,
  BATCH,
  MAP,
  BOUNDED_WAIT,
  BOUNDED_REJECT,
  DISCARD_OLDEST,
  EXPIRING,
  PRIORITIES,
  AGING,
  OVERLOADED,
  CLOSED_AT_ONCE,
  CLOSED_WITH_PAUSES,
  MIXED;

  static final long MILLI = 1_000_000L;
  static final long SECOND = 1_000 * MILLI;

  static final int MOST_URGENT = -1;

  /** Numbers that make one run. */
  record Size(double meanMillis, double busyWorkers, long tasks, long seed) {

    long meanNanos() {
      return (long) (meanMillis * MILLI);
    }

    /** Tasks in a nanosecond. */
    double rate() {
      return busyWorkers / meanNanos();
    }

    long until() {
      return (long) (tasks / rate());
    }
  }

  PoolModel pool(int workers, Size size) {
    int none = Integer.MAX_VALUE;
    Duration some = Duration.ofNanos(3 * size.meanNanos());
    return switch (this) {
      case BOUNDED_WAIT -> new PoolModel(workers, 24, WhenFull.WAIT, Duration.ZERO, Duration.ZERO);
      case BOUNDED_REJECT ->
          new PoolModel(workers, 6, WhenFull.REJECT, Duration.ZERO, Duration.ZERO);
      case DISCARD_OLDEST ->
          new PoolModel(workers, 6, WhenFull.DISCARD_OLDEST, Duration.ZERO, Duration.ZERO);
      case EXPIRING -> new PoolModel(workers, none, WhenFull.WAIT, Duration.ZERO, some);
      case AGING -> new PoolModel(workers, none, WhenFull.WAIT, some, Duration.ZERO);
      default -> new PoolModel(workers);
    };
  }

  /** Brings this load to a pool. */
  void start(SimulatedPool pool, Size size) {
    switch (this) {
      case BURSTY -> new Open(pool, size).bursts().start();
      case BIMODAL -> new Open(pool, size).services(r -> r.nextInt(10) == 0 ? 6.4 : 0.4).start();
      case HEAVY_TAIL -> new Open(pool, size).services(Load::pareto).start();
      case BROWN_OUT -> new Open(pool, size).brownOut().start();
      case BATCH -> new Open(pool, size).batches(20).start();
      case PRIORITIES, AGING -> new Open(pool, size).priorities().start();
      case OVERLOADED -> new Open(pool, size).rateTimes(1.5).start();
      case MAP -> maps(pool, size);
      case CLOSED_AT_ONCE -> callers(pool, size, (int) Math.ceil(size.busyWorkers * 1.5), 0, 100);
      case CLOSED_WITH_PAUSES -> callers(pool, size, (int) (size.busyWorkers * 4), 3, 100);
      case MIXED -> {
        callers(pool, size, Math.max(1, (int) (size.busyWorkers * 0.4)), 0.5, 100);
        new Open(pool, size).rateTimes(0.6).start();
      }
      default -> new Open(pool, size).start();
    }
  }

  private static double exponential(Random random) {
    return -Math.log(1 - random.nextDouble());
  }

  /** With a mean of 1, an infinite variance, and an end. */
  private static double pareto(Random random) {
    double shape = 1.7;
    return Math.min(60, (shape - 1) / shape * Math.pow(1 - random.nextDouble(), -1 / shape));
  }

  interface Draw {
    double next(Random random);
  }

  /** Tasks whose arrivals know nothing of the pool. */
  static final class Open {

    private final SimulatedPool pool;
    private final Size size;
    private final Random arrivals;
    private final Random demands;
    private Draw services = Load::exponential;
    private double factor = 1;
    private double drift;
    private double serviceDrift;
    private boolean bursts;
    private boolean brownOut;
    private boolean priorities;
    private int batch = 1;

    Open(SimulatedPool pool, Size size) {
      this.pool = pool;
      this.size = size;
      this.arrivals = new Random(size.seed * 31 + 1);
      this.demands = new Random(size.seed * 31 + 2);
    }

    Open services(Draw draw) {
      services = draw;
      return this;
    }

    Open rateTimes(double by) {
      factor = by;
      return this;
    }

    Open bursts() {
      bursts = true;
      return this;
    }

    Open brownOut() {
      brownOut = true;
      return this;
    }

    Open priorities() {
      priorities = true;
      return this;
    }

    Open batches(int of) {
      batch = of;
      return this;
    }

    /** How much more arrives, or how much longer tasks take, at the end than at the beginning. */
    Open drift(double arrivalsBy, double servicesBy) {
      drift = arrivalsBy;
      serviceDrift = servicesBy;
      return this;
    }

    void start() {
      next(0, 0, bursts);
    }

    private void next(long after, long phaseEnd, boolean busy) {
      boolean nextBusy = busy;
      long nextPhaseEnd = phaseEnd;
      if (bursts && after >= phaseEnd) {
        nextBusy = !busy;
        nextPhaseEnd = after + (long) (exponential(arrivals) * 40 / size.rate());
      }
      double now = factor * (bursts ? (nextBusy ? 1.6 : 0.4) : 1) * (1 + drift * share(after));
      long time = after + (long) (exponential(arrivals) * batch / size.rate() / now);
      boolean isBusy = nextBusy;
      long end = nextPhaseEnd;
      if (time < size.until()) {
        pool.at(
            time,
            () -> {
              for (int i = 0; i < batch; i++) {
                submit(time);
              }
              next(time, end, isBusy);
            });
      }
    }

    private double share(long time) {
      return (double) time / size.until() - 0.5;
    }

    private void submit(long time) {
      double demand = services.next(demands) * size.meanNanos();
      if (brownOut && share(time) > -0.1 && share(time) < 0.02) {
        demand *= 2.5;
      }
      demand *= 1 + serviceDrift * share(time);
      int priority = priorities && demands.nextInt(4) == 0 ? MOST_URGENT : 0;
      pool.submit((long) demand, priority, 1, 0, () -> {});
    }
  }

  /** Threads that wait for each task and then pause, the same way with a pool of any size. */
  static void callers(
      SimulatedPool pool, Size size, int count, double meanPauses, int firstNumber) {
    for (int caller = 0; caller < count; caller++) {
      Random random = new Random(size.seed * 1009 + caller);
      ClosedCaller closed = new ClosedCaller(pool, size, meanPauses, firstNumber + caller, random);
      pool.at((long) (random.nextDouble() * size.meanNanos()), closed::submit);
    }
  }

  private record ClosedCaller(
      SimulatedPool pool, Size size, double meanPauses, int number, Random random) {

    void submit() {
      if (pool.now() < size.until()) {
        long demand = (long) (exponential(random) * size.meanNanos());
        pool.submit(demand, 0, number, 0, this::pause);
      }
    }

    private void pause() {
      long pause = (long) (exponential(random) * meanPauses * size.meanNanos());
      pool.at(pool.now() + pause, this::submit);
    }
  }

  /** Maps of 60 elements that start at random times. */
  private static void maps(SimulatedPool pool, Size size) {
    Random random = new Random(size.seed * 13);
    int elements = 60;
    long time = 0;
    for (int map = 1; ; map++) {
      time += (long) (exponential(random) * elements / size.rate());
      if (time >= size.until()) {
        return;
      }
      int number = map;
      long[] demands =
          random
              .doubles(elements)
              .mapToLong(uniform -> (long) (-Math.log(1 - uniform) * size.meanNanos()))
              .toArray();
      pool.at(time, () -> new SimulatedMap(pool, demands, number).start());
    }
  }

  /** A map as the pool documents it: twice as many elements as workers are underway. */
  private static final class SimulatedMap {

    private final SimulatedPool pool;
    private final long[] demands;
    private final int number;
    private int submitted;

    SimulatedMap(SimulatedPool pool, long[] demands, int number) {
      this.pool = pool;
      this.demands = demands;
      this.number = number;
    }

    void start() {
      for (int i = 0; i < 2 * pool.settings.workers(); i++) {
        submitNext();
      }
    }

    private void submitNext() {
      if (submitted < demands.length) {
        pool.submit(demands[submitted++], 0, 0, number, this::submitNext);
      }
    }
  }
}
