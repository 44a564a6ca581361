package dev.pools.connection;

import dev.pools.Arguments;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the pool creates its next connections with, where no caller asks for one: what a start was
 * given, and what the connections were released with that are replaced. Guarded by the pool's lock.
 */
final class NextArguments<T> {

  private final Tenant<T> standard;
  private final Deque<Wanted<T>> next = new ArrayDeque<>();

  NextArguments(Tenant<T> standard) {
    this.standard = standard;
  }

  /** What is created if there is nothing else to say. */
  Wanted<T> none() {
    return new Wanted<>(Arguments.none(), standard);
  }

  /** A start: forgets the others. */
  void begin(List<Wanted<T>> arguments) {
    next.clear();
    next.addAll(arguments);
  }

  void clear() {
    next.clear();
  }

  /** Remembers what a connection is replaced with; the latest of them, as many as are kept. */
  void remember(Wanted<T> successor, int minSize) {
    if (successor.arguments().isEmpty() || minSize == 0) {
      return;
    }
    while (next.size() >= minSize) {
      next.remove();
    }
    next.add(successor);
  }

  /** A connection was not created: another one is created with these arguments. */
  void putBack(Wanted<T> unmade) {
    if (!unmade.arguments().isEmpty()) {
      next.addFirst(unmade);
    }
  }

  boolean isEmpty() {
    return next.isEmpty();
  }

  /** All, the next first. */
  Iterable<Wanted<T>> all() {
    return next;
  }

  /** Takes the next one. */
  @Nullable Wanted<T> poll() {
    return next.poll();
  }

  /** Takes this one. */
  void take(Wanted<T> taken) {
    next.remove(taken);
  }
}
