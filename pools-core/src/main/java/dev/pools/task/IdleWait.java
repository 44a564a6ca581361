package dev.pools.task;

import dev.pools.internal.ExitingThreads;
import dev.pools.internal.Faults;
import dev.pools.internal.Promise;
import dev.pools.internal.Time;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A caller's wait until the pool has nothing to do. Guarded by the pool's lock.
 *
 * <pre>
 *   from     to         method                by
 *   OPEN     IDLE       PoolCore.leave        the thread whose hold of the lock leaves the pool idle
 *   OPEN     GIVEN UP   Promise.whenGivenUp   the user who completes or cancels the future
 * </pre>
 *
 * <p>Some tasks cannot end before the wait does, and do not count: the one whose thread waits, and
 * those inside of {@code System.exit}, which never returns and waits for the thread that closes the
 * application. Which tasks these are is looked up when the wait starts, and now and then while it
 * lasts.
 */
final class IdleWait {

  /** How often it looks which tasks cannot end. */
  static final long LOOK_NANOS = 100_000_000L;

  final Promise<Void> done = new Promise<>();

  /** The thread that waits, or that runs for the pool the task on whose behalf another waits. */
  private final Thread owner;

  /** How many bare Runnables that thread runs as a caller. */
  private final int ownBareRuns;

  /** The threads that run a task that cannot end. */
  private List<Thread> stuck = List.of();

  private long ticketsAtLook = -1;
  private boolean quiet;
  private Time.@Nullable Timer timer;

  IdleWait(Thread owner, int ownBareRuns) {
    this.owner = owner;
    this.ownBareRuns = ownBareRuns;
  }

  /** How many bare Runnables that callers run do not count. */
  int bareRunsThatDoNotCount() {
    return ownBareRuns;
  }

  /** Whether a task that this thread runs does not count. */
  boolean doesNotCount(@Nullable Thread runner) {
    if (runner == owner) {
      return true;
    }
    for (Thread thread : stuck) {
      if (thread == runner) {
        return true;
      }
    }
    return false;
  }

  /** Whether no task has come between the last two looks. */
  boolean isQuiet() {
    return quiet;
  }

  /**
   * Notes what a look has found.
   *
   * @param tickets how many tasks have come so far
   */
  void looked(List<Thread> nowStuck, long tickets) {
    stuck = nowStuck;
    quiet = tickets == ticketsAtLook;
    ticketsAtLook = tickets;
  }

  void timer(Time.Timer next) {
    timer = next;
  }

  void cancelTimer() {
    if (timer != null) {
      timer.cancel();
    }
  }

  /** Those of these threads that are inside of {@code System.exit}; not under the lock. */
  static List<Thread> exiting(Iterable<Thread> threads) {
    List<Thread> exiting = new ArrayList<>();
    for (Thread thread : threads) {
      // A deep stack takes much memory.
      Faults.guard(
          IdleWait.class,
          "Looking what a thread does",
          () -> {
            if (ExitingThreads.isExiting(thread)) {
              exiting.add(thread);
            }
          });
    }
    return exiting;
  }
}
