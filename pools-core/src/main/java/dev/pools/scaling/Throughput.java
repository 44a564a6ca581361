package dev.pools.scaling;

/** How many tasks a number of workers completes in a second, as measured. Not thread-safe. */
final class Throughput {

  // From .NET's thread pool (PortableThreadPool.HillClimbing): MaxSampleErrorPercent.
  private static final double MOST_COUNT_ERROR = 0.15;

  /**
   * The standard deviation of the difference of two uniformly distributed values: the tasks that
   * are underway when a measurement starts and when it ends.
   */
  private static final double SPREAD_OF_ENDS = 0.41;

  private static final int LEAST_TICKS = 3;
  private static final double MEMORY_TICKS = 50;

  final int workers;
  private double ticks;
  private double seconds;
  private double completed;
  private double cpuSeconds;

  Throughput(int workers) {
    this.workers = workers;
  }

  double ticks() {
    return ticks;
  }

  double perSecond() {
    return completed / seconds;
  }

  /** The share of the processors that was used, from 0 to 1; NaN if unknown. */
  double cpuShare() {
    return cpuSeconds / seconds;
  }

  /** How long a task takes if no worker was idle. */
  double secondsPerTask() {
    return workers * seconds / completed;
  }

  void add(LoadSample sample) {
    ticks++;
    seconds += sample.seconds();
    completed += sample.completed();
    cpuSeconds += sample.cpuShare() * sample.seconds();
  }

  /** Adds a later measurement, and reduces the weight of old ones. */
  void add(Throughput later) {
    double kept = Math.min(1, MEMORY_TICKS / (ticks + later.ticks));
    ticks = kept * (ticks + later.ticks);
    seconds = kept * (seconds + later.seconds);
    completed = kept * (completed + later.completed);
    cpuSeconds = kept * (cpuSeconds + later.cpuSeconds);
  }

  boolean hasEnoughTicks() {
    return ticks >= LEAST_TICKS;
  }

  /**
   * Whether enough tasks were counted. At the start and at the end of the time each worker is in
   * the middle of a task, so the count may be wrong by as many tasks as there are workers.
   */
  boolean isAccurate() {
    return hasEnoughTicks() && completed > 0 && workers <= MOST_COUNT_ERROR * completed;
  }

  /**
   * The standard error of {@link #perSecond()}.
   *
   * @param noise the relative standard deviation of one tick's count
   */
  double error(double noise) {
    return Math.hypot(noise * perSecond() / Math.sqrt(ticks), SPREAD_OF_ENDS * workers / seconds);
  }
}
