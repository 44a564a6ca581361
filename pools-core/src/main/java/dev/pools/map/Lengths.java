package dev.pools.map;

/** What a map over several inputs does when the inputs are not equally long. */
public enum Lengths {
  /** It stops at the end of the shortest input, and does not read the rest of the others. */
  SHORTEST,
  /**
   * It fails with an {@link IllegalArgumentException} that names the inputs. The map notices this
   * at the end of the shortest input, so the elements before that may have run.
   */
  STRICT
}
