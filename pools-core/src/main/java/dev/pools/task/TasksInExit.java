package dev.pools.task;

import dev.pools.internal.ExitingThreads;
import dev.pools.internal.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Ends a pool that is shut down and has nothing left but tasks inside of {@code System.exit}. That
 * never returns, and waits for the shutdown hooks; so a hook that waits for the end of the pool, or
 * for a thread that does, would wait for itself.
 *
 * <p>Such a pool terminates although these tasks still run: their threads do nothing any more but
 * wait for the JVM's end. What is queued, and can have no worker because all of them are inside of
 * {@code System.exit}, is cancelled before.
 *
 * <p>The pool looks for this together with its looks at runs, and only if the JVM has begun to
 * exit. So it does not matter whether the wait began before the exit or after it.
 */
final class TasksInExit {

  private final PoolCore core;
  private final PoolShutdown shutdown;

  /** How many tasks had come at the last look. Guarded by the pool's lock. */
  private long ticketsAtLook = -1;

  TasksInExit(PoolCore core, PoolShutdown shutdown) {
    this.core = core;
    this.shutdown = shutdown;
  }

  /** On a helper thread, because the stacks of all threads may take long. */
  void look() {
    List<Thread> runners;
    core.enter();
    try {
      if (!isEnding()) {
        return;
      }
      runners = core.threads.runners();
    } finally {
      core.leave();
    }
    List<Thread> exiting = IdleWait.exiting(runners);
    int bare = exitingBareCallers();
    if (exiting.isEmpty() && bare == 0) {
      return;
    }
    IdleWait rest = new IdleWait(Thread.currentThread(), bare);
    core.enter();
    try {
      rest.looked(exiting, ticketsAtLook);
      ticketsAtLook = core.queue.tickets().next();
      rest.looked(exiting, ticketsAtLook);
      if (!isEnding()) {
        return;
      }
      if (!core.rest.isIdleBut(rest) && !core.rest.noneCanTake(rest)) {
        return;
      }
    } finally {
      core.leave();
    }
    // Nothing that is dropped here, or cut off, could ever have run.
    shutdown.dropStranded();
    core.enter();
    try {
      // Again: what was dropped may not have been completed yet, and the next look comes soon.
      if (!isEnding() || !core.rest.isIdleBut(rest)) {
        return;
      }
      core.terminate();
    } finally {
      core.leave();
    }
    Faults.info(
        TasksInExit.class,
        "Pool '{}' has terminated without {} that called System.exit: it waits for the shutdown hooks, and these may wait for the pool",
        core.name(),
        Faults.count(exiting.size() + bare, "task"));
  }

  private boolean isEnding() {
    return core.state() == PoolState.DRAINING || core.state() == PoolState.STOPPING;
  }

  private int exitingBareCallers() {
    if (!core.callerRuns.takeBareCode()) {
      return 0;
    }
    List<Long> ids = new ArrayList<>();
    for (Thread thread : ExitingThreads.all()) {
      ids.add(thread.getId());
    }
    return core.callerRuns.runningOn(Set.copyOf(ids));
  }
}
