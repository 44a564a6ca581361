package dev.pools.boot.autoconfigure;

import dev.pools.boot.lifecycle.StopSettings;
import org.jspecify.annotations.Nullable;

/** The settings that both kinds of pools have. */
public abstract class CommonPoolProperties {

  /**
   * Whether the pool exists. Set it to false to leave out a pool that another file or profile
   * configures.
   */
  private boolean enabled = true;

  /**
   * Name of the base configuration, under bases, whose settings apply where the pool has none of
   * its own. They come before the defaults. Set it when several pools share settings.
   */
  private @Nullable String base;

  /**
   * Whether each task, or each lease, is observed by Micrometer's ObservationRegistry: with tracing
   * it is a span, linked to the code that submitted the task or acquired the connection. Set it to
   * true when traces must show the pool, and its tasks or leases take milliseconds rather than
   * microseconds.
   */
  private boolean observations;

  CommonPoolProperties() {}

  /** Whether there is a pool of these settings. */
  public boolean isEnabled() {
    return enabled;
  }

  /** Sets {@link #isEnabled()}. */
  public void setEnabled(boolean enabled) {
    this.enabled = enabled;
  }

  /** Name of the base configuration whose settings apply where the pool has none of its own. */
  public @Nullable String getBase() {
    return base;
  }

  /** Sets {@link #getBase()}. */
  public void setBase(@Nullable String base) {
    this.base = base;
  }

  /** Whether each task, or each lease, is observed by Micrometer's ObservationRegistry. */
  public boolean isObservations() {
    return observations;
  }

  /** Sets {@link #isObservations()}. */
  public void setObservations(boolean observations) {
    this.observations = observations;
  }

  /** The phase in which the pool stops and starts; null means that of all pools. */
  public abstract @Nullable Integer getPhase();

  /**
   * How the pool stops with the application.
   *
   * @param prefix what is in front of the settings of this pool in the names of its properties
   */
  public abstract StopSettings stop(String prefix);

  /**
   * Checks the settings that are no options of the pool. They also count for a pool that is a bean
   * of the application.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  abstract void checkHealthAlarmsAndStop();
}
