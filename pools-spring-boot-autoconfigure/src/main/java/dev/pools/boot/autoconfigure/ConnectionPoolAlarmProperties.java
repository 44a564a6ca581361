package dev.pools.boot.autoconfigure;

import dev.pools.boot.alarm.AlarmRule;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The alarms of one connection pool, or of all of them. */
public class ConnectionPoolAlarmProperties extends AlarmProperties {

  /**
   * Raises an alarm when this many leases were reported as leaked within alarms.window. Leases are
   * reported if leak-threshold is set, or if their acquire has a threshold of its own. Set it to 1
   * when no lease may leak.
   */
  private @Nullable Integer leaks;

  /** After how many leaks within the window an alarm is raised; null means never. */
  public @Nullable Integer getLeaks() {
    return leaks;
  }

  /** Sets {@link #getLeaks()}. */
  public void setLeaks(@Nullable Integer leaks) {
    this.leaks = leaks;
  }

  @Override
  void addThresholds(Map<AlarmRule, Double> thresholds) {
    put(thresholds, AlarmRule.LEAKS, leaks);
  }
}
