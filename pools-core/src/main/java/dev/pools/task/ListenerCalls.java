package dev.pools.task;

import dev.pools.internal.PaddedLong;

/**
 * Counts the threads of workers whose end the listeners have not been told yet; only if there are
 * listeners. The thread that waits for them sets the flag {@link PoolFlags#CLOSED} first and then
 * reads the count. A worker's thread changes the count first and then reads the flag.
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
