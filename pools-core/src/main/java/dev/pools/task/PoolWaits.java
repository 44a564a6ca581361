package dev.pools.task;

import static java.util.Objects.requireNonNull;

import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import dev.pools.internal.Promise;
import dev.pools.internal.StackRoom;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What callers wait for: that all tasks have ended, that the pool is idle, that a place is free.
 */
final class PoolWaits {

  private final PoolCore core;
  private final WorkerDemand demand;
  private final StatsReader stats;

  /** The failure of a wait for which the right exception cannot be created. */
  private final RejectedExecutionException plainFailure =
      new RejectedExecutionException("The wait is over. There was no memory to say why.");

  PoolWaits(PoolCore core, WorkerDemand demand, StatsReader stats) {
    this.core = core;
    this.demand = demand;
    this.stats = stats;
  }

  /** While there is a wait, the rules look at all that is queued, which takes more stack. */
  private static void ensureRoom() {
    StackRoom.ensureMuch();
  }

  // ---- All tasks submitted until now have ended

  CompletableFuture<Void> drain() {
    ensureRoom();
    core.enter();
    try {
      DrainPhase phase = core.drains.drain(core.queue.tickets().line());
      Promise<Void> drained = requireNonNull(phase.drained);
      drained.whenGivenUp(() -> forgetDrain(phase));
      // A submitter that ran out of stack may have left a task without calling a worker for it.
      demand.meetDemand();
      return drained;
    } finally {
      core.leave();
    }
  }

  private void forgetDrain(DrainPhase phase) {
    core.enter();
    try {
      core.drains.forget(phase);
      core.rest.forgetHeld();
    } finally {
      core.leave();
    }
  }

  // ---- The pool is idle

  /** Completes when the pool has nothing to do; see {@link IdleWait} for what does not count. */
  CompletableFuture<Void> whenIdle() {
    Thread owner = core.threads.runner();
    int ownBareRuns = core.callerRuns.runningHere();
    IdleWait wait;
    ensureRoom();
    core.enter();
    try {
      if (core.state() == PoolState.TERMINATED) {
        return CompletableFuture.completedFuture(null);
      }
      wait = new IdleWait(owner, ownBareRuns);
      wait.done.whenGivenUp(() -> forgetIdleWait(wait));
      core.idleWaits.add(wait);
    } finally {
      core.leave();
    }
    look(wait);
    return wait.done;
  }

  /** Finds out which tasks cannot end, and comes back after a while. */
  private void look(IdleWait wait) {
    List<Thread> runners;
    core.enter();
    try {
      if (!core.idleWaits.contains(wait)) {
        return;
      }
      runners = core.threads.runners();
    } finally {
      core.leave();
    }
    List<Thread> stuck = IdleWait.exiting(runners);
    core.enter();
    try {
      if (!core.idleWaits.contains(wait)) {
        return;
      }
      wait.looked(stuck, core.queue.tickets().next());
    } finally {
      core.leave();
    }
    Time.Timer next =
        core.time.schedule(IdleWait.LOOK_NANOS, () -> core.helpers.run(() -> look(wait)));
    boolean late;
    core.enter();
    try {
      late = !core.idleWaits.contains(wait);
      wait.timer(next);
    } finally {
      core.leave();
    }
    if (late) {
      next.cancel();
    }
  }

  private void forgetIdleWait(IdleWait wait) {
    core.enter();
    try {
      core.idleWaits.remove(wait);
    } finally {
      core.leave();
    }
    wait.cancelTimer();
  }

  // ---- A place is free

  CompletableFuture<Duration> waitForSlot(@Nullable Duration timeout) {
    QueueCapacity.SlotWaiter waiter = new QueueCapacity.SlotWaiter(core.time.nanoTime());
    waiter.slot.whenGivenUp(() -> forgetSlotWaiter(waiter));
    core.enter();
    try {
      if (core.state() != PoolState.RUNNING) {
        return CompletableFuture.failedFuture(new PoolShutDownException(core, core.state()));
      }
      if (!core.isFull()) {
        return CompletableFuture.completedFuture(Duration.ZERO);
      }
      core.capacity.addSlotWaiter(waiter);
      // The rule looks after this: a place may have been given back before it was known that a
      // caller waits for it.
    } finally {
      core.leave();
    }
    if (timeout != null) {
      waiter.timer =
          core.time.schedule(
              Time.nanos(timeout), () -> core.helpers.run(() -> slotTimedOut(waiter, timeout)));
      if (waiter.slot.isDone()) {
        waiter.cancelTimer();
      }
    }
    return waiter.slot;
  }

  private void slotTimedOut(QueueCapacity.SlotWaiter waiter, Duration timeout) {
    Throwable failure = plainFailure;
    try {
      failure = slotTimeout(timeout);
    } finally {
      waiter.slot.completeExceptionally(failure);
    }
  }

  private TimeoutException slotTimeout(Duration timeout) {
    PoolStats now = stats.stats();
    return new TimeoutException(
        "No place was free in the queue of pool '%s' within %s: %s for one, %s busy. Wait for longer, submit less, or raise queueCapacity (%d) or maxWorkers (%d)."
            .formatted(
                core.name(),
                Durations.text(timeout),
                Faults.count(now.admissionsWaiting(), "task waits", "tasks wait"),
                Faults.count(now.active(), "worker is", "workers are"),
                now.queueCapacity(),
                now.maxWorkers()));
  }

  private void forgetSlotWaiter(QueueCapacity.SlotWaiter waiter) {
    waiter.cancelTimer();
    core.enter();
    try {
      core.capacity.removeSlotWaiter(waiter);
    } finally {
      core.leave();
    }
  }
}
