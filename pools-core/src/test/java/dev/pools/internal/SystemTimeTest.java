package dev.pools.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import java.lang.reflect.Field;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
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

  @Test
  void stepsForWhichThereIsNoThread_areReportedOnceAMinute() throws Exception {
    Time time = Time.system();
    CountDownLatch warmUp = new CountDownLatch(1);
    time.runOnHelperThread(warmUp::countDown);
    assertThat(warmUp.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    Field helpers = SystemTime.class.getDeclaredField("helpers");
    helpers.setAccessible(true);
    Object usual = helpers.get(null);
    ThreadPoolExecutor without =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            1,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            code -> {
              throw new OutOfMemoryError("unable to create native thread");
            });
    CountDownLatch ran = new CountDownLatch(5);
    try (LogOf log = new LogOf(SystemTime.class)) {
      helpers.set(null, without);
      for (int i = 0; i < 5; i++) {
        time.forPool("pool-" + i).runOnHelperThread(ran::countDown);
      }
      assertThat(log.at(Level.WARN, "No thread can be started")).hasSizeLessThan(2);
    } finally {
      helpers.set(null, usual);
      without.shutdownNow();
    }
    assertThat(ran.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
  }
}
