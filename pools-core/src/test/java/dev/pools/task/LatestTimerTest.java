package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.internal.DelegatingTime;
import dev.pools.internal.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LatestTimerTest {

  private final ManualTime time = new ManualTime();
  private final LatestTimer timer = new LatestTimer();

  @Test
  void handleThatComesAfterItsTimerHasFired_doesNotReplaceThatOfTheNext() {
    List<String> fired = new ArrayList<>();
    int first = timer.setUnlessSet();
    int second = timer.setAgain();
    timer.keep(second, time.schedule(1_000, () -> fired.add("second")));
    timer.keep(first, time.schedule(1_000, () -> fired.add("first")));

    timer.cancel();

    time.advance(Duration.ofSeconds(1));
    assertThat(fired).containsExactly("first");
  }

  @Test
  void oneTimerIsSetAtATime() {
    assertThat(timer.setUnlessSet()).isNotZero();
    assertThat(timer.setUnlessSet()).isZero();
    timer.fired();
    assertThat(timer.isSet()).isFalse();
    assertThat(timer.setUnlessSet()).isNotZero();
  }

  /** Lets the first timer with this delay fire before its handle is returned. */
  private static final class EarlyTime extends DelegatingTime {
    private final long delayNanos;
    private final AtomicInteger early = new AtomicInteger(1);

    private EarlyTime(ManualTime time, Duration delay) {
      super(time);
      this.delayNanos = delay.toNanos();
    }

    @Override
    public Timer schedule(long delay, Runnable action) {
      Timer timer = time.schedule(delay, action);
      if (delay == delayNanos && early.getAndDecrement() > 0) {
        // It is over; so little time has passed that the next one is set.
        timer.cancel();
        action.run();
      }
      return timer;
    }
  }

  @Test
  void poolWhoseShrinkTimerFiresBeforeItIsKept_leavesNoTimer() throws Exception {
    Duration keepAlive = Duration.ofSeconds(7);
    AdvancedPool pool =
        AdvancedPool.builder()
            .minWorkers(0)
            .maxWorkers(2)
            .keepAlive(keepAlive)
            .time(new EarlyTime(time, keepAlive))
            .build();
    Gate gate = Gate.occupy(pool);
    pool.resize(0, 3);
    gate.open();
    pool.drain().get(30, TimeUnit.SECONDS);

    pool.shutdown();

    assertThat(pool.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
    org.awaitility.Awaitility.await()
        .untilAsserted(() -> assertThat(time.scheduledTimers()).isZero());
  }
}
