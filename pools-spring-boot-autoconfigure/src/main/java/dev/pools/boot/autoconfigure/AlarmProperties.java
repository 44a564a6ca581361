package dev.pools.boot.autoconfigure;

import dev.pools.boot.alarm.AlarmOptions;
import dev.pools.boot.alarm.AlarmRule;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The alarms that both kinds of pools have. An alarm without a threshold is off. */
public abstract class AlarmProperties {

  /**
   * Raises an alarm when the oldest queued task, or the first caller in line for a connection, has
   * waited for this time. Set it to the longest wait that users accept.
   */
  private @Nullable Duration queueAge;

  /**
   * Raises an alarm when this share of max-workers is busy, or of max-size is leased. With 1 all of
   * them. Set it when the pool must have a reserve.
   */
  private @Nullable Double saturation;

  /**
   * Raises an alarm when this many tasks or callers were rejected within alarms.window. Set it to 1
   * when no work may be rejected.
   */
  private @Nullable Integer rejections;

  /**
   * Raises an alarm when this many tasks exceeded max-queue-time or max-run-time, or this many
   * acquires timed out, within alarms.window. Set it to 1 when none may.
   */
  private @Nullable Integer timeouts;

  /**
   * For how long rejections, timeouts and leaks are counted. A single burst is counted for this
   * time, so it raises an alarm only if alarms.raise-after is shorter. Raise it when the pool is
   * used rarely.
   */
  private Duration window = Duration.ofMinutes(1);

  /**
   * How long a value must stay at its threshold, or above, before the alarm is raised. Zero means
   * that the first look raises it. Raise it when short peaks are normal.
   */
  private Duration raiseAfter = Duration.ofSeconds(15);

  /**
   * How long a value must stay below its clear level before the alarm is cleared. Zero means that
   * the first look clears it. Raise it when an alarm is raised and cleared again and again.
   */
  private Duration clearAfter = Duration.ofMinutes(1);

  /**
   * Level below which a value must fall before the alarm is cleared, as a share of the threshold.
   * Lower it when values often swing around their threshold.
   */
  private double clearAt = 0.8;

  AlarmProperties() {}

  /** After which wait an alarm is raised; null means never. */
  public @Nullable Duration getQueueAge() {
    return queueAge;
  }

  /** Sets {@link #getQueueAge()}. */
  public void setQueueAge(@Nullable Duration queueAge) {
    this.queueAge = queueAge;
  }

  /** At which share of busy workers or leased connections an alarm is raised; null means never. */
  public @Nullable Double getSaturation() {
    return saturation;
  }

  /** Sets {@link #getSaturation()}. */
  public void setSaturation(@Nullable Double saturation) {
    this.saturation = saturation;
  }

  /** After how many rejections within the window an alarm is raised; null means never. */
  public @Nullable Integer getRejections() {
    return rejections;
  }

  /** Sets {@link #getRejections()}. */
  public void setRejections(@Nullable Integer rejections) {
    this.rejections = rejections;
  }

  /** After how many timeouts within the window an alarm is raised; null means never. */
  public @Nullable Integer getTimeouts() {
    return timeouts;
  }

  /** Sets {@link #getTimeouts()}. */
  public void setTimeouts(@Nullable Integer timeouts) {
    this.timeouts = timeouts;
  }

  /** For how long rejections, timeouts and leaks are counted. */
  public Duration getWindow() {
    return window;
  }

  /** Sets {@link #getWindow()}. */
  public void setWindow(Duration window) {
    this.window = window;
  }

  /** How long a value must stay at its threshold before the alarm is raised. */
  public Duration getRaiseAfter() {
    return raiseAfter;
  }

  /** Sets {@link #getRaiseAfter()}. */
  public void setRaiseAfter(Duration raiseAfter) {
    this.raiseAfter = raiseAfter;
  }

  /** How long a value must stay below its clear level before the alarm is cleared. */
  public Duration getClearAfter() {
    return clearAfter;
  }

  /** Sets {@link #getClearAfter()}. */
  public void setClearAfter(Duration clearAfter) {
    this.clearAfter = clearAfter;
  }

  /** The clear level, as a share of the threshold. */
  public double getClearAt() {
    return clearAt;
  }

  /** Sets {@link #getClearAt()}. */
  public void setClearAt(double clearAt) {
    this.clearAt = clearAt;
  }

  /** Adds the thresholds that only one kind of pools has. */
  abstract void addThresholds(Map<AlarmRule, Double> thresholds);

  /**
   * These settings as the watch takes them.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  AlarmOptions options() {
    Map<AlarmRule, Double> thresholds = new EnumMap<>(AlarmRule.class);
    if (queueAge != null) {
      thresholds.put(AlarmRule.QUEUE_AGE, queueAge.getSeconds() + queueAge.getNano() / 1e9);
    }
    if (saturation != null) {
      thresholds.put(AlarmRule.SATURATION, saturation);
    }
    put(thresholds, AlarmRule.REJECTIONS, rejections);
    put(thresholds, AlarmRule.TIMEOUTS, timeouts);
    addThresholds(thresholds);
    return new AlarmOptions(thresholds, window, raiseAfter, clearAfter, clearAt);
  }

  static void put(Map<AlarmRule, Double> thresholds, AlarmRule rule, @Nullable Integer threshold) {
    if (threshold != null) {
      thresholds.put(rule, threshold.doubleValue());
    }
  }
}
