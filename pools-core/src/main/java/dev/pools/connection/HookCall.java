package dev.pools.connection;

import dev.pools.internal.Time;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One call of a hook for a connection that the pool owns meanwhile, by the ownership of this epoch
 * in this state. If the ownership is over before the call starts, the hook is not called.
 *
 * @param option the name of the hook in the builder, for messages
 */
record HookCall<T>(
    String option,
    AsyncConnectionHook<? super T> hook,
    Slot<T> slot,
    long epoch,
    Slot.State during,
    T connection) {

  /**
   * Starts the call of the hook. Never throws and does not wait.
   *
   * @param ended gets the failure, or null, when the hook has ended or its time is over, and once
   *     more if it ends after that
   */
  void start(
      ConnectionThreads threads, Time time, Duration limit, Consumer<@Nullable Throwable> ended) {
    TimedCall.start(
        threads,
        time,
        Time.nanos(limit),
        this::callIfOwned,
        new TimedCall.Listener<Object>() {
          @Override
          public void overdue() {
            ended.accept(new TimeoutException(option + " has not ended within " + limit));
          }

          @Override
          public void ended(@Nullable Object ignored, @Nullable Throwable failure) {
            ended.accept(failure);
          }
        });
  }

  private CompletionStage<?> callIfOwned() throws Exception {
    return slot.isOwnedBy(epoch, during)
        ? hook.run(connection)
        : CompletableFuture.completedFuture(null);
  }
}
