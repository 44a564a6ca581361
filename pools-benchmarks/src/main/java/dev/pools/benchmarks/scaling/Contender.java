package dev.pools.benchmarks.scaling;

import dev.pools.scaling.ScalingPolicy;
import dev.pools.task.AdvancedPool;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.IntSupplier;

/** A pool that may have up to {@link #MAX} workers, and decides by its own rule how many. */
enum Contender {
  /** Ours, by what completes most. */
  ADAPTIVE("AdvancedPool, adaptive") {
    @Override
    Opened open(int best) {
      return ours(1, MAX, ScalingPolicy.adaptive());
    }
  },

  /** Ours as it is by default. */
  THRESHOLDS("AdvancedPool, thresholds") {
    @Override
    Opened open(int best) {
      return ours(1, MAX, ScalingPolicy.thresholds());
    }
  },

  /** Ours with the one size that a sweep has found to be best. */
  FIXED("AdvancedPool, best fixed size") {
    @Override
    Opened open(int best) {
      return ours(best, best, ScalingPolicy.fixed());
    }
  },

  /** Hands over to a free thread or a new one. */
  TPE_DIRECT("ThreadPoolExecutor, SynchronousQueue") {
    @Override
    Opened open(int best) {
      return jdks(new SynchronousQueue<>());
    }
  },

  /** Grows once its queue is full. */
  TPE_BOUNDED("ThreadPoolExecutor, queue of 100") {
    @Override
    Opened open(int best) {
      return jdks(new LinkedBlockingQueue<>(100));
    }
  },

  /** Grows before it queues. */
  TOMCAT("Tomcat's ThreadPoolExecutor") {
    @Override
    Opened open(int best) {
      var queue = new org.apache.tomcat.util.threads.TaskQueue();
      var executor =
          new org.apache.tomcat.util.threads.ThreadPoolExecutor(
              PROCESSORS, MAX, 60, TimeUnit.SECONDS, queue, Executors.defaultThreadFactory());
      queue.setParent(executor);
      return new Opened(executor, executor::getPoolSize, executor::shutdownNow);
    }
  };

  static final int MAX = 64;
  private static final int PROCESSORS = Runtime.getRuntime().availableProcessors();

  final String title;

  Contender(String title) {
    this.title = title;
  }

  /**
   * Opens a pool.
   *
   * @param best the best fixed size, for the one that is told
   */
  abstract Opened open(int best);

  private static Opened ours(int min, int max, ScalingPolicy policy) {
    AdvancedPool pool =
        AdvancedPool.builder().minWorkers(min).maxWorkers(max).scalingPolicy(policy).build();
    return new Opened(pool, () -> pool.stats().workers(), pool::shutdownNow);
  }

  private static Opened jdks(BlockingQueue<Runnable> queue) {
    ExecutorService executor =
        new ThreadPoolExecutor(
            PROCESSORS, MAX, 60, TimeUnit.SECONDS, queue, (task, full) -> put(full, task));
    return new Opened(
        executor, ((ThreadPoolExecutor) executor)::getPoolSize, executor::shutdownNow);
  }

  /** Makes the submitter wait, as the javadoc of the class proposes for bounded queues. */
  private static void put(ThreadPoolExecutor full, Runnable task) {
    try {
      full.getQueue().put(task);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RejectedExecutionException("interrupted", e);
    }
  }

  /**
   * A pool that runs.
   *
   * @param executor takes tasks
   * @param workers how many workers it has
   * @param closer ends it
   */
  record Opened(Executor executor, IntSupplier workers, Runnable closer) implements AutoCloseable {

    @Override
    public void close() {
      closer.run();
    }
  }
}
