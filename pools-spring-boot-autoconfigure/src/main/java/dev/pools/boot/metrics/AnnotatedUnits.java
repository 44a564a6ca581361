package dev.pools.boot.metrics;

import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.micrometer.core.instrument.config.NamingConvention;
import org.jspecify.annotations.Nullable;

/**
 * OpenTelemetry writes counted things as a unit in braces, such as <code>{connection}</code>. Its
 * names on Prometheus have no such units, where braces are not allowed. Without this they would end
 * in {@code __connection_}.
 */
final class AnnotatedUnits {

  private static final String PROMETHEUS_REGISTRY =
      "io.micrometer.prometheusmetrics.PrometheusMeterRegistry";

  private AnnotatedUnits() {}

  /** Leaves out units in braces in the names of a registry of Prometheus, or of those inside. */
  static void leaveOutOnPrometheus(MeterRegistry registry) {
    if (registry instanceof CompositeMeterRegistry composite) {
      composite.getRegistries().forEach(AnnotatedUnits::leaveOutOnPrometheus);
    } else if (isOfPrometheus(registry.getClass())
        && !(registry.config().namingConvention() instanceof WithoutThem)) {
      registry.config().namingConvention(new WithoutThem(registry.config().namingConvention()));
    }
  }

  private static boolean isOfPrometheus(@Nullable Class<?> type) {
    return type != null
        && (type.getName().equals(PROMETHEUS_REGISTRY) || isOfPrometheus(type.getSuperclass()));
  }

  private record WithoutThem(NamingConvention names) implements NamingConvention {

    @Override
    public String name(String name, Meter.Type type, @Nullable String baseUnit) {
      boolean annotated = baseUnit != null && baseUnit.startsWith("{") && baseUnit.endsWith("}");
      return names.name(name, type, annotated ? null : baseUnit);
    }

    @Override
    public String tagKey(String key) {
      return names.tagKey(key);
    }

    @Override
    public String tagValue(String value) {
      return names.tagValue(value);
    }
  }
}
