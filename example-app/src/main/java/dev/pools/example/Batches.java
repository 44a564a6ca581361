package dev.pools.example;

import dev.pools.connection.ConnectionPoolException;
import dev.pools.task.AdvancedPool;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
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
 * batch therefore always finishes unless it is cancelled: if the application stops or the database
 * fails first, it resumes later or at the next start. Each attempt of an element is counted in the
 * database, and an element that has had all its attempts fails, so a picture that stops the
 * application is not tried without end.
 */
@Component
class Batches {

  private static final Logger log = LoggerFactory.getLogger(Batches.class);

  private static final long RETRY_SECONDS = 2;
  private static final int MAX_RUNNING = 20;

  private final AdvancedPool thumbnails;
  private final Catalogue catalogue;
  private final ThumbnailMaker thumbnailMaker;
  private final int keptBatches;
  private final Set<BatchProgress> running = ConcurrentHashMap.newKeySet();
  private final Executor later;
  private volatile boolean stopping;

  Batches(
      AdvancedPool thumbnails,
      Catalogue catalogue,
      ThumbnailMaker thumbnailMaker,
      CatalogueProperties limits) {
    this.thumbnails = thumbnails;
    this.catalogue = catalogue;
    this.thumbnailMaker = thumbnailMaker;
    this.keptBatches = limits.keepBatches();
    this.later = CompletableFuture.delayedExecutor(RETRY_SECONDS, TimeUnit.SECONDS, thumbnails);
  }

  /**
   * Stores a batch and starts it. Deletes the oldest finished batches first, so that their number
   * stays limited.
   *
   * @throws RejectedExecutionException if too many batches are unfinished
   * @throws CatalogueFullException if the catalogue has no space for thumbnails
   */
  Batch accept(Collection<Integer> widths) {
    if (running.size() >= MAX_RUNNING) {
      throw new RejectedExecutionException(MAX_RUNNING + " batches are unfinished");
    }
    catalogue.space().require(1);
    catalogue.deleteFinishedBatches(keptBatches);
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
    return CompletableFuture.allOf(
        running.stream().map(BatchProgress::end).toArray(CompletableFuture[]::new));
  }

  /** Returns the batches that run now. */
  Collection<BatchProgress> running() {
    return List.copyOf(running);
  }

  /**
   * Cancels the elements that have no outcome yet. Those that run now are made to their end.
   *
   * @return the batch, or empty if there is none with this id
   */
  Optional<Batch> cancel(long id) {
    catalogue.cancelUnfinishedElements(id);
    // A run that has read its elements before is in this set, because it registers first.
    running.stream().filter(it -> it.batch() == id).forEach(BatchProgress::cancel);
    return catalogue.batch(id);
  }

  private void run(long batch) {
    BatchProgress progress = new BatchProgress(batch);
    running.add(progress);
    try {
      progress.setElements(catalogue.unfinishedElements(batch));
      thumbnails
          .map(queued -> make(queued, progress), progress, Urgency.BATCH.map())
          .whenComplete((outcomes, failure) -> finished(progress, failure));
    } catch (RuntimeException failure) {
      finished(progress, failure);
    }
  }

  private Batch.Outcome make(BatchProgress.QueuedElement queued, BatchProgress progress) {
    progress.countTaken();
    if (progress.isCancelled()) {
      return Batch.Outcome.CANCELLED;
    }
    long waitedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - queued.sinceNanos());
    try {
      thumbnailMaker.make(queued.element(), new ThumbnailOrigin(Urgency.BATCH, waitedMillis, 0));
      return Batch.Outcome.MADE;
    } catch (DataAccessException | TransactionException | ConnectionPoolException unavailable) {
      throw unavailable;
    } catch (CancellationException stopped) {
      throw stopped;
    } catch (RuntimeException | Error failure) {
      log.warn("{} has failed", queued.element(), failure);
      catalogue.setFailed(queued.element(), FailedElement.reason(failure));
      return Batch.Outcome.FAILED;
    }
  }

  private void finished(BatchProgress progress, @Nullable Throwable failure) {
    long batch = progress.batch();
    boolean resumes = failure != null && !stopping && !progress.isCancelled();
    if (progress.isCancelled()) {
      log.info("Batch {} is cancelled", batch);
    } else if (failure == null) {
      log.info("Batch {} is done", batch);
    } else if (stopping) {
      log.info("Batch {} stops, and resumes at the next start", batch);
    } else {
      log.warn("Batch {} is interrupted, and resumes in {} s", batch, RETRY_SECONDS, failure);
    }
    running.remove(progress);
    progress.end().complete(null);
    if (resumes) {
      later.execute(() -> resume(batch));
    }
  }

  private void resume(long batch) {
    if (!stopping) {
      run(batch);
    }
  }
}
