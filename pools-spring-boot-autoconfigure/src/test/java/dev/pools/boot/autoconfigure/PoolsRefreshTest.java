package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.OptionChange;
import dev.pools.boot.alarm.AlarmWatch;
import dev.pools.boot.alarm.AlarmedPools;
import dev.pools.boot.endpoint.PoolWatch;
import dev.pools.boot.endpoint.PoolsEndpoint;
import dev.pools.boot.endpoint.Samples;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import dev.pools.task.OverflowPolicy;
import dev.pools.task.PoolListener;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.config.BeanPostProcessor;
import org.springframework.boot.actuate.autoconfigure.endpoint.EndpointAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.cloud.autoconfigure.ConfigurationPropertiesRebinderAutoConfiguration;
import org.springframework.cloud.autoconfigure.RefreshAutoConfiguration;
import org.springframework.cloud.context.environment.EnvironmentChangeEvent;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.PropertySource;

/** Settings change in the environment while the application runs. */
@ExtendWith(OutputCaptureExtension.class)
class PoolsRefreshTest {

  private static final String LEDGER = "pools.connection.instances.ledger.";
  private static final String PRINTER = "pools.advanced.instances.printer.";

  private final Map<String, Object> source = new HashMap<>();

  /** What happens while a pool is created, or while settings are read. */
  private Runnable meanwhile = () -> {};

  private final ApplicationContextRunner plain =
      new ApplicationContextRunner()
          .withInitializer(
              context ->
                  context
                      .getEnvironment()
                      .getPropertySources()
                      .addFirst(new MapPropertySource("a config server", source)))
          .withConfiguration(
              AutoConfigurations.of(
                  PoolsAutoConfiguration.class,
                  PoolsAlarmsAutoConfiguration.class,
                  PoolsRefreshAutoConfiguration.class))
          .withUserConfiguration(Server.class)
          .withPropertyValues(
              PRINTER + "max-workers=4",
              PRINTER + "kill-at-exit=true",
              LEDGER + "max-size=4",
              LEDGER + "factory=connections");

  private final ApplicationContextRunner runner =
      plain.withConfiguration(
          AutoConfigurations.of(
              ConfigurationPropertiesRebinderAutoConfiguration.class,
              RefreshAutoConfiguration.class));

  private final ApplicationContextRunner exposed =
      runner
          .withConfiguration(
              AutoConfigurations.of(
                  EndpointAutoConfiguration.class, PoolsEndpointAutoConfiguration.class))
          .withPropertyValues(
              "spring.jmx.enabled=true", "management.endpoints.jmx.exposure.include=pools");

