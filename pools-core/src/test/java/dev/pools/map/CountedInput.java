package dev.pools.map;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** The numbers from 1 on, which remembers what was done to it. Iterated over once. */
@SuppressWarnings("NonAtomicVolatileUpdate") // One thread at a time reads; any may look at it.
public final class CountedInput implements Iterable<Integer> {

  private final int length;
  private boolean opened;
  public volatile int read;
  public volatile int closed;

  public CountedInput(int length) {
    this.length = length;
  }

  public static CountedInput endless() {
    return new CountedInput(Integer.MAX_VALUE);
  }

  @Override
  public Iterator<Integer> iterator() {
    if (opened) {
      throw new IllegalStateException("Opened twice.");
    }
    opened = true;
    return new Numbers();
  }

  private final class Numbers implements Iterator<Integer>, AutoCloseable {

    @Override
    public boolean hasNext() {
      if (closed > 0) {
        throw new IllegalStateException("Read after it was closed.");
      }
      return read < length;
    }

    @Override
    public Integer next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      read++;
      return read;
    }

    @Override
    public void close() {
      closed++;
    }
  }
}
