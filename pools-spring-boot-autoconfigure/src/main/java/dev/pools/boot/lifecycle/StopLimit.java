package dev.pools.boot.lifecycle;

import dev.pools.internal.Durations;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the application waits for a pool when it stops, and which setting defines that.
 *
 * @param time how long it waits in total
 * @param kind what defines it
 * @param property the property that sets the time of this pool; null if there is none
 */
record StopLimit(Duration time, Duration phase, Kind kind, @Nullable String property) {

  /** What defines a limit. */
  enum Kind {
    /** The stop timeout of the pool. */
    OWN,
    /** The limit of the context for a phase. */
    PHASE,
    /** A setting of the pool says not to wait. */
    NONE
  }

  static final String PHASE_PROPERTY = "spring.lifecycle.timeout-per-shutdown-phase";

  private static final Duration MOST_RESERVED = Duration.ofMillis(500);

  /** Returns the limit of a task pool: its own, or the usable time of a phase. */
  static StopLimit of(StopSettings settings, Duration phase) {
    Duration own = settings.stopTimeout();
    return own == null
        ? new StopLimit(usable(phase), phase, Kind.PHASE, settings.stopProperty())
        : new StopLimit(own, phase, Kind.OWN, settings.stopProperty());
  }

  /** Returns the limit of a task pool that the application does not wait for. */
  static StopLimit none(StopSettings settings, Duration phase) {
    return new StopLimit(Duration.ZERO, phase, Kind.NONE, settings.killProperty());
  }

  /** Whether it is the limit of the context for a phase. */
  boolean isOfPhase() {
    return kind == Kind.PHASE;
  }

  /** How much of it may be spent in a phase, so that the pool gives up before the context does. */
  Duration inPhase() {
    Duration most = usable(phase);
    return time.compareTo(most) < 0 ? time : most;
  }

  /** Returns the remaining time. */
  Duration after(Duration spent) {
    Duration left = time.minus(spent);
    return left.isNegative() ? Duration.ZERO : left;
  }

  /** Nine tenths of a phase, or all but half a second where that is more. */
  static Duration usable(Duration phase) {
    Duration tenth = phase.dividedBy(10);
    return phase.minus(tenth.compareTo(MOST_RESERVED) < 0 ? tenth : MOST_RESERVED);
  }

  /** A duration in nanoseconds; the longest there is if it is longer than a long can say. */
  static long nanos(Duration duration) {
    try {
      return duration.toNanos();
    } catch (ArithmeticException tooLong) {
      return Long.MAX_VALUE;
    }
  }

  /** Names the limit that was hit, and the setting that makes it longer. */
  String advice() {
    return switch (kind) {
      case OWN ->
          "The limit is %s (now %s). To wait longer, raise it."
              .formatted(property == null ? "its stop timeout" : property, Durations.typed(time));
      case PHASE ->
          "The limit is %s (now %s), minus the time that the context reserves. To wait longer, raise it%s."
              .formatted(
                  PHASE_PROPERTY,
                  Durations.typed(phase),
                  property == null ? "" : ", or set " + property + " for this pool alone");
      case NONE ->
          "The application does not wait, because %s is true. To wait, set it to false."
              .formatted(property);
    };
  }
}
