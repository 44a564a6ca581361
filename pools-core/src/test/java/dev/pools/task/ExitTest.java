package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.ChildJvm;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Tasks that call System.exit, which waits for shutdown hooks that wait for the end of the pool.
 */
class ExitTest {

  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** How the program ends. */
  enum Way {
    HOOK_CLOSES,
    HOOK_WAITS_FOR_THE_SHUTDOWN,
    HOOK_WAITS_FOR_THE_JOIN,
    HOOK_WAITS_FOR_A_CLOSE_THAT_HAS_BEGUN,
    VIRTUAL_THREADS,
    TASK_IS_QUEUED_BEHIND,
    TASK_RUNS_BESIDE,
    ELEMENT_OF_A_MAP,
    CALLER_RUNS_ITS_TASK,
    CALLER_RUNS_ITS_BARE_TASK
  }

  /** Its task calls System.exit; its shutdown hook waits for the end of the pool. */
  static final class Exiting {

    private static final CountDownLatch BESIDE = new CountDownLatch(1);
    private static final CountDownLatch TOLD = new CountDownLatch(1);

    private Exiting() {}

    public static void main(String[] arguments) throws Exception {
      Way way = Way.valueOf(arguments[0]);
      AdvancedPool pool = pool(way);
      Thread closing =
          new Thread(
              () -> {
                pool.close();
                System.out.println("closed before");
              });
      closing.setDaemon(true);
      Runtime.getRuntime().addShutdownHook(new Thread(() -> hook(way, pool, closing)));
      if (way == Way.HOOK_WAITS_FOR_A_CLOSE_THAT_HAS_BEGUN) {
        CountDownLatch begun = new CountDownLatch(1);
        pool.execute(
            () -> {
              await(begun);
              System.exit(3);
            });
        closing.start();
        while (!pool.isShutdown()) {
          Thread.yield();
        }
        begun.countDown();
      } else {
        exit(way, pool);
      }
      Thread.currentThread().join();
    }

    private static AdvancedPool pool(Way way) {
      boolean one = way == Way.TASK_IS_QUEUED_BEHIND || way.name().startsWith("CALLER");
      AdvancedPoolBuilder builder =
          AdvancedPool.builder()
              .maxWorkers(one ? 1 : 3)
              .threads(
                  way == Way.VIRTUAL_THREADS ? WorkerThreads.virtual() : WorkerThreads.platform());
      if (way.name().startsWith("CALLER")) {
        builder.queueCapacity(0).overflow(OverflowPolicy.CALLER_RUNS);
      }
      return builder.build();
    }

    private static void exit(Way way, AdvancedPool pool) {
      switch (way) {
        case ELEMENT_OF_A_MAP -> pool.map(Exiting::exit, List.of(1, 3, 2));
        case CALLER_RUNS_ITS_TASK -> {
          pool.execute(() -> await(BESIDE));
          pool.submit(() -> exit(3));
        }
        case CALLER_RUNS_ITS_BARE_TASK -> {
          pool.execute(() -> await(BESIDE));
          pool.execute(() -> exit(3));
        }
        case TASK_RUNS_BESIDE -> {
          pool.execute(() -> await(BESIDE));
          pool.execute(() -> exit(3));
        }
        case TASK_IS_QUEUED_BEHIND -> {
          CountDownLatch queued = new CountDownLatch(1);
          pool.execute(
              () -> {
                await(queued);
                exit(3);
              });
          pool.submit(() -> 1)
              .whenComplete(
                  (value, failure) -> {
                    System.out.println("queued: " + failure);
                    TOLD.countDown();
                  });
          queued.countDown();
        }
        default -> pool.submit(() -> exit(3));
      }
    }

    private static Integer exit(Integer value) {
      if (value == 3) {
        System.exit(value);
      }
      return value;
    }

    private static void hook(Way way, AdvancedPool pool, Thread closing) {
      try {
        BESIDE.countDown();
        switch (way) {
          case HOOK_WAITS_FOR_THE_SHUTDOWN -> pool.shutdown(ShutdownOptions.DEFAULT).join();
          case HOOK_WAITS_FOR_THE_JOIN -> {
            pool.shutdown();
            pool.join().join();
          }
          case HOOK_WAITS_FOR_A_CLOSE_THAT_HAS_BEGUN -> closing.join();
          case TASK_IS_QUEUED_BEHIND -> {
            pool.close();
            // A helper thread tells it. The JVM does not wait for that.
            await(TOLD);
          }
          default -> pool.close();
        }
        System.out.println("closed " + pool.isTerminated());
      } catch (Throwable failure) {
        failure.printStackTrace(System.out);
      }
    }

    private static void await(CountDownLatch latch) {
      try {
        latch.await();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void hookThatWaitsForThePool_doesNotWaitForTheTaskThatExits(Way way) throws Exception {
    if (way == Way.VIRTUAL_THREADS && !WorkerThreads.virtualSupported()) {
      return;
    }

    ChildJvm.Ended ended = ChildJvm.run(Exiting.class, LIMIT, way.name());

    assertThat(ended.lines()).contains("closed true");
    assertThat(ended.exitValue()).isEqualTo(3);
    if (way == Way.TASK_IS_QUEUED_BEHIND) {
      assertThat(ended.lines())
          .anyMatch(line -> line.startsWith("queued: ") && line.contains("cancelled"));
    }
  }
}
