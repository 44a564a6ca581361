package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.pools.boot.endpoint.PoolMBeans;
import dev.pools.boot.endpoint.WatchedPools;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.Lease;
import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolFuture;
import dev.pools.task.TaskOptions;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.management.Attribute;
import javax.management.MBeanOperationInfo;
import javax.management.MBeanParameterInfo;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
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
              assertThat(sourceOf(context, "acquireTimeout"))
                  .contains("by JMX")
                  .doesNotContain("endpoint");
            });
  }

  private static String sourceOf(ApplicationContext context, String option) {
    return context.getBean(WatchedPools.class).pools().stream()
        .map(pool -> pool.changed(option, pool.options().get(option)))
        .filter(Objects::nonNull)
        .collect(Collectors.joining());
  }

  private Object invoke(String bean, String operation, @Nullable Object argument, Class<?> type)
      throws Exception {
    return server.invoke(
        new ObjectName(bean), operation, new Object[] {argument}, new String[] {type.getName()});
  }

  private List<String> lines(String bean, String operation) throws Exception {
    return List.of((String[]) invoke(bean, operation, 20, int.class));
  }

  private void changeOption(String bean, @Nullable String option, @Nullable String value)
      throws Exception {
    String[] types = {String.class.getName(), String.class.getName()};
    server.invoke(new ObjectName(bean), "changeOption", new Object[] {option, value}, types);
  }

  @Test
  void missingParameterIsRefusedByItsName() {
    registering
        .withPropertyValues("management.endpoint.pools.access=UNRESTRICTED")
        .run(
            context -> {
              for (String bean : List.of(PRINTER, LEDGER)) {
                assertThatThrownBy(() -> changeOption(bean, null, "5s"))
                    .hasRootCauseInstanceOf(IllegalArgumentException.class)
                    .rootCause()
                    .hasMessageStartingWith("The parameter 'option' is null, but must be")
                    .hasMessageContaining(bean.equals(PRINTER) ? "keepAlive" : "acquireTimeout");
                assertThatThrownBy(() -> changeOption(bean, "closeTimeout", null))
                    .hasRootCauseInstanceOf(IllegalArgumentException.class)
                    .rootCause()
                    .hasMessageStartingWith("The parameter 'value' is null, but must be")
                    .hasMessageContaining("closeTimeout");
              }
              for (String operation : List.of("evictLease", "revokeLease")) {
                assertThatThrownBy(() -> invoke(LEDGER, operation, null, String.class))
                    .hasRootCauseInstanceOf(IllegalArgumentException.class)
                    .rootCause()
                    .hasMessageStartingWith("The parameter 'id' is null, but must be")
                    .hasMessageContaining("listLeases");
              }
            });
  }

  private Map<String, List<String>> parameters(String bean) throws Exception {
    return Stream.of(server.getMBeanInfo(new ObjectName(bean)).getOperations())
        .collect(
            Collectors.toMap(
                MBeanOperationInfo::getName,
                operation ->
                    Stream.of(operation.getSignature()).map(MBeanParameterInfo::getName).toList()));
  }

  @Test
  void parametersOfOperationsHaveTheirNames() {
    registering.run(
        context -> {
          assertThat(parameters(PRINTER))
              .containsEntry("changeOption", List.of("option", "value"))
              .containsEntry("resize", List.of("minWorkers", "maxWorkers"))
              .containsEntry("cancelTask", List.of("id"))
              .containsEntry("drain", List.of());
          assertThat(parameters(LEDGER))
              .containsEntry("resize", List.of("minSize", "maxSize"))
              .containsEntry("evictLease", List.of("id"))
              .containsEntry("listLeases", List.of("limit"));
        });
  }

  private static String idOf(String line) {
    Matcher id = Pattern.compile("\\bid=([\\w-]+)").matcher(line);
    assertThat(id.find()).as(line).isTrue();
    return id.group(1);
  }

  @Test
  void tasksAreListed_stuckOnesCounted_andOneIsCancelledOrInterrupted() {
    CountDownLatch never = new CountDownLatch(1);
    registering
        .withPropertyValues(
            "management.endpoint.pools.access=UNRESTRICTED",
            "pools.advanced.instances.printer.stuck-after=10ms",
            "pools.advanced.instances.printer.max-workers=1")
        .run(
            context -> {
              AdvancedPool pool = context.getBean("printer", AdvancedPool.class);
              Callable<Boolean> wait = () -> never.await(1, TimeUnit.HOURS);
              PoolFuture<Boolean> first = pool.submit(wait, TaskOptions.named("first"));
              PoolFuture<Boolean> second = pool.submit(wait, TaskOptions.named("second"));
              await().until(() -> attribute(PRINTER, "Stuck").equals(1));

              assertThat(attribute(PRINTER, "StuckTasks")).isEqualTo(1L);
              List<String> tasks = lines(PRINTER, "listTasks");
              assertThat(tasks).hasSize(2);
              assertThat(tasks.get(0)).contains("name=first", "state=RUNNING", "thread=");
              assertThat(tasks.get(1)).contains("name=second", "state=QUEUED");
              invoke(PRINTER, "cancelTask", Long.valueOf(idOf(tasks.get(1))), long.class);
              assertThat(second).isCancelled();
              invoke(PRINTER, "interruptTask", Long.valueOf(idOf(tasks.get(0))), long.class);
              await().until(first::isCompletedExceptionally);
              server.invoke(new ObjectName(PRINTER), "drain", null, null);
              Object events = server.invoke(new ObjectName(PRINTER), "listEvents", null, null);
              assertThat((String[]) events)
                  .anyMatch(event -> event.contains("cancel of") && event.contains("who=JMX"))
                  .anyMatch(event -> event.contains("interrupt of"))
                  .anyMatch(event -> event.contains("drain"));
            });
  }

  @Test
  void leasesAreListed_andOneIsEvictedOrRevoked() {
    registering
        .withPropertyValues("management.endpoint.pools.access=UNRESTRICTED")
        .run(
            context -> {
              ConnectionPool<?> pool = context.getBean("ledger", ConnectionPool.class);
              Lease<?> first = pool.acquire();
              Lease<?> second = pool.acquire();

              List<String> leases = lines(LEDGER, "listLeases");
              assertThat(leases).hasSize(2).allMatch(lease -> lease.contains("thread="));
              invoke(LEDGER, "evictLease", idOf(leases.get(0)), String.class);
              assertThat(pool.inUse()).isEqualTo(2);
              invoke(LEDGER, "revokeLease", idOf(leases.get(1)), String.class);
              assertThat(pool.inUse()).isEqualTo(1);
              assertThatThrownBy(() -> invoke(LEDGER, "revokeLease", "0-0", String.class))
                  .hasStackTraceContaining("'0-0' is not, or not any more, among the leases");
              first.close();
              second.close();
              Object events = server.invoke(new ObjectName(LEDGER), "listEvents", null, null);
              assertThat((String[]) events)
                  .anyMatch(event -> event.contains("evict of"))
                  .anyMatch(event -> event.contains("revoke of"));
            });
  }

  @Test
  void listsCanBeReadByDefault_andWhatChangesTasksAndLeasesCannot() {
    registering.run(
        context -> {
          assertThat(lines(PRINTER, "listTasks")).isEmpty();
          assertThat(lines(LEDGER, "listLeases")).isEmpty();
          assertThatThrownBy(() -> invoke(PRINTER, "listTasks", 0, int.class))
              .hasStackTraceContaining("from 1 to 1000");
          assertThatThrownBy(() -> invoke(PRINTER, "interruptTask", 1L, long.class))
              .hasStackTraceContaining("management.endpoint.pools.access");
          assertThatThrownBy(() -> invoke(LEDGER, "revokeLease", "1-1", String.class))
              .hasStackTraceContaining("management.endpoint.pools.access");
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
