package dev.pools.task;

import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A program in which a task, or the listener that is told of its start, fills the heap. It stays
 * full until the worker pauses, rests or has ended.
 */
final class FullHeapOfTasks {

  private static final long PATIENCE_SECONDS = 30;
  private static final int BIG = 1 << 20;

  /** What fills the heap: arrays whose first element is the one before. */
  private static volatile Object @Nullable [] held;

  private static volatile @Nullable Thread filler;
  private static volatile boolean listenerFills;

  /** No other thread needs memory before the heap is free again. */
  private static volatile boolean othersAreReady;

  private FullHeapOfTasks() {}

  private static final class Filling implements PoolListener {
    @Override
    public void taskStarted(TaskInfo task, Duration waited) {
      if (listenerFills) {
        listenerFills = false;
        fill();
      }
    }
  }

  public static void main(String[] args) throws Exception {
    boolean byListener = "listener".equals(System.getProperty("where"));
    AdvancedPoolBuilder builder = AdvancedPool.builder().minWorkers(1).maxWorkers(1);
    AdvancedPool pool = (byListener ? builder.listener(new Filling()) : builder).build();
    pool.submit(() -> 1).get();
    // Loads what it needs.
    isAtRest(Thread.currentThread());
    Thread freer = new Thread(FullHeapOfTasks::free);
    freer.start();
    listenerFills = byListener;
    PoolFuture<Integer> future =
        pool.submit(
            () -> {
              if (!byListener) {
                fill();
              }
              return 1;
            });
    othersAreReady = true;
    freer.join();
    boolean done = true;
    try {
      future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException failed) {
      // As the task has.
    } catch (TimeoutException lost) {
      done = false;
    }
    pool.shutdown();
    boolean terminated = pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS);
    System.out.println("done " + done + ", terminated " + terminated);
    Runtime.getRuntime().halt(0);
  }

  private static void fill() {
    while (!othersAreReady) {
      Thread.yield();
    }
    int length = BIG;
    while (true) {
      try {
        Object[] next = new Object[length];
        next[0] = held;
        held = next;
      } catch (OutOfMemoryError full) {
        if (length == 1) {
          filler = Thread.currentThread();
          throw full;
        }
        length /= 2;
      }
    }
  }

  private static void free() {
    while (!isAtRest(filler)) {
      Thread.yield();
    }
    held = null;
  }

  private static boolean isAtRest(@Nullable Thread thread) {
    if (thread == null) {
      return false;
    }
    Thread.State state = thread.getState();
    return state == Thread.State.WAITING
        || state == Thread.State.TIMED_WAITING
        || state == Thread.State.TERMINATED;
  }
}
