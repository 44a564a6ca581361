package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.internal.DelegatingTime;
import dev.pools.internal.Time;
import dev.pools.scaling.AdaptiveScalings;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** For a moment there is no thread for a timer, or no memory: that costs no task and no limit. */
class NoThreadTest extends PoolTestBase {

  private static final Duration LIMIT = Duration.ofSeconds(4);

  private final AtomicInteger timersThatFail = new AtomicInteger();
  private final AtomicBoolean workerFails = new AtomicBoolean();

  private final Time failing =
      new DelegatingTime(time) {
        @Override
        public Timer schedule(long delayNanos, Runnable action) {
          if (timersThatFail.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new Error("unable to create native thread");
          }
          return super.schedule(delayNanos, action);
        }

        @Override
        public long nanoTime() {
          if (Thread.currentThread().getName().startsWith("short-worker-")
              && workerFails.getAndSet(false)) {
            throw new Error("as planned");
          }
          return super.nanoTime();
        }
      };

  private AdvancedPoolBuilder shortOfThreads() {
    return builder().name("short").time(failing).minWorkers(1).maxWorkers(1);
  }

  @Test
  void timerThatCannotBeSet_costsNoTask_andIsSetLater() {
    AdvancedPool pool = build(shortOfThreads().maxRunTime(LIMIT));
    timersThatFail.set(1);
    Gate gate = new Gate();
    PoolFuture<String> running = pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    assertThat(timersThatFail).as("the watch of the runs").hasValue(0);

    for (int second = 0; second < 6; second++) {
      time.advance(Duration.ofSeconds(1));
    }

    assertThat(running).isDone();
    assertThatThrownBy(running::get).hasCauseInstanceOf(TaskTimeoutException.class);
  }

  @Test
  void submitterWhoseTaskIsQueued_isNotToldThatATimerCannotBeSet() {
    AdvancedPool pool =
        build(shortOfThreads().maxWorkers(8).scalingPolicy(AdaptiveScalings.of(() -> 0, 1)));
    Gate gate = occupy(pool);
    timersThatFail.set(1);

    PoolFuture<Integer> queued = pool.submit(() -> 1);

    assertThat(timersThatFail).as("the sampler").hasValue(0);
    gate.open();
    assertThat(get(queued)).isEqualTo(1);
  }

  @Test
  void workerThatFindsNoMemoryWhenItHasClaimedATask_runsIt() {
    AdvancedPool pool = build(shortOfThreads());
    Gate gate = new Gate();
    PoolFuture<String> first = pool.submit((Callable<String>) gate);
    gate.awaitEntered();
    PoolFuture<Integer> second = pool.submit(() -> 2);
    PoolFuture<Integer> third = pool.submit(() -> 3);
    // Workers take tasks under the lock while a caller waits for a drain.
    CompletableFuture<Void> drained = pool.drain();
    workerFails.set(true);

    gate.open();

    assertThat(get(first)).isEqualTo("passed");
    assertThat(get(second)).isEqualTo(2);
    assertThat(get(third)).isEqualTo(3);
    get(drained);
    assertThat(workerFails).isFalse();
  }
}
