package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.alarm.AlarmWatch;
import dev.pools.boot.endpoint.PoolValues;
import dev.pools.boot.endpoint.PoolsEndpoint;
import dev.pools.boot.health.PoolsHealth;
import dev.pools.boot.task.PoolTaskExecutor;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionHook;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.ConnectionPoolStats.State;
import dev.pools.connection.HealthChecker;
import dev.pools.task.AdvancedPool;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.Banner;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.actuate.autoconfigure.endpoint.jmx.JmxEndpointAutoConfiguration;
import org.springframework.boot.actuate.endpoint.EndpointId;
import org.springframework.boot.actuate.endpoint.Show;
import org.springframework.boot.actuate.endpoint.jmx.JmxEndpointsSupplier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.jmx.JmxAutoConfiguration;
import org.springframework.boot.autoconfigure.task.TaskExecutionAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.health.contributor.CompositeHealthContributor;
import org.springframework.boot.health.contributor.HealthContributors;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.test.context.assertj.AssertableApplicationContext;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;

/** A context whose parent has pools, and the starter, too. */
@ExtendWith(OutputCaptureExtension.class)
class ChildContextsTest {

  private static final String PRINTER = "pools.advanced.instances.printer.";
  private static final String LEDGER = "pools.connection.instances.ledger.";
  private static final String ARCHIVE = "pools.connection.instances.archive.";

  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private final ApplicationContextRunner plain = new ApplicationContextRunner();

