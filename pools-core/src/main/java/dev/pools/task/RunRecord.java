package dev.pools.task;

import dev.pools.flight.Flight;
import dev.pools.flight.FlightReports;
import org.jspecify.annotations.Nullable;

/**
 * What a worker tells a recording of the JDK's Flight Recorder about a run: whether the task has
 * waited or has run for long. No object is created for a task that has done neither.
 */
final class RunRecord {

  private RunRecord() {}

  /**
   * How long a task that is about to run has waited; {@link Flight#UNKNOWN} if that was not noted.
   *
   * @param task what {@link TaskDispatcher#take} has returned
   */
  static long waitedNanos(Object task, Worker worker, long nowNanos) {
    if (task instanceof PoolTask<?> full) {
      return full.isStamped() ? between(full.submittedNanos(), nowNanos) : Flight.UNKNOWN;
    }
    long stampNanos = worker.cursor.stampNanos();
    return stampNanos == QueueCursor.NO_STAMP ? Flight.UNKNOWN : between(stampNanos, nowNanos);
  }

  /** The clock of a recording is behind the machine's, from which some stamps are. */
  private static long between(long stampNanos, long nowNanos) {
    return Math.max(0, nowNanos - stampNanos);
  }

  /** What the user has submitted; asked before the run, after which the task has forgotten it. */
  static Object functionOf(Object task) {
    return task instanceof PoolTask<?> full ? full.submitted() : task;
  }

  /** A task is about to run that has waited for long: told now, because the run may never end. */
  static void tellWait(String pool, Object task, Object function, long waitedNanos) {
    FlightReports.taskWaited(pool, label(task, function), priorityOf(task), waitedNanos);
  }

  /** A task has run for long. */
  static void tellRun(
      String pool,
      Object task,
      Object function,
      long waitedNanos,
      long ranNanos,
      @Nullable Throwable thrown) {
    FlightReports.taskRan(
        pool, label(task, function), priorityOf(task), waitedNanos, ranNanos, thrown);
  }

  private static String label(Object task, Object function) {
    return TaskNames.label(task instanceof PoolTask<?> full ? full.name() : null, function);
  }

  private static int priorityOf(Object task) {
    return task instanceof PoolTask<?> full ? full.priority() : 0;
  }
}
