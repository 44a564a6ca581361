package dev.pools.boot.advice;

import dev.pools.internal.Durations;
import org.jspecify.annotations.Nullable;

/**
 * All connections are leased, callers wait for long or time out, and leases end: more callers come
 * than connections become free.
 *
 * <p>Silent while the line moves fast; while leases are leaked, callers wait for themselves, or
 * attempts to open a connection fail, because then something else is wrong. It proposes no size if
 * the last attempt has failed, however long ago: the server may still open no more.
 */
final class SaturatedConnections {

  private SaturatedConnections() {}

  static @Nullable Finding find(Readings<ConnectionReading> looks) {
    ConnectionReading last = looks.last();
    if (!looks.mostly(ConnectionReading::isFull)
        || looks.growth(ConnectionReading::acquired) <= 0
        || looks.growth(ConnectionReading::nestedTimeouts) > 0
        || last.leaked() > 0
        || looks.growth(ConnectionReading::createFailures) > 0) {
      return null;
    }
    long timeouts = looks.growth(ConnectionReading::timeouts);
    double waitedLong =
        looks.share(look -> look.longestWaitNanos() >= Thresholds.LONG_IN_LINE.toNanos());
    if (timeouts <= 0 && waitedLong < Thresholds.OFTEN) {
      return null;
    }
    double waiting = looks.all().stream().mapToInt(ConnectionReading::waiting).average().orElse(0);
    String figures =
        "%s all %s were leased and callers waited in %s of the looks; callers got %s, and %s timed out. %s wait now, the first for %s."
            .formatted(
                looks.told(),
                Words.count(last.maxSize(), "connection"),
                Words.percent(looks.share(ConnectionReading::isFull)),
                Words.count(looks.growth(ConnectionReading::acquired), "lease"),
                Words.number(timeouts),
                Words.number(last.waiting()),
                Durations.ofNanos(last.longestWaitNanos()));
    if (last.failuresInARow() > 0) {
      return Finding.withoutValue(
          AdviceRule.SATURATED,
          looks.covered(),
          figures,
          "Hold each lease for a shorter time. The last attempt to open a connection failed, so a larger max-size may not help: first let the server accept more.");
    }
    return Finding.withValue(
        AdviceRule.SATURATED,
        looks.covered(),
        figures,
        new Finding.Setting("max-size", last.maxSize(), proposed(last.maxSize(), waiting)),
        "Hold each lease for a shorter time, or set %%s (now %d) if the server accepts so many connections from all instances of the application together."
            .formatted(last.maxSize()));
  }

  /** A place for each caller that waits on average. */
  static int proposed(int size, double waiting) {
    return Thresholds.step(size, size + (long) Math.ceil(waiting));
  }
}
