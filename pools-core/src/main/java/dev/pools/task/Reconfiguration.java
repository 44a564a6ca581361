package dev.pools.task;

import dev.pools.OptionChange;
import dev.pools.internal.OptionValues;
import java.util.List;

/**
 * A change of the options of a pool that runs.
 *
 * <p>It is one hold of the pool's lock: first the options with the change are checked, then each
 * part takes over what it keeps of them. What each part does without the lock and which option it
 * reads there:
 *
 * <pre>
 *   part            reads without the lock           at worst, while the options change
 *   TaskFactory     maxQueueTime, maxRunTime         a new task has its old limit
 *   TaskAdmission   overflow, and whether a task     the old policy decides; a task with no object
 *                   needs an object of its own       of its own has no limits
 *   TaskRunner      whether runs are noted           one more run is not noted, and has no limits
 *   QueueCapacity   the number of free places        none: it is changed by one atomic step
 * </pre>
 *
 * <p>All these are plain fields: their readers pay nothing. A thread that submits takes a place or
 * a ticket by an atomic step each time, so it does not keep an old value for long; a thread that
 * submits after a change of its own has the new values at once. All else is read under the lock, or
 * from the options of the core.
 */
final class Reconfiguration {

  private final PoolParts parts;
  private final PoolCore core;

  Reconfiguration(PoolParts parts) {
    this.parts = parts;
    this.core = parts.core;
  }

  /** Changes the options, all at once; a change that is invalid changes nothing. */
  List<OptionChange> apply(AdvancedPoolChange change) {
    PoolOptions before;
    PoolOptions next;
    core.enter();
    try {
      if (core.state() == PoolState.TERMINATED) {
        throw new PoolShutDownException(core, core.state());
      }
      before = core.options;
      next = with(change, before);
      if (!next.equals(before)) {
        become(before, next);
      }
    } finally {
      core.leave();
    }
    return OptionValues.changes(before, next, OptionChange::new);
  }

  /** What would change at this moment. */
  List<OptionChange> preview(AdvancedPoolChange change) {
    PoolOptions now = core.options;
    return OptionValues.changes(now, with(change, now), OptionChange::new);
  }

  private PoolOptions with(AdvancedPoolChange change, PoolOptions options) {
    PoolOptions next = change.appliedTo(options);
    if (next.queueCapacity() != options.queueCapacity() && !core.capacity.isBounded()) {
      throw new IllegalArgumentException(
          "queueCapacity is %d, but must stay %d (no bound) while the pool runs, because a pool that is built without a bound does not count its queue. Build it with a bound, which can be large."
              .formatted(next.queueCapacity(), options.queueCapacity()));
    }
    return next;
  }

  /** First what may find no memory. */
  private void become(PoolOptions before, PoolOptions next) {
    parts.lifecycle.tellOfChange(before, next);
    core.timers.become(next);
    core.options = next;
    core.factory.become(next);
    parts.admission.become(next);
    parts.runner.become(next);
    core.queueSize.become(next.queueCapacity());
    core.capacity.become(next.queueCapacity());
    if (next.minWorkers() != before.minWorkers() || next.maxWorkers() != before.maxWorkers()) {
      parts.lifecycle.changeLimits(next.minWorkers(), next.maxWorkers());
    }
  }
}
