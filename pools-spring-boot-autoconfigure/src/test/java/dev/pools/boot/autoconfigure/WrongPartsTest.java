package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.connection.ConnectionCleaner;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.HealthChecker;
import java.util.Arrays;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Beans of the wrong type are never ignored: the error names both types. */
@ExtendWith(OutputCaptureExtension.class)
class WrongPartsTest {

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(PoolsAutoConfiguration.class)
  static class Application {
    @Bean
    static ConnectionFactory<StringBuilder> ledgerConnectionFactory() {
      return arguments -> new StringBuilder();
    }
  }

  private static void startFails(Class<?> configuration, String... properties) {
    String[] arguments =
        Arrays.stream(properties).map(property -> "--" + property).toArray(String[]::new);
    assertThatThrownBy(
            () ->
                new SpringApplicationBuilder(Application.class, configuration)
                    .web(WebApplicationType.NONE)
                    .run(arguments)
                    .close())
        .isInstanceOf(Exception.class);
  }

  @Configuration(proxyBeanMethods = false)
  static class WrongChecker {
    @Bean
    HealthChecker<Integer> ledgerHealthChecker() {
      return number -> number > 0;
    }
  }

  @Test
  void aCheckerOfAnotherTypeThatIsNamedAfterThePool(CapturedOutput output) {
    startFails(WrongChecker.class, "pools.connection.instances.ledger.max-size=2");
    assertThat(output)
        .contains("The bean 'ledgerHealthChecker' is named after the pool 'ledger'")
        .contains("HealthChecker<java.lang.Integer>")
        .contains("HealthChecker<java.lang.StringBuilder>");
  }

  @Configuration(proxyBeanMethods = false)
  static class NoChecker {
    @Bean
    Predicate<StringBuilder> ledgerHealthChecker() {
      return connection -> true;
    }
  }

  @Test
  void aBeanThatIsNoCheckerButNamedAsOne(CapturedOutput output) {
    startFails(NoChecker.class, "pools.connection.instances.ledger.max-size=2");
    assertThat(output)
        .contains("The bean 'ledgerHealthChecker' is named after the pool 'ledger'")
        .contains("java.util.function.Predicate<java.lang.StringBuilder>");
  }

  @Configuration(proxyBeanMethods = false)
  static class QualifiedCleaner {
    @Bean
    @Qualifier("ledger")
    ConnectionCleaner<Integer> cleaner() {
      return (connection, arguments) -> {};
    }
  }

  @Test
  void aCleanerOfAnotherTypeThatHasThePoolsQualifier(CapturedOutput output) {
    startFails(QualifiedCleaner.class, "pools.connection.instances.ledger.max-size=2");
    assertThat(output)
        .contains("The bean 'cleaner' is the cleaner of the pool 'ledger'")
        .contains("ConnectionCleaner<java.lang.Integer>");
  }

  @Configuration(proxyBeanMethods = false)
  static class Special {
    @Bean
    HealthChecker<Integer> special() {
      return number -> number > 0;
    }
  }

  @Test
  void aCheckerOfAnotherTypeThatThePropertyNames(CapturedOutput output) {
    startFails(Special.class, "pools.connection.instances.ledger.health-checker=special");
    assertThat(output)
        .contains("The property pools.connection.instances.ledger.health-checker is 'special'")
        .contains("HealthChecker<java.lang.Integer>")
        .contains("HealthChecker<java.lang.StringBuilder>");
  }

  @Test
  void aFactoryThatThePropertyNamesIsNone(CapturedOutput output) {
    startFails(Special.class, "pools.connection.instances.ledger.factory=special");
    assertThat(output)
        .contains("The property pools.connection.instances.ledger.factory is 'special'")
        .contains("ConnectionFactory or AsyncConnectionFactory is needed")
        .contains("HealthChecker<java.lang.Integer>");
  }

  @Configuration(proxyBeanMethods = false)
  static class InjectsAnotherType {
    @Bean
    String injected(ConnectionPool<Integer> pool) {
      return pool.name();
    }
  }

  @Test
  void aPoolOfAnotherTypeAtAnInjectionPoint(CapturedOutput output) {
    startFails(InjectsAnotherType.class, "pools.connection.instances.ledger.max-size=2");
    assertThat(output)
        .contains("required a ConnectionPool<java.lang.Integer>, and there is no such pool")
        .contains("'ledger', a ConnectionPool<java.lang.StringBuilder>")
        .contains("its factory is the bean 'ledgerConnectionFactory'");
  }

  @Configuration(proxyBeanMethods = false)
  static class RawFactory {
    @Bean
    @SuppressWarnings("rawtypes")
    ConnectionFactory auditConnectionFactory() {
      return arguments -> new Object();
    }

    @Bean
    String injected(ConnectionPool<CharSequence> pool) {
      return pool.name();
    }
  }

  @Test
  void aPoolWhoseFactoryDoesNotSayWhatItOpens(CapturedOutput output) {
    startFails(RawFactory.class, "pools.connection.instances.audit.max-size=2");
    assertThat(output)
        .contains("'audit', a ConnectionPool<java.lang.Object>")
        .contains("the bean 'auditConnectionFactory', does not say what it opens")
        .contains("ConnectionFactory<java.lang.CharSequence>");
  }
}
