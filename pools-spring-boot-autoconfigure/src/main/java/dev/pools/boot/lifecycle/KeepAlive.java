package dev.pools.boot.lifecycle;

import dev.pools.internal.Faults;
import dev.pools.task.AdvancedPool;
import java.util.Collection;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;

/**
 * Keeps the JVM running while pools have tasks, and no longer. The workers of these pools are
 * daemon threads, which by themselves would let the JVM end in the middle of their work.
 *
 * <p>One thread, which is not a daemon, waits for the end of all other such threads, one after the
 * other. When only this thread is left, it waits until the pools are idle, and ends. A program
 * without a web server therefore ends when its work is done.
 */
public final class KeepAlive implements SmartLifecycle {

  /** The name of the thread, by which others of its kind in the same JVM know it. */
  private static final String THREAD = "pools-keep-alive";

  private final Supplier<? extends Collection<AdvancedPool>> pools;
  private @Nullable Thread thread;

  /**
   * Creates it.
   *
   * @param pools the pools whose tasks keep the JVM running; called on another thread
   */
  public KeepAlive(Supplier<? extends Collection<AdvancedPool>> pools) {
    this.pools = pools;
  }

  @Override
  public synchronized void start() {
    if (thread == null) {
      Thread keeper = new Thread(null, this::run, THREAD, 0, /* inheritThreadLocals= */ false);
      keeper.setDaemon(false);
      try {
        keeper.start();
        thread = keeper;
      } catch (OutOfMemoryError noThread) {
        Faults.warn(
            KeepAlive.class,
            noThread,
            "The thread could not be started that keeps the JVM running while pools have tasks");
      }
    }
  }

  @Override
  public synchronized void stop() {
    if (thread != null) {
      thread.interrupt();
      thread = null;
    }
  }

  @Override
  public synchronized boolean isRunning() {
    return thread != null;
  }

  @Override
  public boolean isPauseable() {
    return false;
  }

  /** Starts first and stops last. */
  @Override
  public int getPhase() {
    return Integer.MIN_VALUE;
  }

  private void run() {
    try {
      while (true) {
        Thread other = oldestOther();
        if (other != null) {
          other.join();
        } else if (isIdle()) {
          return;
        }
      }
    } catch (InterruptedException stopped) {
      // The context ends, or is stopped.
    } catch (ExecutionException impossible) {
      Faults.warn(KeepAlive.class, impossible, "Waiting for the tasks of pools has failed");
    }
  }

  /** Waits until no pool has anything to do; whether it did not have to wait. */
  private boolean isIdle() throws InterruptedException, ExecutionException {
    CompletableFuture<?>[] idle =
        pools.get().stream()
            .filter(InitializedPools::isPool)
            .map(AdvancedPool::whenIdle)
            .toArray(CompletableFuture[]::new);
    CompletableFuture<Void> all = CompletableFuture.allOf(idle);
    boolean atOnce = all.isDone();
    try {
      all.get();
    } finally {
      for (CompletableFuture<?> one : idle) {
        one.cancel(false);
      }
    }
    return atOnce;
  }

  /** Another thread that keeps the JVM running; the oldest, since it may be there for longest. */
  private static @Nullable Thread oldestOther() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    for (ThreadGroup parent = group; parent != null; parent = parent.getParent()) {
      group = parent;
    }
    if (group == null) {
      return null;
    }
    Thread[] threads = new Thread[group.activeCount() + 16];
    int count = group.enumerate(threads);
    while (count == threads.length) {
      threads = new Thread[2 * threads.length];
      count = group.enumerate(threads);
    }
    Thread oldest = null;
    for (int i = 0; i < count; i++) {
      Thread thread = threads[i];
      if (keepsRunning(thread) && (oldest == null || thread.getId() < oldest.getId())) {
        oldest = thread;
      }
    }
    return oldest;
  }

  /** The thread that ends the JVM has no frame of Java: it waits for this one. */
  private static boolean keepsRunning(Thread thread) {
    return !thread.isDaemon()
        && thread.isAlive()
        && !thread.getName().equals(THREAD)
        && thread.getStackTrace().length > 0;
  }
}
