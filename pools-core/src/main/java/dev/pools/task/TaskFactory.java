package dev.pools.task;

import static java.util.Objects.requireNonNull;

import dev.pools.flight.Flight;
import dev.pools.internal.FaultSeries;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/**
 * Creates the tasks of one pool: with the time of their submission, a limit for their time in the
 * queue, and a captured context, if the pool's options ask for these.
 */
final class TaskFactory {

  private final FaultSeries faults;
  private final Time time;
  private final @Nullable TaskDecorator decorator;
  private final boolean timestampsEveryTask;

  /** Whether the time of this pool is that of recordings, and not a test's. */
  private final boolean isRecordable;

  /** Whether there is a limit, or was one: of the pool, or of a task that was created. */
  private volatile boolean limitsRuns;

  /** Whether a task with a limit of its own was created. */
  private volatile boolean limitsSingleRuns;

  /** Whether the queue keeps the times of bare Runnables, if it keeps times. */
  private final boolean stampsBareCode;

  private final boolean callersMayTakeBareCode;

  // Written under the pool's lock and read without it: a task that is created while the options
  // change may have some of the old ones.
  private long maxQueueNanos;
  private boolean limitsEachRun;
  private boolean takesBareCode;
  private boolean callersTakeBareCode;

  /** Null if no task is recorded. */
  private final @Nullable TaskRecorder recorder;

  /** Set once, before the first task is created. */
  private @Nullable TaskOwner<PoolTask<?>> owner;

  TaskFactory(PoolOptions options, Time time, FaultSeries faults) {
    this.faults = faults;
    this.time = time;
    this.decorator = options.decorator();
    this.recorder = TaskRecorder.of(options, time);
    boolean ages = !options.aging().isZero();
    this.timestampsEveryTask = ages || !options.listeners().isEmpty();
    this.isRecordable = time.getClass() == Time.system().getClass();
    this.stampsBareCode =
        !ages
            && options.maxQueueTime().isZero()
            && decorator == null
            && options.maxRunTime().isZero()
            && (recorder == null || !timestampsEveryTask);
    this.callersMayTakeBareCode = options.listeners().isEmpty() && recorder == null;
    become(options);
  }

  /** Sets the limits of tasks that are created from now on; under the pool's lock. */
  void become(PoolOptions options) {
    boolean areLimited = RunLimits.areSet(options);
    maxQueueNanos = Time.nanos(options.maxQueueTime());
    limitsEachRun = !options.maxRunTime().isZero();
    takesBareCode = stampsBareCode && maxQueueNanos == 0 && !limitsEachRun;
    callersTakeBareCode = takesBareCode && callersMayTakeBareCode && !areLimited;
    if (areLimited) {
      limitsRuns = true;
    }
  }

  /** Says whose tasks these are; before the first one is created. */
  void ownedBy(TaskOwner<PoolTask<?>> tasksOwner) {
    owner = tasksOwner;
  }

  // ---- What a task must carry

  /** Whether a task of the default options can be a bare Runnable, which saves an object. */
  boolean takesBareCode() {
    return takesBareCode;
  }

  /** As {@link #takesBareCode}, for tasks that their submitters run. */
  boolean callersTakeBareCode() {
    return callersTakeBareCode;
  }

  /** Whether each task must note when it was submitted, and not only one in so many. */
  boolean timestampsEveryTask() {
    return timestampsEveryTask;
  }

  /** As {@link #timestampsEveryTask}, where tasks may be bare Runnables. */
  boolean timestampsCode() {
    return timestampsEveryTask && stampsBareCode;
  }

  /** As {@link #timestampsCode}, or because a recording runs at the moment. */
  boolean timestampsCodeNow() {
    return timestampsCode() || (stampsBareCode && recordedNow() != 0);
  }

  /** The time of the recording that runs; zero if none does. */
  long recordedNow() {
    return isRecordable ? Flight.now() : 0;
  }

  /** When a bare Runnable is submitted, where these are timestamped. */
  long stampNanos() {
    long recorded = timestampsEveryTask ? 0 : recordedNow();
    return recorded == 0 ? time.nanoTime() : recorded;
  }

  /** Whether the pool has to look for runs that take too long. */
  boolean limitsRuns() {
    return limitsRuns;
  }

