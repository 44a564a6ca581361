package dev.pools.benchmarks.scaling;

import dev.pools.benchmarks.Work;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/** What a pool is given to do. */
enum Task {

  /** Computes for 5 ms: as many workers as there are processors complete as much as can be. */
  COMPUTING {
    private final long tokens = Work.tokens(5_000);

    @Override
    void run() {
      Work.spend(tokens);
    }
  },

  /**
   * Waits for a server that serves up to 16 requests at a time in 50 ms each. Beyond that it gets
   * slower for all, and completes less: half where there are four times as many, as a database does
   * whose transactions wait for each other.
   */
  WAITING {
    private static final int KNEE = 16;
    private static final double SECONDS = 0.05;
    private static final double CONTENTION = 1.5;

    @Override
    void run() {
      double crowding = Math.max(1, (double) REQUESTS.incrementAndGet() / KNEE);
      long until = System.nanoTime() + (long) (1e9 * SECONDS * Math.pow(crowding, CONTENTION));
      for (long left = until - System.nanoTime(); left > 0; left = until - System.nanoTime()) {
        LockSupport.parkNanos(this, left);
      }
      REQUESTS.decrementAndGet();
    }
  };

  /** How many requests the server of {@link #WAITING} has. */
  private static final AtomicInteger REQUESTS = new AtomicInteger();

  abstract void run();
}
