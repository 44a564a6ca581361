package dev.pools.boot.advice;

import java.time.Duration;

/**
 * Every number that decides whether there is advice. Each one prefers silence: advice that is wrong
 * costs more than advice that comes late.
 */
final class Thresholds {

  // ---- What a rule must have seen

  /** The time that the rules look at. */
  static final Duration WINDOW = Duration.ofMinutes(5);

  /** With less, a burst could be taken for the load. */
  static final Duration LEAST_COVERED = Duration.ofMinutes(2);

  static final int LEAST_LOOKS = 8;

  /** After a longer pause nothing is known about the time before it. */
  static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);

  /** Looks that are closer to the last one are left out. */
  static final Duration LEAST_PAUSE = Duration.ofSeconds(4);

  /** In at least this share of the looks a state must have been seen. */
  static final double MOSTLY = 0.8;

  /** In at most this share of the looks a state may have been seen that makes a rule silent. */
  static final double RARELY = 0.2;

  // ---- Saturated

  /** A queue whose oldest task is younger keeps no one waiting. */
  static final Duration LONG_IN_QUEUE = Duration.ofSeconds(1);

  /** And one whose oldest task has waited for less than so many tasks take. */
  static final double LONG_IN_TASKS = 2;

  /** The same for the first caller that waits for a connection. */
  static final Duration LONG_IN_LINE = Duration.ofMillis(500);

  /** In this share of the looks the wait must have been long. */
  static final double OFTEN = 0.5;

  /** If this process uses more of its processors, more workers do not help. */
  static final double BUSY_PROCESSORS = 0.85;

  /** How busy the workers may be with the proposed number. */
  static final double WANTED_UTILISATION = 0.8;

  /** One step of advice goes no further: so many times the size of now. */
  static final int LARGEST_STEP = 2;

  /** The largest size that a setting may have. */
  static final int LARGEST_SIZE = 1_000_000;

  // ---- Starving

  /** This share of the workers waits for other tasks of the pool. */
  static final double MANY_BLOCKED = 0.5;

  // ---- Flapping

  static final Duration FLAPPING_WINDOW = Duration.ofHours(1);

  /** So many changes must have gone against the one before. */
  static final int LEAST_REVERSALS = 3;

  /** After so long without a change it is over. */
  static final Duration FLAPPING_OVER = Duration.ofMinutes(30);

  // ---- Leaking

  /** For so long after the report a lease must have been out. */
  static final Duration LEAK_LASTS = Duration.ofMinutes(2);

  // ---- Oversized

  /** A day has a night: for so many hours in a row the pool must have been looked at. */
  static final int OVERSIZED_HOURS = 24;

  /** Of each hour. With fewer, most of it was not seen. */
  static final int LOOKS_OF_AN_HOUR = 60;

  /** Fewer threads or connections cost too little to mention. */
  static final int LEAST_KEPT = 8;

  /** At most this share of what is kept was used at a time. */
  static final double LITTLE_USED = 0.25;

  /** So many times the largest number that was seen in use is proposed. */
  static final int RESERVE = 2;

  // ---- Refused

  /** Attempts to open a connection that failed in the window. */
  static final int LEAST_FAILURES = 3;

  // ---- Telling

  /** How often one rule of one pool is in the log at most. */
  static final Duration LOG_AGAIN = Duration.ofHours(1);

  /** The same for what can wait. */
  static final Duration LOG_AGAIN_LATER = Duration.ofDays(1);

  /** A prediction that is older is computed again. */
  static final Duration PREDICTION_AGE = WINDOW;

  /** One that is older than this is not shown: it stands beside figures of now. */
  static final Duration PREDICTION_OVER = PREDICTION_AGE.multipliedBy(3);

  /** After a resize, the scorecard is asked for so often, and so many times at most. */
  static final Duration SCORECARD_PAUSE = Duration.ofMinutes(1);

  static final int SCORECARD_ATTEMPTS = 60;

  /** For so long the comparison is shown. */
  static final Duration SCORECARD_AGE = Duration.ofDays(1);

  private Thresholds() {}

  /**
   * The wanted size, as one step from the size of now: at least one more, at most twice as many.
   */
  static int step(int now, long wanted) {
    long atMost = Math.min(LARGEST_SIZE, (long) now * LARGEST_STEP);
    return (int) Math.max(Math.min(LARGEST_SIZE, now + 1L), Math.min(atMost, wanted));
  }
}
