package dev.pools.benchmarks;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Tells a future that completes a little later, because another thread completes it, from one that
 * never does. For stress tests.
 */
public final class Awaited {

  /** That takes well below a second; a machine may stand still for some. */
  private static final int SECONDS = 20;

  private Awaited() {}

  /**
   * Whether it completes.
   *
   * @throws java.util.concurrent.CompletionException if it fails
   */
  public static boolean completes(CompletableFuture<?> future) {
    return future
        .thenApply(result -> true)
        .completeOnTimeout(false, SECONDS, TimeUnit.SECONDS)
        .join();
  }
}
