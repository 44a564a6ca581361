package dev.pools.scaling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.pools.internal.ManualTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** A sampler with a pool that consists of numbers. */
class ScalingSamplerTest {

  private static final Duration TICK = Duration.ofNanos(ScalingSampler.TICK_NANOS);
  private static final int PROCESSORS = 2;
  private static final int MAX = 8;

  private final ManualTime time = new ManualTime();
  private final FakePool pool = new FakePool();
  private final ScalingSampler sampler =
      new ScalingSampler(
          pool,
          new HillClimber(PROCESSORS, 1, MAX, new SplittableRandom(1)),
          () -> 0,
          () -> PROCESSORS);

  private final class FakePool implements ScaledPool {

    private final List<Integer> limits = new ArrayList<>();
    private int queued;
    private int blocked;
    private RuntimeException failure;
    private Error noTimer;
    private Runnable beforeLook = () -> {};

    @Override
    public PoolReading read() {
      if (failure != null) {
        throw failure;
      }
      return new PoolReading(
          0, sampler.most(), blocked, queued, 0, 0, queued > 0 ? 1_000_000_000L : 0, 1, MAX);
    }

    @Override
    public void limitWorkers(int most) {
      limits.add(most);
    }

    @Override
    public long nanoTime() {
      return time.nanoTime();
    }

    @Override
    public Runnable schedule(long delayNanos, Runnable action) {
      if (noTimer != null) {
        throw noTimer;
      }
      return time.schedule(delayNanos, action)::cancel;
    }

    @Override
    public void runOnHelperThread(Runnable action) {
      beforeLook.run();
      action.run();
    }
  }

  private void tick(int times) {
    time.advance(TICK.multipliedBy(times));
  }

  @Test
  void pressedStartsOneTimerHoweverOftenItIsCalled() {
    assertThat(time.scheduledTimers()).isZero();

    sampler.pressed();
    sampler.pressed();

    assertThat(sampler.isSampling()).isTrue();
    assertThat(time.scheduledTimers()).isOne();
  }

  @Test
  void tasksThatWaitAndDoNotFinishRaiseTheLimitUpToTheLargestNumber() {
    pool.queued = 20;
    sampler.pressed();

    tick(80);

    assertThat(pool.limits).isSorted().endsWith(MAX);
    assertThat(sampler.most()).isEqualTo(MAX);
  }

  @Test
  void blockedWorkersGetWorkersInTheirPlace() {
    pool.queued = 1;
    pool.blocked = 3;
    sampler.pressed();

    tick(2);

    assertThat(sampler.most()).isEqualTo(PROCESSORS + 3);
  }

  @Test
  void threeTicksWithoutWaitingTasksPauseTheSampler() {
    sampler.pressed();

    tick(3);

    assertThat(sampler.isSampling()).isFalse();
    assertThat(time.scheduledTimers()).isZero();
  }

  @Test
  void taskThatArrivesBeforeThePauseIsFoundByTheLastLook() {
    sampler.pressed();
    pool.beforeLook = () -> pool.queued = 1;

    tick(3);

    assertThat(sampler.isSampling()).isTrue();
    assertThat(time.scheduledTimers()).isOne();
  }

  @Test
  void stoppedSamplerHasNoTimerAndSetsNone() {
    pool.queued = 1;
    sampler.pressed();

    sampler.stop();
    sampler.stop();
    sampler.pressed();

    assertThat(time.scheduledTimers()).isZero();
  }

  @Test
  void tickThatFailsIsFollowedByTheNext() {
    pool.queued = 1;
    sampler.pressed();
    pool.failure = new IllegalStateException("This reading failed.");

    assertThatThrownBy(() -> tick(1)).isSameAs(pool.failure);

    assertThat(time.scheduledTimers()).isOne();
    pool.failure = null;
    tick(80);
    assertThat(sampler.most()).isEqualTo(MAX);
  }

  @Test
  void samplerWhoseTimerCannotBeSetStartsAgainWhenPressed() {
    pool.noTimer = new OutOfMemoryError("No room for a timer.");
    sampler.pressed();
    assertThat(sampler.isSampling()).isFalse();
    pool.noTimer = null;
    sampler.pressed();
    pool.noTimer = new OutOfMemoryError("No room for the next timer.");
    assertThatThrownBy(() -> tick(1)).isSameAs(pool.noTimer);
    assertThat(sampler.isSampling()).isFalse();
    pool.noTimer = null;

    sampler.pressed();

    assertThat(sampler.isSampling()).isTrue();
    assertThat(time.scheduledTimers()).isOne();
  }
}
