package dev.pools.task;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A task that holds its worker until the test opens it. */
final class Gate implements Callable<String>, Runnable {

  private static final long PATIENCE_SECONDS = 30;

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch opened = new CountDownLatch(1);
  private volatile @Nullable Thread held;

  @Override
  public String call() throws InterruptedException {
    held = Thread.currentThread();
    entered.countDown();
    try {
      if (!opened.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("The gate was not opened.");
      }
      return "passed";
    } finally {
      held = null;
    }
  }

  @Override
  public void run() {
    try {
      call();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until a worker is held. */
  Gate awaitEntered() {
    try {
      if (!entered.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        throw new AssertionError("No worker has come.");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    return this;
  }

  /** Waits until the thread that is held waits, as a pool sees that looks at its threads. */
  Gate awaitWaiting() {
    for (Thread thread = held;
        thread != null && thread.getState() != Thread.State.TIMED_WAITING;
        thread = held) {
      Thread.yield();
    }
    return this;
  }

  boolean isEntered() {
    return entered.getCount() == 0;
  }

  void open() {
    opened.countDown();
  }

  /** Occupies one worker of the pool. */
  static Gate occupy(AdvancedPool pool) {
    Gate gate = new Gate();
    pool.execute(gate, Integer.MIN_VALUE);
    return gate.awaitEntered();
  }
}
