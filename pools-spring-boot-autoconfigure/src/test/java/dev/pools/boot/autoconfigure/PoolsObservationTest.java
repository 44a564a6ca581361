package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.boot.observation.DefaultLeaseObservationConvention;
import dev.pools.boot.observation.DefaultTaskObservationConvention;
import dev.pools.boot.observation.LeaseObservationConvention;
import dev.pools.boot.observation.TaskObservationConvention;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import dev.pools.task.TaskDecorator;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistry;
import io.micrometer.observation.tck.TestObservationRegistryAssert;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration;
import org.springframework.boot.micrometer.metrics.autoconfigure.MetricsAutoConfiguration;
import org.springframework.boot.micrometer.observation.autoconfigure.ObservationAutoConfiguration;
import org.springframework.boot.test.context.FilteredClassLoader;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Which pools of a context are observed, and by which names. */
class PoolsObservationTest {

  @Configuration(proxyBeanMethods = false)
  static class Factory {
    @Bean
    ConnectionFactory<StringBuilder> connections() {
      return arguments -> new StringBuilder();
    }
  }

  private final TestObservationRegistry registry = TestObservationRegistry.create();

  private final ApplicationContextRunner withoutRegistry =
      new ApplicationContextRunner()
          .withConfiguration(
              AutoConfigurations.of(
                  PoolsAutoConfiguration.class, PoolsObservationAutoConfiguration.class))
          .withUserConfiguration(Factory.class)
          .withPropertyValues(
              "pools.advanced.instances.printer.max-workers=1",
              "pools.connection.instances.ledger.max-size=2");

  private final ApplicationContextRunner runner =
      withoutRegistry.withBean("registry", ObservationRegistry.class, () -> registry);

  private static void use(ApplicationContext context) throws InterruptedException {
    context.getBean("printer", AdvancedPool.class).submit(() -> "printed").join();
    context.getBean("ledger", ConnectionPool.class).acquire().close();
  }

  private TestObservationRegistryAssert observed() {
    return TestObservationRegistryAssert.assertThat(registry);
  }

  @Test
  void byDefault_noPoolIsObserved() {
    runner.run(
        context -> {
          use(context);
          observed().doesNotHaveAnyObservation();
        });
  }

  /** Counts how often it is used. */
  private static final class Counted implements ObservationRegistry {
    private final ObservationRegistry registry = TestObservationRegistry.create();
    private final AtomicInteger uses = new AtomicInteger();

    @Override
    public Observation getCurrentObservation() {
      uses.incrementAndGet();
      return registry.getCurrentObservation();
    }

    @Override
    public Observation.Scope getCurrentObservationScope() {
      uses.incrementAndGet();
      return registry.getCurrentObservationScope();
    }

    @Override
    public void setCurrentObservationScope(Observation.Scope current) {
      uses.incrementAndGet();
      registry.setCurrentObservationScope(current);
    }

    @Override
    public ObservationConfig observationConfig() {
      uses.incrementAndGet();
      return registry.observationConfig();
    }
  }

  @Test
  void poolThatIsNotObserved_hasNothingThatObserves() {
    Counted counted = new Counted();
    withoutRegistry
        .withBean("registry", ObservationRegistry.class, () -> counted)
        .run(
            context -> {
              int before = counted.uses.get();
              use(context);

              assertThat(counted.uses).hasValue(before);
              assertThat(context.getBean(TaskObserver.class).parts(new AdvancedPoolProperties()))
                  .isNull();
            });
  }

  @Test
  void registryThatDoesNothing_addsNothing() {
    withoutRegistry
        .withBean("registry", ObservationRegistry.class, () -> ObservationRegistry.NOOP)
        .withPropertyValues("pools.advanced.defaults.observations=true")
        .withPropertyValues("pools.connection.defaults.observations=true")
        .run(
            context -> {
              use(context);
              AdvancedPoolProperties on = new AdvancedPoolProperties();
              on.setObservations(true);
              assertThat(context.getBean(TaskObserver.class).parts(on)).isNull();
            });
  }

