package dev.pools.boot.dashboard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Open pages get updates until one side ends it. */
class LiveUpdatesTest {

  /** A page that counts. */
  private static class Counting implements LiveUpdates.Page {
    final AtomicInteger ends = new AtomicInteger();
    final CountDownLatch sent = new CountDownLatch(1);

    @Override
    public void send(Map<String, Object> update) throws IOException {
      sent.countDown();
    }

    @Override
    public void end() {
      ends.incrementAndGet();
    }
  }

  private final LiveUpdates updates = new LiveUpdates();

  @AfterEach
  void noPageIsLeftOpen() {
    updates.stop();
    assertThat(updates.count()).isZero();
    assertThat(updates.isRunning()).isFalse();
  }

  @Test
  void pageGetsUpdates_untilItIsClosedOnce() throws InterruptedException {
    updates.start();
    updates.start();
    Counting page = new Counting();
    Runnable close = updates.open(page, Map::of);

    assertThat(page.sent.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(close).isNotNull();
    close.run();
    close.run();

    assertThat(page.ends).hasValue(1);
    assertThat(updates.count()).isZero();
  }

  @Test
  void clientThatIsGoneIsClosed() {
    updates.start();
    Counting page =
        new Counting() {
          @Override
          public void send(Map<String, Object> update) throws IOException {
            throw new IOException("Broken pipe");
          }

          @Override
          public void end() {
            super.end();
            throw new IllegalStateException("already ended");
          }
        };
    updates.open(page, Map::of);

    await().atMost(Duration.ofSeconds(30)).until(() -> page.ends.get() == 1);
    assertThat(updates.count()).isZero();
  }

  @Test
  void pageWhoseFiguresCannotBeReadIsClosed_whateverTheFault() {
    updates.start();
    for (Throwable fault : List.of(new IllegalStateException("x"), new StackOverflowError())) {
      Counting page = new Counting();
      updates.open(page, () -> fail(fault));

      await().atMost(Duration.ofSeconds(30)).until(() -> page.ends.get() == 1);
      assertThat(page.sent.getCount()).isEqualTo(1);
    }
  }

  private static Map<String, Object> fail(Throwable fault) {
    if (fault instanceof Error error) {
      throw error;
    }
    throw (RuntimeException) fault;
  }

  @Test
  void stopDoesNotWaitForAClientThatDoesNotRead() throws InterruptedException {
    CountDownLatch read = new CountDownLatch(1);
    Counting page =
        new Counting() {
          @Override
          public void end() {
            try {
              read.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            super.end();
          }
        };
    updates.start();
    updates.open(page, Map::of);

    updates.stop();

    assertThat(page.ends).hasValue(0);
    read.countDown();
    await().atMost(Duration.ofSeconds(30)).until(() -> page.ends.get() == 1);
  }

  @Test
  void thereIsALimitOfPages() {
    updates.start();
    for (int i = 0; i < LiveUpdates.MOST_PAGES; i++) {
      assertThat(updates.isFull()).isFalse();
      assertThat(updates.open(new Counting(), Map::of)).isNotNull();
    }

    assertThat(updates.isFull()).isTrue();
    assertThat(updates.open(new Counting(), Map::of)).isNull();
  }

  @Test
  void stopEndsAllPages_andOpensNoMore() {
    updates.start();
    Counting page = new Counting();
    updates.open(page, Map::of);

    updates.stop();

    assertThat(updates.count()).isZero();
    assertThat(updates.open(new Counting(), Map::of)).isNull();
    await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> assertThat(page.ends).hasValue(1));
  }
}
