package dev.pools.boot.metrics;

import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/**
 * A timer of the pools of one name in one registry.
 *
 * @param registry reports what the timer throws
 * @param pool the name of the pools
 * @param name the timer's name
 * @param timer what the registry has, which may be code of the application
 */
record RegisteredTimer(MeteredRegistry registry, String pool, String name, Timer timer) {

  /** Records a duration. Never throws: the timers of other registries are told after this one. */
  void record(Duration duration) {
    try {
      timer.record(duration);
    } catch (Throwable fault) {
      registry.report(fault, "record a duration", pool, name);
    }
  }
}
