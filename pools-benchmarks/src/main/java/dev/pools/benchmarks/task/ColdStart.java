package dev.pools.benchmarks.task;

import dev.pools.benchmarks.ColdJvm;
import dev.pools.benchmarks.Measurement;
import dev.pools.task.AdvancedPool;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * How long the first pool of a JVM takes to be created with two workers that have started, and how
 * long the first tasks take that it is given, from the first submit until the last result.
 */
public final class ColdStart implements Measurement {

  /** Created by the plan. */
  public ColdStart() {}

  @Override
  public Map<String, Double> measure(String peer, Map<String, String> settings) throws Exception {
    return Map.of(
        SCORE,
        ColdJvm.medianMillis(Program.class, peer, settings.getOrDefault("first", Program.POOL)));
  }

  @Override
  public int seconds() {
    return 3;
  }

  /** Runs in the cold JVM. It has no lambdas: their first use would be measured, too. */
  static final class Program {

    static final String POOL = "pool";

    private Program() {}

    public static void main(String[] arguments) throws Exception {
      int tasks = arguments[1].equals(POOL) ? 0 : Integer.parseInt(arguments[1]);
      Future<?>[] futures = new Future<?>[tasks];
      Callable<Integer> task = new One();
      long begin = System.nanoTime();
      ExecutorService pool = open(arguments[0]);
      if (tasks > 0) {
        begin = System.nanoTime();
        for (int next = 0; next < tasks; next++) {
          futures[next] = pool.submit(task);
        }
        for (Future<?> future : futures) {
          future.get();
        }
      }
      System.out.println(System.nanoTime() - begin);
      System.exit(0);
    }

    private static ExecutorService open(String peer) {
      if (peer.equals("OURS")) {
        return AdvancedPool.builder().minWorkers(2).maxWorkers(2).build();
      }
      if (peer.equals("FJP")) {
        return new ForkJoinPool(2);
      }
      if (peer.equals("TPE")) {
        ThreadPoolExecutor executor =
            new ThreadPoolExecutor(2, 2, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
        executor.prestartAllCoreThreads();
        return executor;
      }
      throw new IllegalArgumentException("There is no cold start of " + peer + ".");
    }

    private static final class One implements Callable<Integer> {
      @Override
      public Integer call() {
        return 1;
      }
    }
  }
}
