package dev.pools.task;

import dev.pools.internal.PaddedLong;

/**
 * Counts the threads that have to tell the listeners of something that has ended already: a worker,
 * or tasks that were dropped together. Only if there are listeners. The thread that waits for them
 * sets the flag {@link PoolFlags#CLOSED} first and then reads the count. A thread that tells
 * changes the count first and then reads the flag.
 */
final class ListenerCalls {

  private final PaddedLong underway = new PaddedLong(0);

  void begin() {
    underway.getAndAdd(1);
  }

  void end() {
    underway.getAndAdd(-1);
  }

  boolean areUnderway() {
    return underway.get() > 0;
  }
}
