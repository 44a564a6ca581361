package dev.pools.internal;

/**
 * A task that a pool makes of a function of the user and of what the function gets, such as an
 * element of a map. What people read about such a task names the function.
 */
public interface FunctionCall {

  /** The user's function. */
  Object function();
}
