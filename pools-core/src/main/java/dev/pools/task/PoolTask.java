package dev.pools.task;

import dev.pools.internal.Deliverable;
import dev.pools.internal.Promise;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What travels through a pool: the user's code, the future of its result, and the node of the
 * queues that it stands in, all in one object.
 */
final class PoolTask<T> extends TaskFuture<T> implements Runnable {

  /** A Runnable with the result that its submitter gave with it. */
  private record WithResult(Runnable code, @Nullable Object result) {}

  // A queued task must not take more than 56 bytes: there may be millions.

  // Fixed at construction.
  private final int priority;

  private @Nullable TaskExtras extras;

  // The user's code; then the result of the run while listeners are told of it; then null.
  private @Nullable Object work;

  /**
   * A new task; {@link TaskFactory} creates them.
   *
   * @param work a Callable, or a Runnable if the kind says so
   * @param kind marks of {@link TaskLifecycle}
   */
  PoolTask(TaskOwner<PoolTask<?>> owner, Object work, int kind, int priority) {
    super(owner, kind);
    this.work = work;
    this.priority = priority;
  }

  /** A Runnable and the result of its future, as the work of a task. */
  static Object withResult(Runnable work, @Nullable Object result) {
    return result == null ? work : new WithResult(work, result);
  }

  TaskExtras extras() {
    TaskExtras present = extras;
    if (present == null) {
      present = new TaskExtras();
      extras = present;
    }
    return present;
  }

  @Override
  public int priority() {
    return priority;
  }

  // ---- Into the queue and out of it

  /** It is queued. Returns the acceptances to complete after the lock, if any caller asked. */
  List<Promise<Void>> enqueue() {
    return becomeQueued() ? List.of() : takeAcceptances();
  }

  private List<Promise<Void>> takeAcceptances() {
    TaskExtras present = extras;
    if (present == null || present.acceptances == null) {
      return List.of();
    }
    List<Promise<Void>> taken = List.copyOf(present.acceptances);
    present.acceptances = null;
    return taken;
  }

  /** The acceptances to cancel after the lock, if any caller waits for them. */
  List<Promise<Void>> withdraw() {
    return withdraw(/* cancels= */ false);
  }

  /** As {@link #withdraw()}; if it cancels, that decides the result too. */
  List<Promise<Void>> withdraw(boolean cancels) {
    becomeWithdrawn(cancels);
    return takeAcceptances();
  }

  /** A future of the caller's own that follows the acceptance of this task; under the lock. */
  CompletableFuture<Void> acceptance() {
    if (hadPlace()) {
      return CompletableFuture.completedFuture(null);
    }
    Promise<Void> own = new Promise<>();
    if (is(TaskState.WITHDRAWN)) {
      own.cancel(false);
      return own;
    }
    TaskExtras present = extras();
    Set<Promise<Void>> acceptances = present.acceptances;
    if (acceptances == null) {
      acceptances = new LinkedHashSet<>(2);
      present.acceptances = acceptances;
    }
    acceptances.add(own);
    own.whenGivenUp(() -> owner.forgetAcceptance(this, own));
    return own;
  }

  /** No caller waits for it any more; under the lock. */
  void forgetAcceptance(Promise<Void> acceptance) {
    TaskExtras present = extras;
    if (present != null && present.acceptances != null) {
      present.acceptances.remove(acceptance);
    }
  }

  // ---- What it carries

  /** Limits how long it may be queued, before other threads see it. */
  void limitQueueTime(long nanos) {
    extras().maxQueueNanos = nanos;
  }

  /** How long it may be queued; zero if there is no limit. */
  long maxQueueNanos() {
    TaskExtras present = extras;
    return present == null ? 0 : present.maxQueueNanos;
  }

  /** Whether it has been queued for longer than it may. */
  boolean isExpired() {
    long limit = maxQueueNanos();
    return limit > 0 && owner.nanoTime() - submittedNanos() > limit;
  }

  /** Limits how long it may run, before other threads see it. */
  void limitRunTime(long nanos) {
    extras().maxRunNanos = nanos;
  }

