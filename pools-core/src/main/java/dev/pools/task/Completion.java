package dev.pools.task;

import dev.pools.internal.HelperQueue;
import dev.pools.internal.Promise;
import org.jspecify.annotations.Nullable;

/** A promise with its result, which was decided under the pool's lock and is told after it. */
final class Completion<T> implements Runnable {

  private final Promise<T> promise;
  private final @Nullable T value;
  private final @Nullable Throwable failure;
  private final HelperQueue helpers;

  Completion(
      Promise<T> promise, @Nullable T value, @Nullable Throwable failure, HelperQueue helpers) {
    this.promise = promise;
    this.value = value;
    this.failure = failure;
    this.helpers = helpers;
  }

  /** Completes it here, or on a helper thread if that may run user code. */
  @Override
  public void run() {
    if (!promise.trySettle(value, failure)) {
      helpers.run(() -> promise.settle(value, failure));
    }
  }
}
