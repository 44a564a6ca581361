package dev.pools.task;

import java.time.Duration;

/**
 * One consistent snapshot of a pool. In each snapshot {@code submitted = completed + failed +
 * cancelled + expired + admissionsWaiting + qsize + active}. While the pool is busy, a task that a
 * worker has just taken may still count as queued, but each task is counted exactly once.
 *
 * @param name the pool's name
 * @param state the state of the pool
 * @param workers how many workers there are, including those whose threads are just starting
 * @param idleWorkers how many of them wait for a task
 * @param active how many tasks run, or are about to be taken by an idle worker
 * @param minWorkers the smallest number of workers
 * @param maxWorkers the largest number of workers
 * @param qsize how many tasks are queued, without those that an idle worker is about to take
 * @param queueCapacity the limit of {@code qsize}; {@link Integer#MAX_VALUE} if there is none.
 *     After it was lowered, more tasks may be queued until enough have left
 * @param admissionsWaiting how many tasks wait asynchronously for a place in the queue
 * @param blockedWorkers how many workers wait, inside a task, for another task of this pool
 * @param missingWorkers how many workers have had no thread for a second or longer, because the
 *     thread factory does not deliver it; see {@link WorkerThreads#of}. As exact as {@code
 *     longestRun}
 * @param submitted how many tasks this pool has accepted since it was created, including those that
 *     wait for a place in the queue, without those rejected
 * @param completed how many tasks returned normally
 * @param failed how many tasks threw, ran for longer than their limit, or could not be run
 * @param cancelled how many tasks were cancelled; one that had started counts once it has ended
 * @param rejected how many tasks were rejected; no other number includes them
 * @param expired how many tasks waited longer than their {@code maxQueueTime} and did not run
 * @param oldestWait how long the oldest queued task has waited; zero if none is queued. In a burst
 *     the pool notes the arrival of one task in sixteen, so the value may be a little too short
 * @param longestRun how long the longest of the running tasks has been running; zero if it has just
 *     started. The pool looks at its workers each 0.1 s, and less often while a run is long
 *     already: each sixteenth of its time, at least once a second. The value may be too short by
 *     the time between two looks
 * @param stalledFor for how long all workers have been busy (with a task, or with what follows from
 *     one) or missing, tasks have been queued, and no task has ended; zero if that is not so now.
 *     As exact as {@code longestRun}
 * @param stalled whether {@code stalledFor} is too long: 3 s if all workers' tasks have submitted
 *     others to this pool and wait, 1 min if all of them wait for something else or are missing, 10
 *     min if one of them computes, does I/O or sleeps, and in each case at least four times the
 *     longest recent run (a run of more than 1 h counts as 1 h)
 * @param stuck how many running tasks were reported as stuck: they have been running for longer
 *     than the pool's {@code stuckAfter}
 * @param stuckTasks how many tasks have been reported as stuck since the pool was created
 * @param timedOut how many tasks failed because they ran for longer than their {@code maxRunTime};
 *     they count as failed, too, once their code has returned
 * @param uptime how long the pool has been running, or had been when it terminated
 */
public record PoolStats(
    String name,
    PoolState state,
    int workers,
    int idleWorkers,
    int active,
    int minWorkers,
    int maxWorkers,
    int qsize,
    int queueCapacity,
    int admissionsWaiting,
    int blockedWorkers,
    int missingWorkers,
    long submitted,
    long completed,
    long failed,
    long cancelled,
    long rejected,
    long expired,
    Duration oldestWait,
    Duration longestRun,
    Duration stalledFor,
    boolean stalled,
    int stuck,
    long stuckTasks,
    long timedOut,
    Duration uptime) {

  /**
   * Whether the pool makes no progress although tasks are queued: it is {@link #stalled}, or all
   * workers that it may have wait, inside a task, for the future of another task of this pool. The
   * latter is known at once.
   */
  public boolean starved() {
    return stalled || (blockedWorkers >= maxWorkers && blockedWorkers >= workers && qsize > 0);
  }
}
