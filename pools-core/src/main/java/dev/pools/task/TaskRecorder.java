package dev.pools.task;

import dev.pools.advice.TaskRecord;
import dev.pools.internal.Time;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Records tasks, for {@link InspectablePool#whatIf}: each one while few come, otherwise one in
 * {@link RecordRing#STEP}. Without the option there is none, and nothing is recorded.
 *
 * <p>Which tasks are recorded is decided when they are submitted, by their ticket; a recorded task
 * carries the thread that submitted it. Other tasks carry nothing and pay nothing.
 */
final class TaskRecorder {

  /** While more come, one in {@link RecordRing#STEP} is recorded. */
  private static final double MANY_PER_SECOND = 2_000;

  /** While fewer come, each is recorded again. */
  private static final double FEW_PER_SECOND = 1_000;

  /** After so many records the rate is looked at. */
  private static final int LOOK_EACH = 64;

  private final Time time;
  private final long windowNanos;
  private final long startedNanos;
  private final RecordRing ring;

  /** Null in a time that is not the machine's, in which processors have no share. */
  private final @Nullable CpuMarks cpu;

  private final AtomicLong rejections = new AtomicLong();
  private final AtomicInteger maps = new AtomicInteger();

  private volatile boolean recordsEach = true;
  private volatile long lastLookNanos;

  // Written under the pool's lock.
  private int limit;
  private volatile long limitedNanos;

  private TaskRecorder(PoolOptions options, Time time) {
    this.time = time;
    this.windowNanos = Time.nanos(options.adviceWindow());
    this.startedNanos = time.nanoTime();
    this.ring = new RecordRing(startedNanos);
    this.lastLookNanos = startedNanos;
    this.limitedNanos = startedNanos;
    this.cpu = options.time().equals(Time.system()) ? new CpuMarks() : null;
    markCpu(startedNanos);
  }

  /** Null if the pool does not record tasks. */
  static @Nullable TaskRecorder of(PoolOptions options, Time time) {
    return options.adviceWindow().isZero() ? null : new TaskRecorder(options, time);
  }

  // ---- By submitters

  /** Whether each task is recorded. */
  boolean recordsEach() {
    return recordsEach;
  }

  /** A number for a map, which its elements carry; not 0. */
  int newMap() {
    int number = maps.incrementAndGet();
    return number == 0 ? maps.incrementAndGet() : number;
  }

  /** A task has drawn its ticket, and no other thread knows it; it is timestamped. */
  void queued(PoolTask<?> task) {
    // One that has waited for a place has been decided on then, and by another thread.
    if (task.id() >= 0 && isChosen(task.id())) {
      choose(task);
    }
  }

  /** A task waits for a place, or runs in its caller; it has its number. Under the pool's lock. */
  void outside(PoolTask<?> task) {
    if (isChosen(task.id())) {
      choose(task);
    }
  }

  private boolean isChosen(long id) {
    return id % RecordRing.STEP == 0 || recordsEach;
  }

  private static void choose(PoolTask<?> task) {
    Thread caller = Thread.currentThread();
    long id = caller.getClass() == Thread.class ? caller.getId() : System.identityHashCode(caller);
    int hash = Long.hashCode(id * 0x9E37_79B9_7F4A_7C15L);
    task.extras().caller = hash == 0 ? 1 : hash;
  }

  private static boolean isChosen(PoolTask<?> task) {
    return task.hasExtras() && task.extras().caller != 0;
  }

  // ---- By threads that run tasks

  /**
   * A task is about to run.
   *
   * @param running how many tasks run, including this one
   */
  void starts(PoolTask<?> task, int running) {
    if (isChosen(task)) {
      task.extras().running = Math.max(1, running);
    }
  }

  /**
   * A task has run.
   *
   * @param byCaller whether its submitter has run it
   */
  void ran(PoolTask<?> task, long startNanos, boolean byCaller) {
    if (isChosen(task)) {
      TaskRecord.End end = byCaller ? TaskRecord.End.RAN_BY_CALLER : TaskRecord.End.RAN;
      record(task, startNanos - task.submittedNanos(), time.nanoTime() - startNanos, end);
    }
  }

  // ---- By threads that drop tasks

  /** A task has ended that had not started. */
  void dropped(PoolTask<?> task, Outcome outcome) {
    if (!isChosen(task)) {
      return;
    }
    if (outcome == Outcome.EXPIRED) {
      record(task, time.nanoTime() - task.submittedNanos(), 0, TaskRecord.End.EXPIRED);
    } else {
      task.extras().caller = 0;
      ring.addCancelled(task.id(), !recordsEach, task.submittedNanos());
    }
  }

  /** A queued task has been dropped to make room for another one. */
  void displaced(PoolTask<?> task) {
    if (isChosen(task)) {
      record(task, time.nanoTime() - task.submittedNanos(), 0, TaskRecord.End.REJECTED);
    }
  }

  /** A task was not accepted. */
  void rejected(PoolTask<?> task) {
    long number = rejections.incrementAndGet();
    if (isChosen(number)) {
      ring.add(
          number,
          !recordsEach,
          new TaskRecord(time.nanoTime(), 0, 0, task.priority(), TaskRecord.End.REJECTED, 0, 0, 0));
    }
  }

  private void record(PoolTask<?> task, long waitNanos, long serviceNanos, TaskRecord.End end) {
    TaskExtras extras = task.extras();
    long number =
        ring.add(
            task.id(),
            !recordsEach,
            new TaskRecord(
                task.submittedNanos(),
                Math.max(0, waitNanos),
                Math.max(0, serviceNanos),
                task.priority(),
                end,
                extras.caller,
                extras.map,
                extras.running));
    extras.caller = 0;
    if (number % LOOK_EACH == LOOK_EACH - 1) {
      look();
    }
  }

  private void look() {
    long now = time.nanoTime();
    double seconds = Math.max(1, now - lastLookNanos) / 1e9;
    lastLookNanos = now;
    double perSecond = (recordsEach ? 1 : RecordRing.STEP) * LOOK_EACH / seconds;
    recordsEach = perSecond < (recordsEach ? MANY_PER_SECOND : FEW_PER_SECOND);
    markCpu(now);
  }

  private void markCpu(long nowNanos) {
    if (cpu != null) {
      cpu.mark(nowNanos);
    }
  }

  // ---- The limit of workers

  /** How many workers there may be from now on; under the pool's lock. */
  void limited(int workers) {
    if (workers != limit) {
      boolean first = limit == 0;
      limit = workers;
      limitedNanos = first ? startedNanos : time.nanoTime();
    }
  }

  // ---- Readings

  RecordRing ring() {
    return ring;
  }

  long windowNanos() {
    return windowNanos;
  }

  long startedNanos() {
    return startedNanos;
  }

  /** Since when the number of workers has not changed. */
  long limitedNanos() {
    return limitedNanos;
  }

  /** How busy the processors were with this process since then, from 0 to 1; NaN if unknown. */
  double cpuShare(long fromNanos, long nowNanos) {
    return cpu == null ? Double.NaN : cpu.share(fromNanos, nowNanos);
  }
}
