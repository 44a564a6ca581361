package dev.pools.task;

import dev.pools.internal.Faults;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the runs of a pool now and then, and tells which take too long. There is one only if the
 * pool has such a limit. It has no timer of its own: it looks when the pool looks at its runs (see
 * {@link RunWatch}), which it does only while tasks run.
 *
 * <p>A look runs under the pool's lock and only decides. What it has decided is carried out after
 * that, on helper threads, because logs and listeners are user code. Listeners are told one after
 * another; one that hangs holds up the next events, of which a bounded number is kept.
 */
final class RunSupervisor {

  /** So many runs are logged one by one after a look; the others in one line. */
  private static final int MOST_LOGGED = 10;

  /** A run that takes too long. */
  private record Stuck(RunNote note, TaskInfo task, long ranNanos) {}

  private final PoolCore core;
  private final Listeners listeners;
  private final ListenerEvents events;
  private final long stuckNanos;
  private final long periodNanos;

  // Guarded by the pool's lock.
  private List<Stuck> found = new ArrayList<>();
  private int seen;

  RunSupervisor(PoolCore core, Listeners listeners) {
    this.core = core;
    this.listeners = listeners;
    this.events = new ListenerEvents(core);
    this.stuckNanos = Time.nanos(core.options.stuckAfter());
    this.periodNanos = RunLimits.lookNanos(core.options);
  }

  // ---- Under the lock

  /** Looks at all runs; {@link #takeFound} must follow. */
  void look(long now) {
    seen = 0;
    for (Worker worker : core.workers.present()) {
      RunNote note = worker.note();
      if (note != null) {
        look(note, now);
      }
    }
    for (RunNote note : core.callerRuns.runs()) {
      look(note, now);
    }
  }

  private void look(RunNote note, long now) {
    seen++;
    long ran = now - note.startNanos;
    if (stuckNanos > 0 && ran >= stuckNanos && note.trySetStuck(this::stuckEnds)) {
      core.counters.stuck++;
      core.counters.stuckNow++;
      found.add(new Stuck(note, listeners.info(note.task), ran));
    }
  }

  /** Whether the last look saw no run: not of a caller, and no dependant on a worker either. */
  boolean isIdle() {
    return seen == 0;
  }

  /** How long until the next look, at most. */
  long periodNanos() {
    return periodNanos;
  }

  /** What the look has decided, to be carried out without the lock; null if it is nothing. */
  @Nullable Runnable takeFound() {
    if (found.isEmpty()) {
      return null;
    }
    List<Stuck> taken = found;
    found = new ArrayList<>();
    return () -> report(taken);
  }

  // ---- Without the lock

  /** On a helper thread. */
  private void report(List<Stuck> runs) {
    int logged = 0;
    for (Stuck run : runs) {
      List<StackTraceElement> stack = RunStack.of(run.note.thread);
      if (run.note.isOver()) {
        // The thread may run another task by now.
        stack = List.of();
      }
      if (logged++ < MOST_LOGGED) {
        log(run, stack);
      }
      List<StackTraceElement> seen = stack;
      events.tell(
          () -> listeners.taskStuck(run.task, Duration.ofNanos(run.ranNanos), seen));
    }
    if (runs.size() > MOST_LOGGED) {
      Faults.warn(
          RunSupervisor.class,
          null,
          "Pool '{}': {} more tasks have been running for longer than stuckAfter, which is {}",
          core.name(),
          runs.size() - MOST_LOGGED,
          core.options.stuckAfter());
    }
  }

  private void log(Stuck run, List<StackTraceElement> stack) {
    Throwable shown = null;
    if (!stack.isEmpty()) {
      shown = new StackOfTask(run.note.thread.getName());
      shown.setStackTrace(stack.toArray(StackTraceElement[]::new));
    }
    Faults.warn(
        RunSupervisor.class,
        shown,
        "Pool '{}': the task '{}' has been running for {} on thread '{}', which is longer than stuckAfter ({}). It still takes up that thread. Look at what it waits for; if such runs are normal, raise stuckAfter",
        core.name(),
        run.task.label(),
        Duration.ofNanos(run.ranNanos),
        run.note.thread.getName(),
        core.options.stuckAfter());
  }

  /** By the thread that ran it, which goes on to its next task. */
  private void stuckEnds(RunNote note) {
    long ran = core.time.nanoTime() - note.startNanos;
    TaskInfo task = listeners.info(note.task);
    core.enter();
    try {
      core.counters.stuckNow--;
    } finally {
      core.leave();
    }
    core.helpers.run(
        () -> {
          Faults.info(
              RunSupervisor.class,
              "Pool '{}': the task '{}' that was stuck has ended after {}",
              core.name(),
              task.label(),
              Duration.ofNanos(ran));
          events.tell(() -> listeners.stuckTaskEnded(task, Duration.ofNanos(ran)));
        });
  }

  /** Carries the stack of a task's thread to the log. */
  private static final class StackOfTask extends RuntimeException {
    private static final long serialVersionUID = 1L;

    StackOfTask(String thread) {
      super("This is what thread '" + thread + "' does now", null, false, true);
    }
  }
}
