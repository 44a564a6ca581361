package dev.pools.task;

/** What a map over several inputs does when they are not equally long. */
public enum Lengths {
  /** It stops at the end of the shortest one, and leaves the rest of the others alone. */
  SHORTEST,
  /**
   * It fails with an {@link IllegalArgumentException} that names the inputs. That is found out when
   * the shortest one has ended, so elements before that may have run.
   */
  STRICT
}
