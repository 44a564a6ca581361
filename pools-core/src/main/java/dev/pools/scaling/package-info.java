/**
 * How many workers a pool should have.
 *
 * <p>A user chooses a {@link dev.pools.scaling.ScalingPolicy}. The pool asks the policy for a
 * number of workers whenever tasks wait or workers are idle. A policy that measures the throughput
 * also gets a {@link dev.pools.scaling.ScalingSampler} for each pool: the sampler reads the pool at
 * intervals and sets how many workers there may be. {@code HillClimber} decides on that number.
 *
 * <p>This package names no class of any pool. What it needs of one is in {@link
 * dev.pools.scaling.ScaledPool}.
 */
@NullMarked
package dev.pools.scaling;

import org.jspecify.annotations.NullMarked;
