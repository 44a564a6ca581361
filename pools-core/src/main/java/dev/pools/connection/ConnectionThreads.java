package dev.pools.connection;

import dev.pools.internal.AfterUnlock;
import dev.pools.internal.Faults;
import dev.pools.internal.HelperQueue;
import dev.pools.internal.Time;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Where the user's code runs: on the executor that the user has chosen, or on threads of the pool.
 *
 * <p>The pool's own threads are daemon platform threads, as many as there are calls at a time, kept
 * for a while. They have the context class loader of the thread that builds the pool, which is the
 * calling thread, because a driver may be found by that alone; and they inherit nothing from the
 * thread that happens to bring about a call. They are not virtual on any JDK: a factory that
 * computes, or that waits in native code, would hold a carrier, and with it the virtual threads of
 * the whole JVM.
 *
 * <p>A chosen executor may be full, for instance of tasks that wait for this pool. A call that it
 * refuses, or does not begin in time, runs on a thread of the pool instead, and exactly once:
 * whichever of the two threads claims it first runs it. So a call always begins.
 */
final class ConnectionThreads {

  /** How long a call waits at most for a thread of the chosen executor. */
  static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private static final long REPORT_EVERY_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final String pool;
  private final Time own;
  private final @Nullable Executor chosen;

  /** Completions of futures, if no executor is chosen. */
  private final HelperQueue completions;

  /** How many calls the chosen executor has been given and has not begun. */
  private final AtomicInteger waiting = new AtomicInteger();

  private final AtomicLong nextReportNanos;

  /** Keeps what follows from a call while there is no memory for it. */
  private final AfterUnlock owed;

  private ConnectionThreads(String pool, Time own, AfterUnlock owed, @Nullable Executor chosen) {
    this.pool = pool;
    this.own = own;
    this.owed = owed;
    this.chosen = chosen;
    this.completions = HelperQueue.eager(own, "Pool '" + pool + "'");
    this.nextReportNanos = new AtomicLong(own.nanoTime());
  }

  /** For a pool that the current thread builds; the pool's own threads if none are chosen. */
  static ConnectionThreads of(String pool, Time time, AfterUnlock owed, @Nullable Executor chosen) {
    return new ConnectionThreads(pool, time.forPool(pool + "-calls"), owed, chosen);
  }

  /** Has what follows from a call carried out when there is memory again. */
  void carryOutLater(AfterUnlock.Decision prepared) {
    owed.carryOutLater(prepared);
  }

  /** For the same pool, on another executor. */
  ConnectionThreads on(Executor other) {
    return new ConnectionThreads(pool, own, owed, other);
  }

  /** How many calls wait for a thread of the chosen executor now. */
  int waiting() {
    return waiting.get();
  }

  /** Runs the code once. Never throws; the code must not throw either. */
  void run(Runnable code) {
    run(code, PATIENCE_NANOS);
  }

  /** Completes a future on which users depend, once. Never throws. */
  void complete(Runnable completion) {
    if (chosen == null) {
      completions.run(completion);
    } else {
      run(completion);
    }
  }

  /**
   * Runs the code once. Never throws; the code must not throw either.
   *
   * @param patienceNanos how long to wait at most for a thread of the chosen executor
   */
  void run(Runnable code, long patienceNanos) {
    if (chosen == null) {
      own.runOnHelperThread(code);
      return;
    }
    QueuedCall call = new QueuedCall(code);
    waiting.incrementAndGet();
    try {
      call.takeOverIn(Math.min(patienceNanos, PATIENCE_NANOS));
      chosen.execute(call);
    } catch (Throwable refused) {
      if (call.claim()) {
        if (mayReport()) {
          Faults.warn(
              ConnectionThreads.class,
              refused,
              "The executor of pool '{}' refuses a call, which runs on a thread of the pool instead",
              pool);
        }
        own.runOnHelperThread(code);
      }
    }
  }

  /** At most one report in a while: a full executor is full for each call. */
  private boolean mayReport() {
    long now = own.nanoTime();
    long next = nextReportNanos.get();
    return now - next >= 0 && nextReportNanos.compareAndSet(next, now + REPORT_EVERY_NANOS);
  }

  /** A call that an executor has been given; the thread that claims it runs it. */
  private final class QueuedCall implements Runnable {

    private final AtomicBoolean claimed = new AtomicBoolean();

    /** Made beforehand: it is needed when there is no memory. */
    private final AfterUnlock.Decision takeOverLater = AfterUnlock.prepare(this::takeOver);

    /** Null when it has been claimed: the executor may keep this object for long. */
    private volatile @Nullable Runnable code;

    private volatile Time.@Nullable Timer takeover;

    QueuedCall(Runnable code) {
      this.code = code;
    }

    void takeOverIn(long nanos) {
      takeover = own.schedule(nanos, this::takeOver);
    }

    boolean claim() {
      if (!claimed.compareAndSet(false, true)) {
        return false;
      }
      waiting.decrementAndGet();
      Time.cancel(takeover);
      return true;
    }

    @Override
    public void run() {
      Runnable claimedCode = code;
      if (claimedCode != null && claim()) {
        code = null;
        claimedCode.run();
      }
    }

    /** The chosen executor has not run it in time. */
    private void takeOver() {
      if (claimed.get()) {
        return;
      }
      try {
        own.runOnHelperThread(this::runOnOwnThread);
      } catch (OutOfMemoryError | StackOverflowError full) {
        owed.carryOutLater(takeOverLater);
      }
    }

    private void runOnOwnThread() {
      Runnable claimedCode = code;
      if (claimedCode == null || !claim()) {
        return;
      }
      code = null;
      try {
        if (mayReport()) {
          Faults.warn(
              ConnectionThreads.class,
              null,
              "The executor of pool '{}' has not begun a call in time, which runs on a thread of the pool instead. Its threads are busy, maybe with tasks that wait for this pool: give the pool an executor of its own, or set none",
              pool);
        }
      } finally {
        claimedCode.run();
      }
    }
  }
}
