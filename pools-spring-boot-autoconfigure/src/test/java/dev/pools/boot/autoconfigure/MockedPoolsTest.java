package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import io.micrometer.core.instrument.Measurement;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.health.actuate.endpoint.CompositeHealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthDescriptor;
import org.springframework.boot.health.actuate.endpoint.HealthEndpoint;
import org.springframework.boot.health.contributor.Status;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.test.context.TestContextManager;
import org.springframework.test.context.bean.override.mockito.MockitoBean;

/**
 * An application whose test replaces its pools by mocks, which answer nothing at all: its health,
 * its meters, its start and its stop still work.
 */
@SpringBootTest(
    properties = {
      "pools.advanced.instances.printer.max-workers=2",
      "pools.advanced.instances.real.max-workers=2",
      "pools.connection.instances.ledger.max-size=2",
      "spring.jmx.enabled=true",
      "management.endpoints.jmx.exposure.include=health"
    })
@ExtendWith(OutputCaptureExtension.class)
class MockedPoolsTest {

  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Application {
    @Bean
    ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments -> new StringBuilder();
    }
  }

  @MockitoBean(name = "printer")
  private AdvancedPool printer;

  @MockitoBean(name = "ledger")
  private ConnectionPool<StringBuilder> ledger;

  @Autowired private ConfigurableApplicationContext context;

  @Test
  void healthOfAMockIsUnknown_andThatOfTheApplicationIsUp() {
    assertThat(printer.stats()).isNull();
    assertThat(ledger.stats()).isNull();
    HealthEndpoint endpoint = context.getBean(HealthEndpoint.class);
    assertThat(endpoint.health().getStatus()).isEqualTo(Status.UP);
    Map<String, HealthDescriptor> pools =
        ((CompositeHealthDescriptor) endpoint.healthForPath("pools")).getComponents();
    assertThat(pools.get("printer").getStatus()).isEqualTo(Status.UNKNOWN);
    assertThat(pools.get("ledger").getStatus()).isEqualTo(Status.UNKNOWN);
    assertThat(pools.get("real").getStatus()).isEqualTo(Status.UP);
  }

  @Test
  void allMetersCanBeRead(CapturedOutput output) {
    MeterRegistry registry = context.getBean(MeterRegistry.class);
    for (Meter meter : registry.getMeters()) {
      if (meter.getId().getName().startsWith("pools.")) {
        for (Measurement measurement : meter.measure()) {
          measurement.getValue();
        }
      }
    }
    assertThat(registry.get("pools.advanced.workers.max").tag("pool", "real").gauge().value())
        .isEqualTo(2);
    assertThat(output).doesNotContain("NullPointerException", "Failed to apply the value function");
  }

  @Test
  void theContextStopsAndStartsAgain(CapturedOutput output) {
    context.stop();
    context.start();
    assertThat(context.getBean("real", AdvancedPool.class).submit(() -> 1).join()).isEqualTo(1);
    assertThat(output).doesNotContain(" WARN ", " ERROR ", "NullPointerException");
  }

  /** The test of an application, as it would be run by itself. */
  @SpringBootTest(
      classes = Application.class,
      properties = {
        "pools.advanced.instances.printer.max-workers=2",
        "pools.connection.instances.ledger.max-size=2"
      })
  @MockitoBean(name = "printer", types = AdvancedPool.class)
  @MockitoBean(name = "ledger", types = ConnectionPool.class)
  static class TestOfAnApplication {}

  @Test
  void theContextCloses(CapturedOutput output) throws Exception {
    TestContextManager test = new TestContextManager(TestOfAnApplication.class);
    test.prepareTestInstance(new TestOfAnApplication());

    ((ConfigurableApplicationContext) test.getTestContext().getApplicationContext()).close();

    assertThat(output).doesNotContain(" WARN ", " ERROR ", "NullPointerException");
  }
}
