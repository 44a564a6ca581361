package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.alarm.AlarmedPool;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.FactoryBean;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Lazy;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.stereotype.Component;

/** Settings under the name of a pool that is a bean of the application, in each spelling. */
class PresentPoolsTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class));

  private static ConnectionPool<StringBuilder> open() {
    return ConnectionPool.<StringBuilder>builder(arguments -> new StringBuilder()).build();
  }

  @Configuration(proxyBeanMethods = false)
  static class Methods {
    @Bean
    ConnectionPool<StringBuilder> ldapDir() {
      return open();
    }

    @Bean
    AdvancedPool photoPrinter() {
      return AdvancedPool.create();
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class FactoryMethods {
    @Bean
    FactoryBean<ConnectionPool<StringBuilder>> ldapDir() {
      return new Opening();
    }

    @Bean
    Printing photoPrinter() {
      return new Printing();
    }
  }

  @Component("ldapDir")
  static class Opening implements FactoryBean<ConnectionPool<StringBuilder>> {
    @Override
    public ConnectionPool<StringBuilder> getObject() {
      return open();
    }

    @Override
    public Class<?> getObjectType() {
      return ConnectionPool.class;
    }
  }

  @Component("photoPrinter")
  static class Printing implements FactoryBean<AdvancedPool> {
    private @Nullable AdvancedPool pool;

    @Override
    public AdvancedPool getObject() {
      pool = pool == null ? AdvancedPool.create() : pool;
      return pool;
    }

    @Override
    public Class<?> getObjectType() {
      return AdvancedPool.class;
    }
  }

  /** The ways to declare the pools {@code ldapDir} and {@code photoPrinter}. */
  private ApplicationContextRunner declared(String way) {
    return switch (way) {
      case "methods" -> runner.withUserConfiguration(Methods.class);
      case "factory methods" -> runner.withUserConfiguration(FactoryMethods.class);
      case "components" -> runner.withUserConfiguration(Opening.class, Printing.class);
      case "objects" ->
          runner.withInitializer(
              context -> {
                context.getBeanFactory().registerSingleton("ldapDir", open());
                context.getBeanFactory().registerSingleton("photoPrinter", AdvancedPool.create());
              });
      default -> throw new IllegalArgumentException(way);
    };
  }

  static Stream<String> waysToDeclare() {
    return Stream.of("methods", "factory methods", "components", "objects");
  }

  private static ApplicationContextRunner with(
      ApplicationContextRunner runner, Map<String, Object> variables) {
    return runner.withInitializer(
        context ->
            context
                .getEnvironment()
                .getPropertySources()
                .replace(
                    StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                    new SystemEnvironmentPropertySource(
                        StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME, variables)));
  }

  @ParameterizedTest
  @MethodSource("waysToDeclare")
  void aVariableConfiguresThePoolOfTheApplication_andAddsNoSecondOne(String way) {
    with(
            declared(way),
            Map.of(
                "POOLS_CONNECTION_INSTANCES_LDAPDIR_STOPTIMEOUT", "7s",
                "POOLS_CONNECTION_INSTANCES_LDAP_DIR_HEALTH_ENABLED", "false",
                "POOLS_CONNECTION_INSTANCES_LDAPDIR_ALARMS_LEAKS", "3",
                "POOLS_ADVANCED_INSTANCES_PHOTOPRINTER_ALARMS_REJECTIONS", "4"))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBeansOfType(ConnectionPool.class)).containsOnlyKeys("ldapDir");
              assertThat(context.getBeansOfType(AdvancedPool.class))
                  .containsOnlyKeys("photoPrinter");
              assertConfigured((GenericApplicationContext) context.getSourceApplicationContext());
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"ldap-dir", "ldapDir", "ldap_dir", "LDAPDIR", "ldapdir"})
  void theFileConfiguresThePoolOfTheApplication_inEachSpelling(String spelling) {
    String prefix = "pools.connection.instances." + spelling;
    declared("methods")
        .withPropertyValues(
            prefix + ".stop-timeout=7s",
            prefix + ".health.enabled=false",
            prefix + ".alarms.leaks=3",
            "pools.advanced.instances.photo-printer.alarms.rejections=4")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBeansOfType(ConnectionPool.class)).containsOnlyKeys("ldapDir");
              assertConfigured((GenericApplicationContext) context.getSourceApplicationContext());
            });
  }

  /** Health, alarms and stop ask for the settings by the name of the bean. */
  private static void assertConfigured(GenericApplicationContext context) {
    PoolsBinding binding = context.getBean(PoolsBinding.class);
    assertThat(PoolLifecycles.settings(binding, PoolKind.CONNECTION).of("ldapDir").stopTimeout())
        .isEqualTo(Duration.ofSeconds(7));
    AdvisedPoolsOfContext advised = new AdvisedPoolsOfContext(System::nanoTime);
    assertThat(
            new PoolIndicators(context.getBeanFactory(), binding.properties(), advised)
                .of("ldapDir", context.getBean("ldapDir", ConnectionPool.class)))
        .isNull();
    assertThat(
            new AlarmedPoolsOfContext(context.getBeanFactory(), binding.properties(), advised)
                .pools())
        .extracting(AlarmedPool::name)
        .containsExactly("photoPrinter", "ldapDir");
  }

  @Test
  void anAliasOfThePoolIsANameOfIt() {
    with(
            runner.withUserConfiguration(Aliased.class),
            Map.of("POOLS_CONNECTION_INSTANCES_USERDIRECTORY_STOPTIMEOUT", "7s"))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBean(PoolsBinding.class).settings(PoolKind.CONNECTION, "ldap"))
                  .isNotNull();
              assertThat(context.getBeansOfType(ConnectionPool.class)).containsOnlyKeys("ldap");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Aliased {
    @Bean({"ldap", "userDirectory"})
    ConnectionPool<StringBuilder> ldap() {
      return open();
    }
  }

  @Test
  void noPoolAndNoFactoryBeanIsCreatedForItsName() {
    with(
            runner.withUserConfiguration(Untouched.class),
            Map.of(
                "POOLS_CONNECTION_INSTANCES_LDAPDIR_STOPTIMEOUT", "7s",
                "POOLS_ADVANCED_INSTANCES_PHOTOPRINTER_STOPTIMEOUT", "7s"))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              for (String pool : List.of("ldapDir", "photoPrinter")) {
                assertThat(context.getBeanFactory().containsSingleton(pool)).as(pool).isFalse();
              }
              assertThat(context.getBean(PoolsBinding.class).pools(PoolKind.CONNECTION))
                  .extracting(PoolName::name)
                  .containsExactly("ldapDir");
              assertThat(context.getBean(PoolsBinding.class).pools(PoolKind.ADVANCED))
                  .extracting(PoolName::name)
                  .containsExactly("photoPrinter");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class Untouched {
    @Bean
    @Lazy
    ConnectionPool<StringBuilder> ldapDir() {
      throw new IllegalStateException("nothing uses this pool");
    }

    @Bean
    @Lazy
    Printing photoPrinter() {
      throw new IllegalStateException("nothing uses this pool");
    }
  }

  @Test
  void aPoolOfTheOtherKindIsNotMeant() {
    runner
        .withUserConfiguration(Methods.class)
        .withPropertyValues("pools.advanced.instances.ldapdir.max-workers=2")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBeansOfType(AdvancedPool.class))
                  .containsOnlyKeys("photoPrinter", "ldapdir");
            });
  }

  // ---- Two beans of one name

  @Configuration(proxyBeanMethods = false)
  static class Two {
    @Bean
    ConnectionPool<StringBuilder> ldapDir() {
      return open();
    }

    @Bean("ldap-dir")
    ConnectionPool<StringBuilder> other() {
      return open();
    }
  }

  @Test
  void twoPoolsOfTheApplicationThatMatch_stopIt_withBoth() {
    with(
            runner.withUserConfiguration(Two.class),
            Map.of("POOLS_CONNECTION_INSTANCES_LDAPDIR_STOPTIMEOUT", "7s"))
        .run(
            context -> {
              assertThat(context).hasFailed();
              FailureAnalysis analysis =
                  new InvalidPoolFailureAnalyzer().analyze(context.getStartupFailure());
              assertThat(analysis.getDescription())
                  .contains("pools.connection.instances.ldapdir")
                  .contains("POOLS_CONNECTION_INSTANCES_LDAPDIR_STOPTIMEOUT")
                  .contains("'ldap-dir', 'ldapDir'");
              assertThat(analysis.getAction()).contains("Rename all but one");
            });
  }

  @Test
  void twoPoolsOfTheApplication_areToldApartByTheExactNameInTheFile() {
    with(
            runner.withUserConfiguration(Two.class),
            Map.of("POOLS_CONNECTION_INSTANCES_LDAPDIR_STOPTIMEOUT", "7s"))
        .withPropertyValues("pools.connection.instances.ldap-dir.health.failures=2")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              PoolsBinding binding = context.getBean(PoolsBinding.class);
              assertThat(
                      PoolLifecycles.settings(binding, PoolKind.CONNECTION)
                          .of("ldap-dir")
                          .stopTimeout())
                  .isEqualTo(Duration.ofSeconds(7));
              assertThat(binding.settings(PoolKind.CONNECTION, "ldapDir")).isNull();
            });
  }

  // ---- Later

  @Test
  void aRefreshKnowsThePoolsOfTheApplication() {
    declared("methods")
        .run(
            context -> {
              ConfigurableEnvironment environment = context.getEnvironment();
              environment
                  .getPropertySources()
                  .addFirst(
                      new MapPropertySource(
                          "later",
                          Map.of("pools.connection.instances.ldap-dir.stop-timeout", "9s")));
              assertThat(context.getBean(PoolsBinding.class).again().pools(PoolKind.CONNECTION))
                  .extracting(PoolName::name)
                  .containsExactly("ldapDir");
            });
  }

  @Test
  void aWrongSettingIsNamedAsItWasWritten() {
    declared("methods")
        .withPropertyValues("pools.connection.instances.ldap-dir.stop-timeout=-1s")
        .run(
            context -> {
              assertThat(context).hasFailed();
              FailureAnalysis analysis =
                  new InvalidPoolFailureAnalyzer().analyze(context.getStartupFailure());
              assertThat(analysis.getDescription())
                  .contains("The property pools.connection.instances.ldap-dir.stop-timeout");
              assertThat(analysis.getAction())
                  .isEqualTo("Change pools.connection.instances.ldap-dir.stop-timeout.");
            });
  }
}
