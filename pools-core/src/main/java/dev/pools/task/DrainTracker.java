package dev.pools.task;

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
 *
 * <p>A phase that no caller waits for, and that counts no task, is dropped sooner or later: its
 * tickets then belong to the next phase.
 */
final class DrainTracker {

  // In the order of their ends; the last one is open, and those before first are over.
  private final List<DrainPhase> phases = new ArrayList<>();
  private int first;

  private DrainPhase current = new DrainPhase();
  private long counted;

  /** How many phases callers wait for. */
  private int pending;

  private int forgottenSinceSweep;

  DrainTracker() {
    phases.add(current);
  }

  // ---- Tasks that are counted one by one

  /** A task has been submitted that has no ticket. */
  void enter(PoolTask<?> task) {
    count(task, current);
  }

  /** A task with this ticket does not run any more; it counts until its future is complete. */
  void enter(PoolTask<?> task, long ticket) {
    count(task, phaseOf(ticket));
  }

  /** The first phase that ends after a ticket. */
  private DrainPhase phaseOf(long ticket) {
    int low = first;
    int high = phases.size() - 1;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (phases.get(middle).endTicket <= ticket) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return phases.get(low);
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

  /** Whether no task is left that is counted one by one. */
  boolean noneCounted() {
    return counted == 0;
  }

  /** How many tasks are counted one by one. */
  long counted() {
    return counted;
  }

  // ---- Drains

  /**
   * Ends a phase, whose promise completes when every task submitted until now has ended.
   *
   * @param tickets all tickets drawn until now are lower
   */
  DrainPhase drain(long tickets) {
    DrainPhase ended = current;
    DrainPhase following = new DrainPhase();
    Promise<Void> drained = new Promise<>();
    phases.add(following);
    ended.endTicket = tickets;
    ended.drained = drained;
    current = following;
    pending++;
    return ended;
  }

  /** Whether anyone waits for a phase to be over. */
  boolean pending() {
    return pending > 0;
  }

  /** The oldest phase. */
  DrainPhase oldest() {
    return phases.get(first);
  }

  /** The oldest phase, which a drain has ended, is over, and its promise is about to complete. */
  void removeOldest() {
    DrainPhase over = oldest();
    if (over.drained != null) {
      over.drained = null;
      pending--;
    }
    first++;
    if (2 * first > phases.size()) {
      phases.subList(0, first).clear();
      first = 0;
    }
  }

  /** No caller waits for this phase any more. */
  void forget(DrainPhase phase) {
    if (phase.drained == null) {
      return;
    }
    phase.drained = null;
    pending--;
    if (2 * ++forgottenSinceSweep > phases.size() - first) {
      forgottenSinceSweep = 0;
      phases.subList(first, phases.size() - 1).removeIf(DrainPhase::isForgotten);
    }
  }
}
