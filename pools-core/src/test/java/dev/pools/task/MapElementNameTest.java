package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Level;
import dev.pools.Binding;
import dev.pools.internal.LogOf;
import dev.pools.map.Function1;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;

/** An element of a map is called by the map's function, and not by what the pool makes of it. */
class MapElementNameTest extends PoolTestBase {

  private static final String DOUBLING = Doubling.class.getName();

  /** Doubles a number when the test allows it. */
  private static final class Doubling implements Function1<Integer, Integer> {
    final CountDownLatch entered = new CountDownLatch(1);
    final Semaphore mayEnd = new Semaphore(0);

    @Override
    public Integer apply(Integer value) throws InterruptedException {
      entered.countDown();
      mayEnd.acquire();
      return 2 * value;
    }
  }

  /** What a listener was told, by label. */
  private static final class Told implements PoolListener {
    final ConcurrentLinkedQueue<String> labels = new ConcurrentLinkedQueue<>();

    @Override
    public void taskStarted(TaskInfo task, Duration waited) {
      labels.add(task.label());
    }

    @Override
    public void taskStuck(TaskInfo task, Duration ran, List<StackTraceElement> stack) {
      labels.add("stuck " + task.label());
    }
  }

  record Square(int side) {}

  @Test
  void stuckElement_isToldByTheFunctionOfItsMap() throws Exception {
    Doubling doubling = new Doubling();
    Told told = new Told();
    try (LogOf log = new LogOf(RunSupervisor.class)) {
      AdvancedPool pool =
          build(
              builder()
                  .name("elements")
                  .maxWorkers(1)
                  .stuckAfter(Duration.ofSeconds(4))
                  .listener(told));
      CompletableFuture<List<Integer>> map = pool.map(doubling, List.of(1));
      doubling.entered.await();

      for (int second = 0; second < 6; second++) {
        time.advance(Duration.ofSeconds(1));
      }

      await().until(() -> told.labels.contains("stuck " + DOUBLING));
      assertThat(told.labels).containsExactly(DOUBLING, "stuck " + DOUBLING);
      assertThat(log.at(Level.WARN, "Pool 'elements': the task '" + DOUBLING + "' has been"))
          .hasSize(1);
      doubling.mayEnd.release();
      assertThat(get(map)).containsExactly(2);
    }
  }

  @Test
  void runningAndWaitingElements_areShownByTheFunction() throws Exception {
    for (boolean noted : new boolean[] {false, true}) {
      Doubling doubling = new Doubling();
      AdvancedPoolBuilder builder = builder().maxWorkers(1);
      AdvancedPool pool = build(noted ? builder.listener(new Told()) : builder);
      CompletableFuture<List<Integer>> map = pool.map(doubling, List.of(1, 2));
      doubling.entered.await();

      assertThat(pool.runningTasks())
          .extracting(TaskSnapshot::function)
          .containsExactly(noted ? DOUBLING : DOUBLING + ".apply");
      assertThat(pool.waitingTasks(10))
          .extracting(TaskSnapshot::function)
          .containsExactly(DOUBLING);

      doubling.mayEnd.release(2);
      assertThat(get(map)).containsExactly(2, 4);
    }
  }

  @Test
  void elementOfABinding_isShownByWhatIsBound() {
    Told told = new Told();
    AdvancedPool pool = build(builder().maxWorkers(1).listener(told));

    get(pool.starmap(Binding.toRecord(Square.class), List.of(List.of(7))));

    assertThat(told.labels).singleElement().asString().contains("Square(int side)");
  }
}
