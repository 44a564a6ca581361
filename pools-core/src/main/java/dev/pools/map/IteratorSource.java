package dev.pools.map;

import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/** An input that the map iterates over. */
final class IteratorSource extends Source {

  /** Creates the iterator, which is null if the user's code is wrong. */
  @FunctionalInterface
  interface Iterators {
    @Nullable Iterator<?> iterator();
  }

  private final int number;
  private final Iterators values;
  private final @Nullable AutoCloseable resource;

  private @Nullable Iterator<?> iterator;
  private State next = State.PENDING;
  private boolean closed;

  /**
   * Creates an input that does not have its iterator yet.
   *
   * @param resource closed at the end, besides the iterator
   */
  IteratorSource(int number, Iterators values, @Nullable AutoCloseable resource) {
    this.number = number;
    this.values = values;
    this.resource = resource;
  }

  @Override
  void allow(long total) {
    // It delivers nothing by itself.
  }

  @Override
  State look() {
    if (next == State.PENDING) {
      next = opened().hasNext() ? State.READY : State.ENDED;
    }
    return next;
  }

  private Iterator<?> opened() {
    Iterator<?> opened = iterator;
    if (opened == null) {
      opened = values.iterator();
      if (opened == null) {
        throw new NullPointerException(
            "The iterator of input %d is null: its iterator() must return one.".formatted(number));
      }
      iterator = opened;
    }
    return opened;
  }

  @Override
  @Nullable Object take() {
    next = State.PENDING;
    return opened().next();
  }

  @Override
  void close() throws Exception {
    if (closed) {
      return;
    }
    closed = true;
    try {
      if (iterator instanceof AutoCloseable closeable) {
        closeable.close();
      }
    } finally {
      if (resource != null) {
        resource.close();
      }
    }
  }
}
