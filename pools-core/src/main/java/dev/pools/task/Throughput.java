package dev.pools.task;

/** What a number of workers completes in a second, as measured so far. Not thread-safe. */
final class Throughput {

  // Of .NET's thread pool (PortableThreadPool.HillClimbing): MaxSampleErrorPercent.
  private static final double MOST_COUNT_ERROR = 0.15;

  /**
   * What is uniformly distributed at both ends of a time differs by so much (standard deviation).
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

  /** How much of the processors was used; NaN if unknown. */
  double cpuShare() {
    return cpuSeconds / seconds;
  }

  /** How long a task takes, given that no worker was idle. */
  double secondsPerTask() {
    return workers * seconds / completed;
  }

  void add(LoadSample sample) {
    ticks++;
    seconds += sample.seconds();
    completed += sample.completed();
    cpuSeconds += sample.cpuShare() * sample.seconds();
  }

  /** Adds what was measured later, and lets what was measured long ago fade. */
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

  /** Whether enough was counted: at either end of the time, each worker is inside of a task. */
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
