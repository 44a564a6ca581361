package dev.pools.example;

import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The elements of one batch, in the line before the pool: how many have got in line, and how many
 * have been taken out of it. All have the same priority, so they are taken in this very order.
 */
final class Line implements Iterable<Line.Place> {

  private final List<Batch.Element> elements;
  private final AtomicLong joined = new AtomicLong();
  private final AtomicLong taken = new AtomicLong();

  Line(List<Batch.Element> elements) {
    this.elements = elements;
  }

  /** An element that got in line at some time, by {@link System#nanoTime()}. */
  record Place(Batch.Element element, long sinceNanos) {}

  /** The pool asks for the next element when it has a place in line for it. */
  @Override
  public Iterator<Place> iterator() {
    Iterator<Batch.Element> left = elements.iterator();
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return left.hasNext();
      }

      @Override
      public Place next() {
        Place place = new Place(left.next(), System.nanoTime());
        joined.incrementAndGet();
        return place;
      }
    };
  }

  /** To be called as a worker takes an element. */
  void take() {
    taken.incrementAndGet();
  }

  /** How many have got in line so far. */
  long joined() {
    return joined.get();
  }

  /** How many of the first so many are still in line. */
  long waitingOf(long first) {
    return Math.max(0, first - taken.get());
  }
}
