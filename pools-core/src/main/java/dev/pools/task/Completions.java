package dev.pools.task;

import dev.pools.internal.AfterUnlock;
import dev.pools.internal.HelperQueue;
import dev.pools.internal.Promise;
import org.jspecify.annotations.Nullable;

/** Promises that are completed when the pool's lock is released. Used under that lock. */
final class Completions {

  private final AfterUnlock afterUnlock;
  private final HelperQueue helpers;

  Completions(AfterUnlock afterUnlock, HelperQueue helpers) {
    this.afterUnlock = afterUnlock;
    this.helpers = helpers;
  }

  <T> void complete(Promise<T> promise, @Nullable T value) {
    afterUnlock.serve(new Completion<>(promise, value, null, helpers));
  }

  void fail(Promise<?> promise, Throwable failure) {
    afterUnlock.serve(new Completion<>(promise, null, failure, helpers));
  }

  /** Runs an action that owns something: it is tried again until it has been carried out. */
  void then(Runnable action) {
    afterUnlock.serve(action);
  }

  /** Has a prepared action that owns something carried out later; needs neither lock nor memory. */
  void later(AfterUnlock.Decision prepared) {
    afterUnlock.carryOutLater(prepared);
  }

  /** Runs an action that owns nothing, such as to cancel a timer: it is tried once. */
  void tell(Runnable notification) {
    afterUnlock.tell(notification);
  }
}
