package dev.pools.boot.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * The names and key values of the observations of leases. A bean of this type replaces {@link
 * DefaultLeaseObservationConvention}; it is asked on the threads that acquire and release, when an
 * observation starts and when it stops.
 */
public interface LeaseObservationConvention extends ObservationConvention<LeaseObservationContext> {

  @Override
  default boolean supportsContext(Observation.Context context) {
    return context instanceof LeaseObservationContext;
  }
}
