package dev.pools.boot.metrics;

import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micrometer.registry.otlp.OtlpConfig;
import io.micrometer.registry.otlp.OtlpMeterRegistry;
import io.opentelemetry.proto.collector.metrics.v1.ExportMetricsServiceRequest;
import io.opentelemetry.proto.metrics.v1.Metric;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Registries as applications have them, which nothing has to be there for. */
final class Registries {

  private Registries() {}

  static PrometheusMeterRegistry prometheus() {
    PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    return registry.throwExceptionOnRegistrationFailure();
  }

  /** One that sends when it is closed, and notes what. */
  static final class Otlp {
    final List<Metric> sent = new ArrayList<>();
    final OtlpMeterRegistry registry =
        OtlpMeterRegistry.builder(
                new OtlpConfig() {
                  @Override
                  public String get(String key) {
                    return null;
                  }

                  @Override
                  public Duration step() {
                    return Duration.ofHours(1);
                  }
                })
            .clock(Clock.SYSTEM)
            .metricsSender(
                request ->
                    ExportMetricsServiceRequest.parseFrom(request.getMetricsData())
                        .getResourceMetricsList()
                        .forEach(
                            resource ->
                                resource
                                    .getScopeMetricsList()
                                    .forEach(scope -> sent.addAll(scope.getMetricsList()))))
            .build();

    List<Metric> send() {
      registry.close();
      return sent;
    }
  }

  /** What a registry has of a pool, by the names of the meters. */
  static List<String> meters(MeterRegistry registry) {
    return registry.getMeters().stream().map(meter -> meter.getId().getName()).sorted().toList();
  }
}
