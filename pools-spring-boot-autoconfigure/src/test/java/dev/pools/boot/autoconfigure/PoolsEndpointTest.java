package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.boot.endpoint.PoolWatch;
import dev.pools.boot.endpoint.PoolsEndpoint;
import dev.pools.boot.endpoint.PoolsEndpointWebExtension;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.MapAssert;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.SanitizingFunction;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

class PoolsEndpointTest {

  private final ApplicationContextRunner unexposed =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  EndpointAutoConfiguration.class,
                  PoolsAutoConfiguration.class,
                  PoolsEndpointAutoConfiguration.class))
          .withUserConfiguration(Server.class)
          .withPropertyValues(
              "pools.advanced.defaults.keep-alive=30s",
              "pools.advanced.instances.printer.max-workers=4",
              "pools.connection.instances.ledger.max-size=4",
              "pools.connection.instances.ledger.factory=connections");

  private final ApplicationContextRunner runner =
      unexposed.withPropertyValues(
          "spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=pools");

  @Configuration(proxyBeanMethods = false)
  static class Server {
    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Additions {
    @Bean
    AdvancedPoolCustomizer slower() {
      return (name, builder) -> builder.queueCapacity(7);
    }

    @Bean
    AdvancedPool own() {
      return AdvancedPool.builder().name("mine").maxWorkers(2).build();
    }

    @Bean
    SanitizingFunction hideSizes() {
      return SanitizingFunction.sanitizeValue().ifKeyMatches(key -> key.endsWith("max-size"));
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Customizers {
    @Bean
    AdvancedPoolCustomizer shortQueue() {
      return (name, builder) -> builder.queueCapacity(7);
    }

    @Bean
    ConnectionPoolCustomizer fewWaiters() {
      return (name, builder) -> builder.waiterLimit(77);
    }
  }

  private static List<String> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(Thread::isAlive)
        .map(Thread::getName)
        .filter(name -> name.equals("pools-endpoint"))
        .toList();
  }

  @SuppressWarnings("unchecked")
  private static Map<String, Object> setting(Map<String, Object> pool, String name) {
    return ((List<Map<String, Object>>) Objects.requireNonNull(pool.get("settings")))
        .stream().filter(setting -> name.equals(setting.get("name"))).findFirst().orElseThrow();
  }

  @Test
  void withoutExposureThereIsNoEndpoint_andNothingSamples() {
    unexposed.run(
        context -> {
          assertThat(context)
              .hasNotFailed()
              .doesNotHaveBean(PoolsEndpoint.class)
              .doesNotHaveBean(PoolWatch.class);
          assertThat(threads()).isEmpty();
        });
  }

  @Test
  void accessNoneRemovesTheEndpoint() {
    runner
        .withPropertyValues("management.endpoint.pools.access=NONE")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(PoolsEndpoint.class)
                    .doesNotHaveBean(PoolWatch.class));
  }

  @Test
  void samplingThreadEndsWithTheContext_ofEachContext() {
    runner.run(
        one -> {
          runner.run(
              other -> {
                assertThat(other).hasSingleBean(PoolsEndpoint.class);
                assertThat(threads()).hasSize(2);
              });
          assertThat(one.getBean(PoolWatch.class).isRunning()).isTrue();
        });
    await().until(() -> threads().isEmpty());
  }

  @Test
  void eachSettingHasItsValueAndItsOrigin() {
    runner.run(
        context -> {
          PoolsEndpoint endpoint = context.getBean(PoolsEndpoint.class);
          Map<String, Object> printer = endpoint.pool("advanced", "printer", null, null);
          assertThat(setting(printer, "max-workers"))
              .containsEntry("value", 4)
              .containsEntry("source", "property")
              .containsEntry("property", "pools.advanced.instances.printer.max-workers")
              .containsEntry("changeable", true);
          assertThat(String.valueOf(setting(printer, "max-workers").get("origin")))
              .contains("pools.advanced.instances.printer.max-workers", "test");
          assertThat(setting(printer, "keep-alive"))
              .containsEntry("value", "30s")
              .containsEntry("property", "pools.advanced.defaults.keep-alive")
              .containsEntry("changeable", true);
          assertThat(setting(printer, "task-order")).containsEntry("changeable", false);
          assertThat(setting(printer, "overflow"))
              .containsEntry("value", "wait")
              .containsEntry("source", "default")
              .doesNotContainKey("origin");
          assertThat(setting(printer, "health.enabled")).containsEntry("value", true);
        });
  }

  @Test
  void customizerAndCodeAreOriginsToo() {
    runner
        .withUserConfiguration(Additions.class)
        .run(
            context -> {
              PoolsEndpoint endpoint = context.getBean(PoolsEndpoint.class);
              assertThat(
                      setting(endpoint.pool("advanced", "printer", null, null), "queue-capacity"))
                  .containsEntry("value", 7)
                  .containsEntry("source", "customizer")
                  .containsEntry("configured", Integer.MAX_VALUE)
                  .containsEntry("origin", "one of the beans slower");
              assertThat(setting(endpoint.pool("advanced", "own", null, null), "max-workers"))
                  .containsEntry("value", 2)
                  .containsEntry("source", "bean")
                  .hasEntrySatisfying(
                      "origin", origin -> assertThat(origin.toString()).contains("Additions"));
            });
  }

  private static MapAssert<String, Object> assertSetting(
      ApplicationContext context, String kind, String pool, String setting) {
    PoolsEndpoint endpoint = context.getBean(PoolsEndpoint.class);
    return assertThat(setting(endpoint.pool(kind, pool, null, null), setting));
  }

  @Test
  void valueThatTheApplicationSetsAfterAnOperator_isTheApplications() {
    runner.run(
        context -> {
          PoolsEndpoint endpoint = context.getBean(PoolsEndpoint.class);
          AdvancedPool printer = context.getBean("printer", AdvancedPool.class);
          endpoint.change("advanced", "printer", null, "9", null, null, null, null);
          assertSetting(context, "advanced", "printer", "max-workers")
              .hasEntrySatisfying(
                  "origin", origin -> assertThat(origin).asString().startsWith("changed at "));

          printer.resize(1, 6).join();
          assertSetting(context, "advanced", "printer", "max-workers")
              .containsEntry("value", 6)
              .containsEntry("source", "runtime")
              .containsEntry("origin", "a call of the application");

          printer.resize(1, 4).join();
          assertSetting(context, "advanced", "printer", "max-workers")
              .containsEntry("value", 4)
              .containsEntry("source", "property");
        });
  }

  @Test
  void valueThatTheApplicationSetsAtRunTime_isNotOneOfACustomizer() {
    runner
        .withUserConfiguration(Customizers.class)
        .run(
            context -> {
              context.getBean("printer", AdvancedPool.class).resize(1, 6).join();
              assertSetting(context, "advanced", "printer", "max-workers")
                  .containsEntry("source", "runtime")
                  .containsEntry("origin", "a call of the application");
              assertSetting(context, "advanced", "printer", "queue-capacity")
                  .containsEntry("source", "customizer");

              ConnectionPool<?> ledger = context.getBean("ledger", ConnectionPool.class);
              ledger.reconfigure(change -> change.set("maxUses", 5));
              assertSetting(context, "connection", "ledger", "max-uses")
                  .containsEntry("source", "runtime")
                  .containsEntry("origin", "a call of the application");
              assertSetting(context, "connection", "ledger", "waiter-limit")
                  .containsEntry("source", "customizer")
                  .containsEntry("origin", "one of the beans fewWaiters");

              ledger.reconfigure(change -> change.set("waiterLimit", 5));
              assertSetting(context, "connection", "ledger", "waiter-limit")
                  .containsEntry("source", "runtime")
                  .containsEntry("origin", "a call of the application");
            });
  }

  @Test
  void textsAreHidden_andFunctionsOfTheApplicationHideMore() {
    runner
        .withUserConfiguration(Additions.class)
        .run(
            context -> {
              Map<String, Object> ledger =
                  context.getBean(PoolsEndpoint.class).pool("connection", "ledger", null, null);
              assertThat(setting(ledger, "factory")).containsEntry("value", "******");
              assertThat(setting(ledger, "max-size")).containsEntry("value", "******");
              assertThat(setting(ledger, "min-size")).containsEntry("value", 1);
            });
  }

  @Test
  void showValuesShowsTexts() {
    runner
        .withPropertyValues("management.endpoint.pools.show-values=always")
        .run(
            context ->
                assertThat(
                        setting(
                            context
                                .getBean(PoolsEndpoint.class)
                                .pool("connection", "ledger", null, null),
                            "factory"))
                    .containsEntry("value", "connections"));
  }

  @Test
  void lazyPoolsAreNotCreated() {
    runner
        .withInitializer(
            context ->
                context.addBeanFactoryPostProcessor(
                    new org.springframework.boot.LazyInitializationBeanFactoryPostProcessor()))
        .run(
            context -> {
              assertThat(context.getBean(PoolsEndpoint.class).pools()).isNotEmpty();
              assertThat(context.getSourceApplicationContext().getBeanFactory().getSingletonNames())
                  .doesNotContain("ledger", "printer");
              context.getBean(ConnectionPool.class);
              assertThat(context.getBean(PoolsEndpoint.class).pools().toString())
                  .contains("name=ledger, state=CREATED, status=");
            });
  }

  @Test
  void webExtensionExistsOnlyWhereItIsExposedToTheWeb() {
    runner.run(context -> assertThat(context).doesNotHaveBean(PoolsEndpointWebExtension.class));
  }
}
