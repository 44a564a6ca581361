package dev.pools.task;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.pools.advice.Forecast;
import dev.pools.advice.Prediction;
import dev.pools.advice.Scorecard;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.Test;

/** Real pools with real threads, in a time that moves only between two steps of the load. */
class WhatIfTest extends PoolTestBase {

  private static final int BATCH = 8;
  private static final Duration SERVICE = Duration.ofMillis(4);
  private static final Duration PERIOD = Duration.ofMillis(20);

  /** A latch for each task that runs: the end of one must not end another that has just started. */
  private final BlockingQueue<CountDownLatch> running = new LinkedBlockingQueue<>();

  private long records;

  private AdvancedPool pool(int workers) {
    return build(
        builder().minWorkers(workers).maxWorkers(workers).adviceWindow(Duration.ofMinutes(10)));
  }

  /** Eight tasks come every 20 ms, and each takes 4 ms. */
  private void load(AdvancedPool pool, int workers, int batches) throws InterruptedException {
    RecordRing ring = requireNonNull(pool.parts.factory.recorder()).ring();
    for (int batch = 0; batch < batches; batch++) {
      for (int i = 0; i < BATCH; i++) {
        pool.submit(this::task);
      }
      Duration passed = Duration.ZERO;
      for (int rest = BATCH; rest > 0; rest -= workers) {
        int now = Math.min(rest, workers);
        List<CountDownLatch> started = new ArrayList<>();
        for (int i = 0; i < now; i++) {
          started.add(running.take());
        }
        time.advance(SERVICE);
        passed = passed.plus(SERVICE);
        started.forEach(CountDownLatch::countDown);
        records += now;
        await().until(() -> ring.count() >= records);
      }
      time.advance(PERIOD.minus(passed));
    }
  }

  private Object task() throws InterruptedException {
    CountDownLatch end = new CountDownLatch(1);
    running.add(end);
    end.await();
    return this;
  }

  @Test
  void poolSaysWhatTwiceTheWorkersWouldHaveDone_andTheScorecardSaysThatItWasRight()
      throws Exception {
    AdvancedPool pool = pool(2);
    load(pool, 2, 520);

    Prediction prediction = pool.whatIf(4);

    assertThat(prediction.grade()).as("%s", prediction).isEqualTo(Prediction.Grade.GOOD);
    assertThat(prediction.observed().p99Wait()).isEqualTo(Duration.ofMillis(12));
    assertThat(prediction.observed().utilisation()).isBetween(0.79, 0.81);
    Forecast forecast = requireNonNull(prediction.forecast());
    assertThat(forecast.p99Wait().contains(SERVICE)).isTrue();
    assertThat(forecast.utilisation().contains(0.4)).isTrue();
    assertThat(pool.scorecard()).isNull();

    get(pool.resize(4, 4));
    assertThat(pool.whatIf(8).reason()).contains("changed within this time");
    load(pool, 4, 520);
    Scorecard card = requireNonNull(pool.scorecard());

    assertThat(card.p99Held()).as("%s", card).isTrue();
    assertThat(card.utilisationHeld()).isTrue();
    assertThat(card.hiddenLimit()).isFalse();
  }

  @Test
  void predictionForThePresentNumberIsNoPredictionToCompare() throws Exception {
    AdvancedPool pool = pool(2);
    load(pool, 2, 520);

    assertThat(pool.whatIf(2).grade()).isEqualTo(Prediction.Grade.GOOD);
    assertThat(pool.scorecard()).isNull();
  }

  @Test
  void halfTheWorkersAreTooFew() throws Exception {
    AdvancedPool pool = pool(2);
    load(pool, 2, 100);

    assertThat(pool.whatIf(1).sentence()).contains("waits would grow");
  }

  @Test
  void virtualWorkersAreRecorded() {
    if (Runtime.version().feature() < 21) {
      return;
    }
    AdvancedPool pool =
        build(
            builder()
                .maxWorkers(2)
                .threads(WorkerThreads.virtual())
                .adviceWindow(Duration.ofMinutes(1)));
    get(pool.submit(() -> 1));
    RecordRing ring = requireNonNull(pool.parts.factory.recorder()).ring();

    await().until(() -> ring.count() == 1);
  }
}
