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

  /** So many waiting tasks are looked at. */
  static final int MOST_WAITING = 100_000;

  /** After a resize, fewer tasks say too little. */
  private static final int ENOUGH_SINCE_RESIZE = 1_000;

  /** A task that has not ended. */
  private record Unended(long id, TaskRecord task) {}

  static RecordedSample of(PoolCore core, TaskRecorder recorder) {
    List<Unended> waiting = waiting(core);
    List<Unended> running = running(core);
    long now = core.time.nanoTime();
    RecordRing ring = recorder.ring();
    List<RecordRing.Entry> entries = new ArrayList<>();
    long count = ring.count();
    for (long number = Math.max(0, count - RecordRing.CAPACITY); number < count; number++) {
      RecordRing.Entry entry = ring.get(number);
      if (entry != null) {
        entries.add(entry);
      }
    }
    long from = latest(ring.completeFromNanos(), now - recorder.windowNanos(), now);
    long resizedAt = recorder.limitedNanos();
    boolean hasResized = resizedAt != recorder.startedNanos();
    from = latest(from, resizedAt, now);
    return collect(core, recorder, entries, waiting, running, from, now, hasResized);
  }

  private static long latest(long a, long b, long now) {
    return now - a < now - b ? a : b;
  }

  private static RecordedSample collect(
      PoolCore core,
      TaskRecorder recorder,
      List<RecordRing.Entry> entries,
      List<Unended> waiting,
      List<Unended> running,
      long from,
      long now,
      boolean hasResized) {
    entries.removeIf(entry -> endNanos(entry) - from < 0);
    boolean thinned =
        !recorder.recordsEach() || entries.stream().anyMatch(RecordRing.Entry::thinned);
    int step = thinned ? RecordRing.STEP : 1;
    Set<Long> known = new HashSet<>();
    List<TaskRecord> tasks = new ArrayList<>();
    long cancelled = 0;
    long since = 0;
    for (RecordRing.Entry entry : entries) {
      TaskRecord task = entry.task();
      if (thinned && !entry.isOneInStep()) {
        continue;
      }
      since += entry.arrivalNanos() - from >= 0 ? step : 0;
      if (task == null) {
        cancelled++;
      } else {
        tasks.add(task);
        if (task.end() != TaskRecord.End.REJECTED) {
          known.add(entry.id());
        }
      }
    }
    for (List<Unended> unended : List.of(running, waiting)) {
      for (Unended task : unended) {
        if ((!thinned || task.id % RecordRing.STEP == 0) && known.add(task.id)) {
          tasks.add(task.task);
        }
      }
    }
    int all = tasks.size() + (int) cancelled;
    Sample sample =
        new Sample(
            tasks,
            from,
            now - from > 0 ? now : from + 1,
            step,
            recorder.cpuShare(from, now),
            core.workers.blocked(),
            hasResized && since < ENOUGH_SINCE_RESIZE);
    return new RecordedSample(
        sample,
        waiting.size() >= MOST_WAITING,
        all == 0 ? 0 : (double) cancelled / all,
        hasResized ? since : 0);
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
