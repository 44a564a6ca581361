package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Durations;
import dev.pools.internal.Time;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Calls of user code for one connection: the factory, the hooks, the health checker. Each has a
 * time limit, runs where user code runs, and starts after the lock is released.
 */
final class ConnectionCalls<T> {

  private final ConnectionCore<T> core;

  ConnectionCalls(ConnectionCore<T> core) {
    this.core = core;
  }

  /** Calls a hook, unless that does not own the connection any more when the call starts. */
  void callHook(
      String option,
      AsyncConnectionHook<? super T> hook,
      Slot<T> slot,
      long epoch,
      Slot.State during,
      HookCall.End ended) {
    try {
      HookCall<T> call =
          new HookCall<>(option, hook, slot, epoch, during, slot.connection(), slot.arguments());
      ConnectionThreads chosen = core.threads;
      core.decisions.serve(
          () -> call.start(chosen, core.time, core.options.hooks().hookTimeout(), ended));
    } catch (Throwable noMemory) {
      notStarted(slot, during);
      throw noMemory;
    }
  }

  /** There was no memory to start a check or a hook. */
  private void notStarted(Slot<T> slot, Slot.State during) {
    if (during == Slot.State.CHECKING) {
      slot.hookDone();
    } else {
      slot.isLeftOver = true;
      core.isUnfinished = true;
    }
  }

  /**
   * Calls the factory, and then {@code onCreate}.
   *
   * @param unprepared gets a connection for which that fails, and must see to its closing
   */
  CompletionStage<T> createPrepared(
      Arguments arguments, ConnectionThreads chosen, Consumer<? super T> unprepared)
      throws Exception {
    CreationOptions<T> options = core.options.creation();
    AsyncConnectionHook<? super T> hook = options.onCreate();
    if (hook == null) {
      return options.factory().create(arguments);
    }
    Preparation.Limit limit =
        new Preparation.Limit(core.time, core.time.nanoTime(), options.createTimeoutNanos());
    CompletionStage<T> creation = options.factory().create(arguments);
    return creation == null ? creation : Preparation.of(creation, hook, chosen, limit, unprepared);
  }

  /** A check is overdue: it says nothing about the connection. */
  static final class NoAnswerException extends TimeoutException {
    private static final long serialVersionUID = 1L;

    NoAnswerException(String message) {
      super(message);
    }
  }

  /** Is told how a check has ended; twice if it ends after its time. */
  interface Verdict {

    /**
     * Decides what follows, before any user code runs.
     *
     * @param told the failure without secrets, if there is one
     */
    void tell(boolean fit, @Nullable Throwable told);
  }

  /** Calls the checker, unless the check does not own the connection any more. */
  void callChecker(Slot<T> slot, long epoch, Slot.State during, Verdict verdict) {
    T connection = slot.connection();
    Arguments arguments = slot.arguments();
    ConnectionThreads chosen = core.threads;
    try {
      core.decisions.serve(
          () ->
              TimedCall.start(
                  chosen,
                  core.time,
                  checkTimeoutNanos(),
                  () ->
                      slot.isOwnedBy(epoch, during)
                          ? healthOf(connection)
                          : CompletableFuture.completedFuture(false),
                  new TimedCall.Listener<Boolean>() {
                    @Override
                    public void overdue() {
                      verdict.tell(
                          false,
                          new NoAnswerException(
                              "The health checker has not answered within "
                                  + Durations.text(core.options.health().healthCheckTimeout())
                                  + " (healthCheckTimeout)"));
                    }

                    @Override
                    public Throwable told(Throwable failure) {
                      return Secrets.withoutSecrets(failure, arguments);
                    }

                    @Override
                    public void ended(@Nullable Boolean fit, @Nullable Throwable told) {
                      verdict.tell(Boolean.TRUE.equals(fit), told);
                    }
                  }));
    } catch (Throwable noMemory) {
      notStarted(slot, during);
      throw noMemory;
    }
  }

  private long checkTimeoutNanos() {
    return Time.nanos(core.options.health().healthCheckTimeout());
  }

  private CompletionStage<Boolean> healthOf(T connection) throws Exception {
    AsyncHealthChecker<? super T> checker = core.options.health().healthChecker();
    return checker == null
        ? CompletableFuture.completedFuture(true)
        : checker.isHealthy(connection);
  }

  /** Checks a connection for a user, of this pool or not. */
  CompletableFuture<Boolean> health(T asked) {
    T connection = core.unguarded(asked);
    CompletableFuture<Boolean> result = new CompletableFuture<>();
    TimedCall.start(
        core.threads(),
        core.time,
        checkTimeoutNanos(),
        () -> healthOf(connection),
        new TimedCall.Listener<Boolean>() {
          @Override
          public void overdue() {
            result.complete(false);
          }

          @Override
          public void ended(@Nullable Boolean fit, @Nullable Throwable failure) {
            result.complete(Boolean.TRUE.equals(fit));
          }
        });
    return result;
  }
}
