package dev.pools.internal;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A future that a pool completes and that users wait for. Its dependants never run on the thread on
 * which the pool decides the result: threads that wait in {@code get} or {@code join} are released
 * there and then, and if there are dependants, a helper thread completes it.
 *
 * <p>Users may complete it themselves, as by {@code cancel} or {@code orTimeout}. The pool is then
 * told, and keeps it no longer.
 *
 * <p>Invariant: while one thread is completing it without a helper, no other thread adds a
 * dependant. A thread that wants to add one notes that first ({@code OBSERVED}); a thread that
 * completes it notes that, too ({@code SETTLING}); only one of them can be first. ({@code allOf}
 * and {@code anyOf} note nothing. They show in the number of dependants.)
 */
public final class Promise<T> extends CompletableFuture<T> {

  private static final int OPEN = 0;
  private static final int OBSERVED = 1;
  private static final int SETTLING = 2;
  private static final int SETTLED = 3;

  private static final int MOST_TURNS = 1_000;

  private static final VarHandle STATE;
  private static final VarHandle WAITERS;

  static {
    try {
      MethodHandles.Lookup lookup = MethodHandles.lookup();
      STATE = lookup.findVarHandle(Promise.class, "state", int.class);
      WAITERS = lookup.findVarHandle(Promise.class, "waiters", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private volatile int state;
  private volatile int waiters;
  private volatile @Nullable Runnable whenGivenUp;

  /**
   * Sets what is done when a user has completed the promise; once, before users see it.
   *
   * @param action the pool's own; short, must not throw
   */
  public void whenGivenUp(Runnable action) {
    whenGivenUp = action;
  }

  // ---- For the pool

  /**
   * Completes it on this thread, unless that may run user code.
   *
   * @param failure completes it exceptionally, if not null
   * @return whether it is complete; otherwise {@link #settle} is to be called on a helper thread
   */
  public boolean trySettle(@Nullable T value, @Nullable Throwable failure) {
    if (!STATE.compareAndSet(this, OPEN, SETTLING)) {
      return isDone();
    }
    boolean quiet = getNumberOfDependents() <= waiters;
    if (quiet) {
      settle(value, failure);
    }
    state = quiet ? SETTLED : OBSERVED;
    return quiet;
  }

  /** Completes it on this thread and runs its dependants. */
  public void settle(@Nullable T value, @Nullable Throwable failure) {
    whenGivenUp = null;
    if (failure == null) {
      super.complete(value);
    } else {
      super.completeExceptionally(failure);
    }
  }

  // ---- For users

  @Override
  public boolean complete(@Nullable T value) {
    giveUp();
    return super.complete(value);
  }

  @Override
  public boolean completeExceptionally(Throwable failure) {
    Objects.requireNonNull(failure, "failure");
    giveUp();
    return super.completeExceptionally(failure);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    giveUp();
    return super.cancel(mayInterruptIfRunning);
  }

  @Override
  public void obtrudeValue(@Nullable T value) {
    giveUp();
    super.obtrudeValue(value);
  }

  @Override
  public void obtrudeException(Throwable failure) {
    Objects.requireNonNull(failure, "failure");
    giveUp();
    super.obtrudeException(failure);
  }

  @Override
  public CompletableFuture<T> completeAsync(Supplier<? extends T> supplier, Executor executor) {
    executor.execute(new SuppliedResult<>(this, supplier));
    return this;
  }

  /** Before a user completes it: its dependants may take long. */
  private void giveUp() {
    Runnable action = whenGivenUp;
    if (action != null) {
      whenGivenUp = null;
      action.run();
    }
  }

  @Override
  public @Nullable T get() throws InterruptedException, ExecutionException {
    WAITERS.getAndAdd(this, 1);
    try {
      return super.get();
    } finally {
      WAITERS.getAndAdd(this, -1);
    }
  }

  @Override
  public @Nullable T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    WAITERS.getAndAdd(this, 1);
    try {
      return super.get(timeout, unit);
    } finally {
      WAITERS.getAndAdd(this, -1);
    }
  }

  @Override
  public @Nullable T join() {
    WAITERS.getAndAdd(this, 1);
    try {
      return super.join();
    } finally {
      WAITERS.getAndAdd(this, -1);
    }
  }

  /** All methods that add a dependant come here before they do. */
  private void observe() {
    while (!isDone()) {
      int seen = state;
      if (seen == OBSERVED || (seen == OPEN && STATE.compareAndSet(this, OPEN, OBSERVED))) {
        return;
      }
      // Its result is being set, without user code.
      Thread.yield();
    }
    // The thread that sets it may still look for dependants. It is not waited for without a limit,
    // since allOf may have added one meanwhile that comes back to here.
    for (int turns = 0; state == SETTLING && turns < MOST_TURNS; turns++) {
      Thread.yield();
    }
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    observe();
    return new CompletableFuture<>();
  }

  @Override
  public CompletableFuture<T> toCompletableFuture() {
    observe();
    return this;
  }

  @Override
  public CompletionStage<T> minimalCompletionStage() {
    observe();
    return super.minimalCompletionStage();
  }
}
