package dev.pools.example;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.awt.image.BufferedImage;
import java.time.Duration;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Pictures that are decoded at the same time share one budget. */
class PictureMemoryTest {

  private static final Duration SOON = Duration.ofSeconds(60);

  private final ExecutorService worker = Executors.newSingleThreadExecutor();

  @AfterEach
  void endWorker() {
    worker.shutdownNow();
  }

  /** Starts the work in a worker while this thread has memory, and sees it wait. */
  private <R> Future<R> startWhileTaken(PictureMemory memory, long taken, Supplier<R> work) {
    return memory.reserve(
        taken,
        () -> {
          Future<R> started = worker.submit(work::get);
          await().atMost(SOON).until(() -> memory.waiting() > 0);
          assertThat(started).isNotDone();
          return started;
        });
  }

  @Test
  void pictureWaitsWhileOthersHaveTheMemory() throws Exception {
    PictureMemory memory = new PictureMemory(10_240);

    Future<String> second =
        startWhileTaken(memory, 8_000, () -> memory.reserve(8_000, () -> "decoded"));

    assertThat(second.get(60, TimeUnit.SECONDS)).isEqualTo("decoded");
  }

  @Test
  void picturesThatFitAreDecodedAtTheSameTime() throws Exception {
    PictureMemory memory = new PictureMemory(10_240);

    String both =
        memory.reserve(
            4_000,
            () -> {
              Future<String> second = worker.submit(() -> memory.reserve(4_000, () -> "decoded"));
              await().atMost(SOON).until(second::isDone);
              return "both";
            });

    assertThat(both).isEqualTo("both");
  }

  @Test
  void decoderWaitsForMemory() throws Exception {
    byte[] content = Imaging.encode(new BufferedImage(60, 40, BufferedImage.TYPE_INT_RGB), "png");

    Future<Thumbnail> thumbnail =
        startWhileTaken(PictureBudget.ALL, Long.MAX_VALUE, () -> Imaging.thumbnail(content, 32));

    assertThat(thumbnail.get(60, TimeUnit.SECONDS).width()).isEqualTo(32);
  }

  @Test
  void workerThatIsStoppedWhileItWaitsTakesNothing() throws Exception {
    PictureMemory memory = new PictureMemory(10_240);
    Thread.currentThread().interrupt();
    try {
      assertThatThrownBy(() -> memory.reserve(8_000, () -> "decoded"))
          .isInstanceOf(CancellationException.class);
    } finally {
      assertThat(Thread.interrupted()).isTrue();
    }

    assertThat(memory.reserve(10_240, () -> "all")).isEqualTo("all");
  }

  @Test
  void workThatFailsReturnsItsMemory() {
    PictureMemory memory = new PictureMemory(10_240);
    for (int time = 0; time < 3; time++) {
      assertThatThrownBy(
              () ->
                  memory.reserve(
                      8_000,
                      () -> {
                        throw new NotAPictureException("damaged");
                      }))
          .isInstanceOf(NotAPictureException.class);
    }
    assertThat(memory.reserve(8_000, () -> "decoded")).isEqualTo("decoded");
  }
}
