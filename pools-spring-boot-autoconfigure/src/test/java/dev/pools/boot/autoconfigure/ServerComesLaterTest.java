package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.availability.ApplicationAvailabilityAutoConfiguration;
import org.springframework.boot.availability.ApplicationAvailability;
import org.springframework.boot.availability.ReadinessState;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Applications that start before the server of their pool does. */
class ServerComesLaterTest {

  private static final AtomicBoolean UP = new AtomicBoolean();
  private static final AtomicInteger ATTEMPTS = new AtomicInteger();
  private static final String WAIT = "--pools.connection.instances.db.on-start-failure=wait";

  private final AtomicReference<ConfigurableApplicationContext> context = new AtomicReference<>();

  @BeforeEach
  void serverIsDown() {
    UP.set(false);
    ATTEMPTS.set(0);
  }

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration({
    PoolsAutoConfiguration.class,
    ApplicationAvailabilityAutoConfiguration.class
  })
  static class Application {
    @Bean
    ConnectionFactory<StringBuilder> dbConnectionFactory() {
      return arguments -> {
        ATTEMPTS.incrementAndGet();
        if (!UP.get()) {
          throw new IOException("refused");
        }
        return new StringBuilder();
      };
    }
  }

  @Configuration(proxyBeanMethods = false)
  static class Wrong {
    @Bean
    ConnectionFactory<Integer> wrongConnectionFactory() {
      return arguments -> {
        await().until(() -> ATTEMPTS.get() > 1);
        throw new IllegalStateException("wrong password");
      };
    }
  }

  private CompletableFuture<ConfigurableApplicationContext> start(
      Class<?>[] with, String... arguments) {
    SpringApplication application = new SpringApplication(with);
    application.setWebApplicationType(WebApplicationType.NONE);
    application.setRegisterShutdownHook(false);
    application.addInitializers(context::set);
    return CompletableFuture.supplyAsync(() -> application.run(arguments));
  }

  @Test
  void startWaitsAndReadinessFollows() throws Exception {
    CompletableFuture<ConfigurableApplicationContext> started =
        start(
            new Class<?>[] {Application.class},
            WAIT,
            "--pools.connection.instances.db.backoff-max=100ms");
    await().until(() -> ATTEMPTS.get() > 3);
    assertThat(started).isNotDone();
    ApplicationAvailability availability = context.get().getBean(ApplicationAvailability.class);
    assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.REFUSING_TRAFFIC);

    UP.set(true);

    try (ConfigurableApplicationContext running = started.get(60, TimeUnit.SECONDS)) {
      assertThat(availability.getReadinessState()).isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
      assertThat(running.getBean(ConnectionPool.class).available()).isEqualTo(1);
    }
  }

  @Test
  void closeWhileTheStartWaits_endsItAtOnce() throws Exception {
    CompletableFuture<ConfigurableApplicationContext> started =
        start(new Class<?>[] {Application.class}, WAIT);
    await().until(() -> ATTEMPTS.get() > 1);

    context.get().close();

    assertThat(started.handle((running, failure) -> failure).get(60, TimeUnit.SECONDS))
        .rootCause()
        .isInstanceOf(InterruptedException.class);
    int attempts = ATTEMPTS.get();
    assertThat(context.get().isActive()).isFalse();
    assertThat(ATTEMPTS.get() - attempts).isLessThanOrEqualTo(1);
  }

  @Test
  void poolThatFailsEndsTheStartThoughAnotherWaits() throws Exception {
    CompletableFuture<ConfigurableApplicationContext> started =
        start(
            new Class<?>[] {Application.class, Wrong.class},
            WAIT,
            "--pools.connection.instances.wrong.max-size=1");

    assertThat(started.handle((running, failure) -> failure).get(60, TimeUnit.SECONDS))
        .rootCause()
        .hasMessage("wrong password");
  }

  @Test
  void emptyStartIsReadyAtOnce() throws Exception {
    CompletableFuture<ConfigurableApplicationContext> started =
        start(
            new Class<?>[] {Application.class},
            "--pools.connection.instances.db.on-start-failure=start-empty");

    try (ConfigurableApplicationContext running = started.get(60, TimeUnit.SECONDS)) {
      assertThat(running.getBean(ApplicationAvailability.class).getReadinessState())
          .isEqualTo(ReadinessState.ACCEPTING_TRAFFIC);
      UP.set(true);
      ConnectionPool<?> db = running.getBean(ConnectionPool.class);
      await().until(() -> db.available() == 1);
    }
  }
}
