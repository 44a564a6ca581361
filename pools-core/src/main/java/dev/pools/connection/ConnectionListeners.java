package dev.pools.connection;

import dev.pools.internal.RareReports;
import dev.pools.internal.Time;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Tells all listeners of a pool. What one of them throws is logged now and then, and does not keep
 * the event from the others.
 */
final class ConnectionListeners<T> {

  private final String pool;
  private final List<ConnectionPoolListener<? super T>> listeners;

  /** One for each listener: a listener that always fails does not hide another one that does. */
  private final List<RareReports> reports;

  ConnectionListeners(String pool, Time time, List<ConnectionPoolListener<? super T>> listeners) {
    this.pool = pool;
    this.listeners = listeners;
    this.reports = new ArrayList<>(listeners.size());
    for (int i = 0; i < listeners.size(); i++) {
      reports.add(new RareReports(time));
    }
  }

  private ConnectionListeners(
      ConnectionListeners<T> pools, List<ConnectionPoolListener<? super T>> listeners) {
    this.pool = pools.pool;
    this.listeners = listeners;
    this.reports = pools.reports;
  }

  boolean isEmpty() {
    return listeners.isEmpty();
  }

  void tell(Consumer<ConnectionPoolListener<? super T>> event) {
    for (int i = 0; i < listeners.size(); i++) {
      try {
        event.accept(listeners.get(i));
      } catch (Throwable fault) {
        hasFailed(i, fault);
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
      ConnectionPoolListener<? super T> other = forWaiter(i);
      if (other != listener) {
        others = others == null ? new ArrayList<>(listeners) : others;
        others.set(i, other);
      }
    }
    return others == null ? null : new ConnectionListeners<>(this, others);
  }

  private ConnectionPoolListener<? super T> forWaiter(int index) {
    ConnectionPoolListener<? super T> listener = listeners.get(index);
    try {
      return Objects.requireNonNull(listener.forWaiter(), "forWaiter() returned null");
    } catch (Throwable fault) {
      hasFailed(index, fault);
      return listener;
    }
  }

  private void hasFailed(int index, Throwable fault) {
    RareReports itsReports = reports.get(index);
    itsReports.error(
        ConnectionListeners.class,
        fault,
        "Pool '{}': a listener failed, and is told of later events all the same: {}",
        pool,
        listeners.get(index));
  }
}
