package dev.pools.advice;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What another number of workers would have done in the time of a sample: each figure as a range.
 *
 * @param utilisation how busy the workers would have been, from 0 to 1
 * @param medianWait the wait that half of the tasks would not have exceeded
 * @param p99Wait the wait that 99 % of the tasks would not have exceeded
 * @param unservedShare how many of the tasks would have been rejected or expired, from 0 to 1
 * @param medianMapDuration how long half of the maps would have taken at most; null without maps
 */
public record Forecast(
    Share utilisation,
    Wait medianWait,
    Wait p99Wait,
    double unservedShare,
    @Nullable Duration medianMapDuration) {

  /** A range of shares, from 0 to 1, with the most likely one. */
  public record Share(double least, double likely, double most) {

    /** Whether a share is in the range. */
    public boolean contains(double share) {
      return share >= least && share <= most;
    }
  }

  /** A range of waits, with the most likely one. */
  public record Wait(Duration least, Duration likely, Duration most) {

    /** Whether a wait is in the range. */
    public boolean contains(Duration wait) {
      return wait.compareTo(least) >= 0 && wait.compareTo(most) <= 0;
    }
  }
}
