package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.env.YamlPropertySourceLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.core.env.SystemEnvironmentPropertySource;
import org.springframework.core.io.ByteArrayResource;

/** What pools may be called, and what becomes of names that are taken. */
class PoolNamesTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class));

  private ApplicationContextRunner withYaml(String yaml) {
    return runner.withInitializer(
        context -> {
          try {
            new YamlPropertySourceLoader()
                .load("yaml", new ByteArrayResource(yaml.getBytes(StandardCharsets.UTF_8)))
                .forEach(context.getEnvironment().getPropertySources()::addFirst);
          } catch (java.io.IOException impossible) {
            throw new java.io.UncheckedIOException(impossible);
          }
        });
  }

  private static FailureAnalysis analyse(Throwable failure) {
    FailureAnalysis analysis = new InvalidPoolFailureAnalyzer().analyze(failure);
    assertThat(analysis).as("analysis of %s", failure).isNotNull();
    return analysis;
  }

  @Test
  void aPoolThatIsOnlyNamedHasTheDefaults() {
    for (String nothing : new String[] {"", "{}", "''", "~"}) {
      if (nothing.equals("{}") && SpringBootVersion.getVersion().startsWith("4.0.")) {
        // Spring Boot 4.0 drops an empty map when it reads a file, name and all.
        continue;
      }
      withYaml(
              """
              pools.advanced:
                defaults.max-workers: 3
                instances:
                  reports: %s
              """
                  .formatted(nothing))
          .run(
              context -> {
                assertThat(context).as("reports: %s", nothing).hasNotFailed();
                assertThat(context.getBean("reports", AdvancedPool.class).maxWorkers())
                    .as("reports: %s", nothing)
                    .isEqualTo(3);
              });
    }
  }

  @Test
  void namesMayHaveDotsCapitalsAndSpaces() {
    withYaml(
            """
            pools.advanced.instances:
              "[nightly.batch]": {max-workers: 2}
              nightlyMails: {max-workers: 3}
              "[Big Pool]": {max-workers: 4}
            """)
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBean("nightly.batch", AdvancedPool.class).maxWorkers())
                  .isEqualTo(2);
              assertThat(context.getBean("nightlyMails", AdvancedPool.class).maxWorkers())
                  .isEqualTo(3);
              assertThat(context.getBean("Big Pool", AdvancedPool.class).maxWorkers()).isEqualTo(4);
            });
  }

  @Test
  void environmentVariablesChangeAPoolOfTheFile() {
    withYaml("pools.advanced.instances.reports.max-workers: 2")
        .withInitializer(
            context ->
                context
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(
                        new SystemEnvironmentPropertySource(
                            StandardEnvironment.SYSTEM_ENVIRONMENT_PROPERTY_SOURCE_NAME,
                            Map.of("POOLS_ADVANCED_INSTANCES_REPORTS_MAXWORKERS", "7"))))
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBeansOfType(AdvancedPool.class)).containsOnlyKeys("reports");
              assertThat(context.getBean("reports", AdvancedPool.class).maxWorkers()).isEqualTo(7);
            });
  }

  @Test
  void anEnvironmentVariableOfALaterSourceDoesNotHideTheFilesOtherPools() {
    withYaml(
            """
            pools.advanced.instances:
              reports: {max-workers: 2}
              mails: {max-workers: 3}
            """)
        .withInitializer(
            context ->
                context
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(
                        new MapPropertySource(
                            "test", Map.of("pools.advanced.instances.more.max-workers", "4"))))
        .run(
            context ->
                assertThat(context.getBeansOfType(AdvancedPool.class))
                    .containsOnlyKeys("reports", "mails", "more"));
  }

  @Test
  void aNameThatABeanOfAnotherTypeHasFailsTheStart() {
    runner
        .withBean("reports", StringBuilder.class, StringBuilder::new)
        .withPropertyValues("pools.advanced.instances.reports.max-workers=2")
        .run(
            context -> {
              assertThat(context).hasFailed();
              FailureAnalysis analysis = analyse(context.getStartupFailure());
              assertThat(analysis.getDescription())
                  .contains("pools.advanced.instances.reports")
                  .contains("StringBuilder");
              assertThat(analysis.getAction()).contains("Rename one of the two");
            });
  }

  @Test
  void aNameOfTwoPoolsFailsTheStart() {
    runner
        .withBean(
            ConnectionFactory.class,
            () -> (ConnectionFactory<StringBuilder>) arguments -> new StringBuilder())
        .withPropertyValues(
            "pools.advanced.instances.reports.max-workers=2",
            "pools.connection.instances.reports.max-size=2")
        .run(
            context -> {
              assertThat(context).hasFailed();
              FailureAnalysis analysis = analyse(context.getStartupFailure());
              assertThat(analysis.getDescription())
                  .contains("pools.connection.instances.reports")
                  .contains("pools.advanced.instances.reports");
            });
  }

  @Test
  void aPoolOfTheUsersOwnBacksTheConfiguredConnectionPoolOff() {
    runner
        .withBean(
            "db",
            ConnectionPool.class,
            () -> ConnectionPool.builder(arguments -> new StringBuilder()).name("mine").build())
        .withPropertyValues("pools.connection.instances.db.max-size=2")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBean("db", ConnectionPool.class).name()).isEqualTo("mine");
            });
  }

  @Test
  void anAliasIsANameToo() {
    runner
        .withInitializer(
            context -> {
              var beans =
                  (org.springframework.beans.factory.support.BeanDefinitionRegistry)
                      context.getBeanFactory();
              var mine =
                  new org.springframework.beans.factory.support.RootBeanDefinition(
                      AdvancedPool.class, AdvancedPool::create);
              beans.registerBeanDefinition("mine", mine);
              beans.registerAlias("mine", "reports");
            })
        .withPropertyValues("pools.advanced.instances.reports.max-workers=2")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(context.getBean("reports")).isSameAs(context.getBean("mine"));
            });
  }
}
