package dev.pools.boot.metrics;

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

  private static final RegisteredTimer[] NONE = {};

  private final Class<E> events;

  /** By event. Replaced as a whole. */
  private volatile RegisteredTimer[][] timers;

  PoolTimers(Class<E> events) {
    this.events = events;
    this.timers = none();
  }

  private RegisteredTimer[][] none() {
    RegisteredTimer[][] none = new RegisteredTimer[events.getEnumConstants().length][];
    Arrays.fill(none, NONE);
    return none;
  }

  /** Feeds these from now on, and no others. */
  void feed(List<Map.Entry<TimerSpec<E>, RegisteredTimer>> registered) {
    RegisteredTimer[][] fed = none();
    for (E event : events.getEnumConstants()) {
      List<RegisteredTimer> ofEvent = new ArrayList<>();
      for (Map.Entry<TimerSpec<E>, RegisteredTimer> timer : registered) {
        if (timer.getKey().events().contains(event)) {
          ofEvent.add(timer.getValue());
        }
      }
      fed[event.ordinal()] = ofEvent.toArray(RegisteredTimer[]::new);
    }
    timers = fed;
  }

  /** Records a duration in each timer, whatever another one throws. */
  void record(E event, Duration duration) {
    for (RegisteredTimer timer : timers[event.ordinal()]) {
      timer.record(duration);
    }
  }
}
