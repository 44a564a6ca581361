package dev.pools.task;

import org.jspecify.annotations.Nullable;

/**
 * What a listener is told about a task.
 *
 * @param pool the pool's name
 * @param priority its priority; smaller is more urgent
 * @param task what the caller submitted, for its {@code toString()} or class; not to be run
 * @param name the name that its {@link TaskOptions} gave it; null if it has none
 */
public record TaskInfo(String pool, int priority, Object task, @Nullable String name) {

  /** A task without a name. */
  public TaskInfo(String pool, int priority, Object task) {
    this(pool, priority, task, null);
  }

  /**
   * What to call the task in a text for people: its name, without what looks like a secret in it,
   * or else the class of its function.
   */
  public String label() {
    return TaskNames.label(name, task);
  }
}
