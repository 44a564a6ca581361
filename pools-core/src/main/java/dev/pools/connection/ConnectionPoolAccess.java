package dev.pools.connection;

import dev.pools.internal.TestAccess;
import dev.pools.internal.Time;
import java.util.function.Consumer;

/**
 * What tests may do with a {@link ConnectionPoolBuilder}; {@link TestAccess#ofConnections} creates
 * it.
 */
final class ConnectionPoolAccess implements TestAccess {

  @Override
  public void useTime(Object builder, Time time) {
    ((ConnectionPoolBuilder<?>) builder).time(time);
  }

  @Override
  public void useTurns(Object builder, Consumer<? super Turn> turns) {
    throw new UnsupportedOperationException("A connection pool runs no tasks.");
  }
}
