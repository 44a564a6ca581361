package dev.pools.connection;

import dev.pools.Arguments;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Adapts the user's synchronous functions to the asynchronous ones that the pool calls: they return
 * a stage that is complete. Named classes instead of lambdas: the first lambda of a JVM costs more
 * than a pool.
 */
final class Synchronous {

  private Synchronous() {}

  /** A factory that takes no arguments. */
  static final class Creation<T> implements AsyncConnectionFactory<T> {

    private final Callable<? extends T> factory;

    Creation(Callable<? extends T> factory) {
      this.factory = factory;
    }

    @Override
    public CompletionStage<T> create(Arguments arguments) throws Exception {
      return CompletableFuture.completedFuture(factory.call());
    }
  }

  /** A factory that takes arguments. */
  static final class CreationWithArguments<T> implements AsyncConnectionFactory<T> {

    private final ConnectionFactory<T> factory;

    CreationWithArguments(ConnectionFactory<T> factory) {
      this.factory = factory;
    }

    @Override
    public CompletionStage<T> create(Arguments arguments) throws Exception {
      return CompletableFuture.completedFuture(factory.create(arguments));
    }
  }

  /** A cleaner. */
  static final class Cleaning<T> implements AsyncConnectionCleaner<T> {

    private final ConnectionCleaner<? super T> cleaner;

    Cleaning(ConnectionCleaner<? super T> cleaner) {
      this.cleaner = cleaner;
    }

    @Override
    public CompletionStage<?> clean(T connection, Arguments arguments, RetireReason reason)
        throws Exception {
      cleaner.clean(connection, arguments, reason);
      return CompletableFuture.completedFuture(null);
    }
  }
}
