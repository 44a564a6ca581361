package dev.pools.task;

import dev.pools.internal.Faults;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the tasks that run, one by one.
 *
 * <p>Which workers have a task is read under the pool's lock, in one pass. What each task is, is
 * read after that: from the note of its run, or else from the stack of its thread. A run that ends
 * meanwhile is left out.
 */
final class RunningView {

  /** What ran on one worker, or in one caller, at the moment of the pass. */
  private record Run(
      long id,
      @Nullable Worker worker,
      @Nullable Thread thread,
      @Nullable RunNote note,
      long ranNanos) {}

  private final PoolCore core;

  RunningView(PoolCore core) {
    this.core = core;
  }

  /** The tasks that have run longest, the longest first. */
  List<TaskSnapshot> oldest(int limit) {
    long now = core.time.nanoTime();
    List<Run> runs = runs(now);
    runs.sort(Comparator.comparingLong(Run::ranNanos).reversed());
    List<TaskSnapshot> snapshots = new ArrayList<>();
    for (Run run : runs) {
      if (snapshots.size() == limit) {
        break;
      }
      TaskSnapshot snapshot = snapshot(run, now);
      if (snapshot != null) {
        snapshots.add(snapshot);
      }
    }
    return List.copyOf(snapshots);
  }

  private List<Run> runs(long now) {
    List<Run> runs = new ArrayList<>();
    core.enter();
    try {
      for (Worker worker : core.workers.present()) {
        long ticket = worker.runningTicket();
        if (ticket != Worker.NOTHING && worker.counters.isRunning()) {
          RunNote note = worker.note();
          long ran =
              note == null
                  ? worker.counters.watchedNanos(worker.counters.taken(), now)
                  : now - note.startNanos;
          runs.add(new Run(idOf(ticket, note), worker, worker.thread(), note, ran));
        }
      }
      for (RunNote note : core.callerRuns.runs()) {
        runs.add(new Run(idOf(0, note), null, note.thread, note, now - note.startNanos));
      }
    } finally {
      core.leave();
    }
    return runs;
  }

  static long idOf(long ticket, @Nullable RunNote note) {
    return note != null && note.task instanceof PoolTask<?> task ? task.id() : ticket;
  }

  private @Nullable TaskSnapshot snapshot(Run run, long now) {
    Thread thread = run.thread;
    if (thread == null) {
      return null;
    }
    RunNote note = run.note;
    String function =
        note == null ? RunStack.beginning(core.name(), thread) : TaskNames.typeOf(note.function);
    String name = null;
    Integer priority = null;
    Duration age = null;
    if (note != null && note.task instanceof PoolTask<?> task) {
      if (!task.isRunning()) {
        return null;
      }
      name = task.name();
      priority = task.priority();
      age = task.isStamped() ? nonNegative(now - task.submittedNanos()) : null;
    } else if (note != null) {
      priority = 0;
      age = note.knowsSubmission ? nonNegative(now - note.submittedNanos) : null;
    }
    Worker worker = run.worker;
    if (worker != null && !isStill(run, worker)) {
      return null;
    }
    return new TaskSnapshot(
        run.id,
        name == null ? null : Faults.redact(name),
        function,
        priority,
        TaskSnapshot.State.RUNNING,
        age,
        nonNegative(run.ranNanos),
        thread.getName());
  }

  /** Whether the worker still runs what it ran at the pass, so that its stack belonged to that. */
  private static boolean isStill(Run run, Worker worker) {
    return run.note != null || (worker.runningTicket() == run.id && worker.counters.isRunning());
  }

  private static Duration nonNegative(long nanos) {
    return Duration.ofNanos(Math.max(0, nanos));
  }

  /** What the thread of a running task does; empty if the task does not run any more. */
  List<StackTraceElement> stackOf(long id) {
    for (Run run : runs(core.time.nanoTime())) {
      Thread thread = run.thread;
      if (run.id == id && thread != null) {
        List<StackTraceElement> stack = RunStack.of(core.name(), thread);
        for (Run after : runs(core.time.nanoTime())) {
          if (after.id == id) {
            return stack;
          }
        }
      }
    }
    return List.of();
  }
}
