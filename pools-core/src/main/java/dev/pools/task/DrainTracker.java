package dev.pools.task;

import static java.util.Objects.requireNonNull;

import dev.pools.internal.Promise;
import java.util.ArrayList;
import java.util.List;

/**
 * Tells when all tasks submitted before a moment have ended, whatever has been submitted since.
 * Guarded by the pool's lock.
 *
 * <p>Each drain ends a phase. A phase is over when no task with a ticket drawn before its end is
 * queued or runs, and no task is left that is counted one by one: those without a ticket, and those
 * that were withdrawn and whose futures are about to be completed.
 */
final class DrainTracker {

  private DrainPhase oldest = new DrainPhase();
  private DrainPhase current = oldest;
  private long counted;

  /** A task has been submitted that has no ticket. */
  void enter(PoolTask<?> task) {
    count(task, current);
  }

  /** A task with this ticket has been withdrawn. */
  void enter(PoolTask<?> task, long ticket) {
    DrainPhase phase = oldest;
    while (phase.next != null && ticket >= phase.endTicket) {
      phase = phase.next;
    }
    count(task, phase);
  }

  private void count(PoolTask<?> task, DrainPhase phase) {
    task.phase(phase);
    phase.counted++;
    counted++;
  }

  /** A task that was counted, if it was, has ended and its future is complete. */
  void leave(PoolTask<?> task) {
    DrainPhase phase = task.phase();
    if (phase != null) {
      task.phase(null);
      phase.counted--;
      counted--;
    }
  }

  /** Whether anyone waits for a phase to be over. */
  boolean pending() {
    return oldest != current;
  }

  /** Whether the oldest drain waits for a task that is counted. */
  boolean waitsForCounted() {
    return oldest.counted > 0;
  }

  /** The tickets below which all tasks must have ended for the oldest drain to be done. */
  long firstEnd() {
    return oldest.endTicket;
  }

  /**
   * Ends those phases that are over.
   *
   * @param lowestTicket no task with a lower one is queued or runs
   * @return the drains that are done, to be completed outside of the lock
   */
  List<Promise<Void>> drained(long lowestTicket) {
    List<Promise<Void>> done = new ArrayList<>();
    while (oldest.next != null && oldest.counted == 0 && lowestTicket >= oldest.endTicket) {
      if (oldest.drained != null) {
        done.add(oldest.drained);
      }
      oldest = oldest.next;
    }
    return done;
  }

  /**
   * Completes when every task submitted until now has ended.
   *
   * @param tickets how many tickets have been drawn
   */
  Promise<Void> drain(long tickets) {
    DrainPhase following = new DrainPhase();
    Promise<Void> drained = new Promise<>();
    current.endTicket = tickets;
    current.drained = drained;
    current.next = following;
    current = following;
    return drained;
  }

  /**
   * No caller waits for this drain any more: its phase becomes a part of the next one, unless tasks
   * are counted in it.
   */
  void forget(Promise<Void> drained) {
    DrainPhase before = null;
    for (DrainPhase phase = oldest; phase != current; phase = requireNonNull(phase.next)) {
      if (phase.drained == drained) {
        phase.drained = null;
      }
      if (phase.drained == null && phase.counted == 0) {
        if (before == null) {
          oldest = requireNonNull(phase.next);
        } else {
          before.next = phase.next;
        }
      } else {
        before = phase;
      }
    }
  }

  /** Whether no task is left that is counted one by one. */
  boolean noneCounted() {
    return counted == 0;
  }

  /** How many tasks are counted one by one. */
  long counted() {
    return counted;
  }
}
