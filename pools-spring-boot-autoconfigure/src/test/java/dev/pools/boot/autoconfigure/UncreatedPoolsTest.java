package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.pools.boot.endpoint.PoolsEndpoint;
import dev.pools.boot.endpoint.PoolsEndpointWebExtension;
import dev.pools.boot.health.PoolsHealth;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import javax.management.MBeanServer;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.config.BeanFactoryPostProcessor;
import org.springframework.boot.LazyInitializationBeanFactoryPostProcessor;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.SecurityContext;
import org.springframework.boot.actuate.endpoint.web.WebEndpointResponse;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.annotation.Scope;
import org.springframework.context.support.SimpleThreadScope;

/** Pools that are declared, and that nothing has used yet. */
class UncreatedPoolsTest {

  private static final ObjectName LIST = name("dev.pools:type=NotCreated");

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  EndpointAutoConfiguration.class,
                  PoolsAutoConfiguration.class,
                  PoolsEndpointAutoConfiguration.class,
                  PoolsHealthAutoConfiguration.class,
                  PoolsJmxAutoConfiguration.class))
          .withUserConfiguration(Server.class)
          .withPropertyValues(
              "spring.jmx.enabled=true",
              "management.endpoints.jmx.exposure.include=pools",
              "management.endpoint.pools.access=UNRESTRICTED",
              "pools.advanced.instances.printer.max-workers=4",
              "pools.connection.instances.ledger.max-size=7",
              "pools.connection.instances.ledger.factory=connections");

  private final ApplicationContextRunner lazy = runner.withInitializer(lazily());

  private static ApplicationContextInitializer<ConfigurableApplicationContext> lazily() {
    return context ->
        context.addBeanFactoryPostProcessor(new LazyInitializationBeanFactoryPostProcessor());
  }

  @Configuration(proxyBeanMethods = false)
  static class Server {
    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Declared {
    @Bean
    @Lazy
    AdvancedPool mailer() {
      return AdvancedPool.builder().name("mailer").build();
    }

    @Bean
    @Scope("thread")
    AdvancedPool scoped() {
      return AdvancedPool.builder().name("scoped").build();
    }

    @Bean(destroyMethod = "")
    @Scope("prototype")
    AdvancedPool perUse() {
      return AdvancedPool.builder().name("per-use").build();
    }

    @Bean
    static BeanFactoryPostProcessor threadScope() {
      return beans -> beans.registerScope("thread", new SimpleThreadScope());
    }
  }

  private static ObjectName name(String text) {
    try {
      return new ObjectName(text);
    } catch (MalformedObjectNameException e) {
      throw new AssertionError(e);
    }
  }

  private static PoolsEndpoint endpoint(ApplicationContext context) {
    return context.getBean(PoolsEndpoint.class);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> list(Map<String, Object> answer, String name) {
    return (List<Map<String, Object>>) Objects.requireNonNull(answer.get(name));
  }

  private static boolean isCreated(ApplicationContext context, String pool) {
    return ((ConfigurableApplicationContext) context).getBeanFactory().containsSingleton(pool);
  }

  // ---- The endpoint

  @Test
  void poolsThatAreNotCreatedAreListed_andStayUncreated() {
    lazy.run(
        context -> {
          List<Map<String, Object>> pools = list(endpoint(context).pools(), "pools");

          assertThat(pools)
              .extracting(pool -> pool.get("kind") + "/" + pool.get("name"))
              .containsExactly("connection/ledger", "advanced/printer");
          assertThat(pools)
              .allSatisfy(
                  pool ->
                      assertThat(pool)
                          .containsEntry("state", "NOT_CREATED")
                          .containsEntry("notCreated", true)
                          .containsEntry("status", "UNKNOWN")
                          .containsEntry("figures", Map.of())
                          .doesNotContainKeys("trouble", "scope"));
          assertThat(isCreated(context.getSourceApplicationContext(), "printer")).isFalse();
          assertThat(isCreated(context.getSourceApplicationContext(), "ledger")).isFalse();
        });
  }

  @Test
  void eachPartOfSuchAPoolCanBeRead_andItsSettingsAreThoseOfTheConfiguration() {
    lazy.run(
        context -> {
          Map<String, Object> pool = endpoint(context).pool("connection", "ledger", null, null);

          assertThat(pool)
              .containsEntry("notCreated", true)
              .containsEntry(
                  "message",
                  "The pool 'ledger' is not created yet, because nothing has used it. It is created by its first use, with these settings.")
              .containsEntry("leases", List.of())
              .containsEntry("events", List.of())
              .containsEntry("advice", List.of())
              .containsKeys("at", "history");
          assertThat(list(pool, "settings"))
              .filteredOn(setting -> "max-size".equals(setting.get("name")))
              .singleElement()
              .satisfies(
                  setting ->
                      assertThat(setting)
                          .containsEntry("value", 7)
                          .containsEntry("source", "property")
                          .containsEntry("property", "pools.connection.instances.ledger.max-size")
                          .containsEntry("changeable", false)
                          .containsKey("origin"));
          // The name of the factory may be anything, so it is hidden as for any other pool.
          assertThat(list(pool, "settings"))
              .filteredOn(setting -> "factory".equals(setting.get("name")))
              .singleElement()
              .satisfies(setting -> assertThat(setting).containsEntry("value", "******"));

          PoolsEndpointWebExtension web = new PoolsEndpointWebExtension(endpoint(context));
          for (String part : List.of("figures", "advice", "settings", "events", "history")) {
            WebEndpointResponse<Map<String, Object>> answer =
                web.part(SecurityContext.NONE, "advanced", "printer", part, null, null);
            assertThat(answer.getStatus()).isEqualTo(200);
            assertThat(answer.getBody()).containsEntry("notCreated", true).containsKey(part);
          }
          assertThat(
                  web.part(SecurityContext.NONE, "advanced", "printer", "tasks", null, null)
                      .getBody())
              .containsEntry("tasks", Map.of("running", List.of(), "waiting", List.of()));
          assertThat(
                  web.part(SecurityContext.NONE, "advanced", "printer", "leases", null, null)
                      .getStatus())
              .isEqualTo(404);
          assertThat(web.named(SecurityContext.NONE, "printer", null, null).getBody())
              .containsEntry("notCreated", true);
          assertThat(isCreated(context.getSourceApplicationContext(), "printer")).isFalse();
          assertThat(isCreated(context.getSourceApplicationContext(), "ledger")).isFalse();
        });
  }

  @Test
  void changeOfSuchAPoolIsRefused_withTheReason() {
    lazy.run(
        context -> {
          String why =
              "The pool 'printer' cannot be changed: it is not created yet, because nothing has used it. Change the settings that it will be created with, or use it first.";
          assertThatThrownBy(
                  () ->
                      endpoint(context)
                          .change("advanced", "printer", null, "3", null, null, null, null))
              .isInstanceOf(InvalidEndpointRequestException.class)
              .hasMessage(why);

          PoolsEndpointWebExtension web = new PoolsEndpointWebExtension(endpoint(context));
          List<WebEndpointResponse<Map<String, Object>>> refused =
              List.of(
                  web.change("advanced", "printer", null, "3", null, null, null, null),
                  web.perform("advanced", "printer", "drain"),
                  web.performOn("advanced", "printer", "tasks", "1", "cancel"));
          assertThat(refused)
              .allSatisfy(
                  answer -> {
                    assertThat(answer.getStatus()).isEqualTo(409);
                    assertThat(answer.getBody()).containsEntry("message", why);
                  });
          assertThat(isCreated(context.getSourceApplicationContext(), "printer")).isFalse();
        });
  }

  @Test
  void poolThatIsUsed_isShownAsAnyOther() {
    lazy.run(
        context -> {
          context.getBean(ConnectionPool.class);

          List<Map<String, Object>> pools = list(endpoint(context).pools(), "pools");
          assertThat(pools)
              .extracting(pool -> pool.get("name"))
              .containsExactly("ledger", "printer");
          assertThat(pools.get(0)).doesNotContainKey("notCreated").containsEntry("status", "UP");
          assertThat(pools.get(1)).containsEntry("notCreated", true);
          assertThat(endpoint(context).pool("connection", "ledger", null, null))
              .doesNotContainKeys("notCreated", "message");
        });
  }

  @Test
  void poolsOfTheApplicationAreListedToo_scopedOnesWithTheirScope_andPrototypesNot() {
    runner
        .withUserConfiguration(Declared.class)
        .run(
            context -> {
              List<Map<String, Object>> pools = list(endpoint(context).pools(), "pools");

              assertThat(pools)
                  .extracting(
                      pool -> pool.get("name"),
                      pool -> pool.get("state"),
                      pool -> pool.get("notCreated"),
                      pool -> pool.get("scope"))
                  .contains(
                      tuple("mailer", "NOT_CREATED", true, null),
                      tuple("scoped", "SCOPED", null, "thread"));
              assertThat(pools)
                  .extracting(pool -> pool.get("name"))
                  .containsExactly("ledger", "printer", "mailer", "scoped");
              assertThat(endpoint(context).pool("advanced", "scoped", null, null))
                  .containsEntry(
                      "message",
                      "The pool 'scoped' lives in the scope 'thread', which may have several of them or none. Only pools that exist once in their context are shown with figures.")
                  .containsEntry("settings", List.of());
              assertThatThrownBy(() -> endpoint(context).perform("advanced", "scoped", "drain"))
                  .hasMessageContaining("it lives in the scope 'thread'");
            });
  }

  @Test
  void unknownPoolIsAnsweredWithTheNamesOfAll() {
    lazy.run(
        context ->
            assertThatThrownBy(() -> endpoint(context).pool("advanced", "ledger", null, null))
                .hasMessage(
                    "There is no pool 'advanced/ledger'. The pools are advanced/printer, connection/ledger."));
  }

  @Test
  void childListsThePoolsOfItsParentToo_eachOnce() {
    lazy.run(
        parent ->
            runner
                .withInitializer(lazily())
                .withParent(parent)
                .withPropertyValues("pools.advanced.instances.mailer.max-workers=2")
                .run(
                    child -> {
                      assertThat(list(endpoint(child).pools(), "pools"))
                          .extracting(pool -> pool.get("name"))
                          .containsExactly("ledger", "mailer", "printer");
                      child.getBean("printer");
                      assertThat(list(endpoint(child).pools(), "pools"))
                          .filteredOn(pool -> !pool.containsKey("notCreated"))
                          .extracting(pool -> pool.get("name"))
                          .containsExactly("printer");
                    }));
  }

  // ---- Health and JMX

  @Test
  void healthLeavesThemOut() {
    lazy.run(
        context ->
            assertThat(context.getBean("poolsHealthContributor", PoolsHealth.class).stream())
                .isEmpty());
  }

  @Test
  void listOverJmxNamesThem_untilTheyAreCreated() {
    lazy.withPropertyValues("pools.jmx.enabled=true")
        .run(
            context -> {
              assertThat((String[]) server.getAttribute(LIST, "Pools"))
                  .containsExactly("advanced/printer", "connection/ledger");

              context.getBean("printer");

              assertThat((String[]) server.getAttribute(LIST, "Pools"))
                  .containsExactly("connection/ledger");
              assertThat(server.isRegistered(name("dev.pools:type=AdvancedPool (printer)")))
                  .isTrue();
            });
    assertThat(server.isRegistered(LIST)).isFalse();
  }

  @Test
  void withoutSuchPools_thereIsNoListOverJmx() {
    runner
        .withPropertyValues("pools.jmx.enabled=true")
        .run(context -> assertThat(server.isRegistered(LIST)).isFalse());
  }
}