  @Test
  void eachPoolIsObserved_ifItsSettingSaysSo() {
    runner
        .withPropertyValues("pools.advanced.instances.printer.observations=true")
        .run(
            context -> {
              use(context);
              observed()
                  .hasNumberOfObservationsEqualTo(1)
                  .hasObservationWithNameEqualTo("pools.task")
                  .that()
                  .hasLowCardinalityKeyValue("pool", "printer")
                  .hasLowCardinalityKeyValue("outcome", "completed")
                  .hasBeenStarted()
                  .hasBeenStopped();
            });
  }

  @Test
  void defaultsObserveAllPools() {
    runner
        .withPropertyValues(
            "pools.advanced.defaults.observations=true",
            "pools.connection.defaults.observations=true")
        .run(
            context -> {
              use(context);
              await().untilAsserted(() -> observed().hasNumberOfObservationsEqualTo(2));
              observed()
                  .hasObservationWithNameEqualTo("pools.lease")
                  .that()
                  .hasLowCardinalityKeyValue("pool", "ledger");
            });
  }

  @Test
  void poolWithoutSettings_obeysTheDefaults() {
    new ApplicationContextRunner()
        .withConfiguration(
            AutoConfigurations.of(
                PoolsAutoConfiguration.class, PoolsObservationAutoConfiguration.class))
        .withBean("registry", ObservationRegistry.class, () -> registry)
        .withPropertyValues("pools.advanced.defaults.observations=true")
        .run(
            context -> {
              context.getBean(AdvancedPool.class).submit(() -> "printed").join();
              observed().hasNumberOfObservationsEqualTo(1);
            });
  }

  @Test
  void conventionBeans_replaceTheUsualNames() {
    runner
        .withPropertyValues(
            "pools.advanced.defaults.observations=true",
            "pools.connection.defaults.observations=true")
        .withBean(
            TaskObservationConvention.class,
            () ->
                new DefaultTaskObservationConvention() {
                  @Override
                  public String getName() {
                    return "jobs";
                  }
                })
        .withBean(
            LeaseObservationConvention.class,
            () ->
                new DefaultLeaseObservationConvention() {
                  @Override
                  public String getName() {
                    return "sessions";
                  }
                })
        .run(
            context -> {
              use(context);
              observed().hasObservationWithNameEqualTo("jobs");
              observed().hasObservationWithNameEqualTo("sessions");
              observed().hasNumberOfObservationsEqualTo(2);
            });
  }

  @Test
  void decoratorsOfTheUser_workBesidesTheObservation() {
    AtomicInteger decorated = new AtomicInteger();
    TaskDecorator decorator =
        task ->
            () -> {
              decorated.incrementAndGet();
              task.run();
            };
    runner
        .withBean(TaskDecorator.class, () -> decorator)
        .withPropertyValues("pools.advanced.defaults.observations=true")
        .run(
            context -> {
              use(context);
              assertThat(decorated).hasValue(1);
              observed().hasNumberOfObservationsEqualTo(1);
            });
  }

  @Test
  void withoutARegistry_theSettingHasNoEffect() {
    withoutRegistry
        .withPropertyValues("pools.advanced.defaults.observations=true")
        .withPropertyValues("pools.connection.defaults.observations=true")
        .run(
            context -> {
              use(context);
              assertThat(context).doesNotHaveBean(TaskObserver.class);
            });
  }

  @Test
  void withoutMicrometer_theSettingHasNoEffect() {
    withoutRegistry
        .withClassLoader(new FilteredClassLoader("io.micrometer"))
        .withPropertyValues("pools.advanced.defaults.observations=true")
        .run(
            context -> {
              use(context);
              assertThat(context).doesNotHaveBean(TaskObserver.class);
            });
  }

  @Test
  void registryOfSpringBoot_measuresTheObservations() {
    SimpleMeterRegistry meters = new SimpleMeterRegistry();
    withoutRegistry
        .withConfiguration(
            AutoConfigurations.of(
                ObservationAutoConfiguration.class,
                MetricsAutoConfiguration.class,
                CompositeMeterRegistryAutoConfiguration.class))
        .withBean("meters", MeterRegistry.class, () -> meters)
        .withPropertyValues("pools.advanced.instances.printer.observations=true")
        .run(
            context -> {
              use(context);
              assertThat(
                      meters
                          .get("pools.task")
                          .tags("pool", "printer", "outcome", "completed", "error", "none")
                          .timer()
                          .count())
                  .isEqualTo(1);
            });
  }
}
