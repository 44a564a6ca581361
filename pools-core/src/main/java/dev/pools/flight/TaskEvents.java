package dev.pools.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;
import org.jspecify.annotations.Nullable;

/** The events of task pools; each is written at the end of what it tells of. */
final class TaskEvents {

  private TaskEvents() {}

  /** Whether any of them is recorded. */
  static boolean isAnyEnabled() {
    return new TaskWait().isEnabled()
        || new TaskRun().isEnabled()
        || new TaskPool().isEnabled()
        || new RunningTask().isEnabled();
  }

  /** From what time on a wait is recorded. */
  static long waitLimit() {
    return new TaskWait().limit();
  }

  /** From what time on a run is recorded. */
  static long runLimit() {
    return new TaskRun().limit();
  }

  // ---- The events

  @Name("dev.pools.TaskWait")
  @Label("Task Wait")
  @Category({"Pools", "Tasks"})
  @Description("A worker is about to run a task that has waited in the queue")
  @StackTrace(false)
  static final class TaskWait extends TimedEvent {

    @Label("Pool")
    @Nullable String pool;

    @Label("Task")
    @Description("Its name, or else the class of its function")
    @Nullable String task;

    @Label("Priority")
    @Description("Smaller is more urgent")
    int priority;

    @Label("Waited")
    @Description("Right to 5 ms")
    @Timespan(Timespan.NANOSECONDS)
    long waited;

    @Override
    long tookNanos() {
      return waited;
    }
  }

  @Name("dev.pools.TaskRun")
  @Label("Task Run")
  @Category({"Pools", "Tasks"})
  @Description("A worker has run a task")
  @StackTrace(false)
  static final class TaskRun extends TimedEvent {

    @Label("Pool")
    @Nullable String pool;

    @Label("Task")
    @Description("Its name, or else the class of its function")
    @Nullable String task;

    @Label("Priority")
    @Description("Smaller is more urgent")
    int priority;

    @Label("Waited")
    @Description("How long it was in the queue, right to 5 ms; -1 if that is not known")
    @Timespan(Timespan.NANOSECONDS)
    long waited;

    @Label("Ran")
    @Description("Right to 5 ms")
    @Timespan(Timespan.NANOSECONDS)
    long ran;

    @Label("Failure")
    @Description("The class of what the task has thrown")
    @Nullable String failure;

    @Override
    long tookNanos() {
      return ran;
    }
  }

  @Name("dev.pools.TaskPool")
  @Label("Task Pool")
  @Category({"Pools", "Tasks"})
  @Description("What a task pool looks like, once in a second")
  @StackTrace(false)
  static final class TaskPool extends Event {

    @Label("Pool")
    @Nullable String pool;

    @Label("Workers")
    int workers;

    @Label("Most Workers")
    int maxWorkers;

    @Label("Active")
    @Description("Tasks that run")
    int active;

    @Label("Queued")
    @Description("Tasks that wait")
    int queued;

    @Label("Queue Capacity")
    int capacity;

    @Label("Rejected")
    @Description("Tasks that were rejected since the pool was created")
    long rejected;

    @Label("Failed")
    @Description("Tasks that have failed since the pool was created")
    long failed;

    @Label("Oldest Wait")
    @Description("How long the oldest queued task has waited")
    @Timespan(Timespan.NANOSECONDS)
    long oldestWait;

    @Label("Stalled")
    @Description(
        "How long all workers have been busy, and none has ended a task that others wait for")
    @Timespan(Timespan.NANOSECONDS)
    long stalled;
  }

  @Name("dev.pools.RunningTask")
  @Label("Running Task")
  @Category({"Pools", "Tasks"})
  @Description("A task that runs and has not ended, once in a second")
  @StackTrace(false)
  static final class RunningTask extends Event {

    @Label("Pool")
    @Nullable String pool;

    @Label("Task")
    @Description("Its name, or else the class of its function")
    @Nullable String task;

    @Label("Thread")
    @Nullable String thread;

    @Label("Has Run")
    @Description("For how long it has been running")
    @Timespan(Timespan.NANOSECONDS)
    long ran;
  }

  // ---- How they are written

  static void taskWaited(String pool, String task, int priority, long waitedNanos) {
    TaskWait event = new TaskWait();
    event.pool = pool;
    event.task = task;
    event.priority = priority;
    event.waited = waitedNanos;
    event.commit();
  }

  static void taskRan(
      String pool,
      String task,
      int priority,
      long waitedNanos,
      long ranNanos,
      @Nullable Throwable failure) {
    TaskRun event = new TaskRun();
    event.pool = pool;
    event.task = task;
    event.priority = priority;
    event.waited = waitedNanos;
    event.ran = ranNanos;
    event.failure = failure == null ? null : failure.getClass().getName();
    event.commit();
  }

  static void taskPool(TaskPoolSample now) {
    TaskPool event = new TaskPool();
    event.pool = now.pool();
    event.workers = now.workers();
    event.maxWorkers = now.maxWorkers();
    event.active = now.active();
    event.queued = now.queued();
    event.capacity = now.capacity();
    event.rejected = now.rejected();
    event.failed = now.failed();
    event.oldestWait = now.oldestWaitNanos();
    event.stalled = now.stalledNanos();
    event.commit();
  }

  static void running(String pool, String task, String thread, long ranNanos) {
    RunningTask event = new RunningTask();
    event.pool = pool;
    event.task = task;
    event.thread = thread;
    event.ran = ranNanos;
    event.commit();
  }
}
