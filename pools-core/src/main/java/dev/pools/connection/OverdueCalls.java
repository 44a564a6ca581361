package dev.pools.connection;

import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import dev.pools.internal.RareReports;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The calls of one kind of user code, such as the health checker, that are over their limit and
 * have not returned. The pool has given up each of them, but the thread of such a call is lost
 * until it returns. Therefore their number is bounded: at the bound no more calls of this kind
 * start, except for a trial now and then.
 *
 * <p>Each kind has a bound of its own: a hook that hangs does not keep the pool from checking
 * connections.
 *
 * <pre>
 *           as many overdue as may be             pause is over
 *   FREE ──────────────────────────────▶ SHUT ────────────────────▶ TRIAL
 *    ▲ ▲                                 │  ▲                        │  │
 *    │ ╰──── fewer overdue than may be ──╯  ╰── it is overdue, too ──╯  │
 *    ╰──────────────────────────────────────── it has returned in time ─╯
 *
 *   from         to     method     by
 *   FREE         SHUT   shut       a call that is overdue, if at least as many are as may be
 *   SHUT         TRIAL  tryOne     the first call that wants to start after the pause
 *   TRIAL        TRIAL  tryOne     the same, if the trial has not been told of for much longer
 *                                  than its limit
 *   TRIAL        SHUT   shut       the trial, which is overdue
 *   TRIAL        SHUT   giveUp     the trial, which was not called, or could not be started
 *   TRIAL        FREE   works      the trial, which has returned in time
 *   SHUT, TRIAL  FREE   open       an overdue call that has returned, or a call that wants to
 *                                  start, if fewer are overdue than may be
 * </pre>
 *
 * <p>All states are guarded by this object. No user code and no other lock is reached under it.
 *
 * <ol>
 *   <li>{@code count} is the number of calls that were told as overdue and have not ended. Each
 *       call goes from RUNNING to OVERDUE at most once, which adds one, and from OVERDUE to ENDED
 *       at most once, which takes that away, however often it is told.
 *   <li>In SHUT no call starts, and in TRIAL none but the trial. Therefore {@code count} exceeds
 *       the bound by at most the calls that ran when the state became SHUT, and by one for each
 *       trial that hangs.
 *   <li>A trial that has returned in time forgets nothing: the overdue calls still count, so the
 *       next call that is overdue shuts again, and the pauses go on growing. They begin anew when
 *       fewer calls are overdue than may be, or have returned in time for as long as the longest
 *       pause. So at most one round of running calls is added in about each longest pause.
 *   <li>The state never stays SHUT or TRIAL for good: after {@code dueNanos} the next call that
 *       wants to start is a trial. That holds in TRIAL, too, so a trial whose end is never told,
 *       for instance because no timer could be set for its limit, is replaced.
 *   <li>A stop and a new start of the pool change nothing here: threads that hang are still lost.
 * </ol>
 */
final class OverdueCalls {

  /** So many calls may be overdue in any pool, however few connections it may have. */
  static final int LEAST_BOUND = 10;

  /** The longest pause between two trials. */
  static final long LONGEST_PAUSE_NANOS = TimeUnit.MINUTES.toNanos(1);

  enum State {
    /** Calls start. */
    FREE,
    /** No call starts. */
    SHUT,
    /** One call runs, to find out whether calls return again; no other one starts. */
    TRIAL
  }

  /** Is told how a call has gone, as of a {@link TimedCall}, or that it does not start. */
  interface Listener<V> extends TimedCall.Listener<V> {

    /** The call does not start; neither {@link #overdue} nor {@link #ended} follows. */
    void refused(NotCalledException why);
  }

  private enum Phase {
    RUNNING,
    OVERDUE,
    ENDED
  }

  private final String pool;
  private final Time time;

  /** What is called, for messages: "the health checker". */
  private final String what;

  /** The option that limits a call, for messages. */
  private final String setting;

  private final RareReports reports;

  // Guarded by this.
  private State state = State.FREE;
  private int bound = LEAST_BOUND;
  private @Nullable Watched<?> trial;

  /** The last pause; zero if the next one is the first. */
  private long pauseNanos;

  /** When a call may be the next trial. */
  private long dueNanos;

  /** When calls last began to start freely because of a trial. */
  private long freeNanos;

  /** Written under this, read by any thread. */
  private volatile int count;

  OverdueCalls(String pool, Time time, String what, String setting) {
    this.pool = pool;
    this.time = time;
    this.what = what;
    this.setting = setting;
    this.reports = new RareReports(time);
  }

  /** How many calls are over their limit and have not returned. */
  int count() {
    return count;
  }

  /** Whether calls start, for tests. */
  synchronized State state() {
    return state;
  }

  /**
   * Starts a call, or tells at once that it does not start. What this throws has no effect: the
   * call may be started once more.
   *
   * @param maxSize how many connections the pool may have
   * @param isWanted whether the call still has a purpose when its turn comes; if not, the code is
   *     not called, and the call ends without a value
   */
  <V> void start(
      ConnectionThreads threads,
      Duration limit,
      int maxSize,
      BooleanSupplier isWanted,
      Callable<? extends CompletionStage<? extends V>> code,
      Listener<V> listener) {
    Watched<V> call = new Watched<>(limit, isWanted, code, listener);
    if (!admit(call, Math.max(maxSize, LEAST_BOUND))) {
      listener.refused(refusal(limit));
      return;
    }
    try {
      TimedCall.start(threads, time, call.limitNanos, call, call);
    } catch (Throwable noThreadOrMemory) {
      ended(call);
      throw noThreadOrMemory;
    }
  }

