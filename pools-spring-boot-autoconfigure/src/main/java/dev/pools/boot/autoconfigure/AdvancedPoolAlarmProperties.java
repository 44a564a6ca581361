package dev.pools.boot.autoconfigure;

import dev.pools.boot.alarm.AlarmRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The alarms of one task pool, or of all of them. */
public class AdvancedPoolAlarmProperties extends AlarmProperties {

  /**
   * Raises an alarm when this many tasks are stuck at the same time: they have been running for
   * longer than stuck-after, which must be set. Set it to 1 when no task may hang.
   */
  private @Nullable Integer stuckTasks;

  /** At how many stuck tasks an alarm is raised; null means never. */
  public @Nullable Integer getStuckTasks() {
    return stuckTasks;
  }

  /** Sets {@link #getStuckTasks()}. */
  public void setStuckTasks(@Nullable Integer stuckTasks) {
    this.stuckTasks = stuckTasks;
  }

  @Override
  void addThresholds(Map<AlarmRule, Double> thresholds) {
    put(thresholds, AlarmRule.STUCK_TASKS, stuckTasks);
  }
}
