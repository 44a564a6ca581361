package dev.pools.boot.autoconfigure;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.connection.ConnectionFactory;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import jakarta.annotation.PreDestroy;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.CommandLineRunner;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.ImportAutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Programs in JVMs of their own: when they end, how soon, and what they say meanwhile. */
class ProgramEndTest {

  private static final String PRINTER = "--pools.advanced.instances.printer.max-workers=2";
  private static final String LONG_PHASE = "--spring.lifecycle.timeout-per-shutdown-phase=10m";

  @TempDir Path folder;

  /** What the program does is said by the property {@code do}. */
  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(PoolsAutoConfiguration.class)
  static class Program {

    public static void main(String[] arguments) {
      SpringApplication application = new SpringApplication(Program.class);
      application.setWebApplicationType(WebApplicationType.NONE);
      application.run(arguments);
    }

    private static void pause(Duration time) {
      long until = System.nanoTime() + time.toNanos();
      while (System.nanoTime() - until < 0 && !Thread.currentThread().isInterrupted()) {
        LockSupport.parkNanos(until - System.nanoTime());
      }
    }

    @Bean
    ConnectionFactory<StringBuilder> dbConnectionFactory() {
      return arguments -> new StringBuilder();
    }

    @Bean
    @ConditionalOnProperty(name = "do", havingValue = "work")
    CommandLineRunner work(ObjectProvider<AdvancedPool> pool) {
      AtomicInteger done = new AtomicInteger();
      return arguments -> {
        for (int i = 0; i < 20; i++) {
          pool.getObject()
              .execute(
                  () -> {
                    pause(Duration.ofMillis(100));
                    System.out.println("done " + done.incrementAndGet());
                  });
        }
      };
    }

    /** Work that a thread submits which is not the pool's, after the program has started. */
    @Bean
    @ConditionalOnProperty(name = "do", havingValue = "later")
    CommandLineRunner later(AdvancedPool pool) {
      return arguments ->
          new Thread(
                  () -> {
                    pause(Duration.ofMillis(500));
                    pool.execute(
                        () -> {
                          pause(Duration.ofSeconds(2));
                          System.out.println("done later");
                        });
                  })
              .start();
    }

    @Bean
    @ConditionalOnProperty(name = "do", havingValue = "exit")
    CommandLineRunner exit(AdvancedPool pool, ConnectionPool<StringBuilder> db) {
      return arguments ->
          pool.submit(
              () ->
                  db.use(
                      connection -> {
                        System.exit(3);
                        return 0;
                      }));
    }

    @Bean
    @ConditionalOnProperty(name = "do", havingValue = "hang")
    CommandLineRunner hang(AdvancedPool pool) {
      return arguments -> {
        pool.execute(
            () -> {
              CountDownLatch never = new CountDownLatch(1);
              try {
                never.await();
              } catch (InterruptedException e) {
                System.out.println("interrupted");
              }
            });
        System.out.println("hangs");
      };
    }

    @Bean
    @ConditionalOnProperty(name = "do", havingValue = "flush")
    Flusher flush(ConnectionPool<StringBuilder> db) {
      return new Flusher(db);
    }
  }

  record Flusher(ConnectionPool<StringBuilder> db) implements CommandLineRunner {
    @Override
    public void run(String... arguments) {
      System.out.println("runs");
    }

    @PreDestroy
    void flush() throws Exception {
      for (int i = 0; i < 10; i++) {
        db.use(connection -> connection.append("x").length());
        Program.pause(Duration.ofMillis(200));
      }
      System.out.println("flushed");
    }
  }

  // ---- Console programs

  @ParameterizedTest
  @ValueSource(strings = {"platform", "virtual", ""})
  void consoleProgramEndsWhenItsWorkIsDone(String threads) throws Exception {
    if (threads.equals("virtual") && Runtime.version().feature() < 21) {
      return;
    }
    String[] arguments = {
      "--do=work", "--spring.lifecycle.timeout-per-shutdown-phase=100ms", "--unused=1"
    };
    if (!threads.isEmpty()) {
      arguments[2] = "--pools.advanced.instances.printer.threads=" + threads;
    }
    try (RealProcess program = RealProcess.of(folder, Program.class, arguments)) {
      assertThat(program.awaitEnd()).isZero();
      assertThat(program.log()).contains("done 20").doesNotContain("WARN");
    }
  }

  @Test
  void consoleProgramWithoutWorkEnds() throws Exception {
    try (RealProcess program = RealProcess.of(folder, Program.class, "--do=nothing", PRINTER)) {
      assertThat(program.awaitEnd()).isZero();
    }
  }

