package dev.pools.connection;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A lease that has been out for longer than {@code leakThreshold}, or that has ended after that.
 *
 * @param pool the pool's name
 * @param held how long it has been out; for a lease that has ended, how long it was
 * @param thread the name of the thread that acquired it
 * @param acquiredAt its stack at that moment
 */
public record LeakReport(
    String pool, Duration held, String thread, @Nullable Throwable acquiredAt) {}
