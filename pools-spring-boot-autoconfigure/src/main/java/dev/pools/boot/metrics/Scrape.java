package dev.pools.boot.metrics;

import io.micrometer.core.instrument.MeterRegistry;

/**
 * Tells a scrape from code that asks a single meter for its value. In a scrape a registry goes
 * through its meters, so it, or the registry of Prometheus that it feeds, is among the callers.
 */
final class Scrape {

  private static final String PROMETHEUS = "io.prometheus.metrics.model.registry.";

  /** A registry is a few frames away; user code may be far below a stack of web filters. */
  private static final int DEEPEST = 100;

  private static final StackWalker STACK =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private Scrape() {}

  /** Whether the caller is called by a registry that goes through its meters. */
  static boolean isUnderway() {
    return STACK.walk(
        frames -> frames.limit(DEEPEST).anyMatch(frame -> isRegistry(frame.getDeclaringClass())));
  }

  private static boolean isRegistry(Class<?> caller) {
    return MeterRegistry.class.isAssignableFrom(caller) || caller.getName().startsWith(PROMETHEUS);
  }
}
