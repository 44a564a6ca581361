package dev.pools.internal;

import java.util.ArrayDeque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the completions that a section under the lock has decided, after it. A completion may run
 * user code, which may call the pool and so lead to more completions on the same thread: these run
 * at once, but past a depth they wait for the outer ones to return, so that no chain of them can
 * outgrow the stack.
 */
public final class Trampoline {

  private static final Logger LOG = LoggerFactory.getLogger(Trampoline.class);

  private static final int DEEPEST = 50;

  /** Where this thread is; present only while it runs completions. */
  private static final ThreadLocal<Trampoline> RUNNING = new ThreadLocal<>();

  private final ArrayDeque<Runnable> postponed = new ArrayDeque<>();
  private int depth;

  private Trampoline() {}

  /** Runs them, now or as soon as the outer ones have returned. */
  public static void run(List<Runnable> completions) {
    Trampoline running = RUNNING.get();
    if (running != null) {
      running.runNested(completions);
      return;
    }
    Trampoline outermost = new Trampoline();
    RUNNING.set(outermost);
    try {
      outermost.runNested(completions);
      for (Runnable next = outermost.postponed.poll();
          next != null;
          next = outermost.postponed.poll()) {
        outermost.runNested(List.of(next));
      }
    } finally {
      RUNNING.remove();
    }
  }

  /**
   * Runs now what waits on this thread for the outer completions to return: for a caller who is
   * about to block inside one of them, maybe for just that.
   */
  public static void runPostponed() {
    Trampoline running = RUNNING.get();
    if (running == null) {
      return;
    }
    for (Runnable next = running.postponed.poll(); next != null; next = running.postponed.poll()) {
      runReported(next);
    }
  }

  private void runNested(List<Runnable> completions) {
    if (depth == DEEPEST) {
      postponed.addAll(completions);
      return;
    }
    depth++;
    for (Runnable completion : completions) {
      runReported(completion);
    }
    depth--;
  }

  private static void runReported(Runnable completion) {
    try {
      completion.run();
    } catch (Throwable fault) {
      Faults.error(LOG, fault, "A completion failed");
    }
  }
}
