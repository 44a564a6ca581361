package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.boot.endpoint.PoolMBeans;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Set;
import java.util.stream.Collectors;
import javax.management.Attribute;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

class PoolMBeansTest {

  private static final String PRINTER = "dev.pools:type=AdvancedPool (printer)";
  private static final String LEDGER = "dev.pools:type=ConnectionPool (ledger)";

  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  EndpointAutoConfiguration.class,
                  PoolsAutoConfiguration.class,
                  PoolsEndpointAutoConfiguration.class,
                  PoolsJmxAutoConfiguration.class))
          .withUserConfiguration(Server.class)
          .withPropertyValues(
              "pools.advanced.instances.printer.max-workers=4",
              "pools.connection.instances.ledger.max-size=4");

  private final ApplicationContextRunner registering =
      runner.withPropertyValues("pools.jmx.enabled=true");

  @Configuration(proxyBeanMethods = false)
  static class Server {
    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder();
    }
  }

  private Set<String> names() throws Exception {
    return server.queryNames(new ObjectName("dev.pools:*"), null).stream()
        .map(ObjectName::toString)
        .collect(Collectors.toSet());
  }

  private Object attribute(String bean, String name) throws Exception {
    return server.getAttribute(new ObjectName(bean), name);
  }

  @Test
  void nothingIsRegisteredUnlessAsked() {
    runner.run(
        context -> {
          assertThat(context).hasNotFailed().doesNotHaveBean(PoolMBeans.class);
          assertThat(names()).isEmpty();
        });
  }

  @Test
  void eachPoolIsRegisteredUnderItsName_untilItsContextCloses() throws Exception {
    registering.run(
        context -> {
          assertThat(names()).containsExactlyInAnyOrder(PRINTER, LEDGER);
          assertThat(attribute(PRINTER, "MaxWorkers")).isEqualTo(4);
          assertThat(attribute(PRINTER, "State")).isEqualTo("RUNNING");
          assertThat(attribute(LEDGER, "MaxSize")).isEqualTo(4);
          assertThat(attribute(LEDGER, "InUse")).isEqualTo(0);
        });
    assertThat(names()).isEmpty();
  }

  @Test
  void poolsOfAnotherContextWithTheSameNamesAreRegisteredToo() throws Exception {
    registering.run(
        one ->
            registering.run(
                other -> {
                  assertThat(names()).hasSize(4).contains(PRINTER, LEDGER);
                  assertThat(names()).anyMatch(name -> name.startsWith(PRINTER + ",context="));
                }));
    assertThat(names()).isEmpty();
  }

  @Configuration(proxyBeanMethods = false)
  static class Prototype {
    @Bean(destroyMethod = "")
    @Scope("prototype")
    AdvancedPool perUse() {
      return AdvancedPool.builder().name("per-use").build();
    }
  }

  @Test
  void poolThatIsAPrototypeIsNotRegistered_becauseNothingTellsItsEnd() {
    registering
        .withUserConfiguration(Prototype.class)
        .run(
            context -> {
              try (AdvancedPool pool = context.getBean("perUse", AdvancedPool.class)) {
                assertThat(pool.isShutdown()).isFalse();
                assertThat(names()).containsExactlyInAnyOrder(PRINTER, LEDGER);
              }
            });
  }

  @Test
  void poolsCanOnlyBeReadByDefault() {
    registering.run(
        context -> {
          assertThatThrownBy(
                  () ->
                      server.setAttribute(new ObjectName(PRINTER), new Attribute("MaxWorkers", 8)))
              .hasStackTraceContaining("management.endpoint.pools.access");
          assertThatThrownBy(() -> server.invoke(new ObjectName(LEDGER), "suspendPool", null, null))
              .hasStackTraceContaining("management.endpoint.pools.access");
          assertThat(context.getBean("printer", AdvancedPool.class).maxWorkers()).isEqualTo(4);
        });
  }

  @Test
  void accessOfTheEndpointOpensChanges_andWrongValuesAreRefused() {
    registering
        .withPropertyValues("management.endpoint.pools.access=UNRESTRICTED")
        .run(
            context -> {
              server.setAttribute(new ObjectName(PRINTER), new Attribute("MaxWorkers", 8));
              assertThat(context.getBean("printer", AdvancedPool.class).maxWorkers()).isEqualTo(8);
              assertThatThrownBy(
                      () ->
                          server.setAttribute(
                              new ObjectName(PRINTER), new Attribute("MaxWorkers", 0)))
                  .hasStackTraceContaining("maxWorkers is 0");
              for (String operation : Set.of("softEvictConnections", "suspendPool", "resumePool")) {
                server.invoke(new ObjectName(LEDGER), operation, null, null);
              }
              server.invoke(
                  new ObjectName(LEDGER),
                  "resize",
                  new Object[] {2, 3},
                  new String[] {"int", "int"});
              assertThat(attribute(LEDGER, "MaxSize")).isEqualTo(3);
              server.invoke(
                  new ObjectName(LEDGER),
                  "changeOption",
                  new Object[] {"acquireTimeout", "5s"},
                  new String[] {String.class.getName(), String.class.getName()});
              server.invoke(
                  new ObjectName(PRINTER),
                  "changeOption",
                  new Object[] {"keepAlive", "7s"},
                  new String[] {String.class.getName(), String.class.getName()});
              assertThat(context.getBean("printer", AdvancedPool.class).options())
                  .containsEntry("keepAlive", Duration.ofSeconds(7));
              assertThat(context.getBean(ConnectionPool.class).acquireTimeout())
                  .isEqualTo(Duration.ofSeconds(5));
            });
  }

  @Test
  void namesWithSpecialCharactersAreQuoted() {
    registering
        .withPropertyValues("pools.advanced.instances[a,b].max-workers=1")
        .run(
            context ->
                assertThat(names())
                    .contains("dev.pools:type=" + ObjectName.quote("AdvancedPool (a,b)")));
  }
}
