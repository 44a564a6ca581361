package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class SystemTimeTest {

  private static final long PATIENCE_SECONDS = 30;

  /** The executor keeps an action for which it could not start a thread. */
  @Test
  void timerThatItsCallerSawFail_doesNotRun() throws Exception {
    AtomicBoolean noThread = new AtomicBoolean(true);
    AtomicBoolean ran = new AtomicBoolean();
    CountDownLatch next = new CountDownLatch(1);
    ScheduledThreadPoolExecutor timers =
        new ScheduledThreadPoolExecutor(
            1,
            code -> {
              if (noThread.get()) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              return new Thread(code);
            });
    try {
      assertThatThrownBy(() -> SystemTime.schedule(timers, 0, () -> ran.set(true)))
          .isInstanceOf(OutOfMemoryError.class);
      assertThat(timers.getQueue()).hasSize(1);
      noThread.set(false);

      SystemTime.schedule(timers, 0, next::countDown);

      assertThat(next.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      assertThat(ran).isFalse();
    } finally {
      timers.shutdownNow();
    }
  }
}
