package dev.pools.task;

import dev.pools.internal.ThreadInterrupt;

/**
 * Interrupts the run of a task that is known by its id only, and never the next task of that
 * worker.
 *
 * <p>No task pays for this. A worker that has claimed its next task reads the {@link PoolFlags} in
 * any case. Two threads are involved:
 *
 * <ol>
 *   <li>The interrupter sets the flag {@link PoolFlags#INTERRUPTS}, holds the worker ({@link
 *       Worker#holdForInterrupt}), and then looks whether the worker still runs that task. Only if
 *       it does, the interrupter interrupts the thread. Then it releases the worker and the flag.
 *   <li>The worker notes that its task has ended, claims the next task with an atomic step, and
 *       then reads the flag. If the flag is set, the worker waits as long as it is held. It clears
 *       its interrupt status before it runs the next task.
 * </ol>
 *
 * <p>Both write first and read after that, with an atomic step or a volatile write between, so one
 * of them sees the other: either the interrupter sees that the task has ended, or the worker sees
 * the flag and the hold.
 */
final class RunInterrupter {

  private final PoolCore core;

  RunInterrupter(PoolCore core) {
    this.core = core;
  }

  /** Whether a task with this id ran and its thread has been interrupted. */
  boolean interrupt(long id) {
    Worker worker = null;
    long ticket = Worker.NOTHING;
    core.enter();
    try {
      for (Worker each : core.workers.present()) {
        // Read once: the worker may run another task a moment later.
        long running = each.runningTicket();
        if (running != Worker.NOTHING && RunningView.idOf(running, each.note()) == id) {
          worker = each;
          ticket = running;
        }
      }
      if (worker != null) {
        core.interrupters++;
      }
    } finally {
      core.leave();
    }
    if (worker == null) {
      return interruptCaller(id);
    }
    try {
      return interrupt(worker, ticket);
    } finally {
      core.enter();
      try {
        core.interrupters--;
      } finally {
        core.leave();
      }
    }
  }

  private boolean interrupt(Worker worker, long ticket) {
    worker.holdForInterrupt();
    try {
      Thread thread = worker.thread();
      if (thread == null || worker.runningTicket() != ticket || !worker.counters.isRunning()) {
        return false;
      }
      return ThreadInterrupt.send(thread, core.name());
    } finally {
      worker.releaseFromInterrupt();
    }
  }

  /** A caller that runs its own task; its thread is not the pool's, so the task holds it. */
  private boolean interruptCaller(long id) {
    Thread thread = null;
    PoolTask<?> task = null;
    core.enter();
    try {
      for (RunNote run : core.callerRuns.runs()) {
        if (run.task instanceof PoolTask<?> own && own.id() == id) {
          task = own;
          thread = run.thread;
        }
      }
    } finally {
      core.leave();
    }
    if (task == null || thread == null || !task.tryHoldForInterrupt()) {
      return false;
    }
    try {
      return ThreadInterrupt.send(thread, core.name());
    } finally {
      task.interruptSent();
    }
  }
}
