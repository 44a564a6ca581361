package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class FailureToListenerTest extends PoolTestBase {

  private record Event(Outcome outcome, @Nullable Throwable failure) {}

  private static final class Heard implements PoolListener {
    final List<Event> ended = Collections.synchronizedList(new ArrayList<>());
    final List<Event> dropped = Collections.synchronizedList(new ArrayList<>());

    @Override
    public void taskEnded(
        TaskInfo task, Outcome outcome, Duration waited, Duration ran, @Nullable Throwable fault) {
      ended.add(new Event(outcome, fault));
    }

    @Override
    public void taskDropped(
        TaskInfo task, Outcome outcome, Duration waited, @Nullable Throwable fault) {
      dropped.add(new Event(outcome, fault));
    }
  }

  private final Heard heard = new Heard();

  private AdvancedPool pool() {
    return build(
        builder().maxWorkers(1).listener(heard).uncaughtExceptionHandler((thread, fault) -> {}));
  }

  @Test
  void failedTaskIsToldWithItsOwnException() {
    AdvancedPool pool = pool();
    IllegalStateException submitted = new IllegalStateException("submitted");
    IllegalArgumentException executed = new IllegalArgumentException("executed");
    AssertionError error = new AssertionError("error");
    Callable<Integer> fails =
        () -> {
          throw submitted;
        };
    PoolFuture<Integer> first = pool.submit(fails);
    pool.execute(
        () -> {
          throw executed;
        });
    pool.execute(
        () -> {
          throw error;
        },
        3);
    get(pool.drain());

    assertThat(first).isCompletedExceptionally();
    assertThat(heard.ended)
        .containsExactly(
            new Event(Outcome.FAILED, submitted),
            new Event(Outcome.FAILED, executed),
            new Event(Outcome.FAILED, error));
  }

  @Test
  void taskThatReturnsIsToldWithoutAnException() {
    AdvancedPool pool = pool();
    get(pool.submit(() -> 1));

    assertThat(heard.ended).containsExactly(new Event(Outcome.COMPLETED, null));
  }

  @Test
  void cancelledRunIsToldWithWhatItThrewAfterThat() {
    AdvancedPool pool = pool();
    Gate gate = new Gate();
    PoolFuture<String> future = pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    future.cancel(true);

    await().until(() -> heard.ended.size() == 1);
    assertThat(heard.ended.get(0).outcome()).isEqualTo(Outcome.CANCELLED);
    assertThat(heard.ended.get(0).failure()).isInstanceOf(InterruptedException.class);
  }

  @Test
  void droppedTaskIsToldWithWhatItsFutureFailsWith() {
    AdvancedPool pool = pool();
    Gate gate = occupy(pool);
    pool.submit(() -> 1).cancel(false);
    PoolFuture<Integer> expired =
        pool.submit(() -> 1, TaskOptions.DEFAULT.withMaxQueueTime(Duration.ofSeconds(1)));
    time.advance(Duration.ofSeconds(2));
    gate.open();
    await().until(expired::isDone);
    await().until(() -> heard.dropped.size() == 2);

    assertThat(heard.dropped.get(0)).isEqualTo(new Event(Outcome.CANCELLED, null));
    assertThat(heard.dropped.get(1).outcome()).isEqualTo(Outcome.EXPIRED);
    assertThat(heard.dropped.get(1).failure()).isInstanceOf(TaskExpiredException.class);
  }

  @Test
  void listenerThatOverridesTheOlderMethodHearsAsBefore() {
    List<Outcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    PoolListener older =
        new PoolListener() {
          @Override
          public void taskEnded(TaskInfo task, Outcome outcome, Duration waited, Duration ran) {
            outcomes.add(outcome);
          }

          @Override
          public void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {
            outcomes.add(outcome);
          }
        };
    AdvancedPool pool = build(builder().maxWorkers(1).listener(older));
    Gate gate = occupy(pool);
    pool.submit(() -> 1).cancel(false);
    gate.open();
    get(pool.drain());

    assertThat(outcomes).containsExactlyInAnyOrder(Outcome.CANCELLED, Outcome.COMPLETED);
  }
}