  /** Whether the pool has to look often, because tasks have limits of their own. */
  boolean limitsSingleRuns() {
    return limitsSingleRuns;
  }

  /** Null if no task is recorded. */
  @Nullable TaskRecorder recorder() {
    return recorder;
  }

  /** Whether each task must be timestamped in the queue, because each is recorded. */
  boolean recordsEach() {
    TaskRecorder present = recorder;
    return present != null && present.recordsEach();
  }

  /** Timestamps a task that has drawn its ticket, before other threads see it. */
  void stamp(PoolTask<?> task) {
    task.stamp(time.nanoTime());
    TaskRecorder present = recorder;
    if (present != null) {
      present.queued(task);
    }
  }

  /** A task has ended that had not started; it may be recorded. */
  void noteDropped(PoolTask<?> task, Outcome outcome) {
    if (recorder != null) {
      recorder.dropped(task, outcome);
    }
  }

  /** How many workers there may be, which the recorder has to know; under the pool's lock. */
  void noteLimit(int workers) {
    if (recorder != null) {
      recorder.limited(workers);
    }
  }

  boolean decorates() {
    return decorator != null;
  }

  long nanoTime() {
    return time.nanoTime();
  }

  /** The context of the current thread, if there is a decorator to capture it. */
  @Nullable TaskContext captureContext() {
    TaskDecorator present = decorator;
    return present == null ? null : TaskContext.capture(faults, present);
  }

  // ---- The tasks

  /** A task whose future carries the result. */
  <T> PoolTask<T> task(Callable<T> work, TaskOptions options) {
    return make(work, 0, options);
  }

  /** A task whose future carries a result that the submitter gives. */
  <T> PoolTask<T> task(Runnable work, @Nullable T result, TaskOptions options) {
    return make(PoolTask.withResult(work, result), TaskLifecycle.RUNNABLE, options);
  }

  /**
   * A task of an accepted map, which is accepted even while the pool drains.
   *
   * @param map the number of the map for the recorder; 0 if there is none
   */
  <T> PoolTask<T> element(Callable<T> work, TaskOptions options, int map) {
    PoolTask<T> task = make(work, TaskLifecycle.ELEMENT, options);
    if (map != 0) {
      task.extras().map = map;
    }
    return task;
  }

  /** A task whose future no caller has, so that its failure must be reported. */
  PoolTask<Void> executed(Runnable work, TaskOptions options) {
    boolean limited = limitsEachRun || !options.maxRunTime().isZero();
    return make(
        work,
        TaskLifecycle.RUNNABLE | TaskLifecycle.EXECUTED | (limited ? TaskLifecycle.EXPOSED : 0),
        options);
  }

  @SuppressWarnings("ReferenceEquality") // A shortcut; the long way has the same result.
  private <T> PoolTask<T> make(Object work, int kind, TaskOptions options) {
    PoolTask<T> task = new PoolTask<>(requireNonNull(owner), work, kind, options.priority());
    long limit = maxQueueNanos(options);
    if (limit > 0) {
      task.limitQueueTime(limit);
    }
    if (options != TaskOptions.DEFAULT) {
      carryOver(options, task);
    }
    if (limit > 0 || timestampsEveryTask) {
      task.stamp(time.nanoTime());
    } else {
      // Read once: the recording may end meanwhile.
      long recorded = recordedNow();
      if (recorded != 0) {
        task.stamp(recorded);
      }
    }
    if (decorator != null) {
      task.context(TaskContext.capture(faults, decorator));
    }
    return task;
  }

  private void carryOver(TaskOptions options, PoolTask<?> task) {
    String name = options.name();
    if (name != null) {
      task.name(name);
    }
    Duration runLimit = options.maxRunTime();
    if (!runLimit.isZero()) {
      task.limitRunTime(Time.nanos(runLimit));
      limitsRuns = true;
      limitsSingleRuns = true;
    }
  }

  @SuppressWarnings("ReferenceEquality") // A shortcut; the long way has the same result.
  private long maxQueueNanos(TaskOptions task) {
    if (task == TaskOptions.DEFAULT) {
      return maxQueueNanos;
    }
    Duration own = task.maxQueueTime();
    return own.isZero() ? maxQueueNanos : Time.nanos(own);
  }
}
