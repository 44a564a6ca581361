package dev.pools.internal;

import java.util.concurrent.atomic.AtomicLongFieldUpdater;

/**
 * A long that many threads change, alone on its cache lines: a neighbour that is only read would
 * otherwise be fetched anew after each change.
 */
public final class PaddedLong extends PaddedLongValue {

  // Not a VarHandle: a JVM that has just started interprets several times as many steps for one.
  private static final AtomicLongFieldUpdater<PaddedLongValue> VALUE =
      AtomicLongFieldUpdater.newUpdater(PaddedLongValue.class, "value");

  // Two cache lines after the value, as there are two before it.
  @SuppressWarnings("UnusedVariable")
  private long after1, after2, after3, after4, after5, after6, after7, after8;
  @SuppressWarnings("UnusedVariable")
  private long after9, after10, after11, after12, after13, after14, after15;

  /** A long of this value. */
  public PaddedLong(long initial) {
    value = initial;
  }

  /** Its value, with the effects of a volatile read. */
  public long get() {
    return value;
  }

  /** Sets it, with the effects of a volatile write. */
  public void set(long newValue) {
    value = newValue;
  }

  /** Adds to it in one step and returns what it was before. */
  public long getAndAdd(long delta) {
    return VALUE.getAndAdd(this, delta);
  }

  /** Sets bits of it in one step and returns what it was before. */
  public long getAndBitwiseOr(long bits) {
    long before = value;
    while (!VALUE.compareAndSet(this, before, before | bits)) {
      before = value;
    }
    return before;
  }

  /** Keeps these bits of it only, in one step, and returns what it was before. */
  public long getAndBitwiseAnd(long bits) {
    long before = value;
    while (!VALUE.compareAndSet(this, before, before & bits)) {
      before = value;
    }
    return before;
  }

  /** Sets it if it is as expected. */
  public boolean compareAndSet(long expected, long newValue) {
    return VALUE.compareAndSet(this, expected, newValue);
  }
}

@SuppressWarnings("MultipleTopLevelClasses")
class PaddedLongValue extends PaddingBefore {
  volatile long value;
}
