package dev.pools.benchmarks;

import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How far two processors are from each other: how long a cache line takes from one to the other and
 * back. On a virtual machine it changes, because the host decides on which processors of its own
 * ours run, and decides anew when they have been idle: two halves of one core (about 35 ns on the
 * machine where this was found), two cores that share a cache (70 ns), or cores in different parts
 * of the chip (400 ns). A pool hands tasks from thread to thread, so its figures change with it,
 * several times, and so do those of its peers.
 */
final class ProcessorDistance {

  /** The distance before a fork measures, in nanoseconds, among the figures besides. */
  static final String BEFORE = "processor distance before";

  /** The distance after it has measured. */
  static final String AFTER = "processor distance after";

  private static final int PROBES = 21;
  private static final int TRIPS = 5_000;

  /** The two numbers are in cache lines of their own. */
  private static final int THERE = 16;

  private static final int BACK = 48;
  private static final long END = -1;

  private final AtomicLongArray lines = new AtomicLongArray(64);
  private long trips;

  private ProcessorDistance() {}

  /**
   * Measures it, in a few hundredths of a second on an idle machine.
   *
   * @return the median of several probes, in nanoseconds; NaN with a single processor
   */
  static double nanos() throws InterruptedException {
    if (Runtime.getRuntime().availableProcessors() < 2) {
      return Double.NaN;
    }
    return new ProcessorDistance().measure();
  }

  private double measure() throws InterruptedException {
    Thread other = new Thread(this::sendBack, "processor-distance");
    other.setDaemon(true);
    other.start();
    double[] probes = new double[PROBES];
    // So that the compiler has done its work.
    goThereAndBack();
    for (int probe = 0; probe < PROBES; probe++) {
      long start = System.nanoTime();
      goThereAndBack();
      probes[probe] = (System.nanoTime() - start) / (double) TRIPS;
    }
    lines.set(THERE, END);
    other.join();
    return Medians.median(probes);
  }

  private void goThereAndBack() {
    for (int trip = 0; trip < TRIPS; trip++) {
      trips++;
      lines.set(THERE, trips);
      await(BACK, trips);
    }
  }

  private void sendBack() {
    for (long trip = 1; await(THERE, trip); trip++) {
      lines.set(BACK, trip);
    }
  }

  /** False if the end has come instead. */
  private boolean await(int line, long number) {
    while (true) {
      long seen = lines.get(line);
      if (seen == number || seen == END) {
        return seen == number;
      }
      Thread.onSpinWait();
    }
  }
}
