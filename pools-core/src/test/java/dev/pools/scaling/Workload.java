package dev.pools.scaling;

/** What a number of workers would complete, and how much of the processors they would use. */
interface Workload {

  /** Tasks a second. */
  double perSecond(int workers);

  /** From 0 to 1; NaN if unknown. */
  double cpuShare(int workers);

  /**
   * Tasks that compute: beyond one worker a processor, more of them only get in each other's way.
   */
  static Workload cpuBound(int processors, double perWorker) {
    return new Workload() {
      @Override
      public double perSecond(int workers) {
        double overhead = Math.pow((double) processors / workers, 0.05);
        return workers <= processors ? workers * perWorker : processors * perWorker * overhead;
      }

      @Override
      public double cpuShare(int workers) {
        return Math.min(1, (double) workers / processors);
      }
    };
  }

  /**
   * Tasks that wait, for something that serves so many at a time as well as one.
   *
   * @param decay how much of the throughput is lost beyond that: at 0 nothing, at 0.5 a half where
   *     there are four times as many
   */
  static Workload waiting(int knee, double secondsPerTask, double decay) {
    return new Workload() {
      @Override
      public double perSecond(int workers) {
        double best = knee / secondsPerTask;
        return workers <= knee
            ? workers / secondsPerTask
            : best * Math.pow((double) knee / workers, decay);
      }

      @Override
      public double cpuShare(int workers) {
        return 0.05;
      }
    };
  }

  /** Tasks of which none ends. */
  static Workload hung(double cpuShare) {
    return new Workload() {
      @Override
      public double perSecond(int workers) {
        return 0;
      }

      @Override
      public double cpuShare(int workers) {
        return cpuShare;
      }
    };
  }

  /** The same, where no one knows how the processors are used. */
  default Workload withUnknownCpu() {
    Workload known = this;
    return new Workload() {
      @Override
      public double perSecond(int workers) {
        return known.perSecond(workers);
      }

      @Override
      public double cpuShare(int workers) {
        return Double.NaN;
      }
    };
  }

  /** What the best number of workers completes. */
  default double best(int maxWorkers) {
    double best = 0;
    for (int workers = 1; workers <= maxWorkers; workers++) {
      best = Math.max(best, perSecond(workers));
    }
    return best;
  }
}
