package dev.pools.boot.advice;

import dev.pools.internal.Durations;
import org.jspecify.annotations.Nullable;

/**
 * Callers wait, and none of them has got a connection for minutes, because leases do not end.
 *
 * <p>Silent after any lease in the window, and after any failed attempt to open a connection in it.
 * It proposes no size: a larger pool would be used up, too.
 */
final class StarvingConnections {

  private StarvingConnections() {}

  static @Nullable Finding find(Readings<ConnectionReading> looks, boolean findsLeaks) {
    ConnectionReading last = looks.last();
    if (!looks.mostly(ConnectionReading::isFull)
        || looks.growth(ConnectionReading::acquired) > 0
        || looks.growth(ConnectionReading::createFailures) > 0) {
      return null;
    }
    String figures =
        "%s no caller has got a connection: all %s are leased, %s callers wait, the first for %s, and %s have timed out."
            .formatted(
                looks.told(),
                Words.count(last.maxSize(), "connection"),
                Words.number(last.waiting()),
                Durations.ofNanos(last.longestWaitNanos()),
                Words.number(looks.growth(ConnectionReading::timeouts)));
    long nested = looks.growth(ConnectionReading::nestedTimeouts);
    if (nested > 0) {
      return Finding.withoutValue(
          AdviceRule.STARVING,
          looks.covered(),
          figures,
          "%s of these already held a lease of this pool: close a lease before the same thread acquires the next one."
              .formatted(Words.number(nested)));
    }
    return Finding.withoutValue(
        AdviceRule.STARVING,
        looks.covered(),
        figures,
        findsLeaks
            ? "Leases are not returned: look for one that is never closed, or for calls that hang and"
                + " need a time limit."
            : "Leases are not returned: look for one that is never closed, or for calls that hang."
                + " Set leak-threshold to see where they were acquired.");
  }
}
