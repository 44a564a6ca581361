package dev.pools.task;

import dev.pools.internal.SuppliedResult;
import dev.pools.internal.ThreadKind;
import dev.pools.internal.UntracedCancellationException;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** What the submitter of a task sees: cancel it, complete it, wait for it. */
abstract sealed class TaskFuture<T> extends TaskLifecycle<T> permits PoolTask {

  /** How often a caller lets other threads run before it goes to sleep. */
  private static final int TURNS = 8;

  /** After this much time in all the caller sleeps: the processors are busy with something else. */
  private static final long TURNS_NANOS = 50_000;

  final TaskOwner<PoolTask<?>> owner;

  TaskFuture(TaskOwner<PoolTask<?>> owner, int marks) {
    super(marks);
    this.owner = owner;
  }

  private PoolTask<T> task() {
    return (PoolTask<T>) this;
  }

  /** Completes the future with the result that has been decided, if this thread can see it. */
  abstract boolean completeAsDecided();

  /** Completes when this does; see {@link TaskExtras#sharedEnd}. */
  abstract CompletableFuture<?> sharedEnd();

  @Override
  public CompletableFuture<Void> accepted() {
    return owner.acceptedOf(task());
  }

  // ---- Decide the result

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    switch (owner.tryDecideExternally(task(), /* byHand= */ null)) {
      case WITHDRAWN -> {
        owner.finish(task(), Outcome.CANCELLED, this::completeAsDecided);
        return isCancelled();
      }
      case RUNNING -> {
        try {
          if (mayInterruptIfRunning) {
            owner.interrupt(task());
          }
        } finally {
          inScope(this::deliverCancellation);
        }
        return isCancelled();
      }
      default -> {
        awaitDecision();
        helpWithDependants();
        return isCancelled();
      }
    }
  }

  @Override
  public boolean complete(@Nullable T result) {
    return decideByHand(new TaskResult(result, null), () -> super.complete(result));
  }

  @Override
  public boolean completeExceptionally(Throwable cause) {
    Objects.requireNonNull(cause, "cause");
    return decideByHand(new TaskResult(null, cause), () -> super.completeExceptionally(cause));
  }

  @Override
  public void obtrudeValue(@Nullable T result) {
    inScope(
        () -> {
          super.obtrudeValue(result);
          return true;
        });
    decideByHand(new TaskResult(result, null), () -> false);
  }

  @Override
  public void obtrudeException(Throwable cause) {
    inScope(
        () -> {
          super.obtrudeException(cause);
          return true;
        });
    decideByHand(new TaskResult(null, cause), () -> false);
  }

  @Override
  public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
    executor.execute(new SuppliedResult<>(this, supplier));
    return this;
  }

  private boolean decideByHand(TaskResult result, BooleanSupplier completion) {
    boolean wasOpen = !isDone();
    return switch (owner.tryDecideExternally(task(), result)) {
      // While listeners were told, a thread that was too late may have delivered this result.
      case WITHDRAWN -> owner.finish(task(), Outcome.CANCELLED, completion) || wasOpen;
      case RUNNING -> inScope(completion);
      case TOO_LATE -> {
        awaitDecision();
        helpWithDependants();
        yield false;
      }
    };
  }

  /** Completes this future; what its dependants submit to the pool belongs to accepted work. */
  private boolean inScope(BooleanSupplier completion) {
    if (getNumberOfDependents() == 0) {
      return completion.getAsBoolean();
    }
    boolean[] completed = {false};
    AcceptedWorkScope.run(owner.poolNumber(), () -> completed[0] = completion.getAsBoolean());
    return completed[0];
  }

  /**
   * Another thread has decided the result and is about to complete this future. If that may take
   * long, or if the current thread owes it, this completes the future in the same way. Otherwise it
   * waits for a moment; not on the very thread that runs the task.
   */
  private void awaitDecision() {
    while (!isDone() && !inScope(this::completeAsDecided) && !owner.isRunnerOf(task())) {
      Thread.yield();
    }
  }

  /**
   * Runs the dependants that are left, as each attempt to complete a CompletableFuture does: one of
   * them may block the thread that runs them until the others have run. Not with a decorator,
   * because this is not the task's context.
   */
  private void helpWithDependants() {
    if (isDone() && getNumberOfDependents() > 0 && !owner.decorates()) {
      AcceptedWorkScope.run(owner.poolNumber(), () -> super.cancel(false));
    }
  }

  // For PoolTask, which must not decide again what was decided here.

  /** As {@code super.cancel}, which would collect a stack trace. */
  final boolean deliverCancellation() {
    return super.completeExceptionally(
        new UntracedCancellationException("The task was cancelled."));
  }

  /** Its run has exceeded its limit, which has been decided. */
  final void failByLimit(Throwable failure) {
    inScope(() -> super.completeExceptionally(failure));
  }

  final boolean deliverValue(@Nullable T value) {
    return super.complete(value);
  }

  final boolean deliverFailure(Throwable failure) {
    return super.completeExceptionally(failure);
  }

  // ---- Wait for the result

  @Override
  public @Nullable T get() throws InterruptedException, ExecutionException {
    letOthersGoFirst();
    boolean waits = !isDone() && owner.enterWait();
    try {
      if (leavesDependantsToOthers()) {
        sharedEnd().get();
      }
      return getInScope();
    } finally {
      leaveWait(waits);
    }
  }

  @Override
  public @Nullable T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    boolean waits = !isDone() && owner.enterWait();
    try {
      return leavesDependantsToOthers() ? getWhenEnded(timeout, unit) : getInScope(timeout, unit);
    } finally {
      leaveWait(waits);
    }
  }

  @Override
  public @Nullable T join() {
    letOthersGoFirst();
    boolean waits = !isDone() && owner.enterWait();
    try {
      if (leavesDependantsToOthers()) {
        sharedEnd().join();
      }
      return joinInScope();
    } finally {
      leaveWait(waits);
    }
  }

  private void leaveWait(boolean waits) {
    if (waits) {
      owner.leaveWait();
    }
  }

  // A thread that has to wait may run dependants, and what these submit belongs to accepted work.

  private @Nullable T joinInScope() {
    if (isDone()) {
      return super.join();
    }
    AcceptedWorkScope scope = AcceptedWorkScope.enter(owner.poolNumber());
    try {
      return super.join();
    } finally {
      scope.leave();
    }
  }

  private @Nullable T getInScope() throws InterruptedException, ExecutionException {
    if (isDone()) {
      return super.get();
    }
    AcceptedWorkScope scope = AcceptedWorkScope.enter(owner.poolNumber());
    try {
      return super.get();
    } finally {
      scope.leave();
    }
  }

  private @Nullable T getInScope(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (isDone()) {
      return super.get(timeout, unit);
    }
    AcceptedWorkScope scope = AcceptedWorkScope.enter(owner.poolNumber());
    try {
      return super.get(timeout, unit);
    } finally {
      scope.leave();
    }
  }

  /**
   * A thread that waits for a CompletableFuture may run its dependants, in the thread's own
   * context. With a decorator it waits for {@link #sharedEnd} instead, which has no other
   * dependants.
   */
  private boolean leavesDependantsToOthers() {
    return !isDone() && owner.decorates();
  }

  private @Nullable T getWhenEnded(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      sharedEnd().get(timeout, unit);
    } catch (TimeoutException late) {
      if (!isDone()) {
        throw late;
      }
    }
    return super.get();
  }

  /**
   * Before a caller goes to sleep: the worker that is about to run this task may only need a
   * processor, and has no thread to wake then. Not in a virtual thread, which must leave its
   * carrier; nor with a timeout: this would use up an unknown part of it.
   */
  private void letOthersGoFirst() {
    if (isDone() || ThreadKind.isVirtual(Thread.currentThread())) {
      return;
    }
    long startNanos = owner.nanoTime();
    for (int turns = 0; turns < TURNS && !isDone(); turns++) {
      Thread.yield();
      if (owner.nanoTime() - startNanos > TURNS_NANOS) {
        return;
      }
    }
  }
}
