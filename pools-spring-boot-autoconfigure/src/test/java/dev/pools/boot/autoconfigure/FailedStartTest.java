package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.connection.ConnectionFactory;
import java.io.IOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What whoever starts an application reads when its pools are not as they should be. */
@ExtendWith(OutputCaptureExtension.class)
class FailedStartTest {

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(PoolsAutoConfiguration.class)
  static class Application {}

  @Configuration(proxyBeanMethods = false)
  static class ServerThatIsDown {
    @Bean
    ConnectionFactory<StringBuilder> sessions() {
      return arguments -> {
        throw new IOException("Connection to db.example.org:5432 refused");
      };
    }
  }

  private static void startFails(Class<?> configuration, String... properties) {
    String[] arguments =
        Arrays.stream(properties).map(property -> "--" + property).toArray(String[]::new);
    assertThatThrownBy(
            () ->
                new SpringApplicationBuilder(Application.class, configuration)
                    .web(WebApplicationType.NONE)
                    .run(arguments)
                    .close())
        .isInstanceOf(Exception.class);
  }

  @Test
  void anUnknownPropertyIsNamedWithTheOneThatWasMeant(CapturedOutput output) {
    startFails(Application.class, "pools.advanced.instances.reports.max-worker=3");
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("The property pools.advanced.instances.reports.max-worker, which is '3'")
        .contains("Did you mean max-workers?")
        .contains(
            "There are, under pools.advanced.instances.reports: advice-window, aging, alarms, application-task-executor, base, enabled, health, keep-alive");
  }

  @Test
  void anUnknownPartOfTheTreeIsNamedWithWhatThereIs(CapturedOutput output) {
    startFails(Application.class, "pools.advanced.default.max-workers=3");
    assertThat(output).contains("pools.advanced.default");
    assertThat(output).contains("defaults, instances");
  }

  @Test
  void anUnknownPoolsPropertyAtTheTopIsNamedWithWhatThereIs(CapturedOutput output) {
    startFails(Application.class, "pools.metric.executor=true");
    assertThat(output)
        .contains("pools.metric.executor")
        .contains("advanced, alarms, connection, enabled, jmx, lifecycle, metrics");
  }

  @Test
  void anAbsurdValueIsNamedWithItsRangeAndTheCure(CapturedOutput output) {
    startFails(
        Application.class,
        "pools.advanced.defaults.max-workers=2",
        "pools.advanced.instances.nightlyReports.min-workers=7");
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains(
            "The property pools.advanced.instances.nightlyReports.min-workers of the pool 'nightlyReports' is 7")
        .contains("must be from 0 to max-workers, which is 2")
        .contains("Change pools.advanced.instances.nightlyReports.min-workers.");
  }

  @Test
  void aValueOfTheWrongKindIsNamedWithWhatMayBeThere(CapturedOutput output) {
    startFails(Application.class, "pools.advanced.instances.reports.overflow=explode");
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("pools.advanced.instances.reports.overflow")
        .contains("explode")
        .contains("CALLER_RUNS");
  }

  @Test
  void settingsThatExcludeEachOtherAreBothNamed(CapturedOutput output) {
    startFails(
        Application.class,
        "pools.advanced.defaults.task-order=relaxed",
        "pools.advanced.instances.reports.aging=3s");
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains(
            "The property pools.advanced.defaults.task-order of the pool 'reports' is RELAXED")
        .contains("must be STRICT if aging is 3s");
  }

  @Test
  void aMissingFactoryIsNamedWithTheBeanToDeclare(CapturedOutput output) {
    startFails(Application.class, "pools.connection.instances.orders.max-size=3");
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("The pool 'orders' has no factory")
        .contains(
            "Declare a bean of type ConnectionFactory or AsyncConnectionFactory, preferably named ordersConnectionFactory.");
  }

  @Test
  void aServerThatIsDownIsNamedWithTheSettingThatStartsWithoutIt(CapturedOutput output) {
    startFails(
        ServerThatIsDown.class,
        "pools.connection.instances.orders.max-size=3",
        "pools.connection.instances.orders.backoff-initial=1ms");
    assertThat(output)
        .contains("APPLICATION FAILED TO START")
        .contains("The pool 'orders' could not be started")
        .contains("Connection to db.example.org:5432 refused")
        .contains("pools.connection.instances.orders.on-start-failure=start-empty");
  }

  @Test
  void withThatSettingItStarts() {
    new SpringApplicationBuilder(Application.class, ServerThatIsDown.class)
        .web(WebApplicationType.NONE)
        .run(
            "--pools.connection.instances.orders.on-start-failure=start-empty",
            "--pools.connection.instances.orders.backoff-initial=1ms")
        .close();
  }

  @Test
  void virtualThreadsThatTheJdkHasNotAreRefusedByTheirProperty(CapturedOutput output) {
    org.junit.jupiter.api.Assumptions.assumeTrue(Runtime.version().feature() < 21);
    startFails(Application.class, "pools.advanced.instances.reports.threads=virtual");
    assertThat(output)
        .contains("pools.advanced.instances.reports.threads of the pool 'reports' is virtual")
        .contains("run on 21 or later");
  }
}
