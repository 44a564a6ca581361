package dev.pools.task;

import java.time.Duration;

/**
 * Reads one consistent snapshot of a pool, without its lock.
 *
 * <p>Each fact has one source, and no number is a difference of counters that may belong to
 * different moments: a worker's counters are compared with each other only. The tickets are read
 * before the workers, so that the difference is at most what was queued all the time in between.
 * They are read once more after the workers, to see whether that was long.
 */
final class StatsReader {

  /** This many tasks may be submitted while a snapshot is read; if more are, it is read again. */
  private static final int MOST_TICKETS_BETWEEN = 16;

  private static final int MOST_READINGS = 4;

  private final PoolCore core;

  StatsReader(PoolCore core) {
    this.core = core;
  }

  Duration uptime() {
    return core.read(core::uptime);
  }

  boolean full() {
    return core.read(core::isFull);
  }

  PoolStats stats() {
    return core.read(this::read);
  }

  private PoolStats read() {
    TaskCounters counters = core.counters;
    CallerRuns callerRuns = core.callerRuns;
    WorkerSet workers = core.workers;
    TaskQueue queue = core.queue;
    long now = core.time.nanoTime();
    int callersRunning = callerRuns.running() + callerRuns.registered();
    long gone = counters.withdrawn + counters.refusedTickets;
    long tickets;
    long ticketsAfter;
    WorkerReadings readings;
    int looks = 0;
    do {
      tickets = queue.tickets().drawn();
      readings = workers.read(now);
      ticketsAfter = queue.tickets().drawn();
    } while (ticketsAfter - tickets > MOST_TICKETS_BETWEEN && ++looks < MOST_READINGS);
    long completed = counters.completed + readings.completed + callerRuns.completed();
    long failed = counters.failed + readings.failed + callerRuns.failed();
    long cancelled = counters.cancelled + readings.cancelled;
    long expired = counters.expired;
    int waiting = core.capacity.waiting();
    // Tasks may have been submitted and taken meanwhile. Then the count may be one too high.
    long least = tickets - readings.taken - gone;
    long most = ticketsAfter - readings.taken - gone;
    int queued = (int) (least > 0 ? least : Math.max(0, Math.min(1, most)));
    int backlog = core.queueSize.backlog(queued, readings.free);
    int active = readings.occupied + callersRunning + queued - backlog;
    boolean threadPerTask = core.threadPerTask;
    int present = threadPerTask ? workers.size() - readings.idle : workers.size();
    int missing = Math.min(core.threads.missing(), workers.size());
    // A worker that does not come is free, but takes none of the tasks that it counts for.
    int waitingForWorker = missing > 0 ? queued : backlog;
    boolean stalled = RunWatch.isStalled(readings, waitingForWorker, workers.size(), missing);
    long stalledNanos = core.runWatch.stalledNanos(readings, stalled, now);
    return new PoolStats(
        core.options.name(),
        core.state(),
        threadPerTask ? Math.max(present, active - callersRunning) : present,
        threadPerTask ? 0 : readings.idle,
        active,
        workers.minWorkers(),
        workers.maxWorkers(),
        backlog,
        core.options.queueCapacity(),
        waiting,
        workers.blocked(),
        missing,
        completed + failed + cancelled + expired + active + backlog + waiting,
        completed,
        failed,
        cancelled,
        counters.rejected,
        expired,
        Duration.ofNanos(queued == 0 ? 0 : Math.max(0, now - queue.readings().oldestNanos(now))),
        Duration.ofNanos(readings.longestRunNanos),
        Duration.ofNanos(stalledNanos),
        stalledNanos > 0 && core.runWatch.isTooLong(stalledNanos),
        counters.stuckNow,
        counters.stuck,
        counters.timedOut,
        core.uptime());
  }
}
