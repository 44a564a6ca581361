package dev.pools.boot.observation;

import io.micrometer.common.KeyValue;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationHandler;
import io.micrometer.observation.ObservationView;
import io.micrometer.observation.tck.TestObservationRegistry;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The observations that have ended, in this order, and a registry that rejects wrong sequences. */
final class Ended implements ObservationHandler<Observation.Context> {

  final TestObservationRegistry registry = TestObservationRegistry.create();
  private final Queue<Observation.Context> contexts = new ConcurrentLinkedQueue<>();

  Ended() {
    registry.observationConfig().observationHandler(this);
  }

  @Override
  public void onStop(Observation.Context context) {
    contexts.add(context);
  }

  @Override
  public boolean supportsContext(Observation.Context context) {
    return true;
  }

  /** Does something inside of an observation of this name. */
  <R> R inside(String name, Supplier<R> action) {
    return Observation.createNotStarted(name, registry).observe(action);
  }

  List<Observation.Context> named(String name) {
    return contexts.stream().filter(context -> name.equals(context.getName())).toList();
  }

  Observation.Context only(String name) {
    List<Observation.Context> found = named(name);
    if (found.size() != 1) {
      throw new AssertionError("Not one observation " + name + ", but " + found);
    }
    return found.get(0);
  }

  static @Nullable String parentOf(Observation.Context context) {
    ObservationView parent = context.getParentObservation();
    return parent == null ? null : parent.getContextView().getName();
  }

  /** The key values that have few values. */
  static Map<String, String> low(Observation.Context context) {
    Map<String, String> values = new TreeMap<>();
    for (KeyValue value : context.getLowCardinalityKeyValues()) {
      values.put(value.getKey(), value.getValue());
    }
    return values;
  }

  /** The key values that have many values. */
  static Map<String, String> high(Observation.Context context) {
    Map<String, String> values = new TreeMap<>();
    for (KeyValue value : context.getHighCardinalityKeyValues()) {
      values.put(value.getKey(), value.getValue());
    }
    return values;
  }
}
