package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;

class StopDuringOutageTest {

  @Test
  void applicationStopsDuringALoadAndAnOutage() {
    ConfigurableApplicationContext context =
        SpringApplication.run(
            ExampleApplication.class,
            "--server.port=0",
            "--management.server.port=-1",
            "--spring.main.banner-mode=off",
            "--example.playground.enabled=true",
            "--example.database.url=jdbc:h2:mem:shutdown;MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE",
            "--pools.connection.instances.database.acquire-timeout=1s");
    AdvancedPool thumbnails = context.getBean(AdvancedPool.class);
    ConnectionPool<?> database = context.getBean(ConnectionPool.class);
    Load load = context.getBean(Load.class);
    context.getBean(Batches.class).accept(Set.of(800, 801, 802));
    load.start(10, 50);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> load.state().people().completed() > 0 && thumbnails.qsize() > 0);
    context.getBean(DatabaseFaults.class).breakDown();

    context.close();

    assertThat(load.state().running()).isFalse();
    assertThat(thumbnails.isTerminated()).isTrue();
    assertThat(database.stats().size()).isZero();
    await()
        .atMost(Duration.ofSeconds(60))
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                    .noneMatch(thread -> thread.getName().equals("load")));
  }
}
