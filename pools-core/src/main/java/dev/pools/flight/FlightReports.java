package dev.pools.flight;

import dev.pools.internal.Faults;
import org.jspecify.annotations.Nullable;

/**
 * Writes the events of pools to Flight Recorder. Pools call it only if {@link Flight} says that the
 * event is recorded, so that no class of the recorder is loaded otherwise.
 */
public final class FlightReports {

  private FlightReports() {}

  /** A task is about to start that has waited for long. */
  public static void taskWaited(String pool, String task, int priority, long waitedNanos) {
    guard(() -> TaskEvents.taskWaited(pool, task, priority, waitedNanos));
  }

  /** A task has run for long. */
  public static void taskRan(
      String pool,
      String task,
      int priority,
      long waitedNanos,
      long ranNanos,
      @Nullable Throwable failure) {
    guard(() -> TaskEvents.taskRan(pool, task, priority, waitedNanos, ranNanos, failure));
  }

  /** A caller that had to wait has got a connection, or has timed out. */
  public static void leaseWaited(
      String pool, @Nullable String lease, String caller, long waitedNanos) {
    guard(() -> ConnectionEvents.leaseWaited(pool, lease, caller, waitedNanos));
  }

  /** A lease has ended that was out for long. */
  public static void leaseUsed(String pool, String lease, String holder, long usedNanos) {
    guard(() -> ConnectionEvents.leaseUsed(pool, lease, holder, usedNanos));
  }

  /** A connection has been created, or could not be. */
  public static void created(String pool, long tookNanos, @Nullable Throwable failure) {
    guard(() -> ConnectionEvents.created(pool, tookNanos, failure));
  }

  /** A connection has been checked. */
  public static void checked(
      String pool, long tookNanos, boolean passed, @Nullable Throwable failure) {
    guard(() -> ConnectionEvents.checked(pool, tookNanos, passed, failure));
  }

  /** A pool got other limits. */
  public static void resized(String pool, String unit, int min, int max) {
    guard(() -> PoolEvents.resized(pool, unit, min, max));
  }

  /**
   * Connections cannot be created any more, or again.
   *
   * @param failures how many attempts have failed in a row
   * @param cause why the last one has failed; null if the outage is over
   */
  public static void outage(String pool, int failures, @Nullable Throwable cause) {
    guard(() -> ConnectionEvents.outage(pool, failures, cause));
  }

  /** What a task pool looks like. */
  public static void taskPool(TaskPoolSample now) {
    guard(() -> TaskEvents.taskPool(now));
  }

  /** A task runs and has not ended yet. */
  public static void running(String pool, String task, String thread, long ranNanos) {
    guard(() -> TaskEvents.running(pool, task, thread, ranNanos));
  }

  /** What a connection pool looks like. */
  public static void connectionPool(ConnectionPoolSample now) {
    guard(() -> ConnectionEvents.connectionPool(now));
  }

  /** A lease is out and has not ended yet. */
  public static void held(
      String pool, String lease, String holder, long heldNanos, boolean isExact) {
    guard(() -> ConnectionEvents.held(pool, lease, holder, heldNanos, isExact));
  }

  /** An event that cannot be written keeps no pool from its work. */
  private static void guard(Runnable event) {
    Faults.guard(FlightReports.class, "An event for Flight Recorder", event);
  }
}
