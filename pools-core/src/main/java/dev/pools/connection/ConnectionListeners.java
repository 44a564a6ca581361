package dev.pools.connection;

import dev.pools.internal.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells all listeners of a pool. What one of them throws is logged, and does not keep the event
 * from the others.
 */
final class ConnectionListeners<T> {

  private final String pool;
  private final List<ConnectionPoolListener<? super T>> listeners;

  ConnectionListeners(String pool, List<ConnectionPoolListener<? super T>> listeners) {
    this.pool = pool;
    this.listeners = listeners;
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  void tell(Consumer<ConnectionPoolListener<? super T>> event) {
    for (ConnectionPoolListener<? super T> listener : listeners) {
      try {
        event.accept(listener);
      } catch (Throwable fault) {
        hasFailed(listener, fault);
      }
    }
  }

  /**
   * The listeners of a caller that is about to wait in a future, on the thread of that caller; null
   * if they are these.
   */
  @Nullable ConnectionListeners<T> forWaiter() {
    List<ConnectionPoolListener<? super T>> others = null;
    for (int i = 0; i < listeners.size(); i++) {
      ConnectionPoolListener<? super T> listener = listeners.get(i);
      ConnectionPoolListener<? super T> other = forWaiter(listener);
      if (other != listener) {
        others = others == null ? new ArrayList<>(listeners) : others;
        others.set(i, other);
      }
    }
    return others == null ? null : new ConnectionListeners<>(pool, others);
  }

  private ConnectionPoolListener<? super T> forWaiter(ConnectionPoolListener<? super T> listener) {
    try {
      return Objects.requireNonNull(listener.forWaiter(), "forWaiter() returned null");
    } catch (Throwable fault) {
      hasFailed(listener, fault);
      return listener;
    }
  }

  private void hasFailed(ConnectionPoolListener<? super T> listener, Throwable fault) {
    Faults.error(
        ConnectionListeners.class,
        fault,
        "Pool '{}': a listener failed, and is told of later events all the same: {}",
        pool,
        listener);
  }
}
