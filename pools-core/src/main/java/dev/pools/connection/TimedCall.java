package dev.pools.connection;

import dev.pools.internal.Time;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * One call of user code on an executor, with a time limit.
 *
 * <p>When the time is over the caller is told, and the thread is interrupted if it is still inside.
 * The call may still end later, and the caller is told then too.
 */
final class TimedCall<V> implements Runnable {

  /** Is told how the call goes. */
  interface Listener<V> {

    /** The time is over, and the call has not ended. At most once, and before {@link #ended}. */
    void overdue();

    /** The call has ended. At most once; never, if the user code never returns. */
    void ended(@Nullable V value, @Nullable Throwable failure);
  }

  private final Callable<CompletionStage<V>> code;
  private final Listener<V> listener;

  // Guarded by this.
  private @Nullable Thread inside;
  private boolean interrupted;
  private boolean over;
  private Time.@Nullable Timer limit;

  private TimedCall(Callable<CompletionStage<V>> code, Listener<V> listener) {
    this.code = code;
    this.listener = listener;
  }

  /** Runs the code; an executor that refuses it fails the call. */
  static <V> void start(
      Executor executor,
      Time time,
      long limitNanos,
      Callable<CompletionStage<V>> code,
      Listener<V> listener) {
    TimedCall<V> call = new TimedCall<>(code, listener);
    call.limit(time.schedule(limitNanos, () -> time.handOff(call::timeOver)));
    try {
      executor.execute(call);
    } catch (Throwable refused) {
      call.end(null, refused);
    }
  }

  private synchronized void limit(Time.Timer timer) {
    if (over) {
      timer.cancel();
    }
    limit = timer;
  }

  @Override
  public void run() {
    synchronized (this) {
      inside = Thread.currentThread();
    }
    CompletionStage<V> stage = null;
    Throwable failure = null;
    try {
      stage = code.call();
    } catch (Throwable thrown) {
      failure = thrown;
    }
    boolean wasInterrupted;
    synchronized (this) {
      inside = null;
      wasInterrupted = interrupted;
    }
    if (wasInterrupted) {
      // It was meant for the code, not for what this thread does next.
      Thread.interrupted();
    }
    if (failure != null) {
      end(null, failure);
    } else if (stage == null) {
      end(null, new NullPointerException("The call returned null."));
    } else {
      try {
        stage.whenComplete((value, thrown) -> end(value, thrown));
      } catch (Throwable faultyStage) {
        end(null, faultyStage);
      }
    }
  }

  private void timeOver() {
    synchronized (this) {
      if (over) {
        return;
      }
    }
    listener.overdue();
    synchronized (this) {
      if (inside != null) {
        interrupted = true;
        inside.interrupt();
      }
    }
  }

  private void end(@Nullable V value, @Nullable Throwable failure) {
    synchronized (this) {
      if (over) {
        return;
      }
      over = true;
      if (limit != null) {
        limit.cancel();
      }
    }
    listener.ended(value, failure == null ? null : unwrapped(failure));
  }

  private static Throwable unwrapped(Throwable failure) {
    Throwable cause = failure.getCause();
    return failure instanceof CompletionException && cause != null ? cause : failure;
  }
}
