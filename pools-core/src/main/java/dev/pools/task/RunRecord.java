package dev.pools.task;

import dev.pools.flight.Flight;
import dev.pools.flight.FlightReports;
import org.jspecify.annotations.Nullable;

/**
 * A run while a recording of the JDK's Flight Recorder asks for tasks: what is written if the task
 * has waited or has run for long. The object does not leave the method that creates it, so that the
 * compiler needs none.
 */
final class RunRecord {

  private final String pool;
  private final Object function;
  private final @Nullable String name;
  private final int priority;
  private final long startNanos;
  private final long waitedNanos;

  private RunRecord(
      String pool,
      Object function,
      @Nullable String name,
      int priority,
      long startNanos,
      long waitedNanos) {
    this.pool = pool;
    this.function = function;
    this.name = name;
    this.priority = priority;
    this.startNanos = startNanos;
    this.waitedNanos = waitedNanos;
  }

  /**
   * A worker is about to run a task. A long wait is written now: the run may never end.
   *
   * @param task what {@link TaskDispatcher#take} has returned
   */
  static RunRecord begin(String pool, Object task, Worker worker, long nowNanos) {
    RunRecord record =
        task instanceof PoolTask<?> full
            ? of(pool, full, nowNanos)
            : new RunRecord(
                pool, task, null, 0, nowNanos, waited(worker.cursor.stampNanos(), nowNanos));
    if (Flight.isLongWait(record.waitedNanos)) {
      FlightReports.taskWaited(pool, record.label(), record.priority, record.waitedNanos);
    }
    return record;
  }

  private static RunRecord of(String pool, PoolTask<?> task, long nowNanos) {
    long waited = task.isStamped() ? waited(task.submittedNanos(), nowNanos) : Flight.UNKNOWN;
    return new RunRecord(pool, task.submitted(), task.name(), task.priority(), nowNanos, waited);
  }

  /** The clock of a recording is behind the machine's, from which some stamps are. */
  private static long waited(long stampNanos, long nowNanos) {
    return stampNanos == QueueCursor.NO_STAMP ? Flight.UNKNOWN : Math.max(0, nowNanos - stampNanos);
  }

  private String label() {
    return TaskNames.label(name, function);
  }

  /** The run has ended. */
  void end(@Nullable Throwable thrown) {
    // If the recording has ended meanwhile, the time is zero.
    long ranNanos = Flight.now() - startNanos;
    if (ranNanos >= 0 && Flight.isLongRun(ranNanos)) {
      FlightReports.taskRan(pool, label(), priority, waitedNanos, ranNanos, thrown);
    }
  }
}
