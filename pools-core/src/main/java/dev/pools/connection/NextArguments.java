package dev.pools.connection;

import dev.pools.Arguments;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The arguments of the next connections that the pool creates for {@code minSize}: those of a
 * start, and those of releases whose connections are replaced. Guarded by the pool's lock.
 *
 * <p>Those of callers for which a connection was displaced come first: a caller may have given up
 * when that one is closed, and then the pool creates a connection for its next call.
 */
final class NextArguments {

  private final Tenant<?> standard;
  private final Deque<ConnectionSpec> next = new ArrayDeque<>();

  /** One for each displaced connection whose place is not taken yet. */
  private final Deque<ConnectionSpec> wanted = new ArrayDeque<>();

  NextArguments(Tenant<?> standard) {
    this.standard = standard;
  }

  /** No arguments, of the tenant of all callers that give none. */
  ConnectionSpec none() {
    return new ConnectionSpec(Arguments.none(), standard);
  }

  /** A start: forgets all arguments of the life before. */
  void begin(List<ConnectionSpec> arguments) {
    clear();
    // Not addAll, which uses a lambda.
    for (ConnectionSpec each : arguments) {
      next.add(each);
    }
  }

  void clear() {
    next.clear();
    wanted.clear();
  }

  /** A connection was displaced for a caller; at most {@code minSize} callers are remembered. */
  void want(ConnectionSpec asked, int minSize) {
    if (minSize == 0) {
      return;
    }
    while (wanted.size() >= minSize) {
      wanted.remove();
    }
    wanted.add(asked);
  }

  boolean isWanted(ConnectionSpec spec) {
    return wanted.contains(spec);
  }

  /** Those of callers for which a connection was displaced. */
  Iterable<ConnectionSpec> wanted() {
    return wanted;
  }

  /** A connection of this tenant is created, for that caller or for another. */
  void begins(Tenant<?> tenant) {
    if (wanted.isEmpty()) {
      return;
    }
    for (Iterator<ConnectionSpec> each = wanted.iterator(); each.hasNext(); ) {
      if (each.next().tenant() == tenant) {
        each.remove();
        return;
      }
    }
  }

  /** The minimum is there: the places of displaced connections are left to callers. */
  void minimumIsReached() {
    wanted.clear();
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