  private NotCalledException refusal(Duration limit) {
    return new NotCalledException(
        pool,
        "%s was not called, because %s not returned within %s (%s), and at most %d may hang (maxSize, but at least %d). Give the calls that it makes timeouts"
            .formatted(
                what,
                Faults.count(count, "earlier call of it has", "earlier calls of it have"),
                Durations.text(limit),
                setting,
                bound(),
                LEAST_BOUND));
  }

  private synchronized int bound() {
    return bound;
  }

  // ---- What calls do to the state

  /** Whether this call may start. */
  private synchronized boolean admit(Watched<?> call, int most) {
    bound = most;
    if (state != State.FREE && count < bound) {
      open();
    }
    if (state == State.FREE) {
      return true;
    }
    long now = time.nanoTime();
    if (now - dueNanos < 0) {
      return false;
    }
    tryOne(call, now);
    return true;
  }

  /** This call is over its limit. */
  private void overdue(Watched<?> call) {
    boolean wasFree;
    synchronized (this) {
      if (call.phase != Phase.RUNNING) {
        return;
      }
      call.phase = Phase.OVERDUE;
      count++;
      wasFree = state == State.FREE;
      if (call != trial && (!wasFree || count < bound)) {
        return;
      }
      shut(call.limitNanos);
    }
    report(
        () -> {
          if (wasFree) {
            warn(call.limit);
          } else {
            Faults.debug(
                OverdueCalls.class,
                null,
                "Pool '{}': another call of {}, which was a trial, has not returned within {} ({})",
                pool,
                what,
                call.limit,
                setting);
          }
        });
  }

  /** This call has ended, or was not started. */
  private void ended(Watched<?> call) {
    synchronized (this) {
      Phase was = call.phase;
      call.phase = Phase.ENDED;
      if (was == Phase.OVERDUE) {
        count--;
        if (state != State.FREE && count < bound) {
          open();
        }
        return;
      }
      if (call != trial) {
        return;
      }
      if (!call.wasCalled) {
        giveUp();
        return;
      }
      works();
    }
    report(
        () ->
            Faults.info(
                OverdueCalls.class,
                "Pool '{}': a call of {} has returned in time again, so more of them start; {} have not returned",
                pool,
                what,
                count));
  }

  private void warn(Duration limit) {
    reports.warn(
        OverdueCalls.class,
        null,
        "Pool '{}': {} calls of {} have not returned within {} ({}), and each holds a thread. Until one of them, or a trial now and then, returns, no more of them start, and what needs one fails. Give the calls that it makes timeouts",
        pool,
        count,
        what,
        limit,
        setting);
  }

  /** On a thread of its own: what follows from a call does not wait for the log. */
  private void report(Runnable report) {
    try {
      time.runOnHelperThread(report);
    } catch (Throwable noThread) {
      // The reading tells it, too.
    }
  }

  // ---- The transitions; guarded by this

  /** The pause begins when the limit of the call that hangs is over. */
  private void shut(long limitNanos) {
    long now = time.nanoTime();
    boolean hasWorked = state == State.FREE && now - freeNanos >= LONGEST_PAUSE_NANOS;
    pauseNanos = hasWorked ? firstPause(limitNanos) : nextPause(limitNanos);
    dueNanos = now + pauseNanos;
    trial = null;
    state = State.SHUT;
  }

  private static long firstPause(long limitNanos) {
    return limitNanos >= LONGEST_PAUSE_NANOS / 2 ? LONGEST_PAUSE_NANOS : 2 * limitNanos;
  }

  private long nextPause(long limitNanos) {
    return Math.min(Math.max(2 * pauseNanos, firstPause(limitNanos)), LONGEST_PAUSE_NANOS);
  }

  /** Another trial may replace it later than it is overdue: its thread may come late, too. */
  private void tryOne(Watched<?> call, long now) {
    long longestNanos = Math.min(call.limitNanos, Long.MAX_VALUE / 4);
    dueNanos = now + longestNanos + nextPause(call.limitNanos);
    trial = call;
    state = State.TRIAL;
  }

  /** It says nothing: the next call is a trial. */
  private void giveUp() {
    dueNanos = time.nanoTime();
    trial = null;
    state = State.SHUT;
  }

  private void works() {
    freeNanos = time.nanoTime();
    trial = null;
    state = State.FREE;
  }

  private void open() {
    pauseNanos = 0;
    trial = null;
    state = State.FREE;
  }

  /** One call, which tells how it goes. */
  private final class Watched<V>
      implements Callable<CompletionStage<? extends V>>, TimedCall.Listener<V> {

    private final Duration limit;
    private final long limitNanos;
    private final BooleanSupplier isWanted;
    private final Callable<? extends CompletionStage<? extends V>> code;
    private final Listener<V> listener;

    /** Written before the code runs, and read after that. */
    private volatile boolean wasCalled;

    // Guarded by OverdueCalls.this.
    private Phase phase = Phase.RUNNING;

    Watched(
        Duration limit,
        BooleanSupplier isWanted,
        Callable<? extends CompletionStage<? extends V>> code,
        Listener<V> listener) {
      this.limit = limit;
      this.limitNanos = Time.nanos(limit);
      this.isWanted = isWanted;
      this.code = code;
      this.listener = listener;
    }

    @Override
    public CompletionStage<? extends V> call() throws Exception {
      if (!isWanted.getAsBoolean()) {
        return CompletableFuture.completedFuture(null);
      }
      wasCalled = true;
      return code.call();
    }

    /** First counts: what follows may need a call of this kind. */
    @Override
    public void overdue() {
      OverdueCalls.this.overdue(this);
      listener.overdue();
    }

    @Override
    public Throwable told(Throwable failure) {
      return listener.told(failure);
    }

    @Override
    public void ended(@Nullable V value, @Nullable Throwable failure) {
      OverdueCalls.this.ended(this);
      listener.ended(value, failure);
    }
  }
}
