package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Durations;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One call of a hook for a connection that the pool owns meanwhile, by the ownership of this epoch
 * in this state. If the ownership is over before the call starts, the hook is not called.
 *
 * @param kind the calls of this hook
 * @param option the name of the hook in the builder, for messages
 * @param arguments of the connection, which may hold secrets
 */
record HookCall<T>(
    OverdueCalls kind,
    String option,
    AsyncConnectionHook<? super T> hook,
    Slot<T> slot,
    long epoch,
    Slot.State during,
    T connection,
    Arguments arguments) {

  /**
   * Is told when a hook has ended or its time is over, and once more if it ends after that. Decides
   * what follows before any user code runs.
   */
  interface End {

    /**
     * How the hook has ended.
     *
     * @param failure null if it has succeeded
     * @param told the failure without secrets, for logs and exceptions; null if there is none
     */
    void tell(@Nullable Throwable failure, @Nullable Throwable told);
  }

  /** Starts the call of the hook, if another one may start. Does not wait. */
  void start(ConnectionThreads threads, Duration limit, int maxSize, End ended) {
    kind.start(
        threads,
        limit,
        maxSize,
        () -> slot.isOwnedBy(epoch, during),
        () -> hook.run(connection),
        new OverdueCalls.Listener<Object>() {
          private @Nullable Throwable told;

          @Override
          public void refused(NotCalledException why) {
            ended.tell(why, why);
          }

          @Override
          public void overdue() {
            TimeoutException late =
                new TimeoutException(
                    option + " has not ended within " + Durations.text(limit) + " (hookTimeout)");
            ended.tell(late, late);
          }

          @Override
          public Throwable told(Throwable failure) {
            told = Secrets.withoutSecrets(failure, arguments);
            return failure;
          }

          @Override
          public void ended(@Nullable Object ignored, @Nullable Throwable failure) {
            ended.tell(failure, told);
          }
        });
  }
}
