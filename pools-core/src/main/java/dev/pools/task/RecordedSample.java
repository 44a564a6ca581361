package dev.pools.task;

import dev.pools.advice.Sample;
import dev.pools.advice.TaskRecord;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a recorder knows at one moment: the tasks that have ended, those that run, and those that
 * wait. A task that moves on while they are read counts once, at its later place: waiting tasks are
 * read first, ended ones last.
 *
 * @param cutShort whether more tasks wait than are looked at
 * @param cancelledShare how many of the tasks were cancelled before they started, from 0 to 1
 * @param tasksSinceResize how many tasks have ended that came after the last change of the number
 *     of workers
 */
record RecordedSample(
    Sample sample, boolean cutShort, double cancelledShare, long tasksSinceResize) {

  /** How many waiting tasks are looked at, at most. */
  static final int MOST_WAITING = 100_000;

  /** After a resize, fewer tasks say too little. */
  private static final int ENOUGH_SINCE_RESIZE = 1_000;

  /** A task that has not ended. */
  private record Unended(long id, TaskRecord task) {}

  /** The tasks of a sample, and what is counted meanwhile. */
  private static final class Tasks {

    private final long fromNanos;
    private final int step;
    private final List<TaskRecord> all = new ArrayList<>();
    private final Set<Long> known = new HashSet<>();
    private long cancelled;
    private long arrivedSinceThen;

    Tasks(long fromNanos, int step) {
      this.fromNanos = fromNanos;
      this.step = step;
    }

    void add(RecordRing.Entry ended) {
      if (step > 1 && !ended.isOneInStep()) {
        return;
      }
      arrivedSinceThen += ended.arrivalNanos() - fromNanos >= 0 ? step : 0;
      TaskRecord task = ended.task();
      if (task == null) {
        cancelled++;
        return;
      }
      all.add(task);
      if (task.end() != TaskRecord.End.REJECTED) {
        known.add(ended.id());
      }
    }

    /** Adds a task, unless it has ended meanwhile and is known. */
    void add(Unended task) {
      if ((step == 1 || task.id % RecordRing.STEP == 0) && known.add(task.id)) {
        all.add(task.task);
      }
    }

    double cancelledShare() {
      return cancelled == 0 ? 0 : (double) cancelled / (all.size() + cancelled);
    }
  }

  static RecordedSample of(PoolCore core, TaskRecorder recorder) {
    List<Unended> waiting = waiting(core);
    List<Unended> running = running(core);
    long now = core.time.nanoTime();
    List<RecordRing.Entry> ended = recorder.ring().entries();
    long resized = recorder.limitedNanos();
    boolean hasResized = resized != recorder.startedNanos();
    long complete = latest(recorder.ring().completeFromNanos(), now - recorder.windowNanos(), now);
    long from = latest(complete, resized, now);
    ended.removeIf(entry -> endNanos(entry) - from < 0);
    boolean thinned = !recorder.recordsEach() || ended.stream().anyMatch(RecordRing.Entry::thinned);
    Tasks tasks = new Tasks(from, thinned ? RecordRing.STEP : 1);
    ended.forEach(tasks::add);
    running.forEach(tasks::add);
    waiting.forEach(tasks::add);
    Sample sample =
        new Sample(
            tasks.all,
            from,
            now - from > 0 ? now : from + 1,
            tasks.step,
            recorder.cpuShare(from, now),
            core.workers.blocked(),
            hasResized && tasks.arrivedSinceThen < ENOUGH_SINCE_RESIZE);
    return new RecordedSample(
        sample,
        waiting.size() >= MOST_WAITING,
        tasks.cancelledShare(),
        hasResized ? tasks.arrivedSinceThen : 0);
  }

  private static long latest(long a, long b, long now) {
    return now - a < now - b ? a : b;
  }

  private static long endNanos(RecordRing.Entry entry) {
    TaskRecord task = entry.task();
    return task == null
        ? entry.arrivalNanos()
        : entry.arrivalNanos() + task.waitNanos() + task.serviceNanos();
  }

  // ---- Tasks that have not ended

  private static List<Unended> waiting(PoolCore core) {
    List<WaitingView.Waiting> waiting = new WaitingView(core).look(MOST_WAITING);
    long now = core.time.nanoTime();
    List<Unended> unended = new ArrayList<>();
    // A task without a timestamp came before the next one that has one.
    long arrival = now;
    for (int i = waiting.size() - 1; i >= 0; i--) {
      WaitingView.Waiting one = waiting.get(i);
      arrival = one.isStamped() ? one.stampNanos() : arrival;
      unended.add(
          new Unended(
              one.id(), record(one.task(), arrival, now - arrival, 0, TaskRecord.End.WAITING)));
    }
    return unended;
  }

  private static List<Unended> running(PoolCore core) {
    List<RunNote> notes = new ArrayList<>();
    core.enter();
    try {
      for (Worker worker : core.workers.present()) {
        RunNote note = worker.note();
        if (note != null) {
          notes.add(note);
        }
      }
      notes.addAll(core.callerRuns.runs());
    } finally {
      core.leave();
    }
    long now = core.time.nanoTime();
    List<Unended> unended = new ArrayList<>();
    for (RunNote note : notes) {
      if (note.task instanceof PoolTask<?> task && note.knowsSubmission) {
        long wait = note.startNanos - note.submittedNanos;
        unended.add(
            new Unended(
                task.id(),
                record(
                    task,
                    note.submittedNanos,
                    wait,
                    now - note.startNanos,
                    TaskRecord.End.RUNNING)));
      }
    }
    return unended;
  }

  private static TaskRecord record(
      @Nullable PoolTask<?> task, long arrival, long wait, long ran, TaskRecord.End end) {
    TaskExtras extras = task != null && task.hasExtras() ? task.extras() : null;
    return new TaskRecord(
        arrival,
        Math.max(0, wait),
        Math.max(0, ran),
        task == null ? 0 : task.priority(),
        end,
        extras == null ? 0 : extras.caller,
        extras == null ? 0 : extras.map,
        extras == null ? 0 : extras.running);
  }
}
