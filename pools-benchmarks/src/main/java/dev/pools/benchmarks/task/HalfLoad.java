package dev.pools.benchmarks.task;

import dev.pools.benchmarks.Measurement;
import dev.pools.benchmarks.Percentiles;
import dev.pools.benchmarks.Work;
import dev.pools.benchmarks.task.Demand.Bound;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * How late tasks start while the machine is half busy with them. They come at random, at a rate
 * that does not depend on the executor, and what counts is from when each should have been
 * submitted: an executor that holds its submitter up delays all that come after.
 */
public final class HalfLoad implements Measurement {

  private static final int WORK_MICROS = 200;
  private static final long WARM_UP_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long MEASURED_NANOS = TimeUnit.SECONDS.toNanos(3);

  /** Made by the plan. */
  public HalfLoad() {}

  @Override
  public Map<String, Double> measure(String peer, Map<String, String> settings) throws Exception {
    int workers = Integer.parseInt(settings.getOrDefault("workers", "2"));
    Threads threads =
        Threads.valueOf(settings.getOrDefault("on", "platform").toUpperCase(Locale.ROOT));
    int parallel = Math.min(workers, Runtime.getRuntime().availableProcessors());
    double meanGapNanos = 2.0 * TimeUnit.MICROSECONDS.toNanos(WORK_MICROS) / parallel;
    Percentiles late = new Percentiles();
    Crew crew = TaskPeer.valueOf(peer).open(new Demand(threads, workers, Bound.NONE));
    submit(crew, meanGapNanos, WARM_UP_NANOS, new Percentiles());
    submit(crew, meanGapNanos, MEASURED_NANOS, late);
    crew.end();
    Map<String, Double> figures = new LinkedHashMap<>();
    synchronized (late) {
      figures.put(SCORE, late.at(0.99) / 1000);
      figures.put("p50.us", late.at(0.5) / 1000);
      figures.put("p99.9.us", late.at(0.999) / 1000);
      figures.put("max.us", late.max() / 1000.0);
    }
    return figures;
  }

  private static void submit(Crew crew, double meanGapNanos, long nanos, Percentiles late)
      throws InterruptedException {
    long tokens = Work.tokens(WORK_MICROS);
    Random random = new Random(42);
    long start = System.nanoTime();
    double intended = 0;
    int submitted = 0;
    while (true) {
      intended += -meanGapNanos * Math.log(1 - random.nextDouble());
      if (intended >= nanos) {
        break;
      }
      long due = start + (long) intended;
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) {
        LockSupport.parkNanos(late, left);
      }
      crew.execute(
          () -> {
            long lateNanos = System.nanoTime() - due;
            Work.spend(tokens);
            synchronized (late) {
              late.record(lateNanos);
            }
          });
      submitted++;
    }
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (true) {
      synchronized (late) {
        if (late.total() == submitted) {
          return;
        }
      }
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("Tasks are missing 30 s after the last was submitted.");
      }
      LockSupport.parkNanos(late, TimeUnit.MILLISECONDS.toNanos(1));
    }
  }
}
