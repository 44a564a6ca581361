package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.AfterUnlock;
import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import dev.pools.internal.RareReports;
import dev.pools.internal.Time;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Closes connections: some at a time, each with a time limit. Guarded by the pool's lock, except
 * for {@link #start}.
 *
 * <pre>
 *              room             the cleaner has ended
 *   WAITING ─────────▶ STARTED ───────────────────────▶ ENDED
 *                         │ closeTimeout, or the pool     ▲
 *                         │ has stopped                   │ the cleaner has ended
 *                         ╰──────────▶ STRAY ─────────────╯
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>Each closing calls the cleaner once.
 *   <li>A closing owns the place of its connection while it is WAITING or STARTED, and gives it
 *       back once, when it leaves these states. So a place is free at the latest {@code
 *       closeTimeout} after the cleaner was called.
 *   <li>At most {@code maxConcurrentCloses} closings are STARTED, unless a stop is at its deadline.
 *   <li>Strays hold threads, so their number is bounded: while there are as many strays as the pool
 *       may have connections, closings are started one at a time. Then at most one stray is added
 *       in each {@code closeTimeout}, and the pool goes on serving with the places that are free.
 * </ol>
 */
final class ConnectionCloser<T> {

  /** After this time another thread starts a closing whose thread has not started it. */
  private static final long START_AGAIN_NANOS = 1_000_000_000;

  /** What the closer needs of the pool. */
  interface Owner<T> {

    /** Runs a step under the pool's lock. */
    void locked(Runnable step);

    /** The place of a connection is free. Under the lock. */
    void vacate(Slot<T> slot);

    /** A closing has given back what it held. Under the lock. */
    void closed();

    /** Where cleaners run now. */
    ConnectionThreads threads();

    /** How many connections there may be. Under the lock. */
    int maxSize();
  }

  private enum State {
    WAITING,
    STARTED,
    STRAY,
    ENDED
  }

  /** One connection that is being closed. */
  private static final class Closing<T> {
    final @Nullable Slot<T> slot;
    final T connection;
    final Arguments arguments;
    final RetireReason reason;
    final int life;
    final CompletableFuture<Void> closed;

    /** Whether the pool has told that it was created; then it tells that it leaves the pool. */
    final boolean isPooled;

    final AtomicBoolean called = new AtomicBoolean();

    // Guarded by the pool's lock.
    State state = State.WAITING;
    long startedNanos;

    Closing(
        @Nullable Slot<T> slot,
        T connection,
        Arguments arguments,
        RetireReason reason,
        int life,
        CompletableFuture<Void> closed,
        boolean isPooled) {
      this.slot = slot;
      this.connection = connection;
      this.arguments = arguments;
      this.reason = reason;
      this.life = life;
      this.closed = closed;
      this.isPooled = isPooled;
    }
  }

  private final String pool;
  private final Time time;
  private final AfterUnlock decisions;
  private final ConnectionListeners<T> listeners;
  private final Owner<T> owner;
  private final RareReports overdueReports;
  private final RareReports failureReports;

  // Guarded by the pool's lock.
  private ClosingOptions<T> options;
  private final Deque<Closing<T>> waiting = new ArrayDeque<>();
  private final Set<Closing<T>> started = new LinkedHashSet<>();
  private boolean unlimited;
  private int life;
  private int strays;

  /** How many of the strays belong to the pool's present life. */
  private int straysOfThisLife;

  ConnectionCloser(
      ConnectionOptions<T> options,
      Time time,
      AfterUnlock decisions,
      ConnectionListeners<T> listeners,
      Owner<T> owner) {
    this.pool = options.name();
    this.options = options.closing();
    this.time = time;
    this.decisions = decisions;
    this.listeners = listeners;
    this.owner = owner;
    this.overdueReports = new RareReports(time);
    this.failureReports = new RareReports(time);
  }

  /** Sets the limits of the closings that start from now on. */
  void limit(ClosingOptions<T> limits) {
    options = limits;
    startLeftOver();
  }

  /** How many calls of the cleaner are over their limit and have not returned. */
  int strays() {
    return strays;
  }

  /** A new life of the pool: calls that hang since the life before do not delay it. */
  void beginLife() {
    life++;
    straysOfThisLife = 0;
    unlimited = false;
  }

  /**
   * Starts all closings that are not started, and from now on each one at once: a stop waits no
   * longer, neither for room nor for a thread that hangs in a listener.
   */
  void hurry() {
    unlimited = true;
    startAgain(time.nanoTime());
    startNext();
  }

  /**
   * Closes a connection, as soon as there is room. If this throws there was no memory, and nothing
   * has happened.
   *
   * @param slot the place to give back then, which is retired here; null if the connection came too
   *     late to have one
   * @param closed completes then
   */
  void close(
      @Nullable Slot<T> slot,
      T connection,
      Arguments arguments,
      RetireReason reason,
      CompletableFuture<Void> closed) {
    waiting.add(
        new Closing<>(slot, connection, arguments, reason, life, closed, /* isPooled= */ true));
    if (slot != null) {
      try {
        slot.retire();
      } catch (Throwable noMemory) {
        waiting.removeLast();
        throw noMemory;
      }
    }
    startIfRoom();
  }

  /** As {@link #close}, for a connection that was created for a caller, and not for the pool. */
  void closeUnpooled(T connection, Arguments arguments, RetireReason reason) {
    CompletableFuture<Void> closed = new CompletableFuture<>();
    waiting.add(
        new Closing<>(null, connection, arguments, reason, life, closed, /* isPooled= */ false));
    startIfRoom();
  }

  private void startIfRoom() {
    try {
      startNext();
    } catch (OutOfMemoryError | StackOverflowError full) {
      // It waits: hasLeftOver finds it.
    }
  }

  /** Whether a step that failed has left a closing waiting although there is room. */
  boolean hasLeftOver() {
    return !waiting.isEmpty() && started.size() < room();
  }

  /** Starts the closings that {@link #hasLeftOver} has found. */
  void startLeftOver() {
    startNext();
  }

  /** Gives back the places of all closings that have not ended; their cleaners go on. */
  void abandon() {
    hurry();
    List<Closing<T>> all = new ArrayList<>(started);
    for (Closing<T> closing : all) {
      stray(closing);
    }
  }

  /** Starts closings again that were not started: their thread may hang in a listener. */
  void startOverdue(long now) {
    startAgain(now - START_AGAIN_NANOS);
  }

  /** Before the notifications of this hold of the lock, because these may hang as well. */
  private void startAgain(long ifDecidedBy) {
    ConnectionThreads threads = owner.threads();
    for (Closing<T> closing : started) {
      if (!closing.called.get() && closing.startedNanos - ifDecidedBy <= 0) {
        decisions.serve(() -> start(closing, threads));
      }
    }
  }

  private void startNext() {
    while (!waiting.isEmpty() && started.size() < room()) {
      Closing<T> next = waiting.element();
      ConnectionThreads threads = owner.threads();
      started.add(next);
      try {
        decisions.close(() -> start(next, threads));
      } catch (Throwable noMemory) {
        started.remove(next);
        throw noMemory;
      }
      waiting.remove();
      next.state = State.STARTED;
      next.startedNanos = time.nanoTime();
    }
  }

  private int room() {
    if (unlimited) {
      return Integer.MAX_VALUE;
    }
    return straysOfThisLife >= owner.maxSize() ? 1 : options.maxConcurrentCloses();
  }

  /** Calls the cleaner, once; without the lock. */
  private void start(Closing<T> closing, ConnectionThreads threads) {
    if (!closing.called.compareAndSet(false, true)) {
      return;
    }
    try {
      call(closing, threads);
    } catch (Throwable notStarted) {
      closing.called.set(false);
      throw notStarted;
    }
  }

  private void call(Closing<T> closing, ConnectionThreads threads) {
    TimedCall.start(
        threads,
        time,
        Time.nanos(options.closeTimeout()),
        () -> {
          if (closing.isPooled) {
            listeners.tell(listener -> listener.retired(closing.connection, closing.reason));
          }
          return options.cleaner().clean(closing.connection, closing.arguments, closing.reason);
        },
        new TimedCall.Listener<Object>() {
          @Override
          public void overdue() {
            owner.locked(() -> isOverdue(closing));
          }

          @Override
          public void ended(@Nullable Object ignored, @Nullable Throwable failure) {
            owner.locked(() -> hasEnded(closing, failure));
          }
        });
  }

  private void isOverdue(Closing<T> closing) {
    if (closing.state != State.STARTED) {
      return;
    }
    boolean first = straysOfThisLife == 0;
    stray(closing);
    int open = strays;
    TimeoutException cause =
        new TimeoutException(
            "The cleaner has not returned within "
                + Durations.text(options.closeTimeout())
                + " (closeTimeout)");
    decisions.tell(
        () -> {
          String text =
              "Pool '{}': the cleaner has not returned within {} (closeTimeout) for a connection that is closed as {}: it is interrupted and its place is free; {} such calls have not returned. Give the cleaner limits of its own, or let it skip what waits for the server";
          Object[] facts = {pool, options.closeTimeout(), closing.reason, open};
          if (first) {
            overdueReports.warn(ConnectionCloser.class, null, text, facts);
          } else {
            Faults.debug(ConnectionCloser.class, null, text, facts);
          }
          listeners.tell(listener -> listener.cleanFailed(closing.connection, cause));
        });
  }

  private void stray(Closing<T> closing) {
    giveBack(closing, State.STRAY);
  }

  private void hasEnded(Closing<T> closing, @Nullable Throwable failure) {
    if (closing.state == State.ENDED) {
      return;
    }
    boolean wasStray = closing.state == State.STRAY;
    if (wasStray) {
      closing.state = State.ENDED;
      strays--;
      if (closing.life == life) {
        straysOfThisLife--;
      }
      startNext();
    }
    if (failure != null) {
      tellFailed(closing, failure, wasStray);
    }
    if (!wasStray) {
      giveBack(closing, State.ENDED);
    }
  }

  private void tellFailed(Closing<T> closing, Throwable failure, boolean wasStray) {
    decisions.tell(
        () -> {
          Throwable told = Secrets.withoutSecrets(failure, closing.arguments);
          if (wasStray) {
            Faults.debug(
                ConnectionCloser.class, told, "Pool '{}': an overdue cleaner has failed", pool);
          } else {
            failureReports.warn(
                ConnectionCloser.class,
                told,
                "Pool '{}': the cleaner failed, and its connection may stay open",
                pool);
            listeners.tell(listener -> listener.cleanFailed(closing.connection, failure));
          }
        });
  }

  /** Gives back what a closing holds. If that finds no memory, it has to be done once more. */
  private void giveBack(Closing<T> closing, State next) {
    decisions.serve(() -> closing.closed.complete(null));
    started.remove(closing);
    if (closing.slot != null) {
      owner.vacate(closing.slot);
    }
    closing.state = next;
    if (next == State.STRAY) {
      strays++;
      if (closing.life == life) {
        straysOfThisLife++;
      }
    }
    startNext();
    owner.closed();
  }
}
