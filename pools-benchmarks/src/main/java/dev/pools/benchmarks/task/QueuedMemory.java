package dev.pools.benchmarks.task;

import dev.pools.benchmarks.Measurement;
import dev.pools.benchmarks.task.Demand.Bound;
import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;

/**
 * How many bytes a queued task keeps, without those of the user: many tasks are submitted while the
 * only worker is held up, and no code keeps their futures.
 */
public final class QueuedMemory implements Measurement {

  /** Created by the plan. */
  public QueuedMemory() {}

  @Override
  public Map<String, Double> measure(String peer, Map<String, String> settings) throws Exception {
    int queued = Integer.parseInt(settings.getOrDefault("queued", "5000000"));
    CountDownLatch end = new CountDownLatch(1);
    CountDownLatch begun = new CountDownLatch(1);
    Callable<Integer> task = () -> 1;
    Crew crew = TaskPeer.valueOf(peer).open(new Demand(Threads.PLATFORM, 1, Bound.NONE));
    crew.execute(
        () -> {
          begun.countDown();
          try {
            end.await();
          } catch (InterruptedException over) {
            Thread.currentThread().interrupt();
          }
        });
    begun.await();
    long before = usedBytes();
    for (int submitted = 0; submitted < queued; submitted++) {
      var unused = crew.submit(task);
    }
    long after = usedBytes();
    end.countDown();
    crew.end();
    return Map.of(SCORE, (double) (after - before) / queued);
  }

  private static long usedBytes() {
    long least = Long.MAX_VALUE;
    for (int round = 0; round < 2; round++) {
      System.gc();
      least = Math.min(least, ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed());
    }
    return least;
  }
}
