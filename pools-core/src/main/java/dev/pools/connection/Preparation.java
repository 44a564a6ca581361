package dev.pools.connection;

import dev.pools.internal.InterruptibleCode;
import dev.pools.internal.OnHelperThread;
import dev.pools.internal.Time;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to come, from when the factory has been called until {@code onCreate} has prepared
 * it. One that cannot be prepared is given back.
 *
 * <p>Cancelling it does not complete it, but reaches the user code that it waits for. So a
 * connection that comes nevertheless is not lost: the preparation goes on, and completes with it.
 */
final class Preparation<T> extends CompletableFuture<T> {

  /**
   * How long a creation may take. A hook that starts when this time is over may take it once more.
   */
  record Limit(Time time, long begunNanos, long nanos) {

    boolean isOver() {
      return time.nanoTime() - begunNanos >= nanos;
    }

    Time.@Nullable Timer begin(ConnectionThreads threads, Runnable whenOver) {
      try {
        return time.schedule(nanos, new OnHelperThread(time, whenOver));
      } catch (Throwable noThread) {
        threads
            .faults()
            .warn(
                Preparation.class,
                noThread,
                "Pool '{}': onCreate starts without its time limit, because no timer can be set",
                threads.pool());
        return null;
      }
    }
  }

  private final AsyncConnectionHook<? super T> hook;
  private final ConnectionThreads threads;
  private final Limit limit;
  private final Consumer<? super T> unprepared;

  /** The hook, until it has returned its stage. */
  private final InterruptibleCode inside = new InterruptibleCode();

  // Guarded by this.
  /** What it waits for; null while the hook has not returned its stage. */
  private @Nullable CompletionStage<?> step;

  private boolean cancelledInHook;

  private Preparation(
      CompletionStage<T> creation,
      AsyncConnectionHook<? super T> hook,
      ConnectionThreads threads,
      Limit limit,
      Consumer<? super T> unprepared) {
    this.step = creation;
    this.hook = hook;
    this.threads = threads;
    this.limit = limit;
    this.unprepared = unprepared;
  }

  /**
   * Prepares what a factory creates.
   *
   * @param creation what the factory has returned. If it completes later, the hook runs on {@code
   *     threads}, because the thread that completes it may be the driver's own
   * @param limit of the creation
   * @param unprepared gets a connection that cannot be prepared, before this fails; must not throw
   */
  static <T> CompletionStage<T> of(
      CompletionStage<T> creation,
      AsyncConnectionHook<? super T> hook,
      ConnectionThreads threads,
      Limit limit,
      Consumer<? super T> unprepared) {
    Preparation<T> preparation = new Preparation<>(creation, hook, threads, limit, unprepared);
    Thread calling = Thread.currentThread();
    boolean[] returned = {false};
    creation.handle(
        (connection, failure) -> {
          if (connection == null) {
            preparation.fail(failure);
          } else if (Thread.currentThread() == calling && !returned[0]) {
            preparation.prepare(connection);
          } else {
            threads.run(() -> preparation.prepare(connection));
          }
          return null;
        });
    returned[0] = true;
    return preparation;
  }

  private void fail(@Nullable Throwable failure) {
    if (failure == null) {
      complete(null);
    } else {
      completeExceptionally(failure);
    }
  }

  private void prepare(T connection) {
    synchronized (this) {
      step = null;
      inside.enter();
    }
    // The call of the factory has been cancelled already, which does not reach the hook.
    Time.Timer ownLimit = limit.isOver() ? limit.begin(threads, () -> cancel(true)) : null;
    CompletionStage<?> hooking = null;
    Throwable thrown = null;
    try {
      hooking = hook.run(connection);
    } catch (Throwable failure) {
      thrown = failure;
    }
    inside.leave();
    boolean wasCancelled;
    synchronized (this) {
      step = hooking;
      wasCancelled = cancelledInHook;
    }
    if (hooking == null) {
      hasEnded(
          connection,
          thrown != null
              ? thrown
              : new NullPointerException(
                  "onCreate returned null, but must return a CompletionStage."),
          ownLimit);
      return;
    }
    try {
      hooking.handle(
          (anything, failure) -> {
            hasEnded(connection, failure, ownLimit);
            return null;
          });
    } catch (Throwable faultyStage) {
      hasEnded(connection, faultyStage, ownLimit);
    }
    if (wasCancelled) {
      TimedCall.cancel(hooking);
    }
  }

  private void hasEnded(T connection, @Nullable Throwable failure, Time.@Nullable Timer ownLimit) {
    Time.cancel(ownLimit);
    if (failure == null) {
      complete(connection);
      return;
    }
    try {
      unprepared.accept(connection);
    } finally {
      completeExceptionally(failure);
    }
  }

  /**
   * Asks the code that it waits for to end.
   *
   * @return whether it has ended, and thereby cancelled this
   */
  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    CompletionStage<?> unfinished;
    synchronized (this) {
      unfinished = step;
      // If the hook has just ended, its thread cancels the stage.
      cancelledInHook |= unfinished == null;
    }
    if (unfinished == null) {
      inside.interrupt(threads.pool());
    } else {
      TimedCall.cancel(unfinished);
    }
    return isCompletedExceptionally();
  }
}
