package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.AsyncConnectionHook;
import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionHook;
import dev.pools.connection.ConnectionPool;
import dev.pools.connection.JdbcReset;
import dev.pools.connection.RetireReason;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.concurrent.CompletableFuture;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.context.ApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** How a connection pool finds the beans that prepare and reset its connections. */
class HookBeansTest {

  private final ApplicationContextRunner runner =
      new ApplicationContextRunner()
          .withConfiguration(AutoConfigurations.of(PoolsAutoConfiguration.class))
          .withPropertyValues("pools.connection.instances.mail-server.max-size=1");

  private static FailureAnalysis analyse(Throwable failure) {
    FailureAnalysis analysis = new InvalidPoolFailureAnalyzer().analyze(failure);
    assertThat(analysis).as("analysis of %s", failure).isNotNull();
    return analysis;
  }

  @SuppressWarnings("unchecked")
  private static <T> ConnectionPool<T> pool(ApplicationContext context) {
    return (ConnectionPool<T>) context.getBean("mail-server", ConnectionPool.class);
  }

  @Configuration(proxyBeanMethods = false)
  static class Texts {
    @Bean
    ConnectionFactory<StringBuilder> texts() {
      return arguments -> new StringBuilder("new");
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class HooksNamedAfterThePool {
    @Bean
    ConnectionHook<StringBuilder> mailServerOnCreate() {
      return text -> text.append(" prepared");
    }

    @Bean
    ConnectionHook<StringBuilder> mailServerOnAcquire() {
      return text -> text.append(" adapted");
    }

    @Bean
    AsyncConnectionHook<CharSequence> mailServerOnReturn() {
      return text -> {
        ((StringBuilder) text).append(" reset");
        return CompletableFuture.completedFuture(text);
      };
    }
  }

  @Test
  void hooksNamedAfterThePool_runAtTheMomentsThatTheirNamesTell() {
    runner
        .withUserConfiguration(Texts.class, HooksNamedAfterThePool.class)
        .run(
            context -> {
              ConnectionPool<StringBuilder> pool = pool(context);
              assertThat(pool.<String>use(StringBuilder::toString))
                  .isEqualTo("new prepared adapted");
              assertThat(pool.<String>use(StringBuilder::toString))
                  .isEqualTo("new prepared adapted reset adapted");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class OneHook {
    @Bean
    @Qualifier("mailServer")
    ConnectionHook<StringBuilder> touch() {
      return text -> text.append(" touched");
    }
  }

  @Test
  void hookThatDoesNotSayWhenItRuns_runsWhereAPropertyNamesItOnly() {
    runner
        .withUserConfiguration(Texts.class, OneHook.class)
        .run(
            context -> {
              ConnectionPool<StringBuilder> pool = pool(context);
              pool.use(StringBuilder::toString);
              assertThat(pool.<String>use(StringBuilder::toString)).isEqualTo("new");
            });
    runner
        .withUserConfiguration(Texts.class, OneHook.class)
        .withPropertyValues("pools.connection.instances.mail-server.on-return=touch")
        .run(
            context -> {
              ConnectionPool<StringBuilder> pool = pool(context);
              assertThat(pool.<String>use(StringBuilder::toString)).isEqualTo("new");
              assertThat(pool.<String>use(StringBuilder::toString)).isEqualTo("new touched");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class HookOfAnotherType {
    @Bean
    ConnectionHook<Integer> mailServerOnReturn() {
      return number -> {};
    }
  }

  @Test
  void hookOfAnotherType_stopsTheApplicationAndIsNamed() {
    runner
        .withUserConfiguration(Texts.class, HookOfAnotherType.class)
        .run(
            context ->
                assertThat(analyse(context.getStartupFailure()).getDescription())
                    .contains("The bean 'mailServerOnReturn' is named after the pool 'mail-server'")
                    .contains("ConnectionHook<java.lang.Integer>")
                    .contains("ConnectionHook<java.lang.StringBuilder>"));
    runner
        .withUserConfiguration(Texts.class)
        .withBean("nothing", String.class, () -> "nothing")
        .withPropertyValues("pools.connection.instances.mail-server.on-create=nothing")
        .run(
            context ->
                assertThat(analyse(context.getStartupFailure()).getDescription())
                    .contains("pools.connection.instances.mail-server.on-create is 'nothing'"));
  }

  @Configuration(proxyBeanMethods = false)
  static class HangingHook {
    @Bean
    AsyncConnectionHook<StringBuilder> mailServerOnReturn() {
      return text -> new CompletableFuture<>();
    }
  }

  @Test
  void hookTimeout_isThatOfTheSettings() {
    runner
        .withUserConfiguration(Texts.class, HangingHook.class)
        .withPropertyValues("pools.connection.defaults.hook-timeout=20ms")
        .run(
            context -> {
              ConnectionPool<StringBuilder> pool = pool(context);
              pool.use(StringBuilder::toString);
              Awaitility.await()
                  .until(() -> pool.stats().retired().get(RetireReason.RESET_FAILED) == 1L);
            });
    runner
        .withUserConfiguration(Texts.class)
        .withPropertyValues("pools.connection.defaults.hook-timeout=0")
        .run(
            context ->
                assertThat(analyse(context.getStartupFailure()).getDescription())
                    .contains("hook-timeout"));
  }

  @Configuration(proxyBeanMethods = false)
  static class Jdbc {
    @Bean
    ConnectionFactory<Connection> database() {
      return arguments -> DriverManager.getConnection("jdbc:h2:mem:hooks");
    }

    @Bean
    JdbcReset reset() {
      return new JdbcReset();
    }
  }

  @Test
  void onlyJdbcReset_resetsThePoolsOfJdbcAndNoOthers() {
    runner
        .withUserConfiguration(Jdbc.class, Texts.class)
        .withPropertyValues(
            "pools.connection.instances.mail-server.factory=database",
            "pools.connection.instances.texts-pool.factory=texts")
        .run(
            context -> {
              ConnectionPool<Connection> pool = pool(context);
              pool.use(
                  connection -> {
                    connection.setAutoCommit(false);
                    return connection.createStatement().execute("create table t (id int)");
                  });
              assertThat(pool.<Boolean>use(Connection::getAutoCommit)).isTrue();
              assertThat(pool.stats().created()).isEqualTo(1);
              ConnectionPool<?> texts = context.getBean("textsPool", ConnectionPool.class);
              assertThat(texts.<String>use(Object::toString)).isEqualTo("new");
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class PreparedAsynchronously {
    @Bean
    AsyncConnectionHook<Connection> mailServerOnCreate() {
      return connection ->
          CompletableFuture.runAsync(
              () -> {
                try {
                  connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
                } catch (java.sql.SQLException failure) {
                  throw new IllegalStateException(failure);
                }
              });
    }

    @Bean
    ConnectionHook<Connection> mailServerOnReturn() {
      return connection -> {
        if (!connection.getAutoCommit()) {
          throw new IllegalStateException("not reset yet");
        }
      };
    }
  }

  @Test
  void jdbcReset_restoresWhatOnCreateHasPreparedAndRunsBeforeOnReturn() {
    runner
        .withUserConfiguration(Jdbc.class, PreparedAsynchronously.class)
        .run(
            context -> {
              ConnectionPool<Connection> pool = pool(context);
              pool.use(
                  connection -> {
                    connection.setAutoCommit(false);
                    connection.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                    return connection;
                  });
              assertThat(pool.<Integer>use(Connection::getTransactionIsolation))
                  .isEqualTo(Connection.TRANSACTION_SERIALIZABLE);
              assertThat(pool.stats().created()).isEqualTo(1);
            });
  }

  @Configuration(proxyBeanMethods = false)
  static class ResetOfTexts {
    @Bean
    JdbcReset mailServerJdbcReset() {
      return new JdbcReset();
    }
  }

  @Test
  void jdbcResetOfAPoolOfOtherConnections_stopsTheApplication() {
    runner
        .withUserConfiguration(Texts.class, ResetOfTexts.class)
        .run(
            context ->
                assertThat(analyse(context.getStartupFailure()).getDescription())
                    .contains("The bean 'mailServerJdbcReset' is the jdbc-reset of the pool")
                    .contains("java.lang.StringBuilder")
                    .contains("java.sql.Connection"));
  }
}