  /** How long it may run; zero if it has no limit of its own. */
  long maxRunNanos() {
    TaskExtras present = extras;
    return present == null ? 0 : present.maxRunNanos;
  }

  /** Makes room for {@link #timedOut}. */
  void prepareTimeout() {
    extras();
  }

  /** Its limit has decided its result; by the thread that holds it. */
  void timedOut(TaskTimeoutException failure) {
    extras().timeout = failure;
  }

  /** What its limit has decided; null if it has decided nothing. */
  @Nullable TaskTimeoutException timeout() {
    TaskExtras present = extras;
    return present == null ? null : present.timeout;
  }

  /** Gives it a name, before other threads see it. */
  void name(String given) {
    extras().name = given;
  }

  /** The name that its submitter gave it; null if it has none. */
  @Nullable String name() {
    TaskExtras present = extras;
    return present == null ? null : present.name;
  }

  /**
   * Gives it a number in place of a ticket, because it waits for a place or runs in its caller;
   * under the lock.
   *
   * @param number no other such task has it; from 1
   */
  void isOutside(long number) {
    extras().outsideNumber = number;
  }

  /**
   * What tells it from all other tasks of its pool, from its submission to its end: its ticket, or
   * a negative number if it had none at first.
   */
  long id() {
    TaskExtras present = extras;
    return present != null && present.outsideNumber > 0 ? -present.outsideNumber : ticket();
  }

  /** Whether its code runs. */
  boolean isRunning() {
    TaskState now = state();
    return now == TaskState.RUNNING || now == TaskState.DECIDED;
  }

  /** The phase that counts it, since before it was queued; by its runner, or under the lock. */
  @Nullable DrainPhase phase() {
    TaskExtras present = extras;
    return present == null ? null : present.phase;
  }

  void phase(@Nullable DrainPhase counting) {
    extras().phase = counting;
  }

  /** Whether it carries more than its code and its priority. */
  boolean hasExtras() {
    return extras != null;
  }

  /** The result that has been decided for a task that will not run; under the lock. */
  void verdict(TaskResult decided) {
    extras().verdict = decided;
  }

  @Nullable TaskResult verdict() {
    TaskExtras present = extras;
    return present == null ? null : present.verdict;
  }

  void context(TaskContext captured) {
    extras().context = captured;
  }

  /**
   * Takes the context that its decorator has captured, for the thread that decides the task's end;
   * null if there is none.
   */
  @Nullable TaskContext takeContext() {
    TaskExtras present = extras;
    if (present == null) {
      return null;
    }
    TaskContext taken = present.context;
    present.context = null;
    return taken;
  }

  @Override
  CompletableFuture<?> sharedEnd() {
    return extras().sharedEnd(this);
  }

  /** How many depend on its future or wait for it now; waits that are over do not count. */
  int readers() {
    TaskExtras present = extras;
    return getNumberOfDependents() - (present == null ? 0 : present.unreadEnds());
  }

  // ---- Its run, on the thread that runs it

  /** Its decorator has not run it: it fails by this, and its code does not run. */
  void failInsteadOfRunning(Throwable cause) {
    extras().failure = cause;
  }

  /** Runs the user's code. Returns what it returned or throws what it threw. */
  @Nullable Object perform() throws Throwable {
    TaskExtras present = extras;
    if (present != null && present.failure != null) {
      throw present.failure;
    }
    return call();
  }

  private @Nullable Object call() throws Exception {
    Object code = work;
    if (code == null) {
      throw new IllegalStateException("The code of this task is gone.");
    }
    if (!isRunnable()) {
      return ((Callable<?>) code).call();
    }
    if (code instanceof WithResult withResult) {
      withResult.code.run();
      return withResult.result;
    }
    ((Runnable) code).run();
    return null;
  }

  /**
   * Notes the result of its run, so that other threads can complete the future while listeners are
   * told.
   */
  void note(@Nullable Object value, @Nullable Throwable thrown) {
    work = new TaskResult(value, thrown);
  }

  // ---- The completion of its future

