/**
 * What another number of workers would have done, by replaying what a pool has recorded.
 *
 * <p>{@code AdvancedPool.whatIf} gives a {@link dev.pools.advice.Sample} of the pool's last tasks
 * and a {@link dev.pools.advice.PoolModel} of the pool. {@link dev.pools.advice.Predictor} replays
 * the sample with another number of workers, and returns a {@link dev.pools.advice.Prediction}:
 * ranges with a condition, or a refusal with a reason. A {@link dev.pools.advice.Scorecard}
 * compares a prediction with what happened after the change. Nothing here has a thread, a clock or
 * a lock.
 *
 * <h2>The replay</h2>
 *
 * <p>A task is in one of these states: <i>to come</i>, <i>in line</i> (it waits for a place in the
 * queue), <i>queued</i>, <i>running</i>, <i>ended</i>. There are two events.
 *
 * <ul>
 *   <li>A task <b>arrives</b>. It runs if a worker is free. Otherwise it is queued if a place is
 *       free and no task is in line. Otherwise the overflow policy decides.
 *   <li>A task <b>ends</b>. Its source learns of that. Then tasks in line get places, an eighth of
 *       the capacity at a time, and the worker takes the next task: one that has waited longer than
 *       the aging time, the oldest first, otherwise the first of the most urgent ones. A task that
 *       has waited longer than its maximum is dropped when its turn comes.
 * </ul>
 *
 * <p>Ties: of two events at the same time, an end comes before an arrival, and arrivals keep their
 * recorded order. Where tasks come from:
 *
 * <ul>
 *   <li><i>Open</i>: at the recorded time. These are all tasks of no other source.
 *   <li><i>A closed caller</i>, a thread that waits for its task before it submits the next one:
 *       the recorded pause after the end of its previous task.
 *   <li><i>A map of the pool</i>: when fewer elements than its window are underway.
 * </ul>
 *
 * <p>A task runs as long as it ran. If that is unknown, because it was rejected, expired, still
 * waits or was not recorded, the replay draws the service time of a task that arrived at about the
 * same time.
 *
 * <p>This package names no class of any pool.
 */
@NullMarked
package dev.pools.advice;

import org.jspecify.annotations.NullMarked;
