package dev.pools.connection;

/** Which caller gets a connection that is released while callers wait. */
public enum Fairness {
  /**
   * Always the caller that has waited in line for longest. A platform thread that finds no
   * connection yields to other threads once before it joins the line.
   */
  STRICT,
  /**
   * The first caller that takes it. A caller that asks at that moment does not wait until another
   * thread has woken up, so more callers are served in a second. A waiting caller can be overtaken
   * during its first 5 ms, and not later.
   */
  THROUGHPUT
}
