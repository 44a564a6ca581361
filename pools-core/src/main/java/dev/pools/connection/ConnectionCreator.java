package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Creates connections: calls the factory, with a time limit, and takes in what it returns. Guarded
 * by the pool's lock.
 */
final class ConnectionCreator<T> {

  private final ConnectionCore<T> core;
  private final Retirement<T> retirement;
  private final StartProgress<T> start;
  private final ConnectionCalls<T> calls;
  private final CreationResults<T> results;
  private final FirstCheck<T> firstCheck;

  ConnectionCreator(
      ConnectionCore<T> core,
      Retirement<T> retirement,
      StartProgress<T> start,
      ConnectionCalls<T> calls,
      CreationResults<T> results,
      FirstCheck<T> firstCheck) {
    this.core = core;
    this.retirement = retirement;
    this.start = start;
    this.calls = calls;
    this.results = results;
    this.firstCheck = firstCheck;
  }

  Slot<T> create(ConnectionSpec spec, boolean upkeep) {
    boolean wasWanted = core.nextArguments.begins(spec.tenant());
    long begunNanos = core.time.nanoTime();
    Slot<T> slot = core.slots.add(spec);
    slot.upkeep = upkeep;
    slot.generation = core.evictions.current();
    try {
      core.nextArguments.attemptBegins(slot, wasWanted, core.maxSize - core.slots.total());
      callFactory(slot, spec.arguments(), begunNanos);
    } catch (Throwable noMemory) {
      core.slots.remove(slot);
      core.nextArguments.placeIsFree(slot, begunNanos);
      throw noMemory;
    }
    slot.tenant.creation.begun(begunNanos);
    return slot;
  }

  private void callFactory(Slot<T> slot, Arguments arguments, long begunNanos) {
    core.decisions.serve(new FactoryCall(slot, arguments, core.lives, core.threads, begunNanos));
  }

  /** One call of the factory: how it starts, what it runs, and how it ends. */
  private final class FactoryCall
      implements Runnable, Callable<CompletionStage<T>>, Consumer<T>, TimedCall.Listener<T> {

    private final Slot<T> slot;
    private final Arguments arguments;
    private final long life;
    private final ConnectionThreads chosen;
    private final long begunNanos;

    /** A connection that onCreate could not prepare. Written before the call ends. */
    private @Nullable T unprepared;

    FactoryCall(
        Slot<T> slot, Arguments arguments, long life, ConnectionThreads chosen, long begunNanos) {
      this.slot = slot;
      this.arguments = arguments;
      this.life = life;
      this.chosen = chosen;
      this.begunNanos = begunNanos;
    }

    @Override
    public void run() {
      TimedCall.start(chosen, core.time, core.options.creation().createTimeoutNanos(), this, this);
    }

    @Override
    public CompletionStage<T> call() throws Exception {
      return calls.createPrepared(arguments, chosen, /* unprepared= */ this);
    }

    /** The hook onCreate has failed for this connection. */
    @Override
    public void accept(T connection) {
      unprepared = connection;
    }

    @Override
    public void overdue() {
      createOverdue(slot, life);
    }

    @Override
    public Throwable told(Throwable failure) {
      return Secrets.withoutSecrets(failure, arguments);
    }

    @Override
    public void ended(@Nullable T connection, @Nullable Throwable failure) {
      createEnded(
          slot,
          arguments,
          life,
          connection == null ? unprepared : connection,
          failure,
          core.time.nanoTime() - begunNanos);
    }
  }

  /**
   * A creation is overdue. Other creations may start beside it. It keeps its place until its call
   * ends, because it may still succeed; but see {@link #hopeless}.
   */
  private void createOverdue(Slot<T> slot, long life) {
    core.enter();
    try {
      if (slot.state() != Slot.State.CREATING) {
        return;
      }
      if (slot.overdue && !slot.timedOut) {
        // A stop has set it aside, in this life or an earlier one.
        slot.timedOut = true;
        return;
      }
      // If this is told once more, what has been done is not done again.
      long now = core.time.nanoTime();
      Throwable cause =
          new TimeoutException(
              "The factory has not answered within "
                  + Durations.text(core.options.creation().createTimeout())
                  + " (createTimeout)");
      if (!slot.overdue) {
        results.setAside(slot);
        slot.timedOut = true;
        results.countFailure(slot, cause, now, core.options.creation().createTimeout());
      }
      start.failed(slot, life, cause);
      core.rules().match();
    } finally {
      core.leave();
    }
  }

  /**
   * Whether a tenant may take another free place: with several tenants, calls for one of them that
   * do not end hold at most half of the places, rounded up.
   */
  boolean mayTakePlace(Tenant<?> tenant) {
    if (!core.matchesArguments) {
      return true;
    }
    core.slots.count(tenant);
    return tenant.stuck < (core.maxSize + 1) / 2;
  }

