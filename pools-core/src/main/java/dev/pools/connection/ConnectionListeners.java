package dev.pools.connection;

import dev.pools.internal.Faults;
import java.util.List;
import java.util.function.Consumer;

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
        Faults.error(
            ConnectionListeners.class, fault, "A listener of pool '{}' failed: {}", pool, listener);
      }
    }
  }
}
