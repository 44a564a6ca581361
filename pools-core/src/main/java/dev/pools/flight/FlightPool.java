package dev.pools.flight;

/** A pool that a recording shows once in a second: how full it is, and who holds what. */
public interface FlightPool {

  /** Tells {@link Flight} what the pool looks like now. Calls no user code. */
  void sample();

  /** Whether it has ended, so that it is shown once more, as it is now, and then no longer. */
  boolean hasEnded();
}
