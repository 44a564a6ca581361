package dev.pools.task;

import dev.pools.internal.PaddingBefore;

/**
 * What submitters and workers have to know of the pool's state before they may do without the lock,
 * as bits of one word. Written under the pool's lock, read by any thread. The word is alone on its
 * cache lines: every task reads it, and its neighbours are written with every hold of the lock.
 */
final class PoolFlags extends PoolFlagsWord {

  /** A worker that becomes idle has to set the timer by which idle workers leave. */
  static final int TIMER = 1;

  /** A new task may need another worker. */
  static final int GROW = 1 << 1;

  /** There are more workers than there may be. */
  static final int SURPLUS = 1 << 2;

  /** A caller waits for tasks to end. */
  static final int DRAINS = 1 << 3;

  /** An urgent task waits for a place. */
  static final int LINE = 1 << 4;

  /** The pool accepts no more tasks. */
  static final int CLOSED = 1 << 5;

  /** A new task may find as many workers as there may be for now, and no sampler looks at that. */
  static final int PRESS = 1 << 6;

  /** A worker that takes a task has to see to it that runs are watched. */
  static final int WATCH = 1 << 7;

  /** A worker that has claimed a task has to see whether an interrupt is for the task before. */
  static final int INTERRUPTS = 1 << 8;

  // Two cache lines after the word; see PaddingBefore for what stands before it.
  @SuppressWarnings("UnusedVariable")
  private long after1, after2, after3, after4, after5, after6, after7, after8;
  @SuppressWarnings("UnusedVariable")
  private long after9, after10, after11, after12, after13, after14, after15;

  /** All bits, with the effects of a volatile read. */
  int get() {
    return word;
  }

  /** Whether one of these bits is set. */
  boolean hasAny(int bits) {
    return (word & bits) != 0;
  }

  /** Sets all bits; under the pool's lock. */
  void set(int now) {
    if (now != word) {
      word = now;
    }
  }
}

@SuppressWarnings("MultipleTopLevelClasses")
class PoolFlagsWord extends PaddingBefore {
  volatile int word;
}
