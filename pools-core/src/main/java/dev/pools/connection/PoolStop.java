package dev.pools.connection;

import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.ExitingThreads;
import dev.pools.internal.Faults;
import dev.pools.internal.ThreadKind;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * Stops the pool: from RUNNING to STOPPING to STOPPED. Guarded by the pool's lock, except for what
 * callers wait for.
 */
final class PoolStop<T> {

  /** How long a stop whose deadline is over waits for the cleaners that it has started. */
  private static final long CLEANING_GRACE_NANOS = 5_000_000_000L;

  /** How often a stop looks for closings that are decided and not started. */
  private static final long LOOK_NANOS = 1_000_000_000L;

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final WaiterOutcomes<T> outcomes;
  private final StartProgress<T> start;
  private final PoolMaintenance<T> maintenance;
  private final CreationResults<T> results;
  private final FirstCheck<T> firstCheck;
  private final CreationDemand<T> demand;
  private final Matcher<T> matcher;

  /**
   * How often the pool was told to stop. A stop revokes the starts that wait for the one before.
   */
  long stopsAsked;

  private AwaitedEnd stopped;

  /** Whether its deadline is over, so that leases do not delay it. */
  private boolean isForced;

  /** Whether cleaners that have not returned do not delay it any more. */
  private boolean isImpatient;

  /** The timers of this stop: its deadlines, and the end of its patience with cleaners. */
  private final List<Time.Timer> timers = new ArrayList<>(2);

  /** Set while closings may wait for the end of this stop. */
  private Time.@Nullable Timer look;

  PoolStop(
      ConnectionCore<T> core,
      Retirement<T> retirement,
      WaiterOutcomes<T> outcomes,
      StartProgress<T> start,
      PoolMaintenance<T> maintenance,
      CreationResults<T> results,
      FirstCheck<T> firstCheck,
      CreationDemand<T> demand,
      Matcher<T> matcher) {
    this.core = core;
    this.stopped = new AwaitedEnd(core);
    this.retirement = retirement;
    this.outcomes = outcomes;
    this.start = start;
    this.maintenance = maintenance;
    this.results = results;
    this.firstCheck = firstCheck;
    this.demand = demand;
    this.matcher = matcher;
  }

  /** Ends a stop that has nothing left to wait for. */
  void endIfEmpty() {
    if (core.state() == State.STOPPING && (isImpatient || core.isEmpty())) {
      stopIsOver();
    }
  }

  /** Completes when the stop that is under way is over; for one caller. */
  CompletableFuture<Void> over() {
    return stopped.future();
  }

  /** How often the pool was told to stop. */
  long stopsAsked() {
    core.enter();
    try {
      return stopsAsked;
    } finally {
      core.leave();
    }
  }

  /**
   * Whether connections are leased, and each by this thread, which waits for the end of the pool,
   * or by one that is inside of System.exit.
   */
  boolean onlyLeasesRemainThatCannotEnd(Thread waiting) {
    long waitingId = waiting.getId();
    List<Long> others = new ArrayList<>();
    core.enter();
    try {
      for (Slot<T> slot : core.slots.all()) {
        if (slot.state() == Slot.State.IN_USE) {
          long holder = core.deadlocks.holder(slot);
          if (holder != waitingId) {
            others.add(holder);
          }
        }
      }
      if (others.isEmpty()) {
        return core.deadlocks.heldBy(waitingId) > 0;
      }
    } finally {
      core.leave();
    }
    List<Long> exiting = ExitingThreads.all().stream().map(Thread::getId).toList();
    return exiting.containsAll(others);
  }

  /**
   * Stops the pool. Completes when every connection is closed, or the deadline is over.
   *
   * @param deadline null if there is none, because the users of the pool have forgotten it
   * @param waitsHere whether the current thread waits for that, and looks after its own leases
   */
  CompletableFuture<Void> stop(@Nullable Duration deadline, boolean waitsHere) {
    long life;
    CompletableFuture<Void> over;
    // A user's class of threads may have a getId of its own: not under the lock.
    Thread stopper = Thread.currentThread();
    long stopperId = stopper.getId();
    core.enter();
    try {
      stopsAsked++;
      if (!waitsHere && deadline != null && !deadline.isZero()) {
        warnOfOwnLeases(deadline, stopper, stopperId);
      }
      if (core.state() == State.CREATED) {
        core.become(State.STOPPED);
      }
      if (core.state() == State.STOPPED) {
        return CompletableFuture.completedFuture(null);
      }
      if (core.state() == State.RUNNING) {
        beginStop();
      }
      life = core.lives;
      if (deadline != null && !deadline.isZero()) {
        timers.add(core.later(Time.nanos(deadline), () -> forceStop(life)));
      }
      over = over();
    } finally {
      core.leave();
    }
    if (deadline != null && deadline.isZero() && !over.isDone()) {
      forceStop(life);
    }
    return over;
  }

