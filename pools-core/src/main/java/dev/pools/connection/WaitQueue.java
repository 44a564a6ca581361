package dev.pools.connection;

import org.jspecify.annotations.Nullable;

/**
 * Callers in line, whether they wait in a thread or in a future: first come, first served. Guarded
 * by the pool's lock; the size may be read without it.
 */
final class WaitQueue<T> {

  private @Nullable Waiter<T> first;
  private @Nullable Waiter<T> last;
  private int size;
  private long arrivals;
  private long timesEmpty;
  private int awaitingCheckOnly;

  int size() {
    return size;
  }

  /** How often it has become empty. */
  long timesEmpty() {
    return timesEmpty;
  }

  @Nullable Waiter<T> first() {
    return first;
  }

  /** The caller with this many others before it, if there is one. */
  @Nullable Waiter<T> behind(int others) {
    Waiter<T> waiter = first;
    for (int i = 0; i < others && waiter != null; i++) {
      waiter = waiter.next;
    }
    return waiter;
  }

  void add(Waiter<T> waiter) {
    // First what may find no memory: a caller without a number does not stand in line.
    waiter.tenant.joined(waiter, waiter.placeOfTenant, waiter.failsWhenDown);
    waiter.number = ++arrivals;
    waiter.previous = last;
    if (last == null) {
      first = waiter;
    } else {
      last.next = waiter;
    }
    last = waiter;
    size++;
  }

  /** Whether a caller stands in line only as long as a check is under way for it. */
  boolean hasAwaitingCheckOnly() {
    return awaitingCheckOnly > 0;
  }

  /** A caller in line stays only as long as a check is under way for it, or waits for anything. */
  void setAwaitsCheckOnly(Waiter<T> waiter, boolean awaitsCheckOnly) {
    if (waiter.awaitsCheckOnly != awaitsCheckOnly) {
      waiter.awaitsCheckOnly = awaitsCheckOnly;
      awaitingCheckOnly += awaitsCheckOnly ? 1 : -1;
    }
  }

  void remove(Waiter<T> waiter) {
    setAwaitsCheckOnly(waiter, false);
    Waiter<T> previous = waiter.previous;
    Waiter<T> next = waiter.next;
    if (previous == null) {
      first = next;
    } else {
      previous.next = next;
    }
    if (next == null) {
      last = previous;
    } else {
      next.previous = previous;
    }
    waiter.previous = null;
    waiter.next = null;
    size--;
    if (size == 0) {
      timesEmpty++;
    }
    waiter.tenant.left(waiter, waiter.placeOfTenant);
  }
}
