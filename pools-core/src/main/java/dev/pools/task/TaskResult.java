package dev.pools.task;

import org.jspecify.annotations.Nullable;

/**
 * A result that has been decided for a task, and that its future does not have yet.
 *
 * @param failure null if the future completes normally
 */
record TaskResult(@Nullable Object value, @Nullable Throwable failure) {}
