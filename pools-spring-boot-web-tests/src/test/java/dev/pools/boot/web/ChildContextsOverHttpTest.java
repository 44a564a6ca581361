package dev.pools.boot.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.autoconfigure.PoolsAutoConfiguration;
import dev.pools.boot.web.RunningApplication.Answer;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Configuration;

/**
 * Contexts with parents, over HTTP: a web application as a child, and endpoints on their own port.
 */
class ChildContextsOverHttpTest {

  /** A parent with all that the starter brings. */
  @Configuration(proxyBeanMethods = false)
  @EnableAutoConfiguration
  static class Parent {}

  /** A parent without Actuator: Spring Boot has one health for a parent and its children. */
  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(PoolsAutoConfiguration.class)
  static class ParentWithPoolsOnly {}

  private static String[] with(boolean ownPort, String... properties) {
    List<String> all = new ArrayList<>(List.of(properties));
    all.add(EndpointOverHttpTest.OPEN);
    if (ownPort) {
      all.add("management.server.port=0");
    }
    return all.toArray(String[]::new);
  }

  @ParameterizedTest
  @CsvSource({"SERVLET,false", "SERVLET,true", "REACTIVE,false", "REACTIVE,true"})
  void endpointOfAWebApplication_showsAndChangesItsPoolsAndThoseOfItsParent(
      WebApplicationType type, boolean ownPort) {
    try (RunningApplication application =
        RunningApplication.startChild(
            Parent.class, type, with(ownPort, "management.endpoint.pools.access=unrestricted"))) {
      ApplicationContext parent = Objects.requireNonNull(application.context().getParent());
      assertThat(application.context().getBeanNamesForType(AdvancedPool.class)).isEmpty();
      assertThat(parent.getBeanNamesForType(ConnectionPool.class)).isEmpty();

      assertThat(application.get("", null).body().toString())
          .contains("name=ledger", "name=printer")
          .doesNotContain("UNKNOWN");
      Answer changed = application.post("/advanced/printer", "{\"maxWorkers\":8}", null);
      assertThat(changed.status()).isEqualTo(200);
      assertThat(parent.getBean("printer", AdvancedPool.class).maxWorkers()).isEqualTo(8);
      assertThat(application.get("/advanced/printer/events", null).body().toString())
          .contains("maxWorkers");
      assertThat(application.post("/connection/ledger/suspend", "{}", null).status())
          .isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET,false", "SERVLET,true", "REACTIVE,false", "REACTIVE,true"})
  void healthOfAWebApplication_showsItsPoolsAndThoseOfItsParent(
      WebApplicationType type, boolean ownPort) {
    try (RunningApplication application =
        RunningApplication.startChild(ParentWithPoolsOnly.class, type, with(ownPort))) {
      Answer health = application.getFrom("/actuator/health");

      assertThat(health.status()).isEqualTo(200);
      assertThat(health.body().toString()).contains("printer=", "ledger=");
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET", "REACTIVE"})
  void healthIsServedOnAPortOfItsOwn(WebApplicationType type) {
    try (RunningApplication application =
        RunningApplication.start(
            type,
            EndpointOverHttpTest.Nothing.class,
            with(true, "management.endpoint.health.show-details=always"))) {
      assertThat(application.getFrom("/actuator/health").body().toString())
          .contains("printer=", "ledger=");
      assertThat(application.getFrom("/actuator/health/pools/ledger").body().toString())
          .contains("status=UP");
    }
  }

  @ParameterizedTest
  @CsvSource({"SERVLET,false", "SERVLET,true", "REACTIVE,false", "REACTIVE,true"})
  void poolThatIsNotCreated_saysSoRatherThan404(WebApplicationType type, boolean ownPort) {
    try (RunningApplication application =
        RunningApplication.start(
            type,
            EndpointOverHttpTest.Nothing.class,
            with(
                ownPort,
                "spring.main.lazy-initialization=true",
                "management.endpoint.pools.access=unrestricted"))) {
      Answer pool = application.get("/advanced/printer", null);
      assertThat(pool.status()).isEqualTo(200);
      assertThat(pool.body()).containsEntry("notCreated", true);

      Answer change = application.post("/advanced/printer", "{\"maxWorkers\":8}", null);
      assertThat(change.status()).isEqualTo(409);
      assertThat(change.body().toString()).contains("it is not created yet");
    }
  }
}
