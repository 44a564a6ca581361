package dev.pools.connection;

import dev.pools.internal.AfterUnlock;
import dev.pools.internal.Deliverable;
import dev.pools.internal.Faults;
import dev.pools.internal.InterruptibleCode;
import dev.pools.internal.OnHelperThread;
import dev.pools.internal.Time;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * One call of user code with a time limit, which starts when the call starts: a call that waits for
 * a thread says nothing about a connection or its server.
 *
 * <p>When the limit is over, the listener is told. Then the thread is interrupted if it is still in
 * the code, and a stage that the code has returned is cancelled: at the latest a second later,
 * because callbacks of users may follow from what the listener decides, and may not return. The
 * call may still end later; then the listener is told, too.
 *
 * <p>The limit runs until no user code is left that the call can still wait for: while the code
 * runs, while its stage is not complete, and while the failure is asked for its texts. After that
 * the listener decides what follows, and only then may user code run again.
 */
final class TimedCall<V> implements Runnable {

  /** How long the listener may take for an overdue call before the call is stopped anyway. */
  private static final long PATIENCE_NANOS = 1_000_000_000;

  /** Gets the events of the call, on the thread of the event. */
  interface Listener<V> {

    /**
     * The time is over, and the call has not ended. At most once, and before {@link #ended}. Once
     * more, if this throws an {@link OutOfMemoryError} or a {@link StackOverflowError}; then the
     * call may be ending at the same time.
     */
    void overdue();

    /**
     * The failure as {@link #ended} gets it. May call the methods of the failure, which are user
     * code: the limit of the call still runs. May be called more than once.
     */
    default Throwable told(Throwable failure) {
      return failure;
    }

    /**
     * The call has ended. Decides what follows before it runs any user code, because no limit runs
     * any more. Never, if the user code never returns; once more, if this throws an {@link
     * OutOfMemoryError} or a {@link StackOverflowError}.
     */
    void ended(@Nullable V value, @Nullable Throwable failure);
  }

  private final ConnectionThreads threads;
  private final Time time;
  private final long limitNanos;
  private final Callable<? extends CompletionStage<? extends V>> code;
  private final Listener<V> listener;

  /** The code, until it has returned its stage. */
  private final InterruptibleCode inside = new InterruptibleCode();

  // Guarded by this.
  private @Nullable CompletionStage<? extends V> stage;
  private boolean overdue;

  /** Whether the code and its stage have ended. What they have thrown may still be looked at. */
  private boolean over;

  /** Whether the listener is told of the end, so that the limit has no effect any more. */
  private boolean told;

  private Time.@Nullable Timer limit;

  // How the call has ended. Written once, before the listener is told.
  private @Nullable V value;
  private @Nullable Throwable failure;

  /** Created beforehand: it is needed when there is no memory. */
  private final AfterUnlock.Decision tellAgain = AfterUnlock.prepare(new End());

  private final TimeOver timeOver = new TimeOver();

  /** As {@link #tellAgain}. */
  private final AfterUnlock.Decision overdueAgain = AfterUnlock.prepare(timeOver);

  private TimedCall(
      ConnectionThreads threads,
      Time time,
      long limitNanos,
      Callable<? extends CompletionStage<? extends V>> code,
      Listener<V> listener) {
    this.threads = threads;
    this.time = time;
    this.limitNanos = limitNanos;
    this.code = code;
    this.listener = listener;
  }

  /**
   * Starts one call of the code. Never throws and does not wait.
   *
   * @param threads where the code runs
   * @param time measures the limit
   * @param limitNanos how long the call may take from when it starts until its stage completes
   * @param code returns a stage; a synchronous function returns a completed one
   * @param listener is told in the order overdue, ended, and each once at most
   */
  static <V> void start(
      ConnectionThreads threads,
      Time time,
      long limitNanos,
      Callable<? extends CompletionStage<? extends V>> code,
      Listener<V> listener) {
    threads.run(new TimedCall<>(threads, time, limitNanos, code, listener), limitNanos);
  }

