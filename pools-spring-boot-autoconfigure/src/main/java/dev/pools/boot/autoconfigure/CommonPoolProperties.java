package dev.pools.boot.autoconfigure;

import dev.pools.boot.lifecycle.StopSettings;
import org.jspecify.annotations.Nullable;

/** The common settings of both kinds of pools. */
interface CommonPoolProperties {

  /** Whether there is a pool of these settings. */
  boolean isEnabled();

  /** The name of the base configuration, if there is one. */
  @Nullable String getBase();

  /** The phase in which the pool stops and starts; null means that of all pools. */
  @Nullable Integer getPhase();

  /** How the pool stops with the application. */
  StopSettings stop(@Nullable String property);
}
