package dev.pools.benchmarks.task;

import dev.pools.benchmarks.Measurement;
import dev.pools.benchmarks.task.Demand.Bound;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * How long a JVM takes until it runs tasks at four fifths of its steady rate. Submitters submit
 * bursts of {@code supplyAsync} and wait for them, from the first moment on. The rate of each tenth
 * of a second is compared with the steady rate, which is the median of the last two seconds.
 */
public final class WarmUpTime implements Measurement {

  private static final int BURST = 100;
  private static final int TENTHS = 100;
  private static final int STEADY_TENTHS = 20;
  private static final double SHARE = 0.8;
  private static final int SPACED = 16;

  /** Created by the plan. */
  public WarmUpTime() {}

  @Override
  public Map<String, Double> measure(String peer, Map<String, String> settings) throws Exception {
    int submitters = Integer.parseInt(settings.getOrDefault("submitters", "4"));
    int workers = Integer.parseInt(settings.getOrDefault("workers", "2"));
    // Each submitter counts on a cache line of its own.
    AtomicLongArray done = new AtomicLongArray(submitters * SPACED);
    Crew crew = TaskPeer.valueOf(peer).open(new Demand(Threads.PLATFORM, workers, Bound.NONE));
    long begin = System.nanoTime();
    for (int submitter = 0; submitter < submitters; submitter++) {
      int mine = submitter * SPACED;
      Thread thread = new Thread(() -> submit(crew.executor(), done, mine));
      thread.setDaemon(true);
      thread.start();
    }
    double[] rates = new double[TENTHS];
    long before = 0;
    long since = begin;
    for (int tenth = 0; tenth < TENTHS; tenth++) {
      long due = begin + (tenth + 1) * TimeUnit.MILLISECONDS.toNanos(100);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(this, left);
      }
      long now = System.nanoTime();
      long all = 0;
      for (int submitter = 0; submitter < submitters; submitter++) {
        all += done.get(submitter * SPACED);
      }
      rates[tenth] = (double) (all - before) * TimeUnit.SECONDS.toNanos(1) / (now - since);
      before = all;
      since = now;
    }
    // The threads go on until the fork ends.
    return Map.of(SCORE, tenthsTo(SHARE, rates) / 10.0, "steady.per.s", steady(rates));
  }

  private static void submit(Executor executor, AtomicLongArray done, int mine) {
    Future<?>[] futures = new Future<?>[BURST];
    try {
      while (true) {
        for (int task = 0; task < BURST; task++) {
          futures[task] = CompletableFuture.supplyAsync(() -> 1, executor);
        }
        for (Future<?> future : futures) {
          future.get();
        }
        done.lazySet(mine, done.get(mine) + BURST);
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  private static double steady(double[] rates) {
    return median(Arrays.copyOfRange(rates, rates.length - STEADY_TENTHS, rates.length));
  }

  /**
   * After how many tenths of a second that share of the steady rate is reached: in the median of
   * that tenth and the next two, so that one lucky tenth does not count.
   */
  static int tenthsTo(double share, double[] rates) {
    double enough = share * steady(rates);
    for (int tenth = 0; tenth + 3 <= rates.length; tenth++) {
      if (median(Arrays.copyOfRange(rates, tenth, tenth + 3)) >= enough) {
        return tenth + 1;
      }
    }
    return rates.length;
  }

  private static double median(double[] values) {
    Arrays.sort(values);
    return values[values.length / 2];
  }

  @Override
  public int seconds() {
    return TENTHS / 10;
  }
}
