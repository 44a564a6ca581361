package dev.pools.flight;

import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import org.jspecify.annotations.Nullable;

/** The events of both kinds of pools. */
final class PoolEvents {

  private PoolEvents() {}

  /** Whether any of them is recorded. */
  static boolean isAnyEnabled() {
    return new Resize().isEnabled();
  }

  // ---- The events

  @Name("dev.pools.Resize")
  @Label("Resize")
  @Category({"Pools", "Both"})
  @Description("A pool got other limits")
  @StackTrace(false)
  static final class Resize extends Event {

    @Label("Pool")
    @Nullable String pool;

    @Label("Unit")
    @Description("workers or connections")
    @Nullable String unit;

    @Label("Least")
    int min;

    @Label("Most")
    int max;
  }

  // ---- How they are written

  static void resized(String pool, String unit, int min, int max) {
    Resize event = new Resize();
    event.pool = pool;
    event.unit = unit;
    event.min = min;
    event.max = max;
    event.commit();
  }
}