  /** Completes the future with the result of the run; runs dependants. */
  @SuppressWarnings("unchecked")
  boolean deliver(@Nullable Object value, @Nullable Throwable thrown) {
    if (thrown != null) {
      return deliverFailure(asThrown(thrown));
    }
    return !isExecuted() && deliverValue((T) value);
  }

  /** Fails a task that could not be run. */
  void fail(Throwable cause) {
    deliverFailure(asThrown(cause));
  }

  private Throwable asThrown(Throwable thrown) {
    return Deliverable.of(thrown, getNumberOfDependents() > 0);
  }

  @Override
  boolean completeAsDecided() {
    if (isDecidedCancelled()) {
      return deliverCancellation();
    }
    Throwable timeout = timeout();
    if (timeout != null) {
      return deliverFailure(timeout);
    }
    if (is(TaskState.ENDED)) {
      Object noted = work;
      return noted instanceof TaskResult run && deliver(run.value(), run.failure());
    }
    TaskResult verdict = is(TaskState.WITHDRAWN) ? owner.verdictOf(this) : null;
    return verdict != null && deliverVerdict(verdict);
  }

  @SuppressWarnings("unchecked")
  private boolean deliverVerdict(TaskResult verdict) {
    Throwable failure = verdict.failure();
    return failure == null ? deliverValue((T) verdict.value()) : deliverFailure(failure);
  }

  /**
   * Completes the future of a task that will not run.
   *
   * @param completion does it
   * @param settled runs as soon as the future is complete, and before those of its dependants that
   *     were added before this call: they may wait for its effect. It may run twice.
   */
  boolean complete(BooleanSupplier completion, Runnable settled) {
    if (getNumberOfDependents() > 0) {
      // The dependant that is added last runs first.
      super.whenComplete((value, failure) -> settled.run());
    }
    try {
      return completion.getAsBoolean();
    } finally {
      settled.run();
    }
  }

  /** Whether its failure must be reported, because no caller has the future. */
  boolean reportsFailures() {
    return isExecuted();
  }

  /** What the user submitted; this if that is gone. */
  Object submitted() {
    Object code = work;
    if (code instanceof WithResult withResult) {
      return withResult.code;
    }
    return code == null || code instanceof TaskResult ? this : code;
  }

  /** Its name, or the class of its function, as far as that is still known. */
  String label() {
    Object function = submitted();
    String name = name();
    return name == null && function == this ? "a task" : TaskNames.label(name, function);
  }

  /** How a sentence about it begins. */
  String named(String unnamed) {
    String name = name();
    return name == null ? unnamed : "Task '" + name + "'";
  }

  @Override
  public String toString() {
    String end =
        !isDone()
            ? ""
            : isCancelled()
                ? ", cancelled"
                : isCompletedExceptionally() ? ", failed" : ", completed";
    return "PoolFuture[%s, pool '%s', priority %d, %s%s]"
        .formatted(label(), owner.poolName(), priority, state(), end);
  }

  /** Releases the user's code: the future may be kept much longer. */
  void forget() {
    if (isReturned()) {
      return;
    }
    work = null;
    TaskExtras present = extras;
    if (present != null) {
      present.context = null;
    }
  }

  // ---- Returned by a shutdown

  /**
   * What shutdownNow returns for it: the caller's own Runnable if it was executed, and otherwise
   * this task, which keeps its code until it is run. For the thread that has withdrawn it, before
   * its future is completed.
   */
  Runnable returned() {
    if (isExecuted() && work instanceof Runnable own) {
      return own;
    }
    markReturned();
    return this;
  }

  /**
   * Runs the task's code on the current thread, if {@code shutdownNow} has returned this task:
   * once, and for its effect only, since the future has been cancelled. What the code throws is
   * thrown, a checked exception as the cause of a {@link CompletionException}.
   *
   * @throws IllegalStateException if it has been run already, or no shutdown has returned it
   */
  @Override
  public void run() {
    if (!takeReturned()) {
      throw new IllegalStateException(
          "%s of pool '%s' cannot be run by hand: its state is %s. Only a task that shutdownNow() has returned can, and only once."
              .formatted(named("This task"), owner.poolName(), state()));
    }
    try {
      perform();
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new CompletionException(failure);
    } finally {
      forget();
    }
  }
}
