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
import org.springframework.stereotype.Component;

/**
 * The nightly work: many thumbnails, at a priority that lets every person go first.
 *
 * <p>A batch is written down before it is accepted, and each outcome as it comes. So what is
 * accepted ends: in this run of the application or, if that ends or the database fails before, in
 * the next.
 */
@Component
class Batches {

  private static final Logger log = LoggerFactory.getLogger(Batches.class);

  private static final long PAUSE_SECONDS = 2;

  private final AdvancedPool thumbnails;
  private final Catalogue catalogue;
  private final Workshop workshop;
  private final Map<Line, CompletableFuture<?>> running = new ConcurrentHashMap<>();
  private final Executor later;
  private volatile boolean ending;

  Batches(AdvancedPool thumbnails, Catalogue catalogue, Workshop workshop) {
    this.thumbnails = thumbnails;
    this.catalogue = catalogue;
    this.workshop = workshop;
    this.later = CompletableFuture.delayedExecutor(PAUSE_SECONDS, TimeUnit.SECONDS, thumbnails);
  }

  /** Writes a batch down and begins it. */
  Batch accept(Collection<Integer> widths) {
    Batch batch = catalogue.accept(widths);
    run(batch.id());
    return batch;
  }

  /** Goes on with what an earlier run of the application has left. */
  void resume() {
    ending = false;
    for (long batch : catalogue.unfinishedBatches()) {
      log.info("Batch {} goes on", batch);
      run(batch);
    }
  }

  /** Completes when no batch runs any more; what fails from now on waits for the next start. */
  CompletableFuture<?> end() {
    ending = true;
    return CompletableFuture.allOf(running.values().toArray(CompletableFuture[]::new));
  }

  /** What is in line now, for those who go past it. */
  Collection<Line> lines() {
    return List.copyOf(running.keySet());
  }

  private void run(long batch) {
    try {
      Line line = new Line(catalogue.elementsLeft(batch));
      CompletableFuture<?> run =
          thumbnails.map(place -> make(place, line), line, Urgency.BATCH.map());
      // In this order, because it may be over by now.
      CompletableFuture<?> end = run.whenComplete((outcomes, failure) -> ended(batch, failure));
      running.put(line, end);
      end.whenComplete((outcomes, failure) -> running.remove(line));
    } catch (RuntimeException failure) {
      ended(batch, failure);
    }
  }

  private void goOn(long batch) {
    if (!ending) {
      run(batch);
    }
  }

  private Batch.Outcome make(Line.Place place, Line line) {
    line.take();
    long waitedMillis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - place.sinceNanos());
    try {
      workshop.make(place.element(), new Making(Urgency.BATCH, waitedMillis, 0));
      return Batch.Outcome.MADE;
    } catch (CatalogueException | ConnectionPoolException away) {
      throw away;
    } catch (RuntimeException failure) {
      log.warn("{} cannot be made", place.element(), failure);
      catalogue.end(place.element(), Batch.Outcome.FAILED);
      return Batch.Outcome.FAILED;
    }
  }

  private void ended(long batch, @Nullable Throwable failure) {
    if (failure == null) {
      log.info("Batch {} is done", batch);
    } else if (ending) {
      log.info("Batch {} stops here and goes on at the next start", batch);
    } else {
      log.warn("Batch {} is interrupted and goes on in {} s", batch, PAUSE_SECONDS, failure);
      later.execute(() -> goOn(batch));
    }
  }
}
