package dev.pools.flight;

/**
 * What a task pool looks like at a moment: the figures of the event {@code dev.pools.TaskPool},
 * which says what they mean.
 */
public record TaskPoolSample(
    String pool,
    int workers,
    int maxWorkers,
    int active,
    int queued,
    int capacity,
    long rejected,
    long failed,
    long oldestWaitNanos,
    long stalledNanos) {}
