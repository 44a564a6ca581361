package dev.pools.connection;

import dev.pools.Arguments;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;

/**
 * The arguments of the next connections that the pool creates for {@code minSize}: those of a
 * start, and those of releases whose connections are replaced. Guarded by the pool's lock.
 *
 * <p>Those of callers for which a connection was displaced come first: a caller may have given up
 * when that one is closed, and then the pool creates a connection for its next call.
 *
 * <p>If an attempt in the place of a displaced connection fails, the place is kept: the pool does
 * not create another connection there for {@code minSize}, which the next attempt would displace
 * once more. A caller that needs a place takes it, of this or another tenant. If its attempt fails,
 * too, the place is kept again.
 */
final class NextArguments {

  private final Tenant<?> standard;
  private final Deque<ConnectionSpec> next = new ArrayDeque<>();

  /** One for each displaced connection whose place is not taken yet. */
  private final Deque<ConnectionSpec> wanted = new ArrayDeque<>();

  /** The attempts to create a connection in the place of a displaced one, or in a kept place. */
  private final Set<Slot<?>> attempts = new HashSet<>();

  /** How many places are kept; each is free, or will be when an overdue call has ended. */
  private int kept;

  private long keptSinceNanos;

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
    attempts.clear();
    kept = 0;
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

  /**
   * A connection of this tenant is created, for that caller or for another.
   *
   * @return whether it was wanted
   */
  boolean begins(Tenant<?> tenant) {
    if (wanted.isEmpty()) {
      return false;
    }
    for (Iterator<ConnectionSpec> each = wanted.iterator(); each.hasNext(); ) {
      if (each.next().tenant() == tenant) {
        each.remove();
        return true;
      }
    }
    return false;
  }

  // ---- Kept places

  /**
   * An attempt begins.
   *
   * @param wasWanted what {@link #begins} has returned for it
   * @param free how many places are free beside it
   */
  void attemptBegins(Slot<?> slot, boolean wasWanted, int free) {
    if (wasWanted || kept > free) {
      attempts.add(slot);
      kept = Math.min(kept, free);
    }
  }

  /** An attempt has succeeded: its connection takes the place. */
  void attemptSucceeded(Slot<?> slot) {
    attempts.remove(slot);
  }

  /** A slot gives up its place: after an attempt that has failed, the place is kept. */
  void placeIsFree(Slot<?> slot, long nowNanos) {
    if (attempts.remove(slot)) {
      kept++;
      keptSinceNanos = nowNanos;
    }
  }

  /**
   * How many free places must stay free when the pool creates this connection for itself. Those of
   * failed attempts, unless it belongs to the callers for which they are kept.
   */
  int keptFrom(ConnectionSpec next) {
    boolean isOne = wanted.contains(next) || next.tenant().creation.failuresInARow() > 0;
    return isOne ? 0 : kept;
  }

  /** Gives kept places to {@code minSize} if no attempt has failed there for so long. */
  void expire(long nowNanos, long afterNanos) {
    if (nowNanos - keptSinceNanos >= afterNanos) {
      kept = 0;
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
