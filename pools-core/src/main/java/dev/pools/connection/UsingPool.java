package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Deliverable;
import dev.pools.internal.StackRoom;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * How a function uses a connection of a {@link ConnectionPool}: the pool leases the connection,
 * calls the function, and ends the lease.
 *
 * <p>All methods may be called by any thread. Those that wait say so.
 *
 * @param <T> what a connection is
 */
public abstract sealed class UsingPool<T> extends AcquiringPool<T> permits ChangeablePool {

  UsingPool(ConnectionParts<T> parts) {
    super(parts);
  }

  /**
   * Leases a connection, calls a function with it, and releases it. Waits as {@link #acquire()}
   * does.
   *
   * <p>If the function throws, the pool closes the connection if {@code brokenWhen} says so, and
   * otherwise checks it before its next lease.
   *
   * @return what the function returns
   * @throws Exception what {@link #acquire()} or the function throws
   */
  public <R> R use(ConnectionFunction<? super T, ? extends R> function) throws Exception {
    return use(Arguments.none(), function);
  }

  /** As {@link #use(ConnectionFunction)}, with arguments for the factory. */
  public <R> R use(Arguments arguments, ConnectionFunction<? super T, ? extends R> function)
      throws Exception {
    StackRoom.ensure();
    return use(acquire(arguments), function);
  }

  /** As {@link #use(ConnectionFunction)}, with options. */
  public <R> R use(AcquireOptions options, ConnectionFunction<? super T, ? extends R> function)
      throws Exception {
    StackRoom.ensure();
    return use(acquire(options), function);
  }

  private static <T, R> R use(Lease<T> lease, ConnectionFunction<? super T, ? extends R> function)
      throws Exception {
    R result;
    try {
      result = function.apply(lease.connection());
    } catch (Throwable failure) {
      try {
        lease.fail(failure);
      } catch (Throwable another) {
        failure.addSuppressed(another);
      }
      throw failure;
    }
    lease.close();
    return result;
  }

  /**
   * Leases a connection, calls a function with it, and releases it when the function's stage
   * completes. Never blocks. A stage that fails, and a function that throws, mean the same for the
   * connection as in {@link #use(ConnectionFunction)}.
   *
   * @return what the stage completes with. Cancel it to stop waiting; then the function is not
   *     called. If the function has been called, the connection is released when its stage
   *     completes, even if this future is complete already.
   */
  public <R> CompletableFuture<R> useAsync(AsyncConnectionFunction<? super T, R> function) {
    return useAsync(Arguments.none(), function);
  }

  /** As {@link #useAsync(AsyncConnectionFunction)}, with arguments for the factory. */
  public <R> CompletableFuture<R> useAsync(
      Arguments arguments, AsyncConnectionFunction<? super T, R> function) {
    return useAsync(AcquireOptions.DEFAULT.withArguments(arguments), function);
  }

  /** As {@link #useAsync(AsyncConnectionFunction)}, with options. */
  public <R> CompletableFuture<R> useAsync(
      AcquireOptions options, AsyncConnectionFunction<? super T, R> function) {
    Objects.requireNonNull(function, "function");
    // A lease must reach the code that closes it.
    StackRoom.ensureMuch();
    CompletableFuture<R> result = new CompletableFuture<>();
    BiConsumer<@Nullable Lease<T>, @Nullable Throwable> use =
        (lease, refusal) -> {
          if (lease != null) {
            apply(lease, function, result);
          } else {
            result.completeExceptionally(Objects.requireNonNull(refusal));
          }
        };
    CompletableFuture<Lease<T>> coming = acquireAsync(options);
    try {
      // Not thenCompose: it drops the lease without closing it if its own future is complete.
      coming.whenComplete(use);
    } catch (Throwable noMemory) {
      coming.cancel(false);
      if (coming.isDone() && !coming.isCompletedExceptionally()) {
        coming.join().undo();
      }
      throw noMemory;
    }
    result.whenComplete(
        (value, failure) -> {
          if (!coming.isDone()) {
            coming.cancel(false);
          }
        });
    return result;
  }

  private static <T, R> void apply(
      Lease<T> lease, AsyncConnectionFunction<? super T, R> function, CompletableFuture<R> result) {
    if (result.isDone()) {
      lease.close();
      return;
    }
    try {
      function
          .apply(lease.connection())
          // Not whenComplete: that would ask a failure for its text, which may be faulty.
          .handle(
              (value, failure) -> {
                if (failure == null) {
                  try {
                    lease.close();
                  } finally {
                    result.complete(value);
                  }
                } else {
                  fail(lease, failure, result);
                }
                return true;
              });
    } catch (Throwable failure) {
      fail(lease, failure, result);
    }
  }

  private static <R> void fail(Lease<?> lease, Throwable failure, CompletableFuture<R> result) {
    try {
      lease.fail(failure);
    } finally {
      result.completeExceptionally(Deliverable.ofStage(failure));
    }
  }
}
