package dev.pools.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import dev.pools.TestThreads;
import dev.pools.map.Input;
import dev.pools.map.MapOptions;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** What ends is carried out, whatever user code that is told of it does meanwhile. */
class StopFaultsTest extends PoolTestBase {

  private final CountDownLatch inUserCode = new CountDownLatch(1);
  private final CountDownLatch hung = new CountDownLatch(1);

  @AfterEach
  void letUserCodeReturn() {
    hung.countDown();
  }

  private void hang() {
    inUserCode.countDown();
    awaitLatch(hung);
  }

  private static void awaitLatch(CountDownLatch latch) {
    try {
      assertThat(latch.await(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void listenerThatHangsWhenTasksAreDropped_holdsUpNoDrain_andTheEndForALimitedTime()
      throws Exception {
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(1)
                .listener(
                    new PoolListener() {
                      @Override
                      public void taskDropped(TaskInfo task, Outcome outcome, Duration waited) {
                        hang();
                      }
                    }));
    Gate gate = occupy(pool);
    List<PoolFuture<Integer>> dropped = List.of(pool.submit(() -> 1), pool.submit(() -> 2));
    CompletableFuture<Void> drained = pool.drain();
    TestThreads.Started stopper = TestThreads.start(pool::shutdownNow);
    awaitLatch(inUserCode);

    assertThat(dropped).allMatch(CompletableFuture::isCancelled);
    gate.open();
    get(drained);
    assertThat(pool.isTerminated()).isFalse();
    await()
        .until(
            () -> {
              time.advance(Duration.ofNanos(PoolTimers.LISTENER_PATIENCE_NANOS));
              return pool.isTerminated();
            });
    hung.countDown();
    stopper.awaitEnd();
  }

  /** The text of what ends a worker is user code. */
  private final class DeathWithoutText extends ThreadDeath {
    private static final long serialVersionUID = 1L;

    @Override
    public String getMessage() {
      hang();
      return "late";
    }
  }

  @Test
  void workerThatEndsByAFailureWhoseTextHangs_isReplaced() {
    AdvancedPool pool = fixed(1);
    pool.execute(
        () -> {
          throw new DeathWithoutText();
        });
    awaitLatch(inUserCode);

    assertThat(get(pool.submit(() -> 2))).isEqualTo(2);
  }

  private static final class SilentPublisher implements Flow.Publisher<Integer> {
    @Override
    public void subscribe(Flow.Subscriber<? super Integer> subscriber) {
      subscriber.onSubscribe(
          new Flow.Subscription() {
            @Override
            public void request(long more) {}

            @Override
            public void cancel() {}
          });
    }
  }

  /** Hangs when it is told of dropped tasks. */
  private final class HangingLog extends AppenderBase<ILoggingEvent> {
    private final Logger logger = (Logger) LoggerFactory.getLogger(PoolShutdown.class);

    HangingLog() {
      start();
      logger.addAppender(this);
    }

    @Override
    protected void append(ILoggingEvent event) {
      hang();
    }

    void detach() {
      logger.detachAppender(this);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void logThatHangsOverDroppedTasks_keepsNoMapOpen(boolean total) throws Exception {
    Duration limit = Duration.ofSeconds(1);
    AdvancedPool pool = fixed(1);
    Gate gate = occupy(pool);
    pool.execute(() -> {});
    CompletableFuture<List<Integer>> map =
        pool.map((Integer n) -> n, Input.of(new SilentPublisher()), MapOptions.DEFAULT);
    pool.shutdown(
        total
            ? ShutdownOptions.DEFAULT.withTotalTimeout(limit)
            : ShutdownOptions.DEFAULT.withIdleTimeout(limit));
    HangingLog log = new HangingLog();
    try {
      TestThreads.Started timer = TestThreads.start(() -> time.advance(limit));
      awaitLatch(inUserCode);

      // A helper thread that hangs is joined by another one.
      await()
          .untilAsserted(
              () -> {
                time.advance(Duration.ofMillis(10));
                assertThat(map).isCompletedExceptionally();
              });
      gate.open();
      assertThat(pool.awaitTermination(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
      hung.countDown();
      timer.awaitEnd();
    } finally {
      log.detach();
    }
  }
}
