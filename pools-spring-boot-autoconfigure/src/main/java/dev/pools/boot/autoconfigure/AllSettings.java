package dev.pools.boot.autoconfigure;

/** All settings that belong to no pool, read off the classes when the first one is found. */
final class AllSettings {

  static final SettingNames NAMES = SettingNames.of(PoolsProperties.class);

  private AllSettings() {}
}
