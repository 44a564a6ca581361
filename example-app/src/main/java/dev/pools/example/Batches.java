package dev.pools.example;

import dev.pools.connection.ConnectionPoolException;
import dev.pools.task.AdvancedPool;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Runs batches: many thumbnails, at a priority that lets every person go first.
 *
 * <p>A batch is stored before it is accepted, and each outcome as soon as it is known. An accepted
 * batch therefore always finishes: if the application stops or the database fails first, it resumes
 * later or at the next start.
 */
@Component
class Batches {

  private static final Logger log = LoggerFactory.getLogger(Batches.class);

  private static final long RETRY_SECONDS = 2;

  private final AdvancedPool thumbnails;
  private final Catalogue catalogue;
  private final ThumbnailMaker thumbnailMaker;
  private final Map<BatchProgress, CompletableFuture<?>> running = new ConcurrentHashMap<>();
  private final Executor later;
  private volatile boolean stopping;

  Batches(AdvancedPool thumbnails, Catalogue catalogue, ThumbnailMaker thumbnailMaker) {
    this.thumbnails = thumbnails;
    this.catalogue = catalogue;
    this.thumbnailMaker = thumbnailMaker;
    this.later = CompletableFuture.delayedExecutor(RETRY_SECONDS, TimeUnit.SECONDS, thumbnails);
  }

  /** Stores a batch and starts it. */
  Batch accept(Collection<Integer> widths) {
    Batch batch = catalogue.addBatch(widths);
    run(batch.id());
    return batch;
  }

  /** Resumes the batches that an earlier run of the application did not finish. */
  void resume() {
    stopping = false;
    for (long batch : catalogue.unfinishedBatches()) {
      log.info("Batch {} resumes", batch);
      run(batch);
    }
  }

  /**
   * Returns a future that completes when no batch runs any more. From now on, a batch that fails
   * waits for the next start of the application.
   */
  CompletableFuture<?> stop() {
    stopping = true;
    return CompletableFuture.allOf(running.values().toArray(CompletableFuture[]::new));
  }

  /** Returns the batches that run now. */
  Collection<BatchProgress> running() {
    return List.copyOf(running.keySet());
  }

  private void run(long batch) {
    try {
      BatchProgress progress = new BatchProgress(catalogue.unfinishedElements(batch));
      CompletableFuture<?> end =
          thumbnails
              .map(queued -> make(queued, progress), progress, Urgency.BATCH.map())
              .whenComplete((outcomes, failure) -> finished(batch, failure));
      running.put(progress, end);
      // Only now: the batch may have finished before it was put into the map.
      end.whenComplete((outcomes, failure) -> running.remove(progress));
    } catch (RuntimeException failure) {
      finished(batch, failure);
    }
  }

  private Batch.Outcome make(BatchProgress.QueuedElement queued, BatchProgress progress) {
    progress.countTaken();
    long waitedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - queued.sinceNanos());
    try {
      thumbnailMaker.make(queued.element(), new ThumbnailOrigin(Urgency.BATCH, waitedMillis, 0));
      return Batch.Outcome.MADE;
    } catch (DataAccessException | TransactionException | ConnectionPoolException unavailable) {
      throw unavailable;
    } catch (RuntimeException failure) {
      log.warn("{} has failed", queued.element(), failure);
      catalogue.setOutcome(queued.element(), Batch.Outcome.FAILED);
      return Batch.Outcome.FAILED;
    }
  }

  private void finished(long batch, @Nullable Throwable failure) {
    if (failure == null) {
      log.info("Batch {} is done", batch);
    } else if (stopping) {
      log.info("Batch {} stops, and resumes at the next start", batch);
    } else {
      log.warn("Batch {} is interrupted, and resumes in {} s", batch, RETRY_SECONDS, failure);
      later.execute(() -> resume(batch));
    }
  }

  private void resume(long batch) {
    if (!stopping) {
      run(batch);
    }
  }
}
