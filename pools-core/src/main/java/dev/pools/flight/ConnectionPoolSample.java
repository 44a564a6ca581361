package dev.pools.flight;

/**
 * What a connection pool looks like at a moment: the figures of the event {@code
 * dev.pools.ConnectionPool}, which says what they mean.
 */
public record ConnectionPoolSample(
    String pool,
    int size,
    int maxSize,
    int inUse,
    int creating,
    int waiting,
    long timeouts,
    int failures,
    long longestWaitNanos) {}
