package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Durations;
import java.time.Duration;
import java.util.Objects;
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

  private static final String ON_ACQUIRE = "onAcquire";
  static final String ON_RETURN = "onReturn";
  private static final String HOOK_TIMEOUT = "hookTimeout";

  private final ConnectionCore<T> core;

  private final OverdueCalls checks;
  private final OverdueCalls preparations;
  private final OverdueCalls resets;

  /** Calls of the factory for connections that do not belong to the pool. */
  final OverdueCalls unpooledCreations;

  ConnectionCalls(ConnectionCore<T> core) {
    this.core = core;
    this.checks =
        new OverdueCalls(core.name(), core.time, "the health checker", "healthCheckTimeout");
    this.preparations = new OverdueCalls(core.name(), core.time, ON_ACQUIRE, HOOK_TIMEOUT);
    this.resets = new OverdueCalls(core.name(), core.time, ON_RETURN, HOOK_TIMEOUT);
    this.unpooledCreations =
        new OverdueCalls(
            core.name(), core.time, "the factory for createConnection()", "createTimeout");
  }

  /**
   * How many calls are over their limit and have not returned, of those that hold no place of the
   * pool meanwhile. May be read without the lock.
   */
  int overdue() {
    return checks.count() + preparations.count() + resets.count() + unpooledCreations.count();
  }

  /** How many connections there may be now; may be read without the lock. */
  int maxSize() {
    return core.options.sizes().maxSize();
  }

  /** Calls {@code onAcquire}, as {@link #callHook} does. */
  void callOnAcquire(Slot<T> slot, long epoch, Slot.State during, HookCall.End ended) {
    callHook(
        preparations,
        ON_ACQUIRE,
        Objects.requireNonNull(core.options.hooks().onAcquire()),
        slot,
        epoch,
        during,
        ended);
  }

  /** Calls {@code onReturn}, or a hook around it, as {@link #callHook} does. */
  void callOnReturn(
      String option,
      AsyncConnectionHook<? super T> hook,
      Slot<T> slot,
      long epoch,
      HookCall.End ended) {
    callHook(resets, option, hook, slot, epoch, Slot.State.CHECKING, ended);
  }

  /** Calls a hook, unless that does not own the connection any more when the call starts. */
  private void callHook(
      OverdueCalls kind,
      String option,
      AsyncConnectionHook<? super T> hook,
      Slot<T> slot,
      long epoch,
      Slot.State during,
      HookCall.End ended) {
    try {
      HookCall<T> call =
          new HookCall<>(
              kind, option, hook, slot, epoch, during, slot.connection(), slot.arguments());
      ConnectionThreads chosen = core.threads;
      core.decisions.serve(
          () -> call.start(chosen, core.options.hooks().hookTimeout(), maxSize(), ended));
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
              checks.start(
                  chosen,
                  checkTimeout(),
                  maxSize(),
                  () -> slot.isOwnedBy(epoch, during),
                  () -> healthOf(connection),
                  new OverdueCalls.Listener<Boolean>() {
                    @Override
                    public void refused(NotCalledException why) {
                      verdict.tell(false, why);
                    }

                    @Override
                    public void overdue() {
                      verdict.tell(
                          false,
                          new NoAnswerException(
                              "The health checker has not answered within "
                                  + Durations.text(checkTimeout())
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

  private Duration checkTimeout() {
    return core.options.health().healthCheckTimeout();
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
    checks.start(
        core.threads(),
        checkTimeout(),
        maxSize(),
        () -> true,
        () -> healthOf(connection),
        new OverdueCalls.Listener<Boolean>() {
          @Override
          public void refused(NotCalledException why) {
            result.complete(false);
          }

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
