package dev.pools.connection;

import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.internal.Faults;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The first connections of a start: how many are missing, and when the start has succeeded or
 * failed. Guarded by the pool's lock.
 */
final class StartProgress<T> {

  private final ConnectionCore<T> core;

  private AwaitedEnd started;
  private StartFailure onFailure;
  private int wanted;
  private int missing;
  private boolean hasFailed;
  private long sinceNanos;
  private @Nullable Throwable lastFailure;

  /** Set while a start waits that has a time limit. */
  private Time.@Nullable Timer timer;

  StartProgress(ConnectionCore<T> core) {
    this.core = core;
    this.started = new AwaitedEnd(core);
    this.onFailure = core.options.creation().onStartFailure();
  }

  /**
   * Another start begins.
   *
   * @param firstConnections how many connections it waits for
   */
  void begin(int firstConnections, StartFailure whatOnFailure) {
    onFailure = whatOnFailure;
    started = new AwaitedEnd(core);
    hasFailed = false;
    missing = firstConnections;
    if (missing == 0) {
      succeed();
    } else {
      limit();
    }
  }

  /** Whether it waits for connections. */
  boolean isUnderWay() {
    return missing > 0;
  }

  /** Completes when the start has succeeded, or failed; for one caller. */
  CompletableFuture<Void> over() {
    return started.future();
  }

  /** Sets the time limit of a start that waits. */
  private void limit() {
    sinceNanos = core.time.nanoTime();
    wanted = missing;
    lastFailure = null;
    long limit = Time.nanos(core.options.creation().startTimeout());
    if (onFailure == StartFailure.WAIT && limit > 0) {
      AwaitedEnd start = started;
      timer = core.later(limit, () -> timesOut(start));
    }
  }

  private void cancelTimer() {
    Time.cancel(timer);
    timer = null;
  }

  private void timesOut(AwaitedEnd start) {
    core.enter();
    try {
      if (start != started || missing <= 0 || core.state() != State.RUNNING) {
        return;
      }
      StartReport report = report(core.time.nanoTime());
      Throwable cause = lastFailure;
      Throwable failure = cause == null ? new TimeoutException() : cause;
      fail(
          () ->
              "the start waited for its first connections, %s (startTimeout). Make the server reachable, or raise startTimeout. %s"
                  .formatted(
                      report.describe(),
                      cause == null
                          ? "No attempt to create one has ended"
                          : "The last failure: " + Faults.describe(cause)),
          failure);
    } finally {
      core.leave();
    }
  }

  StartReport report(long now) {
    return new StartReport(
        wanted,
        missing,
        Duration.ofNanos(now - sinceNanos),
        core.options.creation().startTimeout());
  }

  /** Whether a start waits that this attempt belongs to. */
  boolean waitsFor(Slot<T> slot) {
    return onFailure == StartFailure.WAIT && missing > 0 && isOfStart(slot);
  }

  /** Another tenant's failure says nothing about the connections of the start. */
  private boolean isOfStart(Slot<T> slot) {
    return !core.matchesArguments || slot.upkeep;
  }

  /** One of the first connections is there. */
  void joined() {
    misses(missing - 1);
  }

  /** There may be fewer connections than before, so that fewer are missing. */
  void resized() {
    misses(Math.min(missing, core.minSize - core.slots.size()));
  }

  /** So many of the first connections are still missing. */
  private void misses(int stillMissing) {
    if (missing > 0) {
      // First what may find no memory: while connections are missing, it can be done again.
      if (stillMissing <= 0) {
        succeed();
      }
      missing = Math.max(0, stillMissing);
    }
  }

  private void succeed() {
    cancelTimer();
    lastFailure = null;
    started.reached();
  }

  /** An attempt to create one of the first connections has failed. */
  void failed(Slot<T> slot, long life, Throwable cause) {
    if (!isOfStart(slot) || life != core.lives || missing <= 0) {
      return;
    }
    if (onFailure == StartFailure.WAIT) {
      lastFailure = cause;
    } else if (onFailure == StartFailure.START_EMPTY) {
      succeed();
      missing = 0;
      hasFailed = true;
    } else {
      fail(() -> "the start has failed: " + Faults.describe(cause), cause);
    }
  }

  /**
   * Stops the pool, and then fails the start.
   *
   * @param what creates the message, after the lock
   */
  private void fail(Supplier<String> what, Throwable cause) {
    AwaitedEnd failed = started;
    long life = core.lives;
    // First what may find no memory.
    core.decisions.serve(
        () ->
            core.rules()
                .stopAtOnce(life)
                .whenComplete(
                    (over, ignored) ->
                        failAll(
                            failed,
                            () ->
                                new ConnectionCreationException(core.name(), what.get(), cause))));
    missing = 0;
    hasFailed = true;
    cancelTimer();
  }

  private void failAll(AwaitedEnd start, Supplier<? extends Throwable> why) {
    core.enter();
    try {
      start.failed(why);
    } finally {
      core.leave();
    }
  }

  /** The pool is stopped: the start fails, if it is not over. May be called twice. */
  void stopped() {
    cancelTimer();
    lastFailure = null;
    missing = 0;
    if (!hasFailed) {
      started.failed(() -> new PoolStoppedException(core.name()));
    }
  }
}