  private final ApplicationContextRunner starter =
      plain.withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class));

  private final ApplicationContextRunner full =
      starter
          .withConfiguration(
              AutoConfigurations.of(
                  JmxAutoConfiguration.class,
                  EndpointAutoConfiguration.class,
                  JmxEndpointAutoConfiguration.class,
                  MetricsAutoConfiguration.class,
                  CompositeMeterRegistryAutoConfiguration.class,
                  PoolsAlarmsAutoConfiguration.class,
                  PoolsEndpointAutoConfiguration.class,
                  PoolsHealthAutoConfiguration.class,
                  PoolsJmxAutoConfiguration.class,
                  PoolsMetricsAutoConfiguration.class))
          .withPropertyValues(
              "spring.jmx.enabled=true",
              "spring.jmx.unique-names=true",
              "management.endpoints.jmx.exposure.include=pools",
              "pools.jmx.enabled=true");

  private final ApplicationContextRunner parents =
      full.withBean("registry", MeterRegistry.class, () -> registry)
          .withUserConfiguration(Server.class)
          .withPropertyValues(PRINTER + "max-workers=1", LEDGER + "max-size=2");

  @Configuration(proxyBeanMethods = false)
  static class Server {
    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder("parent");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ServerOfTheChild {
    @Bean
    ConnectionFactory<StringBuilder> others() {
      return arguments -> new StringBuilder("child");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class ServersByName {
    @Bean
    ConnectionFactory<StringBuilder> archiveConnectionFactory() {
      return arguments -> new StringBuilder("parent");
    }

    @Bean
    @Qualifier("letters")
    ConnectionFactory<StringBuilder> byQualifier() {
      return arguments -> new StringBuilder("letters");
    }

    @Bean
    ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments -> new StringBuilder("ledger");
    }

    @Bean
    HealthChecker<StringBuilder> archiveHealthChecker() {
      return connection -> true;
    }

    @Bean
    ConnectionHook<StringBuilder> archiveOnAcquire() {
      return connection -> connection.append(" prepared");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnPools {
    @Bean
    AdvancedPool printer() {
      return AdvancedPool.builder().name("own").build();
    }

    @Bean
    ConnectionPool<StringBuilder> ledger() {
      return ConnectionPool.builder(() -> new StringBuilder()).name("own").build();
    }
  }

  // ---- Which pools a child creates

  /** A parent, and what its child creates itself; the child uses {@code shared} of the parent. */
  private record Case(
      String what,
      ApplicationContextRunner parent,
      ApplicationContextRunner child,
      List<String> created,
      List<String> shared) {

    @Override
    public String toString() {
      return what;
    }
  }

  static Stream<Case> cases() {
    ChildContextsTest test = new ChildContextsTest();
    ApplicationContextRunner parent =
        test.starter
            .withUserConfiguration(Server.class)
            .withPropertyValues(PRINTER + "max-workers=1", LEDGER + "max-size=2");
    ApplicationContextRunner child = test.starter;
    String[] same = {PRINTER + "max-workers=1", LEDGER + "max-size=2"};
    List<String> none = List.of();
    List<String> both = List.of("printer", "ledger");
    return Stream.of(
        new Case("reads the same files", parent, child.withPropertyValues(same), none, both),
        new Case("has no settings of its own", parent, child, none, both),
        new Case(
            "spells the names in another way",
            test.starter
                .withUserConfiguration(Server.class)
                .withInitializer(
                    withSource(
                        Map.of(
                            "pools.advanced.instances.photo-printer.max-workers",
                            1,
                            "pools.connection.instances.mainLedger.max-size",
                            2))),
            child.withPropertyValues(
                "pools.advanced.instances.PHOTOPRINTER.max-workers=1",
                "pools.connection.instances.main_ledger.max-size=2"),
            none,
            List.of("photoPrinter", "photo-printer", "PHOTOPRINTER", "mainLedger", "main_ledger")),
        new Case(
            "has other settings for them",
            parent,
            child.withPropertyValues(PRINTER + "max-workers=7", LEDGER + "max-size=8"),
            none,
            both),
        new Case(
            "has pools of its own, too",
            parent,
            child.withPropertyValues(
                "pools.advanced.instances.mailer.max-workers=1", ARCHIVE + "factory=connections"),
            List.of("mailer", "archive"),
            both),
        new Case(
            "turns off what its parent has", // as a setting of the context that has the pool
            parent,
            child.withPropertyValues(PRINTER + "enabled=false", LEDGER + "enabled=false"),
            none,
            both),
        new Case(
            "turns on what its parent turns off",
            parent.withPropertyValues(PRINTER + "enabled=false", LEDGER + "enabled=false"),
            child.withPropertyValues(PRINTER + "enabled=true", LEDGER + "enabled=true"),
            both,
            none),
        new Case(
            "configures what is a bean of the application in its parent",
            test.plain.withUserConfiguration(OwnPools.class),
            child.withPropertyValues(same),
            none,
            both),
        new Case(
            "configures nothing where its parent has beans of the application",
            test.plain.withUserConfiguration(OwnPools.class),
            child,
            none,
            both),
        new Case(
            "has beans of its own in their place",
            parent,
            child.withUserConfiguration(OwnPools.class).withPropertyValues(same),
            both,
            none),
        new Case(
            "configures nothing, and neither does its parent",
            test.starter,
            child,
            none,
            List.of("advancedPool")),
        new Case(
            "has a parent without pools",
            test.plain.withUserConfiguration(Server.class),
            child.withPropertyValues(same),
            both,
            none));
  }

  /** Settings of a source of its own, which may spell the names in another way. */
  private static ApplicationContextInitializer<ConfigurableApplicationContext> withSource(
      Map<String, Object> settings) {
    return context ->
        context
            .getEnvironment()
            .getPropertySources()
            .addLast(new MapPropertySource("files of the parent", settings));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void childUsesThePoolsOfItsParent_andCreatesTheOthers(Case walked) {
    walked.parent.run(
        parent ->
            walked
                .child
                .withParent(parent)
                .run(
                    child -> {
                      assertThat(child).hasNotFailed();
                      assertThat(local(child)).containsExactlyInAnyOrderElementsOf(walked.created);
                      for (String pool : walked.shared) {
                        assertThat(child.getBean(pool)).isSameAs(parent.getBean(canonical(pool)));
                      }
                    }));
  }

  /** The names of the case whose spelling the parent does not know. */
  private static String canonical(String pool) {
    return pool.equals("PHOTOPRINTER")
        ? "photo-printer"
        : pool.equals("main_ledger") ? "mainLedger" : pool;
  }

  private static List<String> local(ApplicationContext context) {
    List<String> names = new ArrayList<>();
    names.addAll(Arrays.asList(context.getBeanNamesForType(AdvancedPool.class)));
    names.addAll(Arrays.asList(context.getBeanNamesForType(ConnectionPool.class)));
    return names;
  }

  @Test
  void otherSettingsForAPoolOfTheParent_areWarnedOf_andTheSameOnesAreNot(CapturedOutput output) {
    cases()
        .filter(
            it -> Set.of("has other settings for them", "reads the same files").contains(it.what))
        .forEach(this::childUsesThePoolsOfItsParent_andCreatesTheOthers);

    assertThat(output.getOut().lines().filter(line -> line.contains("a parent context has this")))
        .hasSize(2)
        .anyMatch(
            line ->
                line.contains(
                    "Pool 'printer': the settings max-workers under pools.advanced.instances.printer"
                        + " have no effect"))
        .anyMatch(line -> line.contains("Pool 'ledger': the settings max-size under"));
  }

  @Test
  void grandchildUsesThePoolsOfBothAncestors() {
    parents.run(
        parent ->
            starter
                .withParent(parent)
                .withPropertyValues("pools.advanced.instances.mailer.max-workers=1")
                .run(
                    child ->
                        full.withParent(child)
                            .run(
                                grandchild -> {
                                  assertThat(local(grandchild)).isEmpty();
                                  assertThat(grandchild.getBean("mailer"))
                                      .isSameAs(child.getBean("mailer"));
                                  assertThat(shown(grandchild))
                                      .containsExactly("ledger", "mailer", "printer");
                                  assertThat(healthOf(grandchild))
                                      .containsExactly("ledger", "mailer", "printer");
                                })));
  }

  // ---- The parts of a connection pool

  private static String opened(ApplicationContext context, String pool)
      throws InterruptedException {
    try (var lease = context.getBean(pool, ConnectionPool.class).acquire()) {
      return lease.connection().toString();
    }
  }

  @Test
  void poolOfTheChild_hasPartsOfTheParent_byTheirTypes() {
    plain
        .withUserConfiguration(Server.class)
        .run(
            parent ->
                starter
                    .withParent(parent)
                    .withPropertyValues(ARCHIVE + "max-size=1")
                    .run(child -> assertThat(opened(child, "archive")).isEqualTo("parent")));
  }

  @Test
  void poolOfTheChild_hasPartsOfTheParent_byTheirNamesAndQualifiers() {
    plain
        .withUserConfiguration(ServersByName.class)
        .run(
            parent ->
                starter
                    .withParent(parent)
                    .withPropertyValues(
                        ARCHIVE + "max-size=1",
                        "pools.connection.instances.letters.max-size=1",
                        "pools.connection.instances.copies.factory=byQualifier")
                    .run(
                        child -> {
                          assertThat(opened(child, "archive")).isEqualTo("parent prepared");
                          assertThat(opened(child, "letters")).isEqualTo("letters");
                          assertThat(opened(child, "copies")).isEqualTo("letters");
                        }));
  }

  @Test
  void partsOfTheChild_takePrecedence() {
    plain
        .withUserConfiguration(Server.class)
        .run(
            parent ->
                starter
                    .withParent(parent)
                    .withUserConfiguration(ServerOfTheChild.class)
                    .withPropertyValues(ARCHIVE + "max-size=1")
                    .run(child -> assertThat(opened(child, "archive")).isEqualTo("child")));
  }

  @Test
  void partThatIsNamedAfterAPoolOfTheParent_belongsToThatPoolOnly() {
    starter
        .withBean(
            "ledgerConnectionFactory",
            ConnectionFactory.class,
            () -> (ConnectionFactory<Object>) arguments -> "ledger")
        .withPropertyValues(LEDGER + "max-size=1")
        .run(
            parent ->
                starter
                    .withParent(parent)
                    .withPropertyValues(ARCHIVE + "max-size=1")
                    .run(
                        child ->
                            assertThat(child)
                                .getFailure()
                                .hasMessageContaining("The pool 'archive' has no factory")));
  }

  // ---- Injection

  @Configuration(proxyBeanMethods = false)
  static class Injected {
    @Bean
    Object injected(
        AdvancedPool printer,
        @Qualifier("printer") AdvancedPool qualified,
        Executor executor,
        Map<String, AdvancedPool> all,
        ConnectionPool<StringBuilder> connections) {
      return new Object() {
        @Override
        public String toString() {
          return printer.name()
              + " "
              + qualified.name()
              + " "
              + (executor instanceof AdvancedPool)
              + " "
              + new TreeSet<>(all.keySet())
              + " "
              + connections.stats().maxSize();
        }
      };
    }

    @Bean
    Object byName(@Qualifier("printer") Executor qualified, Executor printer) {
      return printer == qualified;
    }
  }

  @Test
  void poolsOfTheParentAreInjected_andReplaceNoExecutor() {
    ApplicationContextRunner executors =
        starter.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class));
    executors
        .withUserConfiguration(Server.class)
        .withPropertyValues(PRINTER + "max-workers=1", LEDGER + "max-size=2")
        .run(
            parent ->
                executors
                    .withParent(parent)
                    .withUserConfiguration(Injected.class)
                    .run(
                        child -> {
                          assertThat(child.getBean("injected"))
                              .hasToString("printer printer false [printer] 2");
                          assertThat(child.getBean("byName")).isEqualTo(true);
                        }));
  }

  @Test
  void poolOfTheParent_canBeTheExecutorOfBoth() {
    ApplicationContextRunner executors =
        starter.withConfiguration(AutoConfigurations.of(TaskExecutionAutoConfiguration.class));
    executors
        .withPropertyValues(PRINTER + "application-task-executor=true")
        .run(
            parent ->
                executors
                    .withParent(parent)
                    .run(
                        child ->
                            assertThat(
                                    child
                                        .getBean("applicationTaskExecutor", PoolTaskExecutor.class)
                                        .pool())
                                .isSameAs(parent.getBean("printer"))));
  }

  // ---- Start and stop

  @Test
  void siblingsWithPoolsOfTheirOwn_areApart_andOneThatClosesLeavesTheOthersAlone() {
    ApplicationContextRunner child =
        starter.withPropertyValues(
            "pools.advanced.instances.mailer.max-workers=1",
            ARCHIVE + "max-size=3",
            ARCHIVE + "min-size=1");
    parents.run(
        parent ->
            child
                .withParent(parent)
                .run(
                    one -> {
                      List<ConnectionPool<?>> pools = new ArrayList<>();
                      child
                          .withParent(parent)
                          .run(
                              other -> {
                                assertThat(other.getBean("mailer"))
                                    .isNotSameAs(one.getBean("mailer"));
                                pools.add(other.getBean("archive", ConnectionPool.class));
                                // The child starts its own pools: the connection is open.
                                assertThat(pools.get(0).stats().size()).isEqualTo(1);
                              });
                      assertThat(pools.get(0).stats().state()).isEqualTo(State.STOPPED);
                      for (String pool : List.of("archive", "ledger")) {
                        assertThat(one.getBean(pool, ConnectionPool.class).stats().state())
                            .isEqualTo(State.RUNNING);
                      }
                      for (String pool : List.of("mailer", "printer")) {
                        assertThat(one.getBean(pool, AdvancedPool.class).submit(() -> 1).join())
                            .isEqualTo(1);
                      }
                    }));
  }

  @Test
  void childThatStops_stopsItsOwnConnectionPoolsOnly() {
    parents.run(
        parent ->
            starter
                .withParent(parent)
                .withPropertyValues(ARCHIVE + "max-size=3")
                .run(
                    child -> {
                      source(child).stop();
                      assertThat(state(child, "archive")).isEqualTo(State.STOPPED);
                      assertThat(state(child, "ledger")).isEqualTo(State.RUNNING);
                      source(child).start();
                      assertThat(state(child, "archive")).isEqualTo(State.RUNNING);
                    }));
  }

  private static State state(ApplicationContext context, String pool) {
    return context.getBean(pool, ConnectionPool.class).stats().state();
  }

  private static ConfigurableApplicationContext source(AssertableApplicationContext context) {
    return context.getSourceApplicationContext();
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(PoolsAutoConfiguration.class)
  static class Root {}

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(PoolsAutoConfiguration.class)
  static class Branch {}

  @Test
  void hierarchyOfSpringApplicationBuilder_hasEachPoolOnce_untilItCloses() {
    AdvancedPool pool;
    try (ConfigurableApplicationContext child =
        new SpringApplicationBuilder(Root.class)
            .web(WebApplicationType.NONE)
            .bannerMode(Banner.Mode.OFF)
            .properties(PRINTER + "max-workers=1")
            .child(Branch.class)
            .web(WebApplicationType.NONE)
            .run()) {
      ApplicationContext parent = Objects.requireNonNull(child.getParent());
      pool = child.getBean("printer", AdvancedPool.class);
      assertThat(local(child)).isEmpty();
      assertThat(local(parent)).containsExactly("printer");
      ((ConfigurableApplicationContext) parent).close();
      assertThat(child.isActive()).isFalse();
    }
    assertThat(pool.isTerminated()).isTrue();
  }

  // ---- Meters, JMX, alarms

  private List<String> measured(String meter) {
    return registry.find(meter).meters().stream()
        .map(found -> Objects.requireNonNull(found.getId().getTag("pool")))
        .sorted()
        .toList();
  }

  @Test
  void eachPoolIsMeasuredOnce_andRegisteredOnceWithJmx() {
    parents.run(
        parent -> {
          full.withParent(parent)
              .withPropertyValues("pools.advanced.instances.mailer.max-workers=5")
              .run(
                  child -> {
                    assertThat(measured("pools.advanced.workers.max"))
                        .containsExactly("mailer", "printer");
                    assertThat(
                            registry
                                .get("pools.advanced.workers.max")
                                .tag("pool", "printer")
                                .gauge()
                                .value())
                        .isEqualTo(1);
                    assertThat(
                            ManagementFactory.getPlatformMBeanServer()
                                .queryNames(new ObjectName("dev.pools:*"), null))
                        .extracting(name -> name.getKeyProperty("type"))
                        .containsExactlyInAnyOrder(
                            "AdvancedPool (printer)",
                            "ConnectionPool (ledger)",
                            "AdvancedPool (mailer)");
                  });
          assertThat(measured("pools.advanced.workers.max")).containsExactly("printer");
        });
  }

  @Test
  void alarmsOfAPoolOfTheParent_areWatchedThereOnly() {
    parents
        .withPropertyValues(PRINTER + "alarms.saturation=1")
        .run(
            parent ->
                full.withParent(parent)
                    .run(
                        child -> {
                          AlarmWatch own = child.getBean(AlarmWatch.class);
                          assertThat(own).isNotSameAs(parent.getBean(AlarmWatch.class));
                          assertThat(parent.getBean(AlarmWatch.class).isRunning()).isTrue();
                          assertThat(own.isRunning()).isFalse();
                        }));
  }

  @Test
  void childWatchesTheAlarmsOfItsOwnPools() {
    parents.run(
        parent ->
            full.withParent(parent)
                .withPropertyValues(ARCHIVE + "alarms.leaks=1")
                .run(
                    child -> {
                      assertThat(child.getBean(AlarmWatch.class).isRunning()).isTrue();
                      assertThat(parent.getBean(AlarmWatch.class).isRunning()).isFalse();
                    }));
  }

  // ---- Health and endpoint

  private static List<String> healthOf(ApplicationContext context) {
    CompositeHealthContributor health =
        context.getBean("poolsHealthContributor", PoolsHealth.class);
    return health.stream().map(HealthContributors.Entry::name).sorted().toList();
  }

  @SuppressWarnings("unchecked")
  private static List<String> shown(ApplicationContext context) {
    return ((List<Map<String, Object>>)
            Objects.requireNonNull(context.getBean(PoolsEndpoint.class).pools().get("pools")))
        .stream().map(pool -> String.valueOf(pool.get("name"))).toList();
  }

  @Test
  void healthAndEndpointOfAChild_showItsPoolsAndThoseOfItsParent_eachOnce() {
    parents.run(
        parent ->
            full.withParent(parent)
                .withPropertyValues(
                    PRINTER + "max-workers=1", "pools.advanced.instances.mailer.max-workers=5")
                .run(
                    child -> {
                      List<String> all = List.of("ledger", "mailer", "printer");
                      assertThat(healthOf(child)).isEqualTo(all);
                      assertThat(shown(child)).isEqualTo(all);
                      assertThat(healthOf(parent)).containsExactly("ledger", "printer");
                      assertThat(shown(parent)).containsExactly("ledger", "printer");
                    }));
  }

  @Test
  void healthOfAChild_showsPoolsOfAParentWithoutHealth() {
    starter
        .withPropertyValues(PRINTER + "max-workers=1", PRINTER + "health.enabled=false")
        .withUserConfiguration(OwnPools.class)
        .withBean("mine", AdvancedPool.class, AdvancedPool::create)
        .run(
            parent ->
                full.withParent(parent)
                    .run(child -> assertThat(healthOf(child)).containsExactly("ledger", "mine")));
  }

  @Test
  void changeThroughTheEndpointOfAChild_isAnEventOfThePoolInBoth() {
    parents
        .withPropertyValues("management.endpoint.pools.access=UNRESTRICTED")
        .run(
            parent ->
                full.withParent(parent)
                    .run(
                        child -> {
                          child
                              .getBean(PoolsEndpoint.class)
                              .change("advanced", "printer", null, "3", null, null, null, null);

                          for (ApplicationContext context : List.of(parent, child)) {
                            assertThat(
                                    context
                                        .getBean(PoolsEndpoint.class)
                                        .pool("advanced", "printer", null, null)
                                        .get("events"))
                                .asString()
                                .contains("type=RESIZED");
                          }
                        }));
  }

  @Configuration(proxyBeanMethods = false)
  static class OwnEndpoint {
    @Bean
    PoolsEndpoint ourPools() {
      return new PoolsEndpoint(List::of, new PoolValues(List.of(), Show.NEVER, Set.of()));
    }
  }

  private static List<EndpointId> endpoints(ApplicationContext context) {
    return context.getBean(JmxEndpointsSupplier.class).getEndpoints().stream()
        .map(endpoint -> endpoint.getEndpointId())
        .toList();
  }

  @Test
  void endpointOfTheApplicationInAParent_isThatOfTheChild_too() {
    parents
        .withUserConfiguration(OwnEndpoint.class)
        .run(
            parent ->
                full.withParent(parent)
                    .run(
                        child -> {
                          assertThat(child).hasNotFailed();
                          assertThat(child.getBean(PoolsEndpoint.class))
                              .isSameAs(parent.getBean("ourPools"));
                          assertThat(endpoints(child)).containsExactly(EndpointId.of("pools"));
                        }));
  }

  @Test
  void endpointsOfAParentAndItsChild_doNotClash() {
    parents.run(
        parent ->
            full.withParent(parent)
                .run(
                    child -> {
                      assertThat(child.getBean(PoolsEndpoint.class))
                          .isNotSameAs(parent.getBean(PoolsEndpoint.class));
                      assertThat(endpoints(child)).containsExactly(EndpointId.of("pools"));
                    }));
  }

  @Test
  void healthOfTheApplicationInAParent_isThatOfTheChild_too() {
    parents
        .withBean("poolsHealthIndicator", String.class, () -> "own")
        .run(
            parent ->
                full.withParent(parent)
                    .run(
                        child ->
                            assertThat(child)
                                .hasNotFailed()
                                .doesNotHaveBean("poolsHealthContributor")));
  }

  // ---- A refresh

  /** A source of the child alone, before all others. */
  private static ApplicationContextRunner withRefresh(
      ApplicationContextRunner runner, Map<String, Object> settings) {
    return runner
        .withConfiguration(AutoConfigurations.of(PoolsRefreshAutoConfiguration.class))
        .withInitializer(
            context ->
                context
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("files of the child", settings)));
  }

  private static String events(ApplicationContext context, String pool) {
    return String.valueOf(
        context.getBean(PoolsEndpoint.class).pool("advanced", pool, null, null).get("events"));
  }

  @Test
  void refreshOfAChild_changesItsOwnPoolsOnly(CapturedOutput output) {
    Map<String, Object> settings = new HashMap<>();
    settings.put("pools.advanced.instances.mailer.max-workers", 2);
    withRefresh(parents, Map.of())
        .run(
            parent ->
                withRefresh(full, settings)
                    .withParent(parent)
                    .run(
                        child -> {
                          settings.put("pools.advanced.instances.mailer.max-workers", 3);
                          settings.put(PRINTER + "max-workers", 7);
                          child.publishEvent(new EnvironmentChangeEvent(child, Set.of()));

                          assertThat(child.getBean("mailer", AdvancedPool.class).maxWorkers())
                              .isEqualTo(3);
                          assertThat(parent.getBean("printer", AdvancedPool.class).maxWorkers())
                              .isEqualTo(1);
                          assertThat(events(child, "mailer")).contains("type=RESIZED");
                          assertThat(events(child, "printer")).isEqualTo("[]");
                          assertThat(output).doesNotContain("Restart it");
                        }));
  }

  @Test
  void refreshOfAChildThatIsRejected_isAnEventOfItsOwnPoolsOnly() {
    Map<String, Object> settings = new HashMap<>();
    settings.put("pools.advanced.instances.mailer.max-workers", 2);
    withRefresh(parents, Map.of())
        .run(
            parent ->
                withRefresh(full, settings)
                    .withParent(parent)
                    .run(
                        child -> {
                          settings.put("pools.advanced.instances.mailer.max-workers", 0);
                          child.publishEvent(new EnvironmentChangeEvent(child, Set.of()));

                          assertThat(events(child, "mailer")).contains("type=CHANGE_REJECTED");
                          assertThat(events(child, "printer")).isEqualTo("[]");
                          assertThat(events(parent, "printer")).isEqualTo("[]");
                        }));
  }
}
