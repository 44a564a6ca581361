package dev.pools.boot.metrics;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The timers of the pools of one name, in all registries. A listener of the pool feeds them.
 *
 * @param <E> the events of a pool that have a duration
 */
final class PoolTimers<E extends Enum<E>> {

  private static final Timer[] NONE = {};

  private final Class<E> events;

  /** By event. Replaced as a whole. */
  private volatile Timer[][] timers;

  PoolTimers(Class<E> events) {
    this.events = events;
    this.timers = none();
  }

  private Timer[][] none() {
    Timer[][] none = new Timer[events.getEnumConstants().length][];
    Arrays.fill(none, NONE);
    return none;
  }

  /** Feeds these from now on, and no others. */
  void feed(List<Map.Entry<TimerSpec<E>, Timer>> registered) {
    Timer[][] fed = none();
    for (E event : events.getEnumConstants()) {
      List<Timer> ofEvent = new ArrayList<>();
      for (Map.Entry<TimerSpec<E>, Timer> timer : registered) {
        if (timer.getKey().events().contains(event)) {
          ofEvent.add(timer.getValue());
        }
      }
      fed[event.ordinal()] = ofEvent.toArray(Timer[]::new);
    }
    timers = fed;
  }

  void record(E event, Duration duration) {
    for (Timer timer : timers[event.ordinal()]) {
      timer.record(duration);
    }
  }
}
