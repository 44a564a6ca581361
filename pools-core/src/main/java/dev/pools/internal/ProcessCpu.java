package dev.pools.internal;

import java.time.Duration;

/** The processor time that this process has used. */
public final class ProcessCpu {

  private static final long UNKNOWN = -1;

  private ProcessCpu() {}

  /**
   * The processor time of all threads in nanoseconds; negative if the system does not tell it.
   * Needs no module beyond {@code java.base}, unlike the management beans.
   */
  public static long nanos() {
    return ProcessHandle.current().info().totalCpuDuration().map(Duration::toNanos).orElse(UNKNOWN);
  }
}
