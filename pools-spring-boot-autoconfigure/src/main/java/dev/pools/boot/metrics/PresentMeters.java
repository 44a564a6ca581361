package dev.pools.boot.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.IdentityHashMap;

/**
 * Which meters a registry has, and which of them it had at an earlier moment. The registry tells of
 * each change, because a list of all meters for each pool would cost the square of their number.
 *
 * <p>Only the registry may refer to this strongly, since a meter may know its registry. Safe for
 * use by several threads: it calls nothing under its lock, which a registry takes under its own.
 */
final class PresentMeters {

  /** When each meter was added, as a count of additions. Guarded by this. */
  private final IdentityHashMap<Meter, Long> added = new IdentityHashMap<>();

  private long additions;

  private PresentMeters() {}

  /** Follows a registry, for as long as it exists. */
  static PresentMeters of(MeterRegistry registry) {
    PresentMeters present = new PresentMeters();
    registry.config().onMeterAdded(present::add).onMeterRemoved(present::remove);
    registry.getMeters().forEach(present::add);
    return present;
  }

  private synchronized void add(Meter meter) {
    additions++;
    added.put(meter, additions);
  }

  private synchronized void remove(Meter meter) {
    added.remove(meter);
  }

  /** The present moment, for {@link #wasThere}. */
  synchronized long now() {
    return additions;
  }

  /** Whether the registry has a meter. */
  synchronized boolean contains(Meter meter) {
    return added.containsKey(meter);
  }

  /** Whether the registry has a meter, and had it at that moment. */
  synchronized boolean wasThere(Meter meter, long then) {
    Long since = added.get(meter);
    return since != null && since <= then;
  }
}
