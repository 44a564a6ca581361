package dev.pools.task;

import dev.pools.flight.FlightPool;
import dev.pools.flight.FlightReports;
import dev.pools.flight.FlightStart;
import dev.pools.flight.TaskPoolSample;
import java.time.Duration;

/**
 * Shows a pool to a recording of the JDK's Flight Recorder: its figures, and what runs for long.
 */
final class TaskFlight implements FlightPool {

  /** So many runs are shown at a time: those that have run longest. */
  private static final int MOST_RUNS = 20;

  /** A run that has begun later is not shown. */
  private static final long SHOWN_NANOS = 100_000_000;

  private final PoolCore core;
  private final StatsReader stats;

  private TaskFlight(PoolCore core) {
    this.core = core;
    this.stats = new StatsReader(core);
  }

  /** Makes a pool known to recordings, which keep neither the pool nor what this returns. */
  static TaskFlight known(PoolCore core) {
    TaskFlight flight = new TaskFlight(core);
    FlightStart.know(flight);
    return flight;
  }

  @Override
  public boolean hasEnded() {
    return core.state() == PoolState.TERMINATED;
  }

  @Override
  public void sample() {
    PoolStats now = stats.stats();
    FlightReports.taskPool(
        new TaskPoolSample(
            now.name(),
            now.workers(),
            now.maxWorkers(),
            now.active(),
            now.qsize(),
            now.queueCapacity(),
            now.rejected(),
            now.failed(),
            now.oldestWait().toNanos(),
            now.stalledFor().toNanos()));
    for (TaskSnapshot run : new RunningView(core).oldest(MOST_RUNS)) {
      Duration ran = run.ran();
      String thread = run.thread();
      if (ran != null && thread != null && ran.toNanos() >= SHOWN_NANOS) {
        FlightReports.running(now.name(), run.label(), thread, ran.toNanos());
      }
    }
  }
}
