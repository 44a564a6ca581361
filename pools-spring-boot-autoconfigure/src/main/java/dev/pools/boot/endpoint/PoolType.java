package dev.pools.boot.endpoint;

import dev.pools.connection.ConnectionPoolChange;
import dev.pools.task.AdvancedPoolChange;
import java.util.List;
import java.util.Locale;

/** The two kinds of pools, as the endpoint calls them. All fields are unmodifiable in effect. */
@SuppressWarnings("ImmutableEnumChecker")
public enum PoolType {
  /** Pools that run tasks. */
  ADVANCED(
      "a task pool",
      List.copyOf(AdvancedPoolChange.options()),
      List.of(
          "active",
          "workers",
          "minWorkers",
          "maxWorkers",
          "qsize",
          "admissionsWaiting",
          "oldestWaitMillis",
          "longestRunMillis",
          "completed",
          "failed",
          "rejected")),

  /** Pools that share connections. */
  CONNECTION(
      "a connection pool",
      List.copyOf(ConnectionPoolChange.options()),
      List.of(
          "inUse",
          "idle",
          "size",
          "minSize",
          "maxSize",
          "waiting",
          "longestWaitMillis",
          "acquired",
          "timeouts",
          "createFailures",
          "leaks"));

  /** For the middle of a sentence. */
  final String article;

  /** The options that can change while the pool runs; first the two limits. */
  private final List<String> changeable;

  /** The figures that the list of all pools has. */
  private final List<String> keyFigures;

  PoolType(String article, List<String> changeable, List<String> keyFigures) {
    this.article = article;
    this.changeable = changeable;
    this.keyFigures = keyFigures;
  }

  /** The kind as it stands in paths and in JSON: {@code advanced} or {@code connection}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The options that can change while the pool runs, as the builder calls them. */
  public List<String> changeable() {
    return changeable;
  }

  List<String> keyFigures() {
    return keyFigures;
  }
}
