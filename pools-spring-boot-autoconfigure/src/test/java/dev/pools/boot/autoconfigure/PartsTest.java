package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.connection.AsyncConnectionFactory;
import dev.pools.connection.AsyncHealthChecker;
import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionHook;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.HealthChecker;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.beans.factory.config.CustomScopeConfigurer;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.context.annotation.Scope;
import org.springframework.context.annotation.ScopedProxyMode;
import org.springframework.context.support.SimpleThreadScope;

/** How a connection pool finds the beans that it is made with. */
class PartsTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class));

  private static FailureAnalysis analyse(Throwable failure) {
    FailureAnalysis analysis = new InvalidPoolFailureAnalyzer().analyze(failure);
    assertThat(analysis).as("analysis of %s", failure).isNotNull();
    return analysis;
  }

  private static Object connectionOf(ConnectionPool<?> pool) throws Exception {
    return pool.<Object>use(connection -> connection);
  }

  @Configuration(proxyBeanMethods = false)
  static class TwoFactories {
    @Bean
    ConnectionFactory<String> left() {
      return arguments -> new String("left");
    }

    @Bean
    @Qualifier("orders")
    ConnectionFactory<String> right() {
      return arguments -> new String("right");
    }
  }

  @Test
  void aFactoryWithThePoolsNameAsItsQualifierIsThePools() {
    runner
        .withUserConfiguration(TwoFactories.class)
        .withPropertyValues("pools.connection.instances.orders.max-size=2")
        .run(
            context ->
                assertThat(connectionOf(context.getBean("orders", ConnectionPool.class)))
                    .isEqualTo("right"));
  }

  @Test
  void thePropertyOutranksTheQualifier() {
    runner
        .withUserConfiguration(TwoFactories.class)
        .withPropertyValues("pools.connection.instances.orders.factory=left")
        .run(
            context ->
                assertThat(connectionOf(context.getBean("orders", ConnectionPool.class)))
                    .isEqualTo("left"));
  }

  @Configuration(proxyBeanMethods = false)
  static class APrimaryFactory {
    @Bean
    ConnectionFactory<String> left() {
      return arguments -> new String("left");
    }

    @Bean
    @Primary
    ConnectionFactory<String> right() {
      return arguments -> new String("right");
    }
  }

  @Test
  void thePrimaryOneIsTakenWhereThereAreSeveral() {
    runner
        .withUserConfiguration(APrimaryFactory.class)
        .withPropertyValues("pools.connection.instances.orders.max-size=2")
        .run(
            context ->
                assertThat(connectionOf(context.getBean("orders", ConnectionPool.class)))
                    .isEqualTo("right"));
  }

  @Configuration(proxyBeanMethods = false)
  static class OrdersAndReports {
    static final List<Object> CHECKED = new CopyOnWriteArrayList<>();

    @Bean
    ConnectionFactory<String> ordersConnectionFactory() {
      return arguments -> new String("orders");
    }

    @Bean
    AsyncConnectionFactory<String> reportsConnectionFactory() {
      return arguments -> CompletableFuture.completedFuture(new String("reports"));
    }

    @Bean
    HealthChecker<String> ordersHealthChecker() {
      return CHECKED::add;
    }
  }

  @Test
  void aBeanNamedAfterAnotherPoolIsThatPools() {
    OrdersAndReports.CHECKED.clear();
    runner
        .withUserConfiguration(OrdersAndReports.class)
        .withPropertyValues(
            "pools.connection.defaults.idle-bypass=0",
            "pools.connection.instances.orders.max-size=2",
            "pools.connection.instances.reports.max-size=2")
        .run(
            context -> {
              assertThat(connectionOf(context.getBean("orders", ConnectionPool.class)))
                  .isEqualTo("orders");
              assertThat(connectionOf(context.getBean("reports", ConnectionPool.class)))
                  .isEqualTo("reports");
              assertThat(OrdersAndReports.CHECKED).isNotEmpty().containsOnly("orders");
            });
  }

  @Test
  void aPoolWhoseFactoryIsMissingDoesNotTakeAnotherPools() {
    runner
        .withUserConfiguration(OrdersAndReports.class)
        .withPropertyValues(
            "pools.connection.instances.orders.max-size=2",
            "pools.connection.instances.reports.max-size=2",
            "pools.connection.instances.archive.max-size=2")
        .run(
            context -> {
              FailureAnalysis analysis = analyse(context.getStartupFailure());
              assertThat(analysis.getDescription()).contains("'archive'");
              assertThat(analysis.getAction())
                  .contains("archiveConnectionFactory")
                  .contains("pools.connection.instances.archive.factory")
                  .contains("ordersConnectionFactory")
                  .contains("reportsConnectionFactory");
            });
  }

  /** A factory that says what it makes only as a class. */
  static class ClassFactory implements ConnectionFactory<StringBuilder> {
    @Override
    public StringBuilder create(dev.pools.Arguments arguments) {
      return new StringBuilder("class");
    }
  }

  @Configuration(proxyBeanMethods = false)
  @Import(ClassFactory.class)
  static class AComponent {
    @Autowired ConnectionPool<StringBuilder> pool;
  }

  @Test
  void theTypeIsReadFromAComponentsClass() {
    runner
        .withUserConfiguration(AComponent.class)
        .withPropertyValues("pools.connection.instances.orders.max-size=2")
        .run(
            context ->
                assertThat(context.getBean(AComponent.class).pool.name()).isEqualTo("orders"));
  }

  @Configuration(proxyBeanMethods = false)
  static class NestedGenerics {
    @Bean
    ConnectionFactory<Map<String, Integer>> maps() {
      return arguments -> new java.util.HashMap<>(Map.of("one", 1));
    }

    @Bean
    AsyncHealthChecker<Map<String, ?>> mapChecker() {
      return map -> CompletableFuture.completedFuture(true);
    }

    @Bean
    String injected(ConnectionPool<Map<String, Integer>> pool) {
      return pool.name();
    }
  }

  @Test
  void connectionsMayHaveGenericsOfTheirOwn() {
    runner
        .withUserConfiguration(NestedGenerics.class)
        .withPropertyValues("pools.connection.instances.maps-pool.max-size=2")
        .run(context -> assertThat(context.getBean("injected")).isEqualTo("maps-pool"));
  }

  @Configuration(proxyBeanMethods = false)
  static class Subclass {
    @Bean
    ClassFactory builders() {
      return new ClassFactory();
    }

    @Bean
    String injected(ConnectionPool<StringBuilder> pool) {
      return pool.name();
    }
  }

  @Test
  void theTypeIsReadFromWhatABeanMethodReturns() {
    runner
        .withUserConfiguration(Subclass.class)
        .withPropertyValues("pools.connection.instances.orders.max-size=2")
        .run(context -> assertThat(context.getBean("injected")).isEqualTo("orders"));
  }

  @Test
  void aCheckerOfAnotherTypeThatIsNamedInAPropertyIsRefusedWithItsType() {
    runner
        .withUserConfiguration(AComponent.class)
        .withBean("nobody", String.class, () -> "nobody")
        .withPropertyValues("pools.connection.instances.orders.health-checker=nobody")
        .run(
            context -> {
              FailureAnalysis analysis = analyse(context.getStartupFailure());
              assertThat(analysis.getDescription())
                  .contains("pools.connection.instances.orders.health-checker")
                  .contains("'nobody'");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class AScopedFactory {
    @Bean
    static CustomScopeConfigurer scopes() {
      CustomScopeConfigurer scopes = new CustomScopeConfigurer();
      scopes.addScope("thread", new SimpleThreadScope());
      return scopes;
    }

    @Bean
    @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
    ConnectionFactory<StringBuilder> sessions() {
      Thread own = Thread.currentThread();
      return arguments ->
          new StringBuilder(own.equals(Thread.currentThread()) ? "in scope" : "out of scope");
    }

    @Bean
    String injected(ConnectionPool<StringBuilder> pool) {
      return pool.name();
    }
  }

  @Test
  void aScopedFactoryIsOneFactory_ofTheTypeThatItsMethodReturns() {
    runner
        .withUserConfiguration(AScopedFactory.class)
        .withPropertyValues("pools.connection.instances.orders.max-size=2")
        .run(
            context -> {
              assertThat(context.getBean("injected")).isEqualTo("orders");
              assertThat(connectionOf(context.getBean("orders", ConnectionPool.class)))
                  .hasToString("in scope");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class AScopedFactoryWithAQualifier {
    @Bean
    @Qualifier("orders")
    @Scope(scopeName = "thread", proxyMode = ScopedProxyMode.INTERFACES)
    ConnectionFactory<String> qualified() {
      return arguments -> new String("qualified");
    }
  }

  @Test
  void theQualifierOfAScopedFactoryCounts() {
    runner
        .withUserConfiguration(AScopedFactory.class, AScopedFactoryWithAQualifier.class)
        .withPropertyValues(
            "pools.connection.instances.orders.max-size=2",
            "pools.connection.instances.others.factory=sessions")
        .run(
            context ->
                assertThat(connectionOf(context.getBean("orders", ConnectionPool.class)))
                    .isEqualTo("qualified"));
  }

  @Configuration(proxyBeanMethods = false)
  static class PartsOfOnePool {
    static final AtomicInteger CREATED = new AtomicInteger();

    @Bean
    ConnectionFactory<StringBuilder> builders() {
      return arguments -> new StringBuilder();
    }

    @Bean
    @Scope("prototype")
    HealthChecker<StringBuilder> checker() {
      CREATED.incrementAndGet();
      return connection -> true;
    }

    @Bean
    @Scope("prototype")
    ConnectionCleaner<StringBuilder> cleaner() {
      CREATED.incrementAndGet();
      return (connection, arguments) -> {};
    }

    @Bean
    @Scope("prototype")
    ConnectionHook<StringBuilder> ordersOnCreate() {
      CREATED.incrementAndGet();
      return connection -> {};
    }
  }

  @Test
  void partsThatArePrototypesAreCreatedOnceForEachPool() {
    PartsOfOnePool.CREATED.set(0);
    runner
        .withUserConfiguration(PartsOfOnePool.class)
        .withPropertyValues("pools.connection.instances.orders.max-size=2")
        .run(
            context -> {
              assertThat(context).hasNotFailed();
              assertThat(PartsOfOnePool.CREATED).hasValue(3);
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class AFactoryOfAnInterface {
    @Bean
    ConnectionFactory<CharSequence> texts() {
      return arguments -> new String("text");
    }
  }

  @Test
  void connectionsOfAnInterfaceCanBeGuarded() {
    runner
        .withUserConfiguration(AFactoryOfAnInterface.class)
        .withPropertyValues("pools.connection.instances.orders.guard=true")
        .run(
            context -> {
              CharSequence kept =
                  (CharSequence) connectionOf(context.getBean("orders", ConnectionPool.class));

              assertThatThrownBy(kept::length).isInstanceOf(IllegalStateException.class);
            });
  }

  @Test
  void connectionsOfAClassCannotBeGuardedAndThePropertyIsNamed() {
    runner
        .withUserConfiguration(APrimaryFactory.class)
        .withPropertyValues("pools.connection.instances.orders.guard=true")
        .run(
            context -> {
              assertThat(context).hasFailed();
              FailureAnalysis analysis = analyse(context.getStartupFailure());
              assertThat(analysis.getDescription())
                  .contains("pools.connection.instances.orders.guard")
                  .contains("java.lang.String");
            });
  }
}
