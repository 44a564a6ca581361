package dev.pools.boot.advice;

import dev.pools.connection.ConnectionPoolStats;
import dev.pools.connection.RetireReason;
import dev.pools.task.PoolState;
import dev.pools.task.PoolStats;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Snapshots of pools that do not exist. Each field is what the next snapshot shows. */
final class Looks {

  private Looks() {}

  /** The settings of a finding with the values to set, such as {@code max-size=8}. */
  static String settings(Finding finding) {
    return finding.settings().stream()
        .map(setting -> setting.name() + "=" + setting.value())
        .collect(Collectors.joining(" "));
  }

  static final class Tasks {
    PoolState state = PoolState.RUNNING;
    int workers = 3;
    int active;
    int minWorkers = 1;
    int maxWorkers = 3;
    int queued;
    int blocked;
    long submitted;
    long completed;
    long cancelled;
    long rejected;
    Duration oldestWait = Duration.ZERO;
    boolean stalled;

    PoolStats stats() {
      return new PoolStats(
          "p",
          state,
          workers,
          0,
          active,
          minWorkers,
          maxWorkers,
          queued,
          Integer.MAX_VALUE,
          0,
          blocked,
          0,
          submitted,
          completed,
          0,
          cancelled,
          rejected,
          0,
          oldestWait,
          Duration.ZERO,
          Duration.ZERO,
          stalled,
          0,
          0,
          0,
          Duration.ZERO);
    }
  }

  static final class Connections {
    ConnectionPoolStats.State state = ConnectionPoolStats.State.RUNNING;
    int size = 6;
    int inUse;
    int waiting;
    int minSize = 1;
    int maxSize = 6;
    long acquired;
    long timeouts;
    long nestedTimeouts;
    long created = 6;
    long createFailures;
    int failuresInARow;
    @Nullable Throwable failure;
    long leaks;
    long leaksReturned;
    Duration longestWait = Duration.ZERO;
    final Map<RetireReason, Long> retired = new EnumMap<>(RetireReason.class);

    ConnectionPoolStats stats() {
      return new ConnectionPoolStats(
          "c",
          state,
          size,
          size - inUse,
          inUse,
          0,
          0,
          0,
          0,
          0,
          waiting,
          minSize,
          maxSize,
          acquired,
          timeouts,
          0,
          Duration.ZERO,
          nestedTimeouts,
          0,
          0,
          created,
          createFailures,
          Map.copyOf(retired),
          leaks,
          leaksReturned,
          failuresInARow,
          failure,
          Duration.ZERO,
          longestWait,
          Duration.ZERO);
    }
  }
}
