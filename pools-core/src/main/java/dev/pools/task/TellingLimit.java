package dev.pools.task;

import dev.pools.internal.Faults;
import dev.pools.internal.HelperQueue;
import dev.pools.internal.Time;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Limits how long the future of a task that does not run waits for user code: for the listeners
 * that are told of its end, and for its decorator, which is around that. If that code does not
 * return in time, a helper thread completes the future and counts the task out. So a thread in
 * {@code get}, a drain and the end of the pool wait for a limited time.
 *
 * <pre>
 *   from      to        by
 *   (none)    TELLING   the thread that owes the end of the task
 *   TELLING   (none)    the same thread: it completes the future next
 *   TELLING   OVERDUE   the timer; a helper thread completes the future
 * </pre>
 *
 * <p>The result of the task has been decided before {@code begin}, therefore each thread can
 * deliver it (T4 of {@link TaskLifecycle}). Both threads may complete the future: only the first
 * has an effect. Each of them counts the task out, and only the first has an effect there, too.
 *
 * <p>One timer serves all tellings that overlap. A timer that fires after it was called off, or
 * after another one has taken its place, does nothing.
 */
final class TellingLimit {

  static final long LIMIT_NANOS = PoolTimers.LISTENER_PATIENCE_NANOS;

  /** After what pause it looks again if there was no memory for what a look has found. */
  private static final long RETRY_NANOS = 100_000_000L;

  /** What is told of one task. */
  static final class Telling implements Runnable {
    private final Runnable takeover;
    private final long sinceNanos;

    private Telling(Runnable takeover, long sinceNanos) {
      this.takeover = takeover;
      this.sinceNanos = sinceNanos;
    }

    /** Takes over: on a helper thread. */
    @Override
    public void run() {
      takeover.run();
    }
  }

  private final String pool;
  private final Time time;
  private final HelperQueue helpers;

  // Guarded by this. The pool's lock may be held outside of it.
  private final Set<Telling> underway = new LinkedHashSet<>();

  /** The one that is set, or runs; null if there is none. */
  private @Nullable Look look;

  private boolean stopped;
  private long overdueInAll;

  TellingLimit(String pool, Time time, HelperQueue helpers) {
    this.pool = pool;
    this.time = time;
    this.helpers = helpers;
  }

  /**
   * User code is about to be told of a task.
   *
   * @param takeover completes the future of the task and counts it out
   */
  Telling begin(Runnable takeover) {
    Telling telling = new Telling(takeover, time.nanoTime());
    synchronized (this) {
      underway.add(telling);
      if (look == null) {
        schedule(LIMIT_NANOS);
      }
    }
    return telling;
  }

  /** The user code has returned. May be called twice. */
  synchronized void end(Telling telling) {
    underway.remove(telling);
    if (underway.isEmpty()) {
      callOff();
    }
  }

  /** The pool has terminated: nothing is told of its tasks any more for which a future waits. */
  synchronized void stop() {
    stopped = true;
    callOff();
  }

  private synchronized void callOff() {
    if (look != null) {
      Time.cancel(look.timer);
      look = null;
    }
  }

  private synchronized void schedule(long delayNanos) {
    if (stopped) {
      return;
    }
    Look next = new Look();
    try {
      next.timer = time.schedule(delayNanos, next);
      look = next;
    } catch (Throwable noThread) {
      // Then the next telling sets one.
      look = null;
    }
  }

  /** On the timer's thread. */
  private final class Look implements Runnable {

    // Guarded by the limit.
    private Time.@Nullable Timer timer;

    @Override
    public void run() {
      look(this);
    }
  }

  private void look(Look fired) {
    synchronized (this) {
      if (look != fired) {
        return;
      }
    }
    boolean taken = false;
    try {
      takeOver();
      taken = true;
    } catch (Throwable noMemory) {
      // Then after a pause; what is overdue is still listed.
    }
    synchronized (this) {
      if (look == fired) {
        look = null;
      }
      if (look == null && !underway.isEmpty()) {
        long waited = time.nanoTime() - underway.iterator().next().sinceNanos;
        schedule(taken ? LIMIT_NANOS - waited : RETRY_NANOS);
      }
    }
  }

  private void takeOver() {
    List<Telling> overdue = new ArrayList<>();
    synchronized (this) {
      long now = time.nanoTime();
      for (Telling oldest : underway) {
        if (now - oldest.sinceNanos < LIMIT_NANOS) {
          break;
        }
        overdue.add(oldest);
      }
    }
    helpers.run(overdue);
    synchronized (this) {
      overdue.forEach(underway::remove);
    }
    countOverdue(overdue.size());
  }

  /** User code was overdue; the log is told of the first time, and whenever it has doubled. */
  void countOverdue(int times) {
    long before;
    long after;
    synchronized (this) {
      before = overdueInAll;
      after = before + times;
      overdueInAll = after;
    }
    if (Long.highestOneBit(before) != Long.highestOneBit(after)) {
      helpers.run(() -> warn(after));
    }
  }

  private void warn(long inAll) {
    Faults.warn(
        TellingLimit.class,
        null,
        "Pool '{}': a listener or the task decorator has not returned for {} s from the end of a task, {} so far. The future of the task is completed without it. Make that code quicker",
        pool,
        LIMIT_NANOS / 1_000_000_000L,
        Faults.count(inAll, "time"));
  }
}
