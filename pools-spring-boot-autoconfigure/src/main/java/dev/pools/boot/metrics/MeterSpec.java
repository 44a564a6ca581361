package dev.pools.boot.metrics;

import io.micrometer.core.instrument.Tags;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * One meter of a pool, which reads a snapshot.
 *
 * @param name the meter's name
 * @param kind the kind of its value
 * @param unit the unit; null for a duration, whose unit the registry chooses
 * @param description the meaning of the value
 * @param tags the tags in addition to the pool's name
 * @param reading the value in a snapshot
 * @param <S> the snapshot of a pool
 */
record MeterSpec<S>(
    String name,
    Kind kind,
    @Nullable String unit,
    String description,
    Tags tags,
    ToDoubleFunction<S> reading) {

  /** The kind of a value. */
  enum Kind {
    /** A number that increases and decreases. The numbers of pools with one name are added up. */
    GAUGE,
    /** A number that only increases. The numbers of pools with one name are added up. */
    COUNTER,
    /** A duration in nanoseconds. Of pools of one name the longest counts. */
    DURATION
  }

  static <S> MeterSpec<S> gauge(
      String name, String unit, String description, ToDoubleFunction<S> reading) {
    return new MeterSpec<>(name, Kind.GAUGE, unit, description, Tags.empty(), reading);
  }

  static <S> MeterSpec<S> counter(
      String name, String unit, String description, ToDoubleFunction<S> reading) {
    return new MeterSpec<>(name, Kind.COUNTER, unit, description, Tags.empty(), reading);
  }

  /**
   * A meter of a duration.
   *
   * @param nanos the duration in nanoseconds
   */
  static <S> MeterSpec<S> duration(String name, String description, ToDoubleFunction<S> nanos) {
    return new MeterSpec<>(name, Kind.DURATION, null, description, Tags.empty(), nanos);
  }

  /** The same with a tag. */
  MeterSpec<S> tagged(String key, String value) {
    return new MeterSpec<>(name, kind, unit, description, tags.and(key, value), reading);
  }
}
