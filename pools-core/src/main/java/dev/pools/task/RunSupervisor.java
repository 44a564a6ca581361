package dev.pools.task;

import dev.pools.internal.Faults;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Looks at the runs of a pool now and then, and tells which take too long. There is one only if the
 * pool has such a limit. It has no timer of its own: it looks when the pool looks at its runs (see
 * {@link RunWatch}), which it does only while tasks run.
 *
 * <p>A look runs under the pool's lock and only decides. What it has decided is carried out after
 * that, on helper threads, because logs and listeners are user code. Listeners are told one after
 * another; one that hangs holds up the next events; a bounded number of them is kept.
 */
final class RunSupervisor {

  /** How many runs are logged one by one after a look; the others share one line. */
  private static final int MOST_LOGGED = 10;

  /** How long after the interrupt of its limit a run counts as stuck. */
  private static final long IGNORED_NANOS = 1_000_000_000L;

  /** A run that takes too long. */
  private record Stuck(RunNote note, TaskInfo task, long ranNanos, boolean ignoresInterrupt) {}

  private final PoolCore core;
  private final Listeners listeners;
  private final ListenerEvents events;

  // Guarded by the pool's lock. The limits are those of the last look.
  private long stuckNanos;
  private long maxRunNanos;
  private long periodNanos;
  private List<Stuck> found = new ArrayList<>();
  private List<RunTimeout> timeouts = new ArrayList<>();
  private int seen;

  RunSupervisor(PoolCore core, Listeners listeners) {
    this.core = core;
    this.listeners = listeners;
    this.events = new ListenerEvents(core);
  }

  // ---- Under the lock

  /** Looks at all runs; {@link #takeFound} must follow. */
  void look(long now) {
    PoolOptions options = core.options;
    stuckNanos = Time.nanos(options.stuckAfter());
    maxRunNanos = Time.nanos(options.maxRunTime());
    periodNanos = RunLimits.lookNanos(options);
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
    PoolTask<?> task = note.task instanceof PoolTask<?> full ? full : null;
    if (task != null) {
      long own = task.maxRunNanos();
      long limit = own > 0 ? own : task.isExposed() ? maxRunNanos : 0;
      if (limit > 0 && ran >= limit && !note.limitHit && task.isRunning()) {
        note.limitHit = true;
        note.limitHitNanos = now;
        timeouts.add(new RunTimeout(core, note, task, ran, limit));
      }
    }
    boolean ignores = note.limitHit && now - note.limitHitNanos >= IGNORED_NANOS;
    boolean tooLong = stuckNanos > 0 && ran >= stuckNanos;
    if ((tooLong || ignores) && !note.isStuck()) {
      TaskInfo info = listeners.info(note);
      if (note.trySetStuck(over -> stuckEnds(over, info))) {
        core.counters.stuck++;
        core.counters.stuckNow++;
        found.add(new Stuck(note, info, ran, ignores));
      }
    }
  }

  /** Whether the last look saw no run: not of a caller, and no dependant on a worker either. */
  boolean isIdle() {
    return seen == 0;
  }

  /** How long until the next look, at most. */
  long periodNanos() {
    return core.factory.limitsSingleRuns()
        ? Math.min(RunWatch.LOOK_NANOS, periodNanos)
        : periodNanos;
  }

  /** What the look has decided, to be carried out without the lock. */
  List<Runnable> takeFound() {
    if (found.isEmpty() && timeouts.isEmpty()) {
      return List.of();
    }
    List<Runnable> actions = new ArrayList<>(timeouts);
    timeouts = new ArrayList<>();
    if (!found.isEmpty()) {
      List<Stuck> taken = found;
      found = new ArrayList<>();
      actions.add(() -> report(taken));
    }
    return actions;
  }

  // ---- Without the lock

  /** On a helper thread. */
  private void report(List<Stuck> runs) {
    int logged = 0;
    for (Stuck run : runs) {
      List<StackTraceElement> stack = RunStack.of(core.name(), run.note.thread);
      if (run.note.isOver()) {
        // The thread may run another task by now.
        stack = List.of();
      }
      if (logged++ < MOST_LOGGED) {
        log(run, stack);
      }
      List<StackTraceElement> seen = stack;
      events.tell(() -> listeners.taskStuck(run.task, Duration.ofNanos(run.ranNanos), seen));
    }
    if (runs.size() > MOST_LOGGED) {
      Faults.warn(
          RunSupervisor.class,
          null,
          "Pool '{}': {} more tasks are stuck",
          core.name(),
          runs.size() - MOST_LOGGED);
    }
  }

  private void log(Stuck run, List<StackTraceElement> stack) {
    Throwable shown = null;
    if (!stack.isEmpty()) {
      shown = new StackOfTask(run.note.thread.getName());
      shown.setStackTrace(stack.toArray(StackTraceElement[]::new));
    }
    if (run.ignoresInterrupt) {
      Faults.warn(
          RunSupervisor.class,
          shown,
          "Pool '{}': the task '{}' has exceeded its maxRunTime, was interrupted, and still runs after {}. It still takes up thread '{}'. Limit what it waits for, or let it look at the interrupt",
          core.name(),
          run.task.label(),
          Duration.ofNanos(run.ranNanos),
          run.note.thread.getName());
      return;
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

  /** Called by the thread that ran it, which goes on to its next task. */
  private void stuckEnds(RunNote note, TaskInfo task) {
    long ran = core.time.nanoTime() - note.startNanos;
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
