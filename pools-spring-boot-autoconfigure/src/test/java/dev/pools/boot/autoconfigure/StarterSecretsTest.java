package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.AsyncConnectionFactory;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.autoconfigure.actuate.endpoint.HealthEndpointAutoConfiguration;
import org.springframework.boot.health.autoconfigure.registry.HealthContributorRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.databind.json.JsonMapper;

/** The password in the URL of a database appears in no text that the starter gives out. */
@ExtendWith(OutputCaptureExtension.class)
class StarterSecretsTest {

  private static final String PASSWORD = "hunter2";
  private static final String URL =
      "jdbc:postgresql://app:" + PASSWORD + "@db.example.org/ledger?password=" + PASSWORD;
  private static final String SHOWN = "jdbc:postgresql://app:***@db.example.org/ledger";

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({
    PoolsAutoConfiguration.class,
    PoolsHealthAutoConfiguration.class,
    PoolsMetricsAutoConfiguration.class,
    MetricsAutoConfiguration.class,
    EndpointAutoConfiguration.class,
    HealthContributorRegistryAutoConfiguration.class,
    HealthEndpointAutoConfiguration.class
  })
  static class Application {
    @Bean
    MeterRegistry registry() {
      return new SimpleMeterRegistry();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Throws {
    @Bean
    ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments -> {
        throw new SQLException("no access to " + URL, "28P01");
      };
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ThrowsWithCause {
    @Bean
    ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments -> {
        IllegalStateException failure =
            new IllegalStateException("not open", new SQLException("no access to " + URL));
        failure.addSuppressed(new SQLException("nor to " + URL));
        throw failure;
      };
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class CompletesWithFailure {
    @Bean
    AsyncConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments ->
          CompletableFuture.failedFuture(new SQLException("no access to " + URL, "28P01"));
    }
  }

  private static ConfigurableApplicationContext start(Class<?> server, String... settings) {
    return new SpringApplicationBuilder(Application.class, server)
        .web(WebApplicationType.NONE)
        .properties(
            "logging.level.dev.pools=trace",
            "logging.level.org.springframework.boot=debug",
            "pools.connection.instances.ledger.max-size=2",
            "pools.connection.instances.ledger.backoff-initial=1ms",
            "pools.connection.instances.ledger.backoff-max=1ms",
            "pools.connection.instances.ledger.acquire-timeout=100ms")
        .properties(settings)
        .run();
  }

  private static String printed(Throwable failure) {
    StringWriter text = new StringWriter();
    failure.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @ParameterizedTest
  @ValueSource(classes = {Throws.class, ThrowsWithCause.class, CompletesWithFailure.class})
  void aStartThatFailsShowsNoPasswordOfItsDatabase(Class<?> server, CapturedOutput output) {
    Throwable failure = catchThrowable(() -> start(server).close());

    assertThat(failure).isNotNull();
    assertThat(printed(failure)).contains(SHOWN).doesNotContain(PASSWORD);
    assertThat(output.getAll())
        .contains("APPLICATION FAILED TO START", SHOWN)
        .doesNotContain(PASSWORD);
  }

  @ParameterizedTest
  @ValueSource(classes = {Throws.class, ThrowsWithCause.class, CompletesWithFailure.class})
  void aServerThatFailsShowsNoPasswordInHealthMetersLogsAndExceptions(
      Class<?> server, CapturedOutput output) {
    try (ConfigurableApplicationContext context =
        start(server, "pools.connection.instances.ledger.on-start-failure=start-empty")) {
      ConnectionPool<?> pool = context.getBean("ledger", ConnectionPool.class);
      await().until(() -> pool.stats().lastCreateFailure() != null);
      Throwable timeout = catchThrowable(() -> pool.acquire(Duration.ofMillis(50)));
      Throwable later = catchThrowable(() -> pool.acquireAsync(Duration.ofMillis(50)).join());

      String health =
          JsonMapper.builder()
              .build()
              .writeValueAsString(context.getBean(HealthEndpoint.class).health());
      String meters =
          context.getBean(MeterRegistry.class).getMeters().stream()
              .map(meter -> String.valueOf(meter.getId()))
              .reduce("", String::concat);

      assertThat(health).contains("ledger").contains("failed").doesNotContain(PASSWORD);
      assertThat(meters).contains("ledger").doesNotContain(PASSWORD);
      assertThat(printed(timeout)).doesNotContain(PASSWORD);
      assertThat(printed(later)).doesNotContain(PASSWORD);
      assertThat(pool.toString() + pool.stats()).doesNotContain(PASSWORD);
    }
    assertThat(output.getAll()).contains(SHOWN).doesNotContain(PASSWORD);
  }
}
