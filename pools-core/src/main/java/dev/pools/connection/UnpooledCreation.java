package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Durations;
import dev.pools.internal.Faults;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Creates a connection that belongs to a caller, and not to the pool. */
final class UnpooledCreation<T> implements OverdueCalls.Listener<T> {

  private final ConnectionParts<T> parts;
  private final Arguments arguments;
  private final CompletableFuture<T> result = new CompletableFuture<>();

  private UnpooledCreation(ConnectionParts<T> parts, Arguments arguments) {
    this.parts = parts;
    this.arguments = arguments;
  }

  /** Calls the factory on these threads; the result fails when {@code createTimeout} is over. */
  static <T> CompletableFuture<T> start(
      ConnectionParts<T> parts, Arguments arguments, ConnectionThreads threads) {
    UnpooledCreation<T> creation = new UnpooledCreation<>(parts, arguments);
    parts.calls.unpooledCreations.start(
        threads,
        creation.createTimeout(),
        parts.calls.maxSize(),
        () -> true,
        () ->
            parts.calls.createPrepared(
                arguments,
                threads,
                connection ->
                    parts.retirement.closeUnpooled(
                        connection, arguments, RetireReason.PREPARATION_FAILED)),
        creation);
    return creation.result;
  }

  private Duration createTimeout() {
    return parts.options().creation().createTimeout();
  }

  @Override
  public void refused(NotCalledException why) {
    result.completeExceptionally(
        new ConnectionCreationException(parts.core.name(), why.reason(), why));
  }

  @Override
  public void overdue() {
    String why =
        "the factory has not answered within %s (createTimeout). Find out what it waits for, or raise createTimeout"
            .formatted(Durations.text(createTimeout()));
    result.completeExceptionally(
        new ConnectionCreationException(parts.core.name(), why, new TimeoutException()));
  }

  @Override
  public Throwable told(Throwable failure) {
    Throwable told = Secrets.withoutSecrets(failure, arguments);
    return new ConnectionCreationException(parts.core.name(), Faults.describe(told), told);
  }

  @Override
  public void ended(@Nullable T connection, @Nullable Throwable failure) {
    if (failure != null) {
      result.completeExceptionally(failure);
    } else if (connection == null) {
      result.completeExceptionally(
          new ConnectionCreationException(parts.core.name(), "the factory returned null", null));
    } else if (!result.complete(connection)) {
      parts.retirement.closeUnpooled(connection, arguments, RetireReason.LATE);
    }
  }
}
