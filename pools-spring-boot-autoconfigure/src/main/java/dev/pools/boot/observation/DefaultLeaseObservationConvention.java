package dev.pools.boot.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;

/**
 * The usual names and key values of the observations of leases.
 *
 * <ul>
 *   <li>Name: {@code pools.lease}. Contextual name: {@code lease} and the name of the pool.
 *   <li>Low cardinality: {@code pool}, and {@code outcome}: released, timed_out, a reason for which
 *       the pool took the connection (such as reclaimed), or none while the lease lasts.
 *   <li>High cardinality: {@code lease.waited.ms}, the milliseconds that the caller waited.
 * </ul>
 */
public class DefaultLeaseObservationConvention implements LeaseObservationConvention {

  /** Creates it. */
  public DefaultLeaseObservationConvention() {}

  @Override
  public String getName() {
    return "pools.lease";
  }

  @Override
  public String getContextualName(LeaseObservationContext context) {
    return "lease " + context.getPool();
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(LeaseObservationContext context) {
    return KeyValues.of(
        KeyValue.of("pool", context.getPool()), KeyValue.of("outcome", context.getOutcome()));
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(LeaseObservationContext context) {
    return KeyValues.of(KeyValue.of("lease.waited.ms", Milliseconds.of(context.getWaited())));
  }
}
