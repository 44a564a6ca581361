package dev.pools.boot.dashboard;

import java.util.Map;

/** Percentiles of the durations of a pool, where meters have them. */
interface PoolTimes {

  /** Without meters. */
  PoolTimes NONE = (kind, name) -> Map.of();

  /**
   * The percentiles of a pool, as milliseconds by the name of their figure, such as {@code
   * waitP99Millis}.
   */
  Map<String, Object> of(String kind, String name);
}
