package dev.pools.boot.alarm;

import java.util.List;

/** Finds the pools that have alarms. */
public interface AlarmedPools {

  /** Whether a pool can have alarms at all. If not, nothing watches. */
  boolean hasAlarms();

  /**
   * The pools with alarms that exist now. As long as a pool exists, it is the same {@link
   * AlarmedPool}, which knows what was raised.
   */
  List<AlarmedPool> pools();
}
