package dev.pools.connection;

/** Who gets a connection that comes back while callers wait. */
public enum Fairness {
  /**
   * The caller who has stood in line for longest, always. A thread, other than a virtual one, that
   * finds no connection lets other threads that are ready to run go on once before it stands there.
   */
  STRICT,
  /**
   * Whoever is first to take it. A caller who comes just then need not wait for a thread to wake
   * up, so more callers are served in a second, but one who waits may be overtaken: for his first 5
   * ms, and no longer.
   */
  THROUGHPUT
}
