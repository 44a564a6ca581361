package dev.pools.connection;

import dev.pools.Arguments;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The arguments of the next connections that the pool creates for {@code minSize}: those of a
 * start, and those of releases whose connections are replaced. Guarded by the pool's lock.
 */
final class NextArguments {

  private final Tenant<?> standard;
  private final Deque<ConnectionSpec> next = new ArrayDeque<>();

  NextArguments(Tenant<?> standard) {
    this.standard = standard;
  }

  /** No arguments, of the tenant of all callers that give none. */
  ConnectionSpec none() {
    return new ConnectionSpec(Arguments.none(), standard);
  }

  /** A start: forgets all arguments of the life before. */
  void begin(List<ConnectionSpec> arguments) {
    next.clear();
    // Not addAll, which uses a lambda.
    for (ConnectionSpec each : arguments) {
      next.add(each);
    }
  }

  void clear() {
    next.clear();
  }

  /** Remembers the arguments for the successor of a connection; at most {@code minSize} of them. */
  void remember(ConnectionSpec successor, int minSize) {
    if (successor.arguments().isEmpty() || minSize == 0) {
      return;
    }
    while (next.size() >= minSize) {
      next.remove();
    }
    next.add(successor);
  }

  /** A connection was not created: another one is created with these arguments. */
  void putBack(ConnectionSpec unmade) {
    if (!unmade.arguments().isEmpty()) {
      next.addFirst(unmade);
    }
  }

  boolean isEmpty() {
    return next.isEmpty();
  }

  /** All, the next first. */
  Iterable<ConnectionSpec> all() {
    return next;
  }

  /** The next one; none if there is none. */
  ConnectionSpec first() {
    ConnectionSpec first = next.peek();
    return first == null ? none() : first;
  }

  /** A connection is created with this one, if it is one of these. */
  void take(ConnectionSpec taken) {
    next.remove(taken);
  }
}
