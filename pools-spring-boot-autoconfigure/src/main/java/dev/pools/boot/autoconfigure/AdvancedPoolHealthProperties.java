package dev.pools.boot.autoconfigure;

import dev.pools.boot.health.AdvancedPoolHealthOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Settings of the health of a task pool. */
public class AdvancedPoolHealthProperties {

  /**
   * Whether the health endpoint shows the pool. Set it to false when the pool must not affect the
   * health of the application.
   */
  private boolean enabled = true;

  /**
   * How long no task may have ended, while all workers are busy and tasks are queued, before the
   * pool is DOWN. By default 3 s if all tasks wait and have submitted others to this pool, 1 min if
   * all of them wait for something else, 10 min if one of them computes or sleeps, and at least
   * four times the longest recent run. Raise it when tasks normally run longer. Lower it to notice
   * stuck tasks sooner.
   */
  private @Nullable Duration stalledAfter;

  /** Whether the health of the pool is shown. */
  public boolean isEnabled() {
    return enabled;
  }

  /** Sets {@link #isEnabled()}. */
  public void setEnabled(boolean enabled) {
    this.enabled = enabled;
  }

  /** How long no task may have ended, while tasks are queued, before the pool is down. */
  public @Nullable Duration getStalledAfter() {
    return stalledAfter;
  }

  /** Sets {@link #getStalledAfter()}. */
  public void setStalledAfter(@Nullable Duration stalledAfter) {
    this.stalledAfter = stalledAfter;
  }

  /**
   * These settings as the health indicator takes them.
   *
   * @throws IllegalArgumentException if one is out of its range
   */
  AdvancedPoolHealthOptions options() {
    return new AdvancedPoolHealthOptions(stalledAfter);
  }
}
