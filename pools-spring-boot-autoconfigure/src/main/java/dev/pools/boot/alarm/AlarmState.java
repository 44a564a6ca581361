package dev.pools.boot.alarm;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/*
 * One rule of one pool. Only the pool's looks call it, one at a time.
 *
 *   QUIET ──value reaches the threshold──▶ RISING ──it has held for raiseAfter──▶ RAISED
 *     ▲                                      │                                   │    ▲
 *     ├──────value is below the threshold────┘         value is below clearLevel │    │ value is not
 *     │                                                                          ▼    │ below clearLevel
 *     └──────────────────────it has held for clearAfter─────────────────────── FALLING
 *
 * | from    | to      | when                                            | told    |
 * | QUIET   | RISING  | value >= threshold                              | nothing |
 * | RISING  | QUIET   | value < threshold                               | nothing |
 * | RISING  | RAISED  | value >= threshold at each look for raiseAfter  | RAISED  |
 * | RAISED  | FALLING | value < clearLevel                              | nothing |
 * | FALLING | RAISED  | value >= clearLevel                             | nothing |
 * | FALLING | QUIET   | value < clearLevel at each look for clearAfter  | CLEARED |
 * | RISING  | QUIET   | the watch begins anew                           | nothing |
 * | FALLING | RAISED  | the watch begins anew                           | nothing |
 *
 * With a time of zero, one look passes through RISING or FALLING.
 */
final class AlarmState {

  /** Where the alarm is between its events. */
  enum Phase {
    QUIET,
    RISING,
    RAISED,
    FALLING
  }

  private final AlarmRule rule;
  private final double threshold;
  private final double clearLevel;
  private final long raiseAfterNanos;
  private final long clearAfterNanos;
  private final long windowNanos;
  private @Nullable WindowCount window;

  private Phase phase = Phase.QUIET;
  private long phaseSinceNanos;
  private Instant since = Instant.EPOCH;
  private double value;

  AlarmState(AlarmRule rule, double threshold, AlarmOptions options) {
    this.rule = rule;
    this.threshold = threshold;
    this.clearLevel = threshold * options.clearAt();
    this.raiseAfterNanos = options.raiseAfter().toNanos();
    this.clearAfterNanos = options.clearAfter().toNanos();
    this.windowNanos = options.window().toNanos();
    this.window = rule.isCount() ? new WindowCount(windowNanos) : null;
  }

  /** Goes on where this rule was with other options. A window of another length begins anew. */
  void follow(AlarmState earlier) {
    phase = earlier.phase;
    phaseSinceNanos = earlier.phaseSinceNanos;
    since = earlier.since;
    value = earlier.value;
    if (windowNanos == earlier.windowNanos) {
      window = earlier.window;
    }
  }

  /** Counts what has happened before the first look, too. */
  void countFromZero() {
    if (window != null) {
      window.countFromZero();
    }
  }

  /** Forgets what was counted and for how long it has held: in between there were no looks. */
  void beginAnew() {
    if (window != null) {
      window = new WindowCount(windowNanos);
    }
    phase = isRaised() ? Phase.RAISED : Phase.QUIET;
  }

  /** Whether the alarm was raised and is not cleared yet. */
  boolean isRaised() {
    return phase == Phase.RAISED || phase == Phase.FALLING;
  }

  AlarmRule rule() {
    return rule;
  }

  double threshold() {
    return threshold;
  }

  /** The value of the latest look. */
  double value() {
    return value;
  }

  /** The first look at which the value had reached the threshold. */
  Instant since() {
    return since;
  }

  Phase phase() {
    return phase;
  }

  /**
   * Looks at a reading.
   *
   * @param now the time, for people
   * @param nowNanos the time, for differences
   * @param reading the value, or the total of a counter
   * @return what has happened; null if nothing has
   */
  PoolAlarmEvent.@Nullable State look(Instant now, long nowNanos, double reading) {
    value = window == null ? reading : window.growth(nowNanos, (long) reading);
    boolean isHigh = value >= threshold;
    boolean isLow = value < clearLevel;
    if (phase == Phase.QUIET && isHigh) {
      enter(Phase.RISING, nowNanos);
      since = now;
    } else if (phase == Phase.RISING && !isHigh) {
      enter(Phase.QUIET, nowNanos);
    } else if (phase == Phase.RAISED && isLow) {
      enter(Phase.FALLING, nowNanos);
    } else if (phase == Phase.FALLING && !isLow) {
      enter(Phase.RAISED, nowNanos);
    }
    if (phase == Phase.RISING && nowNanos - phaseSinceNanos >= raiseAfterNanos) {
      enter(Phase.RAISED, nowNanos);
      return PoolAlarmEvent.State.RAISED;
    }
    if (phase == Phase.FALLING && nowNanos - phaseSinceNanos >= clearAfterNanos) {
      enter(Phase.QUIET, nowNanos);
      return PoolAlarmEvent.State.CLEARED;
    }
    return null;
  }

  private void enter(Phase next, long nowNanos) {
    phase = next;
    phaseSinceNanos = nowNanos;
  }

  /** How long the value has been, or was, in alarm; zero if the clock was set back. */
  Duration lasted(Instant now) {
    return now.isBefore(since) ? Duration.ZERO : Duration.between(since, now);
  }
}