  @Override
  public void run() {
    inside.enter();
    startLimit();
    CompletionStage<? extends V> returned = null;
    Throwable failure = null;
    try {
      returned = code.call();
    } catch (Throwable thrown) {
      failure = thrown;
    }
    inside.leave();
    boolean wasOverdue;
    synchronized (this) {
      stage = returned;
      wasOverdue = overdue;
    }
    if (failure != null) {
      end(null, failure);
    } else if (returned == null) {
      end(
          null,
          new NullPointerException(
              "An asynchronous function of pool '%s' returned null, but must return a CompletionStage."
                  .formatted(threads.pool())));
    } else {
      endWith(returned);
      if (wasOverdue) {
        cancel(returned);
      }
    }
  }

  /** What follows when the stage completes; as an action it tells that once more. */
  private final class End implements BiFunction<V, Throwable, @Nullable Void>, Runnable {

    @Override
    public @Nullable Void apply(@Nullable V result, @Nullable Throwable thrown) {
      end(result, thrown);
      return null;
    }

    @Override
    public void run() {
      tell();
    }
  }

  /** The time limit is over. */
  private final class TimeOver implements Runnable {

    @Override
    public void run() {
      timeOver();
    }
  }

  private void endWith(CompletionStage<? extends V> returned) {
    try {
      // Not whenComplete: that would describe the failure, and its text may be faulty.
      returned.handle(new End());
    } catch (Throwable faultyStage) {
      end(null, faultyStage);
    }
  }

  private void startLimit() {
    Time.Timer timer;
    try {
      timer = time.schedule(limitNanos, new OnHelperThread(time, timeOver));
    } catch (Throwable noThread) {
      threads
          .faults()
          .warn(
              TimedCall.class,
              noThread,
              "Pool '{}': a call of user code starts without its time limit, because no timer can be set",
              threads.pool());
      return;
    }
    synchronized (this) {
      limit = timer;
    }
  }

  private void timeOver() {
    synchronized (this) {
      if (told) {
        return;
      }
      overdue = true;
    }
    Time.Timer patience = null;
    try {
      patience = time.schedule(PATIENCE_NANOS, new OnHelperThread(time, this::stopCode));
    } catch (Throwable noThread) {
      // Then the call is stopped when the listener has returned.
    }
    tellOverdue();
    Time.cancel(patience);
    stopCode();
  }

  /** Tells that the time is over; once more after a while, if it found no memory or no stack. */
  private void tellOverdue() {
    try {
      listener.overdue();
    } catch (OutOfMemoryError | StackOverflowError full) {
      threads.carryOutLater(overdueAgain);
    } catch (Throwable fault) {
      threads
          .faults()
          .error(
              TimedCall.class,
              fault,
              "Pool '{}': what follows from an overdue call failed",
              threads.pool());
    }
  }

  /**
   * Interrupts the code, or cancels its stage. May be called twice. A stage that the code returns
   * after this has looked for it is cancelled by the thread of the code, which looks whether the
   * call is overdue.
   */
  private void stopCode() {
    inside.interrupt(threads.pool());
    CompletionStage<? extends V> unfinished;
    synchronized (this) {
      unfinished = stage;
    }
    if (unfinished != null) {
      cancel(unfinished);
    }
  }

  /** Tells an asynchronous function that its result is not needed any more. */
  static void cancel(CompletionStage<?> unfinished) {
    try {
      unfinished.toCompletableFuture().cancel(true);
    } catch (Throwable cannotBeCancelled) {
      Faults.debug(TimedCall.class, cannotBeCancelled, "An overdue call cannot be cancelled");
    }
  }

  private void end(@Nullable V result, @Nullable Throwable thrown) {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      stage = null;
    }
    value = result;
    failure = thrown;
    tell();
  }

  /**
   * Tells how the call has ended; once more after a while, if it found no memory or no stack. An
   * interrupt that the code has left, or that is for the owner of this thread, waits meanwhile: it
   * is not for the listeners and the calls that follow.
   */
  private void tell() {
    Throwable thrown = failure;
    boolean interrupted = Thread.interrupted();
    try {
      Throwable clean = thrown == null ? null : listener.told(Deliverable.unwrapped(thrown));
      Time.Timer timer;
      synchronized (this) {
        told = true;
        timer = limit;
      }
      Time.cancel(timer);
      listener.ended(value, clean);
    } catch (OutOfMemoryError | StackOverflowError full) {
      threads.carryOutLater(tellAgain);
    } catch (Throwable fault) {
      threads
          .faults()
          .error(
              TimedCall.class, fault, "Pool '{}': what follows from a call failed", threads.pool());
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