  @Test
  @Tag("heavy")
  void workThatAnotherThreadSubmitsLaterIsDoneToo() throws Exception {
    try (RealProcess program =
        RealProcess.of(
            folder,
            Program.class,
            "--do=later",
            PRINTER,
            "--spring.lifecycle.timeout-per-shutdown-phase=100ms")) {
      assertThat(program.awaitEnd()).isZero();
      assertThat(program.log()).contains("done later");
    }
  }

  @Test
  @Tag("heavy")
  void tasksOfAPoolWithDaemonThreadsDoNotKeepTheProgramRunning() throws Exception {
    try (RealProcess program =
        RealProcess.of(
            folder,
            Program.class,
            "--do=hang",
            "--pools.advanced.instances.printer.threads=daemon",
            "--pools.advanced.instances.printer.stop-timeout=100ms")) {
      assertThat(program.awaitEnd()).isZero();
    }
  }

  // ---- Exit and signals

  @ParameterizedTest
  @Tag("heavy")
  @ValueSource(strings = {"platform", "virtual"})
  void taskThatCallsExit_doesNotDelayTheStop(String threads) throws Exception {
    if (threads.equals("virtual") && Runtime.version().feature() < 21) {
      return;
    }
    try (RealProcess program =
        RealProcess.of(
            folder,
            Program.class,
            "--do=exit",
            LONG_PHASE,
            "--pools.advanced.instances.printer.threads=" + threads,
            "--pools.connection.instances.db.max-size=2",
            "--pools.connection.instances.db.stop-timeout="
                + (threads.equals("virtual") ? "1s" : "10m"))) {
      assertThat(program.awaitEnd()).isEqualTo(3);
    }
  }

  @Test
  void taskThatHangsIsInterruptedAtTheLimitWhichIsNamed() throws Exception {
    try (RealProcess program =
        RealProcess.of(
            folder,
            Program.class,
            "--do=hang",
            PRINTER,
            "--pools.advanced.instances.printer.stop-timeout=1s")) {
      program.awaitLog("hangs");
      program.terminate();
      program.awaitEnd();
      assertThat(program.log())
          .contains("Pool 'printer' finishes its tasks before the application stops: 1 running")
          .contains("The limit is pools.advanced.instances.printer.stop-timeout (now 1s).")
          .contains("interrupted");
    }
  }

  @Test
  @Tag("heavy")
  void beanThatNeedsConnectionsForLongAtItsEnd_getsThem() throws Exception {
    try (RealProcess program =
        RealProcess.of(
            folder,
            Program.class,
            "--do=flush",
            "--spring.main.keep-alive=true",
            "--spring.lifecycle.timeout-per-shutdown-phase=100ms",
            "--pools.connection.instances.db.max-size=2")) {
      program.awaitLog("runs");
      program.terminate();
      program.awaitEnd();
      assertThat(program.log()).contains("flushed").doesNotContain("WARN");
    }
  }

  // ---- A server that is not there yet

  @Configuration(proxyBeanMethods = false)
  @ImportAutoConfiguration(PoolsAutoConfiguration.class)
  static class WithoutServer {

    public static void main(String[] arguments) {
      SpringApplication application = new SpringApplication(WithoutServer.class);
      application.setWebApplicationType(WebApplicationType.NONE);
      application.run(arguments);
    }

    @Bean
    ConnectionFactory<StringBuilder> dbConnectionFactory() {
      return arguments -> {
        throw new IOException("refused by db:5432");
      };
    }
  }

  @ParameterizedTest
  @Tag("heavy")
  @CsvSource({"terminate, 0", "time, 1s"})
  void startThatWaitsForItsServer_endsAtOnceWhenItShould(String how, String limit)
      throws Exception {
    try (RealProcess program =
        RealProcess.of(
            folder,
            WithoutServer.class,
            "--pools.connection.instances.db.on-start-failure=wait",
            "--pools.connection.instances.db.start-timeout=" + limit,
            LONG_PHASE)) {
      program.awaitLog("Pool 'db' waits for its first connections, 0 of 1 are there after ");
      if (how.equals("terminate")) {
        program.terminate();
      }
      assertThat(program.awaitEnd()).isNotZero();
      if (how.equals("time")) {
        assertThat(program.log())
            .contains("APPLICATION FAILED TO START")
            .contains("refused by db:5432")
            .contains("pools.connection.instances.db.start-timeout");
      }
    }
  }
}
