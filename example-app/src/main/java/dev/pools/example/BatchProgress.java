package dev.pools.example;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Counts the elements of one batch that have entered the pool's queue, and those that a worker has
 * taken. All elements of a batch have the same priority, so workers take them in this order.
 */
final class BatchProgress implements Iterable<BatchProgress.QueuedElement> {

  private final long batch;
  private final CompletableFuture<Void> end = new CompletableFuture<>();
  private final AtomicLong queued = new AtomicLong();
  private final AtomicLong taken = new AtomicLong();
  private volatile List<Batch.Element> elements = List.of();
  private volatile boolean cancelled;

  BatchProgress(long batch) {
    this.batch = batch;
  }

  /** Returns the id of the batch. */
  long batch() {
    return batch;
  }

  /** Sets the elements, before the pool asks for the first of them. */
  void setElements(List<Batch.Element> unfinished) {
    elements = unfinished;
  }

  /** From now on, the pool gets no further element of this batch. */
  void cancel() {
    cancelled = true;
  }

  boolean isCancelled() {
    return cancelled;
  }

  /** Returns a future that completes when no element of this batch runs any more. */
  CompletableFuture<Void> end() {
    return end;
  }

  /**
   * An element in the queue.
   *
   * @param sinceNanos when it entered the queue, by {@link System#nanoTime()}
   */
  record QueuedElement(Batch.Element element, long sinceNanos) {}

  /** The pool asks for the next element when its queue has a place for it. */
  @Override
  public Iterator<QueuedElement> iterator() {
    Iterator<Batch.Element> remaining = elements.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return !cancelled && remaining.hasNext();
      }

      @Override
      public QueuedElement next() {
        QueuedElement next = new QueuedElement(remaining.next(), System.nanoTime());
        queued.incrementAndGet();
        return next;
      }
    };
  }

  /** Counts an element that a worker has taken. */
  void countTaken() {
    taken.incrementAndGet();
  }

  /** Returns how many elements have entered the queue so far. */
  long queued() {
    return queued.get();
  }

  /** Returns how many of the first {@code count} elements are still in the queue. */
  long stillQueuedOf(long count) {
    return Math.max(0, count - taken.get());
  }
}
