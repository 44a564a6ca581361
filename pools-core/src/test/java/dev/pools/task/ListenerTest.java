package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

class ListenerTest extends PoolTestBase {

  private final List<String> heard = Collections.synchronizedList(new ArrayList<>());

  private final class Notes implements PoolListener {
    @Override
    public void taskStarted(TaskInfo task, Duration waited) {
      heard.add("started " + task.priority() + " after " + waited);
    }

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
      heard.add("ended " + outcome + " after " + waited + " and " + ran);
    }

    @Override
    public void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {
      heard.add("dropped " + outcome + " after " + waited);
    }

    @Override
    public void taskRejected(TaskInfo task) {
      heard.add("rejected from " + task.pool());
    }

    @Override
    public void workerStarted(int worker) {
      heard.add("worker " + worker);
    }

    @Override
    public void workerEnded(WorkerReport report) {
      heard.add("end of worker " + report.worker() + " with " + report.completed());
    }
  }

  private static final class Faulty implements PoolListener {
    @Override
    public void taskStarted(TaskInfo task, Duration waited) {
      throw new IllegalStateException("faulty");
    }

    @Override
    public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
      throw new AssertionError("faulty");
    }

    @Override
    public void workerStarted(int worker) {
      throw new IllegalStateException("faulty");
    }

    @Override
    public void workerEnded(WorkerReport report) {
      throw new IllegalStateException("faulty");
    }
  }

  @Test
  void aListenerHearsTheWholeStory() {
    AdvancedPool pool =
        build(
            builder()
                .name("story")
                .maxWorkers(1)
                .queueCapacity(2)
                .listener(new Faulty())
                .listener(new Notes()));
    PoolFuture<?> first = pool.submit(() -> time.advance(Duration.ofSeconds(2)), 3);
    get(first);
    get(
        pool.submit(
                () -> {
                  throw new IllegalStateException("failed");
                })
            .exceptionally(failure -> null));
    Gate gate = new Gate();
    pool.submit(gate::call);
    gate.awaitEntered();
    PoolFuture<Integer> dropped = pool.submit(() -> 1);
    pool.submit(() -> 2);
    assertThatThrownBy(() -> pool.submitNowait(() -> 3)).isInstanceOf(PoolFullException.class);
    dropped.cancel(false);
    gate.open();
    pool.close();

    org.awaitility.Awaitility.await().until(() -> heard.contains("end of worker 1 with 3"));
    assertThat(heard)
        .containsExactly(
            "worker 1",
            "started 3 after PT0S",
            "ended COMPLETED after PT0S and PT2S",
            "started 0 after PT0S",
            "ended FAILED after PT0S and PT0S",
            "started 0 after PT0S",
            "rejected from story",
            "dropped CANCELLED after PT0S",
            "ended COMPLETED after PT0S and PT0S",
            "started 0 after PT0S",
            "ended COMPLETED after PT0S and PT0S",
            "end of worker 1 with 3");
  }

  /** Nothing but its code is queued, and when it came. */
  @Test
  void listenerHearsOfEachExecutedRunnable() throws Exception {
    List<Throwable> uncaught = Collections.synchronizedList(new ArrayList<>());
    AdvancedPool pool =
        build(
            builder()
                .name("plain")
                .minWorkers(1)
                .maxWorkers(1)
                .listener(new Faulty())
                .listener(new Notes())
                .uncaughtExceptionHandler((thread, failure) -> uncaught.add(failure)));
    Gate gate = occupy(pool);
    heard.clear();
    Runnable works = () -> time.advance(Duration.ofSeconds(2));
    IllegalStateException failure = new IllegalStateException("fails");
    pool.execute(works);
    time.advance(Duration.ofSeconds(1));
    pool.execute(
        () -> {
          throw failure;
        });
    assertThat(pool.stats().oldestWait()).isEqualTo(Duration.ofSeconds(1));
    Gate second = new Gate();
    pool.execute(second);
    pool.execute(works);

    gate.open();
    second.awaitEntered();
    time.advance(Duration.ofSeconds(4));
    assertThat(pool.shutdownNow()).containsExactly(works);
    second.open();
    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();

    assertThat(uncaught).containsExactly(failure);
    assertThat(heard)
        .filteredOn(line -> line.startsWith("started 0"))
        .containsExactly("started 0 after PT1S", "started 0 after PT2S", "started 0 after PT2S");
    assertThat(heard)
        .contains("ended COMPLETED after PT1S and PT2S", "ended FAILED after PT2S and PT0S")
        .contains("dropped CANCELLED after PT6S");
  }

  @Test
  void aDecoratorCarriesContextFromTheSubmitterToTheWorker() {
    ThreadLocal<String> context = new ThreadLocal<>();
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .taskDecorator(
                    task -> {
                      String submitters = context.get();
                      return () -> {
                        context.set(submitters);
                        try {
                          task.run();
                        } finally {
                          context.remove();
                        }
                      };
                    }));
    context.set("request 7");
    PoolFuture<String> seen = pool.submit(context::get);
    context.remove();

    assertThat(get(seen)).isEqualTo("request 7");
    assertThat(get(pool.submit(context::get))).isNull();
  }

  @Test
  void aDecoratorThatThrowsOnTheWayInRefusesTheTask() {
    AdvancedPool pool =
        build(
            builder()
                .taskDecorator(
                    task -> {
                      throw new IllegalStateException("no context");
                    }));

    assertThatThrownBy(() -> pool.submit(() -> 1)).hasMessage("no context");
    assertThat(pool.stats().submitted()).isZero();
  }

  @Test
  void aDecoratorThatFailsOrForgetsTheTaskFailsItsFuture() {
    AtomicReference<TaskDecorator> decorator = new AtomicReference<>();
    AdvancedPool pool =
        build(builder().maxWorkers(1).taskDecorator(task -> decorator.get().decorate(task)));

    decorator.set(task -> () -> {});
    PoolFuture<Integer> forgotten = pool.submit(() -> 1);
    assertThatThrownBy(forgotten::get)
        .hasRootCauseInstanceOf(IllegalStateException.class)
        .hasMessageContaining("without running the task");

    decorator.set(
        task ->
            () -> {
              throw new IllegalArgumentException("before");
            });
    PoolFuture<Integer> before = pool.submit(() -> 1);
    assertThatThrownBy(before::get).hasRootCauseMessage("before");

    decorator.set(
        task ->
            () -> {
              task.run();
              throw new IllegalArgumentException("after");
            });
    assertThat(get(pool.submit(() -> 1))).as("the task itself has run").isEqualTo(1);
  }
}
