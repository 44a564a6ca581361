package dev.pools.flight;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.ChildJvm;
import dev.pools.connection.ConnectionPool;
import dev.pools.task.AdvancedPool;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class NoRecorderTest {

  private static final String DONE = "pools work";

  @Test
  void poolsWorkInAJvmWithoutTheModuleOfTheRecorder() throws Exception {
    ChildJvm.Ended ended =
        ChildJvm.run(Program.class, Duration.ofMinutes(2), List.of("--limit-modules", "java.base"));
    assertThat(ended.lines()).contains("no recorder", DONE);
    assertThat(ended.exitValue()).isZero();
  }

  /** Uses pools for longer than it takes until they look for a recorder. */
  public static final class Program {

    private Program() {}

    public static void main(String[] arguments) throws Exception {
      try {
        Class.forName("jdk.jfr.Event");
      } catch (ClassNotFoundException expected) {
        System.out.println("no recorder");
      }
      AdvancedPool tasks = AdvancedPool.create();
      ConnectionPool<Object> connections =
          ConnectionPool.builder(Object::new)
              .maxSize(1)
              .maintenanceInterval(Duration.ofMillis(100))
              .build();
      long start = System.nanoTime();
      while (System.nanoTime() - start < 3_000_000_000L) {
        tasks.submit(() -> new CountDownLatch(1).await(100, TimeUnit.MILLISECONDS)).get();
        connections.acquire().close();
      }
      tasks.shutdown();
      connections.close();
      if (tasks.awaitTermination(60, TimeUnit.SECONDS) && Flight.now() == 0) {
        System.out.println(DONE);
      }
    }
  }
}
