package dev.pools.boot.observation;

import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationConvention;

/**
 * The names and key values of the observations of tasks. A bean of this type replaces {@link
 * DefaultTaskObservationConvention}; it is asked on the threads of the pool, when an observation
 * starts and when it stops.
 */
public interface TaskObservationConvention extends ObservationConvention<TaskObservationContext> {

  @Override
  default boolean supportsContext(Observation.Context context) {
    return context instanceof TaskObservationContext;
  }
}
