package dev.pools.benchmarks.task;

import dev.pools.benchmarks.Measurement;
import dev.pools.benchmarks.Percentiles;
import dev.pools.benchmarks.task.Demand.Bound;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * How long an urgent task waits for its start while many ordinary tasks are queued. The ordinary
 * tasks wait for a millisecond, as a task does that calls a server, so that the processors are free
 * and the pool is what is measured. The best wait is until a worker ends the task that it has: half
 * a millisecond with one worker, a third with two. Before each urgent task the queue is filled up
 * again, and some time passes that does not depend on the workers.
 */
public final class UrgentWait implements Measurement {

  private static final int WARM_UP = 500;
  private static final int MEASURED = 3000;
  private static final int URGENT = 0;
  private static final int ORDINARY = 7;
  private static final long TASK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final AtomicInteger queued = new AtomicInteger();
  private volatile boolean over;

  /** Created by the plan. */
  public UrgentWait() {}

  @Override
  public Map<String, Double> measure(String peer, Map<String, String> settings) throws Exception {
    int depth = Integer.parseInt(settings.getOrDefault("queued", "10000"));
    int workers = Integer.parseInt(settings.getOrDefault("workers", "2"));
    Percentiles waits = new Percentiles();
    Random random = new Random(42);
    Crew crew = TaskPeer.valueOf(peer).open(new Demand(Threads.PLATFORM, workers, Bound.NONE));
    for (int urgent = 0; urgent < WARM_UP + MEASURED; urgent++) {
      while (queued.get() < depth) {
        queued.incrementAndGet();
        crew.execute(this::ordinary, ORDINARY);
      }
      park(random.nextInt((int) TASK_NANOS));
      CountDownLatch started = new CountDownLatch(1);
      long[] start = new long[1];
      long submitted = System.nanoTime();
      crew.execute(
          () -> {
            start[0] = System.nanoTime();
            started.countDown();
          },
          URGENT);
      if (!started.await(30, TimeUnit.SECONDS)) {
        throw new IllegalStateException("An urgent task has not started within 30 s.");
      }
      if (urgent >= WARM_UP) {
        waits.record(start[0] - submitted);
      }
    }
    over = true;
    crew.end();
    return Map.of(
        SCORE,
        waits.at(0.999) / 1000,
        "p50.us",
        waits.at(0.5) / 1000,
        "p99.us",
        waits.at(0.99) / 1000,
        "max.us",
        waits.max() / 1000.0);
  }

  private void ordinary() {
    queued.decrementAndGet();
    if (!over) {
      park(TASK_NANOS);
    }
  }

  private void park(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(this, left);
    }
  }

  @Override
  public int seconds() {
    return 7;
  }
}
