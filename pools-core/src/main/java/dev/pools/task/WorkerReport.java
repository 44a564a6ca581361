package dev.pools.task;

import org.jspecify.annotations.Nullable;

/**
 * What one worker did. A worker is a place with a number, from 1: a thread that leaves after
 * idleness and one that takes its place later are the same worker.
 *
 * @param worker the worker's number
 * @param completed how many tasks it ran that returned normally
 * @param failure what ended its thread the last time that something did; null if nothing has
 */
public record WorkerReport(int worker, long completed, @Nullable Throwable failure) {}
