package dev.pools.connection;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Tells a future that completes a little later, because a helper thread completes it, from one that
 * never does.
 */
final class Awaited {

  /** A helper takes well below a second; a machine may stand still for some. */
  private static final int SECONDS = 20;

  private Awaited() {}

  /** Returns 1 if the future completes, and 0 if it does not. */
  static int isDone(CompletableFuture<?> future) {
    try {
      future.get(SECONDS, TimeUnit.SECONDS);
      return 1;
    } catch (TimeoutException e) {
      return 0;
    } catch (ExecutionException e) {
      throw new AssertionError("The operation failed", e);
    } catch (InterruptedException e) {
      throw new AssertionError("No one interrupts an arbiter", e);
    }
  }
}
