package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** A class of threads of the user that does not tell what its threads do. */
class UsersThreadTest extends PoolTestBase {

  private static final class Silent extends Thread {
    Silent(Runnable code) {
      super(code);
    }

    @Override
    public StackTraceElement[] getStackTrace() {
      throw new IllegalStateException("no stack");
    }

    @Override
    public State getState() {
      throw new IllegalStateException("no state");
    }
  }

  /** It may never answer. */
  private final class Asked extends Thread {
    Asked(Runnable code) {
      super(code);
    }

    @Override
    public StackTraceElement[] getStackTrace() {
      asked.incrementAndGet();
      return super.getStackTrace();
    }

    @Override
    public State getState() {
      asked.incrementAndGet();
      return super.getState();
    }
  }

  private final AtomicInteger asked = new AtomicInteger();

  private AdvancedPoolBuilder silent() {
    return builder().minWorkers(1).maxWorkers(1).threads(WorkerThreads.of(Silent::new));
  }

  private void passSeconds(int seconds) {
    for (int i = 0; i < seconds; i++) {
      time.advance(Duration.ofSeconds(1));
    }
  }

  @Test
  void limitOfARunWhoseThreadDoesNotTellItsStack_isKept() {
    AdvancedPool pool = build(silent().maxRunTime(Duration.ofSeconds(4)));
    Gate gate = new Gate();
    PoolFuture<String> running = pool.submit((Callable<String>) gate);
    gate.awaitEntered();

    passSeconds(6);

    assertThat(running).isCompletedExceptionally();
    assertThatThrownBy(running::join)
        .cause()
        .isInstanceOf(TaskTimeoutException.class)
        .satisfies(failure -> assertThat(failure.getStackTrace()).isEmpty());
  }

  @Test
  void threadWhoseClassAnswersForIt_isNeverAsked() {
    AdvancedPool pool =
        build(
            builder()
                .minWorkers(1)
                .maxWorkers(1)
                .stuckAfter(Duration.ofSeconds(2))
                .threads(WorkerThreads.of(Asked::new)));
    Gate gate = new Gate();
    PoolFuture<String> running =
        pool.submit(
            (Callable<String>) gate, TaskOptions.DEFAULT.withMaxRunTime(Duration.ofSeconds(8)));
    gate.awaitEntered();
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    CompletableFuture<Void> idle = pool.whenIdle();
    assertThat(pool.stackOf(pool.runningTasks().get(0).id())).isEmpty();

    passSeconds(7);
    assertThat(pool.stats().stuck()).isEqualTo(1);
    assertThat(pool.stats().stalledFor()).isGreaterThan(Duration.ofSeconds(3));
    passSeconds(3);

    assertThat(running).isCompletedExceptionally();
    assertThat(get(queued)).isEqualTo(1);
    get(idle);
    assertThat(asked).hasValue(0);
  }

  /** The watch of the runs goes on, although it cannot find out what the threads do. */
  @Test
  void limitOfARunIsKept_afterTheWatchHasAskedAThreadThatDoesNotTellItsState() {
    AdvancedPool pool = build(silent());
    Gate gate = new Gate();
    PoolFuture<String> running =
        pool.submit(
            (Callable<String>) gate, TaskOptions.DEFAULT.withMaxRunTime(Duration.ofSeconds(30)));
    gate.awaitEntered();
    PoolFuture<Integer> queued = pool.submit(() -> 1);
    PoolFuture<Integer> other = pool.submit(() -> 2);

    passSeconds(40);

    assertThat(running).isCompletedExceptionally();
    assertThat(get(queued) + get(other)).isEqualTo(3);
  }

  @Test
  void taskWhoseThreadDoesNotTellItsStack_isListed() {
    AdvancedPool pool = build(silent());
    Gate gate = occupy(pool);

    assertThat(pool.runningTasks()).extracting(TaskSnapshot::function).containsExactly("a task");
    assertThat(pool.stackOf(pool.runningTasks().get(0).id())).isEmpty();
    gate.open();
  }
}
