package dev.pools.task;

/**
 * What a listener is told about a task.
 *
 * @param pool the pool's name
 * @param priority its priority; smaller is more urgent
 * @param task what the caller submitted, for its {@code toString()} or class; not to be run
 */
public record TaskInfo(String pool, int priority, Object task) {}
