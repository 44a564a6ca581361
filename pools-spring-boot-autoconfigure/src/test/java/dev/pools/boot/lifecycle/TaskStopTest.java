package dev.pools.boot.lifecycle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.pools.task.AdvancedPool;
import dev.pools.task.PoolFuture;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TaskStopTest {

  private static final Duration LIMIT = Duration.ofMinutes(1);

  @Test
  void aPoolThatGetsATaskJustAfterItsWaitIsBusyAgain() throws Exception {
    try (AdvancedPool pool = AdvancedPool.builder().build()) {
      TaskStop stop =
          new TaskStop("archive", pool, new StopLimit(LIMIT, LIMIT, StopLimit.Kind.OWN, null));
      stop.idle().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
      assertThat(stop.isBusyAgain()).isFalse();
      CountDownLatch end = new CountDownLatch(1);
      PoolFuture<Boolean> late = pool.submit(() -> end.await(1, TimeUnit.MINUTES));

      assertThat(stop.isBusyAgain()).isTrue();

      end.countDown();
      assertThat(late.get()).isTrue();
    }
  }

  @Test
  void aTaskOfTheThreadThatWaitsDoesNotMakeItBusy() throws Exception {
    try (AdvancedPool pool = AdvancedPool.builder().build()) {
      PoolFuture<Boolean> inside =
          pool.submit(
              () -> {
                TaskStop stop =
                    new TaskStop(
                        "archive", pool, new StopLimit(LIMIT, LIMIT, StopLimit.Kind.OWN, null));
                stop.idle().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
                return stop.isBusyAgain();
              });

      assertThat(inside.get()).isFalse();
    }
  }
}
