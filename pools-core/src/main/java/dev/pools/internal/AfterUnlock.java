package dev.pools.internal;

import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * What was decided under a pool's lock, and is carried out after it.
 *
 * <p>A step under the lock calls {@link #serve}, {@link #tell} and {@link #close}. The method that
 * leaves the lock calls {@link #take} while it still holds the lock, and {@link #carryOut} after it
 * has released the lock.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>An action that owns something (a caller's result, a connection to close, a call to start)
 *       stays listed until it has run without an exception. One that throws, because there is no
 *       thread or no memory for it, is tried again after a pause: by a timer, and by the next
 *       thread that leaves the lock. Therefore such an action must do nothing twice: what it has
 *       done before it threw must not be done again.
 *   <li>A notification (a listener, a log line) is tried once, and its exception is reported.
 *   <li>Each action is guarded by itself. No exception of one keeps another from running, and
 *       neither {@link #take} nor {@link #carryOut} throws.
 *   <li>The order is: what others wait for, then notifications, then what notifications must
 *       precede. So user code that does not return holds up only itself.
 *   <li>Actions may lead to more actions on the same thread. These run at once, because their
 *       thread may be about to wait for them; past a depth they run on another thread, so that no
 *       chain outgrows the stack.
 * </ol>
 */
public final class AfterUnlock {

  private static final int DEEPEST = 50;

  private static final long SHORTEST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(50);
  private static final long LONGEST_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** How deep this thread is in actions that led to each other; present only while it runs some. */
  private static final ThreadLocal<Nesting> NESTING = new ThreadLocal<>();

  private static final class Nesting {
    private int depth;
  }

  /** One action, and the next one of its list. Only this class reads it. */
  public static final class Decision {
    private final Runnable action;
    private final boolean owns;
    private @Nullable Decision next;

    private Decision(Runnable action, boolean owns) {
      this.action = action;
      this.owns = owns;
    }
  }

  /** A list that is taken and joined without allocating: there may be no memory left. */
  private static final class Decisions {
    private @Nullable Decision first;
    private @Nullable Decision last;

    void add(Decision decision) {
      if (last == null) {
        first = decision;
      } else {
        last.next = decision;
      }
      last = decision;
    }

    void addAll(Decisions others) {
      if (others.first == null) {
        return;
      }
      if (last == null) {
        first = others.first;
      } else {
        last.next = others.first;
      }
      last = others.last;
      others.first = null;
      others.last = null;
    }

    @Nullable Decision takeAll() {
      Decision all = first;
      first = null;
      last = null;
      return all;
    }
  }

  private final String pool;
  private final Time time;

  // Guarded by the pool's lock.
  private final Decisions served = new Decisions();
  private final Decisions told = new Decisions();
  private final Decisions closed = new Decisions();

  // Guarded by owed.
  /** What could not be carried out yet. */
  private final Decisions owed = new Decisions();

  private boolean retryIsScheduled;
  private long retryPauseNanos = SHORTEST_PAUSE_NANOS;

  // Written under owed, read by any thread.
  private volatile boolean owes;
  private volatile long retryAtNanos;

  /**
   * @param pool the name of the pool in log lines
   * @param time when to try again what could not be carried out
   */
  public AfterUnlock(String pool, Time time) {
    this.pool = Objects.requireNonNull(pool, "pool");
    this.time = Objects.requireNonNull(time, "time");
  }

  // ---- Under the lock

  /** Adds an action that others wait for: a result, the start of a call, a timer. It owns. */
  public void serve(Runnable action) {
    served.add(new Decision(action, /* owns= */ true));
  }

  /** Adds a notification, for the thread that leaves the lock. It is tried once. */
  public void tell(Runnable notification) {
    told.add(new Decision(notification, /* owns= */ false));
  }

  /** Adds an action that must follow the notifications, such as a closing. It owns. */
  public void close(Runnable action) {
    closed.add(new Decision(action, /* owns= */ true));
  }

  /** Takes all that was decided, in order. Null if there is nothing to carry out. */
  public @Nullable Decision take() {
    served.addAll(told);
    served.addAll(closed);
    return served.takeAll();
  }

  // ---- After the lock

  /** Carries out what was taken, and what is owed and due. Never throws. */
  public void carryOut(@Nullable Decision taken) {
    if (taken == null && !isRetryDue()) {
      return;
    }
    Nesting nesting;
    try {
      Nesting outer = NESTING.get();
      nesting = outer == null ? new Nesting() : outer;
      if (outer == null) {
        NESTING.set(nesting);
      } else if (nesting.depth == DEEPEST) {
        time.runOnAnotherStack(() -> carryOut(taken));
        return;
      }
    } catch (Throwable noMemoryOrThread) {
      oweAll(taken);
      return;
    }
    nesting.depth++;
    try {
      runAll(taken);
      if (isRetryDue()) {
        runOwed();
      }
    } finally {
      nesting.depth--;
      if (nesting.depth == 0) {
        NESTING.remove();
      }
    }
  }

  /** Has this action carried out, as one that owns, though it was decided in another way. */
  public void carryOutLater(Runnable action) {
    carryOutLater(prepare(action));
  }

  /** A decision for {@link #carryOutLater(Decision)}, created while there is memory for it. */
  public static Decision prepare(Runnable action) {
    return new Decision(action, /* owns= */ true);
  }

  /**
   * Has a prepared decision carried out, as one that owns. Allocates nothing that it needs.
   *
   * @param prepared is not listed at present
   */
  public void carryOutLater(Decision prepared) {
    owe(prepared);
  }

  private void runAll(@Nullable Decision first) {
    Decision next;
    for (Decision decision = first; decision != null; decision = next) {
      next = decision.next;
      decision.next = null;
      run(decision);
    }
  }

  private void run(Decision decision) {
    Throwable fault = null;
    try {
      decision.action.run();
    } catch (Throwable thrown) {
      fault = thrown;
    }
    if (fault == null) {
      return;
    }
    if (decision.owns) {
      owe(decision);
      Faults.warn(
          AfterUnlock.class,
          fault,
          "Pool '{}': a step of the pool failed, and the pool tries it again",
          pool);
    } else {
      Faults.error(
          AfterUnlock.class,
          fault,
          "Pool '{}': an event could not be reported to listeners or to the log",
          pool);
    }
  }

  // ---- What is owed

  private boolean isRetryDue() {
    return owes && time.nanoTime() - retryAtNanos >= 0;
  }

  private void oweAll(@Nullable Decision first) {
    Decision next;
    for (Decision decision = first; decision != null; decision = next) {
      next = decision.next;
      decision.next = null;
      owe(decision);
    }
  }

  private void owe(Decision decision) {
    boolean schedule;
    synchronized (owed) {
      owed.add(decision);
      schedule = !retryIsScheduled;
      if (schedule) {
        retryIsScheduled = true;
        retryAtNanos = time.nanoTime() + retryPauseNanos;
        retryPauseNanos = Math.min(2 * retryPauseNanos, LONGEST_PAUSE_NANOS);
      }
      owes = true;
    }
    if (schedule) {
      try {
        time.schedule(
            retryAtNanos - time.nanoTime(), () -> time.runOnHelperThread(() -> carryOut(null)));
      } catch (Throwable noThread) {
        // Then the next thread that leaves the lock tries again.
      }
    }
  }

  private void runOwed() {
    Decision first;
    synchronized (owed) {
      retryIsScheduled = false;
      owes = false;
      first = owed.takeAll();
    }
    runAll(first);
    synchronized (owed) {
      if (!owes) {
        retryPauseNanos = SHORTEST_PAUSE_NANOS;
      }
    }
  }
}
