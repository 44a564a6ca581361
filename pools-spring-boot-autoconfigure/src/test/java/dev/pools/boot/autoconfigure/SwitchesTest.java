package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.boot.health.PoolsHealth;
import dev.pools.boot.lifecycle.AdvancedPoolLifecycle;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

/** What turns pools off, and settings that several pools share. */
class SwitchesTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  PoolsAutoConfiguration.class,
                  PoolsHealthAutoConfiguration.class,
                  PoolsMetricsAutoConfiguration.class));

  private static FailureAnalysis analyse(Throwable failure) {
    FailureAnalysis analysis = new InvalidPoolFailureAnalyzer().analyze(failure);
    assertThat(analysis).as("analysis of %s", failure).isNotNull();
    return analysis;
  }

  @Test
  void withPoolsDisabledThereIsNothingOfOurs() {
    runner
        .withPropertyValues(
            "pools.enabled=false",
            "pools.advanced.instances.reports.max-workers=2",
            "pools.connection.instances.db.max-size=2")
        .run(
            context ->
                assertThat(context)
                    .hasNotFailed()
                    .doesNotHaveBean(AdvancedPool.class)
                    .doesNotHaveBean(ConnectionPool.class)
                    .doesNotHaveBean(PoolsProperties.class)
                    .doesNotHaveBean(AdvancedPoolLifecycle.class)
                    .doesNotHaveBean(PoolsHealth.class));
  }

  @Test
  void eachPoolCanBeDisabled_andNeedsNoFactoryThen() {
    runner
        .withPropertyValues(
            "pools.advanced.instances.reports.enabled=false",
            "pools.advanced.instances.mails.max-workers=2",
            "pools.connection.instances.db.enabled=false")
        .run(
            context -> {
              assertThat(context.getBeansOfType(AdvancedPool.class)).containsOnlyKeys("mails");
              assertThat(context).doesNotHaveBean(ConnectionPool.class);
            });
  }

  @Test
  void poolsThatAreDisabledByDefaultAreEnabledOneByOne() {
    runner
        .withPropertyValues(
            "pools.advanced.defaults.enabled=false",
            "pools.advanced.instances.reports.max-workers=2",
            "pools.advanced.instances.mails.enabled=true")
        .run(
            context ->
                assertThat(context.getBeansOfType(AdvancedPool.class)).containsOnlyKeys("mails"));
  }

  @Test
  void aPoolTakesItsOwnSettingsThenThoseOfItsBaseThenTheDefaults() {
    runner
        .withPropertyValues(
            "pools.advanced.defaults.max-workers=9",
            "pools.advanced.defaults.queue-capacity=99",
            "pools.advanced.bases.night-batch.max-workers=3",
            "pools.advanced.bases.night-batch.keep-alive=7s",
            "pools.advanced.bases.small.base=night-batch",
            "pools.advanced.bases.small.max-workers=2",
            "pools.advanced.instances.reports.base=nightBatch",
            "pools.advanced.instances.reports.min-workers=2",
            "pools.advanced.instances.mails.base=small",
            "pools.advanced.instances.orders.min-workers=1")
        .run(
            context -> {
              var shown = context.getBean(PoolsProperties.class).getAdvanced().getInstances();
              AdvancedPool reports = context.getBean("reports", AdvancedPool.class);
              assertThat(reports.minWorkers()).isEqualTo(2);
              assertThat(reports.maxWorkers()).isEqualTo(3);
              assertThat(reports.queueCapacity()).isEqualTo(99);
              assertThat(shown.get("reports").getKeepAlive()).isEqualTo(Duration.ofSeconds(7));
              assertThat(context.getBean("mails", AdvancedPool.class).maxWorkers()).isEqualTo(2);
              assertThat(shown.get("mails").getKeepAlive()).isEqualTo(Duration.ofSeconds(7));
              assertThat(context.getBean("orders", AdvancedPool.class).maxWorkers()).isEqualTo(9);
            });
  }

  @Test
  void aBaseInTheDefaultsIsThatOfPoolsThatNameNone() {
    runner
        .withPropertyValues(
            "pools.advanced.defaults.base=small",
            "pools.advanced.bases.small.max-workers=2",
            "pools.advanced.bases.large.max-workers=20",
            "pools.advanced.instances.reports.min-workers=1",
            "pools.advanced.instances.mails.base=large")
        .run(
            context -> {
              assertThat(context.getBean("reports", AdvancedPool.class).maxWorkers()).isEqualTo(2);
              assertThat(context.getBean("mails", AdvancedPool.class).maxWorkers()).isEqualTo(20);
            });
  }

  @Test
  void aBaseThatDoesNotExistFailsTheStart_withThoseThatDo() {
    runner
        .withPropertyValues(
            "pools.advanced.bases.small.max-workers=2",
            "pools.advanced.instances.reports.base=smal")
        .run(
            context -> {
              FailureAnalysis analysis = analyse(context.getStartupFailure());
              assertThat(analysis.getDescription())
                  .contains("pools.advanced.instances.reports.base is 'smal'");
              assertThat(analysis.getAction()).contains("small");
            });
  }

  @Test
  void basesInACircleFailTheStart() {
    runner
        .withPropertyValues(
            "pools.advanced.bases.one.base=other", "pools.advanced.bases.other.base=one")
        .run(
            context ->
                assertThat(analyse(context.getStartupFailure()).getDescription())
                    .contains("one", "other", "in a circle"));
  }

  @Test
  void aValueOfABaseThatIsOutOfRangeIsBlamedOnTheBase() {
    runner
        .withPropertyValues(
            "pools.advanced.bases.small.max-workers=0",
            "pools.advanced.instances.reports.base=small")
        .run(
            context ->
                assertThat(analyse(context.getStartupFailure()).getDescription())
                    .startsWith(
                        "The property pools.advanced.bases.small.max-workers of the pool 'reports' is 0"));
  }
}
