package dev.pools.benchmarks.task;

import dev.pools.benchmarks.Measurement;
import dev.pools.benchmarks.WakeUps;
import dev.pools.benchmarks.task.Demand.Bound;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** How much of a processor's time the workers of an executor take that has nothing to do. */
public final class IdleCost implements Measurement {

  private static final int TASKS = 100_000;
  private static final long SETTLED_MILLIS = 1000;
  private static final long MEASURED_MILLIS = 4000;

  /** Made by the plan. */
  public IdleCost() {}

  @Override
  public Map<String, Double> measure(String peer, Map<String, String> settings) throws Exception {
    int workers = Integer.parseInt(settings.getOrDefault("workers", "8"));
    Crew crew = TaskPeer.valueOf(peer).open(new Demand(Threads.PLATFORM, workers, Bound.NONE));
    CountDownLatch ended = new CountDownLatch(TASKS);
    for (int task = 0; task < TASKS; task++) {
      crew.execute(ended::countDown);
    }
    ended.await();
    pass(SETTLED_MILLIS);
    Map<String, Long> cpuBefore = WakeUps.cpuNanosByThread();
    Map<String, Long> sleepsBefore = WakeUps.sleepsByThread();
    pass(MEASURED_MILLIS);
    double seconds = MEASURED_MILLIS / 1000.0;
    Map<String, Double> figures =
        Map.of(
            SCORE,
            WakeUps.since(cpuBefore, WakeUps.cpuNanosByThread()) / 1000.0 / seconds,
            "wakeups.per.s",
            WakeUps.since(sleepsBefore, WakeUps.sleepsByThread()) / seconds);
    crew.end();
    return figures;
  }

  private static void pass(long millis) throws InterruptedException {
    boolean counted = new CountDownLatch(1).await(millis, TimeUnit.MILLISECONDS);
    if (counted) {
      throw new AssertionError("Nobody counts.");
    }
  }
}
