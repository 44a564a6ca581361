package dev.pools.task;

import java.time.Duration;

/** The processors' time that this process has used. */
final class ProcessCpu {

  private static final long UNKNOWN = -1;

  private ProcessCpu() {}

  /**
   * In nanoseconds, of all its threads; negative if the system does not say. Needs no module beyond
   * {@code java.base}, unlike the management beans.
   */
  static long nanos() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(UNKNOWN);
  }
}
