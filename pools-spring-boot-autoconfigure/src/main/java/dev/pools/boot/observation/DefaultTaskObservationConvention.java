package dev.pools.boot.observation;

import dev.pools.task.Outcome;
import io.micrometer.common.KeyValue;
import io.micrometer.common.KeyValues;
import java.util.Locale;

/**
 * The usual names and key values of the observations of tasks.
 *
 * <ul>
 *   <li>Name: {@code pools.task}. Contextual name: {@code task} and the name of the pool.
 *   <li>Low cardinality: {@code pool}, and {@code outcome}: completed, failed, cancelled, expired,
 *       or none while the task runs.
 *   <li>High cardinality: {@code task.name}, which is the class of its function if it has no name,
 *       and {@code task.waited.ms}, the milliseconds from its submission to its start.
 * </ul>
 */
public class DefaultTaskObservationConvention implements TaskObservationConvention {

  /** Creates it. */
  public DefaultTaskObservationConvention() {}

  @Override
  public String getName() {
    return "pools.task";
  }

  @Override
  public String getContextualName(TaskObservationContext context) {
    return "task " + context.getTask().pool();
  }

  @Override
  public KeyValues getLowCardinalityKeyValues(TaskObservationContext context) {
    Outcome outcome = context.getOutcome();
    return KeyValues.of(
        KeyValue.of("pool", context.getTask().pool()),
        KeyValue.of(
            "outcome",
            outcome == null ? KeyValue.NONE_VALUE : outcome.name().toLowerCase(Locale.ROOT)));
  }

  @Override
  public KeyValues getHighCardinalityKeyValues(TaskObservationContext context) {
    return KeyValues.of(
        KeyValue.of("task.name", context.getTask().label()),
        KeyValue.of("task.waited.ms", Milliseconds.of(context.getWaited())));
  }
}