  /**
   * The creation that must give its place to another one, if there is one: only if calls that do
   * not end hold all places, so that the pool can serve no caller, and only one at a time.
   * Therefore at most one connection exists beyond {@code maxSize}, and only in a pool that had
   * none.
   */
  @Nullable Slot<T> hopeless() {
    if (core.strays > 0 || core.slots.size() + core.creations.underway() > 0) {
      return null;
    }
    for (Slot<T> slot : core.slots.all()) {
      if (slot.hopeless && slot.state() == Slot.State.CREATING) {
        return slot;
      }
    }
    return null;
  }

  /** Gives up the place of a creation; a connection that it returns later is closed. */
  void giveUp(Slot<T> slot) {
    core.decisions.tell(
        () ->
            Faults.warn(
                ConnectionCreator.class,
                null,
                "Pool '{}' gives up a connection that the factory has not delivered, because such calls hold all its places. Give the calls that the factory makes timeouts",
                core.name()));
    retirement.vacate(slot);
    slot.strayInLife = core.lives;
    core.strays++;
  }

  private void strayClosed(Slot<T> slot) {
    core.enter();
    try {
      strayEnded(slot);
      core.rules().match();
    } finally {
      core.leave();
    }
  }

  /** The call has ended of a creation that has lost its place, in this life or another one. */
  private void strayEnded(Slot<T> slot) {
    if (slot.strayInLife == core.lives) {
      slot.strayInLife = 0;
      core.strays--;
    }
  }

  /**
   * A creation has ended.
   *
   * @param connection what the factory has returned, if it has returned one; with a failure if that
   *     could not be prepared
   */
  private void createEnded(
      Slot<T> slot,
      Arguments arguments,
      long life,
      @Nullable T connection,
      @Nullable Throwable failure,
      long tookNanos) {
    core.enter();
    try {
      Slot<T> known = connection == null ? null : core.slots.of(connection);
      if (known == slot && slot.state() != Slot.State.CREATING) {
        // This end is told once more, because there was no memory for what followed.
        return;
      }
      if (connection == null) {
        Throwable fault =
            failure == null
                ? new NullPointerException(
                    "The factory returned null, but must return a connection or throw.")
                : failure;
        createFailed(slot, life, fault, tookNanos);
      } else if (known != null && known != slot) {
        Throwable fault =
            new IllegalStateException(
                "The factory returned a connection that the pool has already. It must return a new one each time.");
        createFailed(slot, life, fault, tookNanos);
      } else if (slot.state() != Slot.State.CREATING) {
        closeLate(slot, arguments, connection, tookNanos);
      } else if (failure != null) {
        createUnprepared(slot, life, connection, failure, tookNanos);
      } else {
        createSucceeded(slot, life, connection, tookNanos);
      }
    } finally {
      core.leave();
    }
  }

  private void createFailed(Slot<T> slot, long life, Throwable fault, long tookNanos) {
    if (slot.state() == Slot.State.CREATING) {
      if (!slot.overdue) {
        // First what needs no memory: this end may be told once more.
        slot.overdue = true;
        slot.tenant.creation.overdue();
        results.countFailure(
            slot, fault, core.time.nanoTime() - tookNanos, Duration.ofNanos(tookNanos));
      } else {
        core.decisions.tell(() -> CreationReports.failed(core.name(), /* isFirst= */ false, fault));
      }
      retirement.vacate(slot);
    } else {
      strayEnded(slot);
      core.decisions.tell(() -> CreationReports.failed(core.name(), /* isFirst= */ false, fault));
    }
    start.failed(slot, life, fault);
    core.rules().match();
  }

  /** Closes a connection whose place has been given up. */
  private void closeLate(Slot<T> slot, Arguments arguments, T connection, long tookNanos) {
    results.countCreated(connection, tookNanos);
    core.counters.retired[RetireReason.LATE.ordinal()]++;
    CompletableFuture<Void> closed = new CompletableFuture<>();
    retirement.closer.close(null, connection, arguments, RetireReason.LATE, closed);
    closed.handle(
        (nothing, failure) -> {
          strayClosed(slot);
          return null;
        });
  }

  /** Closes a connection for which onCreate has failed; it keeps its place until it is closed. */
  private void createUnprepared(
      Slot<T> slot, long life, T connection, Throwable fault, long tookNanos) {
    core.slots.know(connection, slot);
    slot.prove(connection, core.time.nanoTime());
    try {
      firstCheck.reject(slot, life, RetireReason.PREPARATION_FAILED, fault, tookNanos);
    } catch (Throwable noMemory) {
      slot.isLeftOver = true;
      core.isUnfinished = true;
      throw noMemory;
    }
  }

  private void createSucceeded(Slot<T> slot, long life, T connection, long tookNanos) {
    core.slots.know(connection, slot);
    if (core.state() == State.RUNNING && life == core.lives && firstCheck.mustBeProven(slot)) {
      firstCheck.prove(slot, life, connection, tookNanos);
    } else {
      slot.made(connection, core.time.nanoTime());
      results.joinPool(slot, life, tookNanos);
    }
  }
}
