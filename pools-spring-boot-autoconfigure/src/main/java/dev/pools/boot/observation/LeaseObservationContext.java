package dev.pools.boot.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import java.time.Duration;

/** What handlers and conventions see of a lease, or of an acquire that timed out. */
public final class LeaseObservationContext extends Observation.Context {

  private final String pool;
  private final Duration waited;
  private volatile String outcome = KeyValue.NONE_VALUE;

  LeaseObservationContext(String pool, Duration waited) {
    this.pool = pool;
    this.waited = waited;
  }

  /** The name of the pool. */
  public String getPool() {
    return pool;
  }

  /** How long the caller waited for the connection. */
  public Duration getWaited() {
    return waited;
  }

  /**
   * How the lease ended: {@code released}; {@code timed_out} if there was none; otherwise the
   * reason for which the pool took the connection, such as {@code reclaimed}. {@code none} while it
   * lasts.
   */
  public String getOutcome() {
    return outcome;
  }

  void setOutcome(String outcome) {
    this.outcome = outcome;
  }
}
