package dev.pools.connection;

import java.util.concurrent.CompletableFuture;

/** Completes a future that has no value. */
final class FutureCompletion implements Runnable {

  private final CompletableFuture<Void> future;

  FutureCompletion(CompletableFuture<Void> future) {
    this.future = future;
  }

  @Override
  public void run() {
    future.complete(null);
  }
}
