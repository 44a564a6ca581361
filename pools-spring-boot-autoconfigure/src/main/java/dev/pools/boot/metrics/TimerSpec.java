package dev.pools.boot.metrics;

import java.util.Set;

/**
 * One timer of a pool, which records durations that the pool's listener receives.
 *
 * @param name the timer's name
 * @param description the meaning of its durations
 * @param events the events that it records
 * @param <E> the events of a pool that have a duration
 */
record TimerSpec<E extends Enum<E>>(String name, String description, Set<E> events) {}