  /**
   * Stops the pool at once, because its start has failed in this life. That was decided under the
   * lock and is carried out after it, so others may have been quicker. If they have stopped the
   * pool, and even started it again, that later life goes on. If their stop is under way, it waits
   * no longer, and a start that waits for it is not revoked: it was requested after the decision.
   */
  CompletableFuture<Void> stopLife(long life) {
    CompletableFuture<Void> over;
    core.enter();
    try {
      if (core.lives != life || core.state() == State.STOPPED) {
        return CompletableFuture.completedFuture(null);
      }
      if (core.state() == State.RUNNING) {
        stopsAsked++;
        beginStop();
      }
      over = over();
    } finally {
      core.leave();
    }
    forceStop(life);
    return over;
  }

  /**
   * A thread that stops the pool, and waits for that, waits for the leases that it holds itself.
   */
  private void warnOfOwnLeases(Duration deadline, Thread stopper, long stopperId) {
    int own = core.deadlocks.heldBy(stopperId);
    if (own > 0) {
      core.decisions.tell(
          () ->
              Faults.warn(
                  PoolStop.class,
                  null,
                  "Pool '{}': thread '{}' stops the pool while it holds {} of it. The stop waits for the"
                      + " end of each lease, for up to {}: close the lease before you stop or close"
                      + " the pool",
                  core.name(),
                  ThreadKind.nameOf(stopper),
                  Faults.count(own, "lease"),
                  deadline));
    }
  }

  private void beginStop() {
    AwaitedEnd end = new AwaitedEnd(core);
    core.become(State.STOPPING);
    core.setGate();
    stopped = end;
    isForced = false;
    isImpatient = false;
    core.isUnfinished = true;
    endService();
    core.isUnfinished = false;
  }

  /** Does once more what this stop has left undone, because there was no memory for it. */
  void finishStep() {
    endService();
    if (isForced) {
      takeAll();
    }
  }

  private void endService() {
    maintenance.cancel();
    demand.cancelRetry();
    results.forgetProbe();
    for (Waiter<T> waiter = core.line.first(); waiter != null; waiter = core.line.first()) {
      outcomes.refuseAsStopped(waiter);
    }
    // A start that waits for this stop brings arguments of its own.
    core.nextArguments.clear();
    start.stopped();
    firstCheck.abandonUnproven();
    retirement.retireIdle(RetireReason.STOPPED);
    if (look == null && !core.isEmpty()) {
      lookLater(core.lives);
    }
  }

  private void lookLater(long life) {
    look = core.later(LOOK_NANOS, () -> startClosings(life));
  }

  /**
   * Starts the closings that a thread has decided and not started, because it hangs in a listener
   * or in an action on the state, or waits there for the end of this very stop.
   */
  private void startClosings(long life) {
    core.enter();
    try {
      if (core.state() == State.STOPPING && life == core.lives) {
        lookLater(life);
        retirement.closer.startOverdue(core.time.nanoTime());
      }
    } finally {
      core.leave();
    }
  }

  /** The deadline is over: the pool takes all connections from their users, and closes them. */
  private void forceStop(long life) {
    core.enter();
    try {
      if (core.state() == State.STOPPING && life == core.lives) {
        isForced = true;
        takeAll();
      }
    } catch (Throwable noMemoryOrStack) {
      core.isUnfinished = true;
      throw noMemoryOrStack;
    } finally {
      core.leave();
    }
  }

  private void takeAll() {
    retirement.closer.hurry();
    for (Slot<T> slot : core.slots.all()) {
      switch (slot.state()) {
        case CHECKING -> retirement.retire(slot, RetireReason.STOPPED);
        case IN_USE, IDLE -> take(slot);
        case CREATING -> {
          if (!slot.overdue) {
            results.setAside(slot);
          }
        }
        case HELD, PROVING, CLOSING, GONE -> {}
      }
    }
    if (!core.isEmpty()) {
      long life = core.lives;
      timers.add(core.later(CLEANING_GRACE_NANOS, () -> endStop(life)));
    }
  }

  private void take(Slot<T> slot) {
    Slot.State was = slot.seize();
    if (was == Slot.State.IN_USE) {
      retirement.takeBack(slot, RetireReason.STOPPED);
    } else if (was != null) {
      retirement.retire(slot, RetireReason.STOPPED);
    }
  }

  private void endStop(long life) {
    core.enter();
    try {
      if (core.state() == State.STOPPING && life == core.lives) {
        // The stop ends as soon as this step is over.
        isImpatient = true;
        int open = core.slots.total();
        core.decisions.tell(
            () ->
                Faults.warn(
                    PoolStop.class,
                    null,
                    "Pool '{}' stops although {} not returned. Give the calls of the cleaner timeouts",
                    core.name(),
                    Faults.count(open, "cleaner has", "cleaners have")));
      }
    } finally {
      core.leave();
    }
  }

  /** The state changes last: a step that finds no memory leaves a stop that is ended again. */
  private void stopIsOver() {
    // Calls that still hang do not delay the pool's next life.
    retirement.closer.abandon();
    for (Slot<T> slot : core.slots.all()) {
      if (slot.state() == Slot.State.CREATING && slot.timedOut) {
        retirement.vacate(slot);
        slot.strayInLife = core.lives;
        core.strays++;
      }
    }
    core.tenants.clear();
    results.forgetProbe();
    matcher.arguments.clear();
    timers.forEach(Time::cancel);
    timers.clear();
    Time.cancel(look);
    look = null;
    stopped.reached();
    core.become(State.STOPPED);
  }
}
