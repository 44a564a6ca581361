package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Deliverable;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;

/**
 * Starts of a pool that wait until a publisher has delivered the arguments of the first
 * connections. A stop of the pool revokes them.
 */
final class PublishedStarts<T> {

  private final ConnectionParts<T> parts;

  /** The pool: it is in use, and must not stop itself, while a publisher refers to this object. */
  @SuppressWarnings("UnusedVariable")
  private final Object keepAlive;

  /** The arguments that publishers have not delivered yet. */
  private final Set<PublishedArguments> awaited = ConcurrentHashMap.newKeySet();

  PublishedStarts(ConnectionParts<T> parts, Object keepAlive) {
    this.parts = parts;
    this.keepAlive = keepAlive;
  }

  /** Starts the pool when the publisher has delivered the arguments, unless a stop comes first. */
  CompletableFuture<Void> start(
      Flow.Publisher<? extends Arguments> publisher, @Nullable Executor executor) {
    CompletableFuture<Void> started = new CompletableFuture<>();
    long stopsBefore = parts.stop.stopsAsked();
    PublishedArguments arguments =
        new PublishedArguments(
            parts.stats.stats().minSize(),
            (all, failure) -> {
              if (failure == null) {
                start(all, executor, stopsBefore, started);
              } else {
                started.completeExceptionally(Deliverable.ofStage(failure));
              }
            });
    // Add the arguments before counting the stops again: a concurrent stop either finds them here,
    // or is counted below.
    awaited.add(arguments);
    started.whenComplete(
        (nothing, failure) -> {
          awaited.remove(arguments);
          // Has an effect only if the caller has completed the future.
          arguments.giveUp(new CancellationException());
        });
    if (parts.stop.stopsAsked() != stopsBefore) {
      arguments.giveUp(new PoolStoppedException(parts.core.name()));
    } else {
      arguments.subscribeTo(publisher);
    }
    return started;
  }

  private void start(
      List<Arguments> first,
      @Nullable Executor executor,
      long stopsBefore,
      CompletableFuture<Void> started) {
    try {
      parts
          .lifecycle
          .startUnlessStopped(
              first, executor, parts.options().creation().onStartFailure(), stopsBefore)
          .whenComplete(
              (nothing, failure) -> {
                if (failure == null) {
                  started.complete(null);
                } else {
                  started.completeExceptionally(Deliverable.unwrapped(failure));
                }
              });
    } catch (Throwable failure) {
      started.completeExceptionally(failure);
    }
  }

  /** Revokes the starts whose arguments are not here yet, because the pool has been stopped. */
  void revoke() {
    for (PublishedArguments arguments : awaited) {
      try {
        // Calls user code, which may not return: the publisher's, and the dependants of the start.
        parts.core.time.runOnHelperThread(() -> revoke(arguments));
      } catch (RuntimeException | Error noThread) {
        revoke(arguments);
      }
    }
  }

  private void revoke(PublishedArguments arguments) {
    arguments.giveUp(new PoolStoppedException(parts.core.name()));
  }
}
