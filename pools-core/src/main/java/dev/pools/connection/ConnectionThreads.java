package dev.pools.connection;

import dev.pools.internal.AfterUnlock;
import dev.pools.internal.Faults;
import dev.pools.internal.HelperQueue;
import dev.pools.internal.RareReports;
import dev.pools.internal.Time;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Runs the user's code: on the executor that the user has set, or on threads of the pool.
 *
 * <p>The pool's own threads are daemon platform threads, one for each call at a time, kept for a
 * while. They have the context class loader of the thread that builds the pool, which is the
 * calling thread, because some drivers are found only through it. They inherit nothing from the
 * thread that causes a call. They are not virtual on any JDK: a factory that computes, or that
 * waits in native code, would hold a carrier, and with it the virtual threads of the whole JVM.
 *
 * <p>The user's executor may be full, for instance of tasks that wait for this pool. A call that it
 * rejects, or does not start in time, runs on a thread of the pool instead. It runs once: the
 * thread that claims it first runs it. Therefore each call starts.
 *
 * <p>The executor's {@code execute} may not return, and keeps the thread that has brought a call.
 * While it keeps one, no other thread is sent there.
 *
 * <pre>
 *   from      to         by
 *   INSIDE    RETURNED   the thread that brings the call
 *   INSIDE    KEPT       the timer: the executor has not started the call in time
 *   KEPT      RETURNED   the thread that brings the call, when execute returns or throws at last
 * </pre>
 */
final class ConnectionThreads {

  /** How long a call waits at most for a thread of the user's executor. */
  static final long PATIENCE_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

  private final String pool;
  private final Time own;
  private final @Nullable Executor chosen;

  /** Runs completions of futures, if the user has set no executor. */
  private final HelperQueue completions;

  /** How many calls the user's executor has accepted and not started. */
  private final AtomicInteger waiting = new AtomicInteger();

  /** How many threads the user's executor keeps that have brought a call. */
  private final AtomicInteger kept = new AtomicInteger();

  /** Reports are rare: a full executor is full for each call. */
  private final RareReports reports;

  /** Of calls that could not be started, or told of, as they should be. */
  private final RareReports faults;

  /** Keeps what follows from a call while there is no memory for it. */
  private final AfterUnlock owed;

  private ConnectionThreads(String pool, Time own, AfterUnlock owed, @Nullable Executor chosen) {
    this.pool = pool;
    this.own = own;
    this.owed = owed;
    this.chosen = chosen;
    this.completions = HelperQueue.eager(own, HelperQueue.ownerName(pool));
    this.reports = new RareReports(own);
    this.faults = new RareReports(own);
  }

  /**
   * For a pool that the current thread builds; on its own threads if the user has set no executor.
   */
  static ConnectionThreads of(String pool, Time time, AfterUnlock owed, @Nullable Executor chosen) {
    return new ConnectionThreads(pool, time.forPool(pool.concat("-calls")), owed, chosen);
  }

  /** Carries out what follows from a call when there is memory again. */
  void carryOutLater(AfterUnlock.Decision prepared) {
    owed.carryOutLater(prepared);
  }

  /** For the same pool, on another executor. */
  ConnectionThreads on(Executor other) {
    return new ConnectionThreads(pool, own, owed, other);
  }

  /** The name of the pool. */
  String pool() {
    return pool;
  }

  /** For log lines about faults that may come with each call. */
  RareReports faults() {
    return faults;
  }

  /** How many calls wait for a thread of the user's executor now. */
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
   * @param patienceNanos how long to wait at most for a thread of the user's executor
   */
  void run(Runnable code, long patienceNanos) {
    if (chosen == null || kept.get() > 0) {
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
        own.runOnHelperThread(code);
        report(
            refused,
            "Pool '{}': its executor rejects a call, which runs on a thread of the pool instead. Give the pool an executor that queues, or set none");
      }
    } finally {
      call.returned();
    }
  }

  /** On a thread of its own: a call does not wait for the log, because its limit does not run. */
  private void report(@Nullable Throwable fault, String text) {
    try {
      if (reports.next() != RareReports.LEFT_OUT) {
        own.runOnHelperThread(() -> Faults.warn(ConnectionThreads.class, fault, text, pool));
      }
    } catch (Throwable noThread) {
      // The next call is reported.
    }
  }

  /** Where the thread is that brings a call. */
  private enum Bringer {
    INSIDE,
    KEPT,
    RETURNED
  }

  /** A call that an executor has accepted; the thread that claims it runs it. */
  private final class QueuedCall implements Runnable {

    private final AtomicBoolean claimed = new AtomicBoolean();

    /** INSIDE at first: the thread that brings it is in the executor. */
    private final AtomicReference<Bringer> bringer = new AtomicReference<>(Bringer.INSIDE);

    /** Created beforehand: it is needed when there is no memory. */
    private final AfterUnlock.Decision takeOverLater = AfterUnlock.prepare(this::takeOver);

    /** Null after the claim: the executor may keep this object for long. */
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

    /** The user's executor has not started it in time. */
    private void takeOver() {
      if (claimed.get()) {
        return;
      }
      noteIfKept();
      try {
        own.runOnHelperThread(this::runOnOwnThread);
      } catch (OutOfMemoryError | StackOverflowError full) {
        owed.carryOutLater(takeOverLater);
      }
    }

    /** Counts first: the thread that brings the call takes back what it finds noted. */
    private void noteIfKept() {
      kept.incrementAndGet();
      if (!bringer.compareAndSet(Bringer.INSIDE, Bringer.KEPT)) {
        kept.decrementAndGet();
      }
    }

    /** The thread that brings it has returned from the executor. */
    void returned() {
      if (bringer.getAndSet(Bringer.RETURNED) == Bringer.KEPT) {
        kept.decrementAndGet();
      }
    }

    private void runOnOwnThread() {
      Runnable claimedCode = code;
      if (claimedCode == null || !claim()) {
        return;
      }
      code = null;
      report(
          null,
          kept.get() > 0
              ? "Pool '{}': the execute method of its executor does not return, and keeps a thread that has brought a call. Until it does, calls run on threads of the pool. Give the pool an executor that queues or rejects, or set none"
              : "Pool '{}': its executor has not started a call in time, which runs on a thread of the pool instead. Its threads are busy, maybe with tasks that wait for this pool. Give the pool an executor of its own, or set none");
      claimedCode.run();
    }
  }
}
