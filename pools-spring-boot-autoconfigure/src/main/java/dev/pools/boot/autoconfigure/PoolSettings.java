package dev.pools.boot.autoconfigure;

import org.jspecify.annotations.Nullable;

/** What the settings of both kinds of pools have in common. */
interface PoolSettings {

  /** Whether there is a pool of these settings. */
  boolean isEnabled();

  /** The name of the base configuration, if there is one. */
  @Nullable String getBase();
}