  @Configuration(proxyBeanMethods = false)
  static class Server {
    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder();
    }
  }

  private static ApplicationContextRunner withLazyLedger(ApplicationContextRunner runner) {
    return runner.withInitializer(
        context ->
            context.addBeanFactoryPostProcessor(
                beans -> {
                  if (beans.containsBeanDefinition("ledger")) {
                    beans.getBeanDefinition("ledger").setLazyInit(true);
                  }
                }));
  }

  @Configuration(proxyBeanMethods = false)
  static class Customized {
    @Bean
    ConnectionPoolCustomizer atLeastThree() {
      return (name, builder) -> builder.minSize(3).waiterLimit(77);
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Own {
    @Bean
    AdvancedPool printer() {
      return AdvancedPool.builder().name("own").maxWorkers(2).build();
    }
  }

  /** Takes a sample when a pool has changed, before the code that has changed it can tell so. */
  @Configuration(proxyBeanMethods = false)
  static class SampledDuringChanges {
    @Bean
    AdvancedPoolCustomizer sampled(ObjectProvider<PoolWatch> watch) {
      return (name, builder) ->
          builder.listener(
              new PoolListener() {
                @Override
                public void reconfigured(List<OptionChange> changes) {
                  watch.ifAvailable(Samples::take);
                }
              });
    }
  }

  /** Cannot be told anything. */
  private static final class Failing implements RefreshNotes {
    @Override
    public Runnable changing(Collection<?> pools) {
      throw new IllegalStateException("no notes");
    }

    @Override
    public void changed(Object pool, List<OptionChange> made) {
      throw new IllegalStateException("no notes");
    }

    @Override
    public void rejected(String why) {
      throw new IllegalStateException("no notes");
    }
  }

  private void refresh(ConfigurableApplicationContext context, Object... settings) {
    for (int i = 0; i < settings.length; i += 2) {
      source.put((String) settings[i], settings[i + 1]);
    }
    context.publishEvent(new EnvironmentChangeEvent(context, Set.copyOf(source.keySet())));
  }

  private static ConnectionPool<?> ledger(ConfigurableApplicationContext context) {
    return context.getBean("ledger", ConnectionPool.class);
  }

  private static AdvancedPool printer(ConfigurableApplicationContext context) {
    return context.getBean("printer", AdvancedPool.class);
  }

  @SuppressWarnings("unchecked")
  private static List<Map<String, Object>> part(
      ConfigurableApplicationContext context, String name, String part) {
    String kind = name.equals("ledger") ? "connection" : "advanced";
    Map<String, Object> pool = context.getBean(PoolsEndpoint.class).pool(kind, name, null, null);
    return (List<Map<String, Object>>) Objects.requireNonNull(pool.get(part));
  }

  @Test
  void settingsThatCanChange_doSoAtOnce(CapturedOutput output) {
    runner.run(
        context -> {
          refresh(
              context,
              LEDGER + "max-size",
              9,
              "pools.connection.defaults.acquire-timeout",
              "2s",
              LEDGER + "when-down",
              "fail",
              PRINTER + "max-workers",
              7,
              PRINTER + "overflow",
              "reject",
              "pools.advanced.defaults.stuck-after",
              "1m");

          assertThat(printer(context).options())
              .containsEntry("stuckAfter", Duration.ofMinutes(1))
              .containsEntry("overflow", OverflowPolicy.REJECT);
          assertThat(ledger(context).maxSize()).isEqualTo(9);
          assertThat(ledger(context).acquireTimeout()).isEqualTo(Duration.ofSeconds(2));
          assertThat(ledger(context).options().get("whenDown")).hasToString("FAIL");
          assertThat(printer(context).maxWorkers()).isEqualTo(7);
          assertThat(output)
              .contains("Pool 'ledger': maxSize was 4 and is 9")
              .contains("requested by a refresh of the configuration")
              .contains("pools.connection.defaults.acquire-timeout")
              .contains("Pool 'printer': maxWorkers was 4 and is 7")
              .doesNotContain("Restart");
          PoolsProperties shown = context.getBean(PoolsProperties.class);
          assertThat(shown.getConnection().getInstances().get("ledger").getMaxSize()).isEqualTo(9);

          source.remove(LEDGER + "max-size");
          refresh(context);
          assertThat(ledger(context).maxSize()).isEqualTo(4);
        });
  }

  @Test
  void placeholderChangesTheSettingThatNamesIt() {
    runner
        .withPropertyValues(LEDGER + "max-uses=${uses:5}")
        .run(
            context -> {
              refresh(context, "uses", 6);
              assertThat(ledger(context).options()).containsEntry("maxUses", 6);
            });
  }

  @Test
  void settingThatIsFixed_isNamedWithTheAdviceToRestart_once(CapturedOutput output) {
    runner.run(
        context -> {
          refresh(
              context,
              LEDGER + "argument-matching",
              "same",
              LEDGER + "max-uses",
              3,
              "pools.metrics.executor",
              true,
              "pools.advanced.instances.added.max-workers",
              2);
          assertThat(ledger(context).options()).containsEntry("maxUses", 3);
          assertThat(ledger(context).options().get("argumentMatching")).hasToString("ANY");
          assertThat(output)
              .contains("Restart it to apply them")
              .contains(LEDGER + "argument-matching")
              .contains("pools.metrics.executor")
              .contains("pools.advanced.instances.added (a new pool)");

          int told = output.getAll().split("Restart it", -1).length;
          refresh(context);
          source.remove(LEDGER + "argument-matching");
          refresh(context);
          assertThat(output.getAll().split("Restart it", -1)).hasSize(told);
        });
  }

  @Test
  void poolThatIsRemovedStaysUntilARestart(CapturedOutput output) {
    source.put("pools.advanced.instances.scanner.max-workers", 2);
    runner.run(
        context -> {
          source.clear();
          refresh(context);
          assertThat(context.getBean("scanner", AdvancedPool.class).maxWorkers()).isEqualTo(2);
          assertThat(output).contains("pools.advanced.instances.scanner (removed)");
        });
  }

  @Test
  void poolThatIsRemoved_andComesBackWithOtherSettings_getsThem() {
    source.put("pools.advanced.instances.scanner.max-workers", 2);
    runner.run(
        context -> {
          source.clear();
          refresh(context);
          refresh(context, "pools.advanced.instances.scanner.max-workers", 3);
          assertThat(context.getBean("scanner", AdvancedPool.class).maxWorkers()).isEqualTo(3);
        });
  }

  @Test
  void capacityOfAQueue_changesIfItHasHadOne_andNeedsARestartOtherwise(CapturedOutput output) {
    source.put("pools.advanced.instances.scanner.queue-capacity", 2);
    runner.run(
        context -> {
          refresh(
              context,
              "pools.advanced.instances.scanner.queue-capacity",
              3,
              PRINTER + "queue-capacity",
              4);
          assertThat(context.getBean("scanner", AdvancedPool.class).queueCapacity()).isEqualTo(3);
          assertThat(printer(context).queueCapacity()).isEqualTo(Integer.MAX_VALUE);
          assertThat(output).contains("Restart it").contains(PRINTER + "queue-capacity");
        });
  }

  @Test
  void poolThatTheApplicationHasShutDown_keepsNoOtherFromChanging(CapturedOutput output) {
    runner.run(
        context -> {
          printer(context).shutdownNow();
          assertThat(printer(context).awaitTermination(30, TimeUnit.SECONDS)).isTrue();
          refresh(context, PRINTER + "max-workers", 9, LEDGER + "max-size", 9);
          assertThat(ledger(context).maxSize()).isEqualTo(9);
          assertThat(output).doesNotContain("rejected as a whole");
        });
  }

  @Test
  void poolThatWasLeftOutIsNotCreated_andNamed(CapturedOutput output) {
    source.put("pools.advanced.instances.scanner.enabled", false);
    runner.run(
        context -> {
          refresh(context, "pools.advanced.instances.scanner.enabled", true);
          assertThat(context).doesNotHaveBean("scanner");
          assertThat(output).contains("Restart it").contains("scanner.enabled");
        });
  }

  @Test
  void poolThatIsValidOnlyWithItsCustomizer_keepsNoOtherFromChanging(CapturedOutput output) {
    runner
        .withUserConfiguration(Customized.class)
        .withPropertyValues(LEDGER + "min-size=8")
        .run(
            context -> {
              refresh(context, PRINTER + "max-workers", 6);
              assertThat(printer(context).maxWorkers()).isEqualTo(6);

              refresh(context, LEDGER + "max-uses", 3);
              assertThat(ledger(context).options()).containsEntry("maxUses", 3);
              assertThat(output).doesNotContain("rejected as a whole");
            });
  }

  @Test
  void refreshWhoseReportFails_hasChangedThePoolsAllTheSame(CapturedOutput output) {
    runner
        .withBean(RefreshNotes.class, Failing::new)
        .run(
            context -> {
              refresh(context, LEDGER + "max-size", 9);
              assertThat(ledger(context).maxSize()).isEqualTo(9);
              assertThat(output)
                  .contains("after a refresh of the configuration failed")
                  .doesNotContain("rejected as a whole");

              refresh(context, LEDGER + "max-size", -1);
              assertThat(ledger(context).maxSize()).isEqualTo(9);
            });
  }

  @Test
  void valueOutOfItsRange_rejectsTheWholeRefresh_withPropertyAndRange(CapturedOutput output) {
    exposed.run(
        context -> {
          refresh(context, PRINTER + "max-workers", 6, LEDGER + "acquire-timeout", "-1s");

          assertThat(printer(context).maxWorkers()).isEqualTo(4);
          assertThat(ledger(context).acquireTimeout()).isEqualTo(Duration.ofSeconds(30));
          assertThat(output)
              .contains("rejected as a whole")
              .contains("The property " + LEDGER + "acquire-timeout of the pool 'ledger' is -1s")
              .contains("must be zero (do not wait) or positive")
              .contains("Change " + LEDGER + "acquire-timeout.");
          assertThat(part(context, "printer", "events"))
              .anySatisfy(event -> assertThat(event).containsEntry("type", "CHANGE_REJECTED"));

          refresh(context, LEDGER + "acquire-timeout", "3s");
          assertThat(printer(context).maxWorkers()).isEqualTo(6);
          assertThat(ledger(context).acquireTimeout()).isEqualTo(Duration.ofSeconds(3));
        });
  }

  @Test
  void unknownSetting_orOneOfAnotherKind_rejectsTheWholeRefresh(CapturedOutput output) {
    runner.run(
        context -> {
          refresh(context, LEDGER + "max-size", 5, LEDGER + "max-sise", 6);
          assertThat(ledger(context).maxSize()).isEqualTo(4);
          assertThat(output).contains("rejected as a whole").contains("max-sise");

          source.remove(LEDGER + "max-sise");
          refresh(context, PRINTER + "max-workers", "many");
          assertThat(ledger(context).maxSize()).isEqualTo(4);
          assertThat(output).contains("many");

          refresh(context, PRINTER + "max-workers", 4, PRINTER + "min-workers", 5);
          assertThat(ledger(context).maxSize()).isEqualTo(4);

          source.remove(PRINTER + "min-workers");
          refresh(context, "pools.advanced.defaults.alarms.saturation", "7");
          assertThat(ledger(context).maxSize()).isEqualTo(4);
          assertThat(output).contains("pools.advanced.defaults.alarms.saturation");

          source.remove("pools.advanced.defaults.alarms.saturation");
          refresh(context, LEDGER + "alarms.saturation", "7");
          assertThat(ledger(context).maxSize()).isEqualTo(4);
          assertThat(output).contains(LEDGER + "alarms.saturation");
        });
  }

  @Test
  void valueThatDoesNotGoWithOneOfACustomizer_rejectsTheWholeRefresh(CapturedOutput output) {
    runner
        .withUserConfiguration(Customized.class)
        .run(
            context -> {
              refresh(context, PRINTER + "max-workers", 6, LEDGER + "max-size", 2);
              assertThat(printer(context).maxWorkers()).isEqualTo(4);
              assertThat(ledger(context).maxSize()).isEqualTo(4);
              assertThat(output)
                  .contains("do not go with another option")
                  .contains("minSize is 3, but must be from 0 to maxSize, which is 2.");

              refresh(context, LEDGER + "max-size", 5);
              assertThat(ledger(context).options())
                  .containsEntry("maxSize", 5)
                  .containsEntry("waiterLimit", 77);
            });
  }

  @Test
  void whatAnOperatorHasChanged_staysUntilItsOwnSettingChanges() {
    runner.run(
        context -> {
          ledger(context).reconfigure(change -> change.maxSize(20));
          refresh(context, LEDGER + "max-uses", 3);
          assertThat(ledger(context).maxSize()).isEqualTo(20);

          refresh(context, LEDGER + "max-size", 6);
          assertThat(ledger(context).maxSize()).isEqualTo(6);
        });
  }

  @Test
  void changeIsAnEventAndTheOriginOfTheSetting() {
    exposed.run(
        context -> {
          refresh(context, LEDGER + "max-uses", 3, LEDGER + "max-size", 6);
          assertThat(part(context, "ledger", "events"))
              .anySatisfy(
                  event ->
                      assertThat(event)
                          .containsEntry("type", "RECONFIGURED")
                          .containsEntry("who", "a refresh of the configuration"));
          assertThat(part(context, "ledger", "settings"))
              .filteredOn(setting -> "max-uses".equals(setting.get("name")))
              .singleElement()
              .satisfies(
                  setting -> {
                    assertThat(setting).containsEntry("value", 3);
                    assertThat(setting.get("origin"))
                        .asString()
                        .startsWith("changed at ")
                        .endsWith(" by a refresh of the configuration");
                  });
        });
  }

  @Test
  void valueOfTheStart_thatTheApplicationSetsAgainAfterARefresh_isNotOneOfACustomizer() {
    exposed
        .withUserConfiguration(Customized.class)
        .run(
            context -> {
              refresh(context, LEDGER + "max-size", 6);
              ledger(context).resize(3, 4).join();
              assertThat(part(context, "ledger", "settings"))
                  .filteredOn(setting -> "max-size".equals(setting.get("name")))
                  .singleElement()
                  .satisfies(
                      setting ->
                          assertThat(setting)
                              .containsEntry("value", 4)
                              .containsEntry("configured", 6)
                              .containsEntry("source", "runtime")
                              .containsEntry("origin", "a call of the application"));
            });
  }

  @Test
  void sampleDuringARefresh_tellsNoChangeByTheApplication() {
    exposed
        .withUserConfiguration(SampledDuringChanges.class)
        .run(
            context -> {
              Samples.take(context.getBean(PoolWatch.class));
              refresh(context, PRINTER + "max-workers", 7);
              Samples.take(context.getBean(PoolWatch.class));
              assertThat(part(context, "printer", "events"))
                  .singleElement()
                  .satisfies(
                      event ->
                          assertThat(event)
                              .containsEntry("text", "maxWorkers was 4 and is 7.")
                              .containsEntry("who", "a refresh of the configuration"));

              printer(context).resize(2, 3).join();
              Samples.take(context.getBean(PoolWatch.class));
              assertThat(part(context, "printer", "events"))
                  .first()
                  .satisfies(
                      event ->
                          assertThat(event)
                              .containsEntry(
                                  "text", "The application has resized the pool from 1-7 to 2-3."));
            });
  }

  @Test
  void lazyPoolIsCreatedWithTheNewSettings_andNotBefore() {
    withLazyLedger(runner)
        .run(
            context -> {
              boolean lazy = !context.getBeanFactory().containsSingleton("ledger");
              refresh(context, LEDGER + "max-size", 8);
              assertThat(context.getBeanFactory().containsSingleton("ledger")).isEqualTo(!lazy);
              assertThat(ledger(context).maxSize()).isEqualTo(8);
            });
  }

  private void meanwhileOnce(Runnable action) {
    meanwhile =
        () -> {
          meanwhile = () -> {};
          action.run();
        };
  }

  @Test
  void poolThatHasReadItsSettingsWhenTheyChange_getsTheNewOnes(CapturedOutput output) {
    withLazyLedger(runner)
        .withBean(ConnectionPoolCustomizer.class, () -> (name, builder) -> meanwhile.run())
        .run(
            context -> {
              assertThat(context.getBeanFactory().containsSingleton("ledger")).isFalse();
              meanwhileOnce(
                  () -> {
                    refresh(context, LEDGER + "max-size", 9, PRINTER + "max-workers", 7);
                    assertThat(printer(context).maxWorkers()).isEqualTo(7);
                    refresh(context, LEDGER + "max-size", 8, LEDGER + "min-size", 2);
                  });

              assertThat(ledger(context).maxSize()).isEqualTo(8);
              assertThat(ledger(context).minSize()).isEqualTo(2);
              assertThat(output).contains("Pool 'ledger': maxSize was 4 and is 9");
              assertThat(
                      context
                          .getBean(PoolsProperties.class)
                          .getConnection()
                          .getInstances()
                          .get("ledger")
                          .getMaxSize())
                  .isEqualTo(8);
            });
  }

  @Test
  void poolThatIsBuiltButNoBeanYet_isChangedLikeAnother(CapturedOutput output) {
    withLazyLedger(runner)
        .withBean(
            "completion",
            BeanPostProcessor.class,
            () ->
                new BeanPostProcessor() {
                  @Override
                  public Object postProcessAfterInitialization(Object bean, String name) {
                    if (name.equals("ledger")) {
                      meanwhile.run();
                    }
                    return bean;
                  }
                })
        .run(
            context -> {
              assertThat(context.getBeanFactory().containsSingleton("ledger")).isFalse();
              meanwhileOnce(
                  () -> {
                    refresh(context, LEDGER + "max-size", 9);
                    refresh(context, LEDGER + "max-size", -1, PRINTER + "max-workers", 7);
                  });

              assertThat(ledger(context).maxSize()).isEqualTo(9);
              assertThat(printer(context).maxWorkers()).isEqualTo(4);
              assertThat(output).contains("rejected as a whole");
            });
  }

  @Test
  void poolThatIsCreatedWhileARefreshChecksTheOthers_getsTheNewSettings(CapturedOutput output) {
    withLazyLedger(runner)
        .withInitializer(
            context ->
                context
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(
                        new PropertySource<>("asked") {
                          @Override
                          public @Nullable Object getProperty(String name) {
                            if (name.equals("spring.threads.virtual.enabled")) {
                              meanwhile.run();
                            }
                            return null;
                          }
                        }))
        .run(
            context -> {
              // A refresh that changes nothing only binds the settings, and checks no pool.
              AtomicInteger reads = new AtomicInteger();
              meanwhile = reads::incrementAndGet;
              refresh(context);
              int binding = reads.getAndSet(0);
              meanwhile =
                  () -> {
                    if (reads.getAndIncrement() == binding) {
                      ledger(context);
                    }
                  };
              refresh(context, PRINTER + "max-workers", 7, LEDGER + "max-size", 9);

              assertThat(context.getBeanFactory().containsSingleton("ledger")).isTrue();
              assertThat(ledger(context).maxSize()).isEqualTo(9);
              assertThat(output).contains("Pool 'ledger': maxSize was 4 and is 9");
            });
  }

  @Test
  void newSettingThatDoesNotGoWithACustomizer_isReported_andLeavesThePool(CapturedOutput output) {
    withLazyLedger(runner)
        .withBean(
            ConnectionPoolCustomizer.class,
            () ->
                (name, builder) -> {
                  builder.minSize(3);
                  meanwhile.run();
                })
        .run(
            context -> {
              meanwhileOnce(() -> refresh(context, LEDGER + "max-size", 2));
              assertThat(ledger(context).maxSize()).isEqualTo(4);
              assertThat(output)
                  .contains("Pool 'ledger': the change after a refresh")
                  .contains("minSize is 3, but must be from 0 to maxSize, which is 2");
            });
  }

  @Test
  void capacityOfAQueueThatAPoolInCreationDoesNotHave_needsARestart(CapturedOutput output) {
    runner
        .withInitializer(
            context ->
                context.addBeanFactoryPostProcessor(
                    beans -> beans.getBeanDefinition("printer").setLazyInit(true)))
        .withBean(AdvancedPoolCustomizer.class, () -> (name, builder) -> meanwhile.run())
        .run(
            context -> {
              meanwhileOnce(
                  () ->
                      refresh(context, PRINTER + "queue-capacity", 5, PRINTER + "max-workers", 7));
              assertThat(printer(context).maxWorkers()).isEqualTo(7);
              assertThat(printer(context).queueCapacity()).isEqualTo(Integer.MAX_VALUE);
              assertThat(output).contains("Restart it").contains(PRINTER + "queue-capacity");
            });
  }

  @Test
  void defaultPoolHasTheDefaults() {
    new ApplicationContextRunner()
        .withInitializer(
            context ->
                context
                    .getEnvironment()
                    .getPropertySources()
                    .addFirst(new MapPropertySource("a config server", source)))
        .withConfiguration(
            AutoConfigurations.of(
                PoolsAutoConfiguration.class,
                PoolsRefreshAutoConfiguration.class,
                ConfigurationPropertiesRebinderAutoConfiguration.class))
        .run(
            context -> {
              refresh(context, "pools.advanced.defaults.max-workers", 9);
              assertThat(context.getBean(AdvancedPool.class).maxWorkers()).isEqualTo(9);
            });
  }

  @Test
  void poolOfTheApplicationIsNotChanged() {
    runner
        .withUserConfiguration(Own.class)
        .run(
            context -> {
              refresh(context, PRINTER + "max-workers", 9);
              assertThat(printer(context).maxWorkers()).isEqualTo(2);
            });
  }

  @Test
  void alarmsChange_andTheFirstOneStartsTheWatch() {
    runner.run(
        context -> {
          assertThat(context.getBean(AlarmWatch.class).isRunning()).isFalse();

          refresh(context, PRINTER + "alarms.rejections", 5);

          assertThat(context.getBean(AlarmWatch.class).isRunning()).isTrue();
          assertThat(context.getBean(AlarmedPools.class).pools())
              .singleElement()
              .satisfies(pool -> assertThat(pool.name()).isEqualTo("printer"));
          refresh(context, LEDGER + "alarms.rejections", 0);
          assertThat(context.getBean(AlarmedPools.class).pools()).hasSize(1);
        });
  }

  @Test
  void wrongAlarmOfAPoolThatIsLeftOut_keepsNoOtherFromChanging() {
    runner
        .withPropertyValues(
            "pools.advanced.instances.scanner.enabled=false",
            "pools.advanced.instances.scanner.alarms.saturation=80")
        .run(
            context -> {
              refresh(context, LEDGER + "max-size", 9);
              assertThat(ledger(context).maxSize()).isEqualTo(9);
            });
  }

  @Test
  void poolThatIsTurnedOff_keepsItsAlarmsUntilTheRestart() {
    source.put(PRINTER + "alarms.rejections", 5);
    runner.run(
        context -> {
          refresh(
              context,
              PRINTER + "enabled",
              false,
              PRINTER + "alarms.rejections",
              0,
              LEDGER + "max-size",
              9);
          assertThat(ledger(context).maxSize()).isEqualTo(9);
          assertThat(context.getBean(PoolsProperties.class).getAdvanced().getInstances())
              .extractingByKey("printer")
              .satisfies(own -> assertThat(own.getAlarms().getRejections()).isEqualTo(5));
          assertThat(context.getBean(AlarmedPools.class).pools()).hasSize(1);
        });
  }

  @Test
  void poolThatIsTurnedOff_keepsItsOptions_andKeepsNoOtherFromChanging(CapturedOutput output) {
    runner.run(
        context -> {
          refresh(
              context,
              PRINTER + "enabled",
              false,
              PRINTER + "max-workers",
              0,
              PRINTER + "kill-at-exit",
              false,
              LEDGER + "max-size",
              9);
          assertThat(ledger(context).maxSize()).isEqualTo(9);
          assertThat(output)
              .contains("Restart it to apply them: " + PRINTER + "enabled\n")
              .doesNotContain("rejected as a whole");

          refresh(context, PRINTER + "max-workers", 7);
          assertThat(printer(context).maxWorkers()).isEqualTo(4);

          source.put(PRINTER + "enabled", true);
          refresh(context, LEDGER + "enabled", false, LEDGER + "max-size", 0);
          assertThat(printer(context).maxWorkers()).isEqualTo(7);
          assertThat(ledger(context).maxSize()).isEqualTo(9);
          assertThat(output)
              .contains("Restart it to apply them: " + LEDGER + "enabled\n")
              .doesNotContain("rejected as a whole");
        });
  }

  @Test
  void poolThatIsTurnedOffAndOnAgain_getsTheSettingsThatItHasNow_ifTheyAreValid(
      CapturedOutput output) {
    runner.run(
        context -> {
          refresh(context, PRINTER + "max-workers", 5);
          refresh(context, PRINTER + "enabled", false, PRINTER + "max-workers", 0);

          refresh(context, PRINTER + "enabled", true, LEDGER + "max-size", 9);
          assertThat(ledger(context).maxSize()).isEqualTo(4);
          assertThat(output)
              .contains("rejected as a whole")
              .contains("The property " + PRINTER + "max-workers")
              .doesNotContain("do not go with another option");

          refresh(context, PRINTER + "max-workers", 6);
          assertThat(printer(context).maxWorkers()).isEqualTo(6);
          assertThat(ledger(context).maxSize()).isEqualTo(9);

          refresh(context, PRINTER + "enabled", false, PRINTER + "max-workers", 8);
          refresh(context, PRINTER + "enabled", true, PRINTER + "max-workers", 6);
          assertThat(printer(context).maxWorkers()).isEqualTo(6);
        });
  }

  @Test
  void poolThatIsTurnedOffWhileItIsCreated_isCreatedAsItWas() {
    withLazyLedger(runner)
        .withBean(ConnectionPoolCustomizer.class, () -> (name, builder) -> meanwhile.run())
        .run(
            context -> {
              meanwhileOnce(
                  () -> refresh(context, LEDGER + "enabled", false, LEDGER + "max-size", 0));
              assertThat(ledger(context).maxSize()).isEqualTo(4);
              refresh(context, LEDGER + "max-size", 9);
              assertThat(ledger(context).maxSize()).isEqualTo(4);
            });
  }

  @Test
  void poolThatIsLeftOut_needsNoRestartWhenItIsAddedOrRemoved(CapturedOutput output) {
    String scanner = "pools.advanced.instances.scanner.";
    String mailer = "pools.connection.instances.mailer.";
    source.put(scanner + "enabled", false);
    runner.run(
        context -> {
          source.clear();
          refresh(context, mailer + "enabled", false, mailer + "max-size", 0);
          assertThat(output).doesNotContain("Restart it").doesNotContain("rejected as a whole");

          refresh(context, mailer + "enabled", true);
          assertThat(output).contains("pools.connection.instances.mailer (a new pool)");
        });
  }

  @Test
  void rebinderOfSpringCloudKeepsTheProperties() {
    runner.run(
        context -> {
          PoolsProperties before = context.getBean(PoolsProperties.class);
          List<String> names = new ArrayList<>(before.getAdvanced().getInstances().keySet());
          refresh(context, LEDGER + "max-size", 9, "pools.metrics.executor", true);
          PoolsProperties after = context.getBean(PoolsProperties.class);
          assertThat(after).isSameAs(before);
          assertThat(after.getAdvanced().getInstances().keySet()).containsExactlyElementsOf(names);
          assertThat(after.getMetrics().isExecutor()).isFalse();
        });
  }

  @Test
  void withoutSpringCloudNothingOfItIsLoaded() {
    plain
        .withClassLoader(new FilteredClassLoader("org.springframework.cloud"))
        .run(
            context -> {
              assertThat(context).hasNotFailed().doesNotHaveBean("poolsRefreshOnChange");
              assertThat(ledger(context).maxSize()).isEqualTo(4);
            });
  }

  @Test
  void withPoolsDisabledNothingIsRefreshed() {
    runner
        .withPropertyValues("pools.enabled=false")
        .run(context -> assertThat(context).hasNotFailed().doesNotHaveBean("poolsRefreshOnChange"));
  }
}
