package dev.pools.boot.advice;

import dev.pools.internal.Durations;
import org.jspecify.annotations.Nullable;

/**
 * Leases that were reported as leaked have been out for two minutes more.
 *
 * <p>Silent when nothing detects leaks ({@code leak-threshold}); about leases that are returned
 * late; and about as many leases that are out as connections are evicted or reclaimed meanwhile,
 * because these may be the same.
 */
final class LeakingConnections {

  private LeakingConnections() {}

  static @Nullable Finding find(Readings<ConnectionReading> looks) {
    ConnectionReading last = looks.last();
    long out =
        looks.ofTheLast(Thresholds.LEAK_LASTS).stream()
            .mapToLong(look -> Math.min(look.leaked(), look.inUse()))
            .min()
            .orElse(0);
    if (out <= 0) {
      return null;
    }
    return Finding.withoutValue(
        AdviceRule.LEAKING,
        Thresholds.LEAK_LASTS,
        "In the last %s %s reported as leaked did not end; %s of %s are leased, and %s callers wait."
            .formatted(
                Durations.text(Thresholds.LEAK_LASTS),
                Words.count(out, "lease"),
                Words.number(last.inUse()),
                Words.count(last.maxSize(), "connection"),
                Words.number(last.waiting())),
        "Close each lease, best with try-with-resources; the log has the stack of the acquire, and"
            + " the endpoint shows the leases. If leases may take that long, raise leak-threshold.");
  }
}
