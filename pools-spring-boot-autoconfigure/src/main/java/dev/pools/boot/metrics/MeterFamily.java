package dev.pools.boot.metrics;

import java.util.List;
import java.util.function.Predicate;

/**
 * The meters that each pool has by one naming convention.
 *
 * @param nameTag the key of the tag that has the pool's name
 * @param meters the meters that read a snapshot
 * @param timers the meters that are fed by a listener
 * @param hasEnded whether the pool of a snapshot has ended, so that its sizes and limits no longer
 *     count
 * @param <S> the snapshot of a pool
 * @param <E> the events of a pool that have a duration
 */
record MeterFamily<S, E extends Enum<E>>(
    String nameTag, List<MeterSpec<S>> meters, List<TimerSpec<E>> timers, Predicate<S> hasEnded) {}
