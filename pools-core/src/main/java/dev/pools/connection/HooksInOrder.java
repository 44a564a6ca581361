package dev.pools.connection;

import dev.pools.internal.InterruptibleCode;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * Two hooks as one: the second starts when the first is done. A caller that cancels the stage, as
 * the pool does at its time limit, cancels or interrupts the hook that runs at that moment, and the
 * second does not start any more.
 *
 * @param pool the name of the pool, for the log
 */
record HooksInOrder<T>(
    String pool, AsyncConnectionHook<? super T> first, AsyncConnectionHook<? super T> second)
    implements AsyncConnectionHook<T> {

  /** Both, or the one that there is; null if there is none. */
  static <T> @Nullable AsyncConnectionHook<? super T> of(
      String pool,
      @Nullable AsyncConnectionHook<? super T> first,
      @Nullable AsyncConnectionHook<? super T> second) {
    if (first == null) {
      return second;
    }
    return second == null ? first : new HooksInOrder<T>(pool, first, second);
  }

  @Override
  public CompletionStage<?> run(T connection) throws Exception {
    Run<T> run = new Run<>(pool, second, connection);
    run.begin(first.run(connection));
    return run;
  }

  private static final class Run<T> extends CompletableFuture<Boolean> {

    private final String pool;
    private final AsyncConnectionHook<? super T> second;
    private final T connection;

    /** The second hook, until it has returned its stage. */
    private final InterruptibleCode inside = new InterruptibleCode();

    // Guarded by this.
    private @Nullable CompletionStage<?> step;
    private boolean cancelled;

    private Run(String pool, AsyncConnectionHook<? super T> second, T connection) {
      this.pool = pool;
      this.second = second;
      this.connection = connection;
    }

    private void begin(CompletionStage<?> begun) {
      synchronized (this) {
        step = begun;
      }
      // The thread that completes an asynchronous hook belongs to the user and must not be delayed.
      if (begun instanceof CompletableFuture<?> future && future.isDone()) {
        begun.handle((done, failure) -> goOn(failure));
      } else {
        begun.handleAsync((done, failure) -> goOn(failure));
      }
    }

    private boolean goOn(@Nullable Throwable failure) {
      if (failure != null) {
        completeExceptionally(failure);
      } else if (enter()) {
        runSecond();
      }
      return true;
    }

    private synchronized boolean enter() {
      step = null;
      if (!cancelled) {
        inside.enter();
      }
      return !cancelled;
    }

    private void runSecond() {
      CompletionStage<?> begun = null;
      Throwable thrown = null;
      try {
        begun = second.run(connection);
      } catch (Throwable failure) {
        thrown = failure;
      }
      inside.leave();
      boolean isCancelled;
      synchronized (this) {
        step = begun;
        isCancelled = cancelled;
      }
      if (begun == null) {
        completeExceptionally(thrown != null ? thrown : new NullPointerException("null stage"));
        return;
      }
      begun.handle(
          (done, failure) -> failure == null ? complete(true) : completeExceptionally(failure));
      if (isCancelled) {
        begun.toCompletableFuture().cancel(true);
      }
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      CompletionStage<?> unfinished;
      synchronized (this) {
        cancelled = true;
        unfinished = step;
      }
      inside.interrupt(pool);
      if (unfinished != null) {
        unfinished.toCompletableFuture().cancel(mayInterruptIfRunning);
      }
      return super.cancel(mayInterruptIfRunning);
    }
  }
}
