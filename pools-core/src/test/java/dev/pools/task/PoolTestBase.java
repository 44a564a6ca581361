package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.Polling;
import dev.pools.internal.ManualTime;
import dev.pools.internal.Time;
import dev.pools.scaling.ScalingPolicy;
import java.lang.reflect.Field;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.slf4j.LoggerFactory;

/** Pools for a test; each must end with its books in order. */
abstract class PoolTestBase {

  static final long PATIENCE_SECONDS = 30;

  static {
    Polling.promptly();
    // Before a helper thread of a pool does so, while a test asks for a logger.
    LoggerFactory.getILoggerFactory();
  }

  final ManualTime time = new ManualTime();
  private final List<AdvancedPool> pools = new ArrayList<>();
  private final List<Gate> gates = new ArrayList<>();

  AdvancedPoolBuilder builder() {
    return AdvancedPool.builder().time(time);
  }

  AdvancedPool build(AdvancedPoolBuilder builder) {
    AdvancedPool pool = builder.build();
    pools.add(pool);
    return pool;
  }

  /** A pool with this many workers, always. */
  AdvancedPool fixed(int workers) {
    return build(builder().minWorkers(workers).maxWorkers(workers));
  }

  /** Options for a part of a pool that is tested without the others. */
  PoolOptions options() {
    return options(time);
  }

  static PoolOptions options(Time time) {
    return new PoolOptions(
        "parts",
        0,
        1,
        1,
        ScalingPolicy.thresholds(),
        false,
        Duration.ofSeconds(1),
        OverflowPolicy.WAIT,
        TaskOrder.STRICT,
        WorkerThreads.platform(),
        Duration.ZERO,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ZERO,
        Duration.ZERO,
        null,
        List.of(),
        null,
        time);
  }

  /** Makes tasks that belong to a pool without workers. */
  static TaskFactory factory(PoolOptions options) {
    return new PoolParts(options).factory;
  }

  static TaskQueue queue(TaskFactory factory, TaskOrder order) {
    return new TaskQueue(factory, 0, order, /* threadPerTask= */ false, /* firstTicket= */ 0);
  }

  /** What a private field holds. */
  static Object read(Object of, String field) throws ReflectiveOperationException {
    Field declared = declared(of.getClass(), field);
    declared.setAccessible(true);
    return declared.get(of);
  }

  private static Field declared(Class<?> type, String field) throws NoSuchFieldException {
    for (Class<?> owner = type; owner != null; owner = owner.getSuperclass()) {
      for (Field candidate : owner.getDeclaredFields()) {
        if (candidate.getName().equals(field)) {
          return candidate;
        }
      }
    }
    throw new NoSuchFieldException(type + "." + field);
  }

  Gate occupy(AdvancedPool pool) {
    Gate gate = Gate.occupy(pool);
    gates.add(gate);
    return gate;
  }

  @AfterEach
  void everyPoolEndsWithItsBooksInOrder() throws Exception {
    gates.forEach(Gate::open);
    for (AdvancedPool pool : pools) {
      PoolInvariants.assertHold(pool);
      pool.shutdownNow();
      assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      PoolInvariants.assertHoldAtTheEnd(pool);
    }
    if (time.scheduledTimers() > 0) {
      // A helper thread that has told of the end may be about to cancel its own.
      await().untilAsserted(() -> assertThat(time.scheduledTimers()).isZero());
    }
  }

  static <T> T get(CompletableFuture<T> future) {
    try {
      return future.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (TimeoutException e) {
      throw new AssertionError("It has not completed.", e);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
