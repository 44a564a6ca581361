/**
 * How pools find their size.
 *
 * <p>{@link dev.pools.benchmarks.scaling.ScalingExperiment} is the door. A {@code Script} says
 * which {@code Task} is to be done for how long, a {@code Contender} is a pool that does it, {@code
 * Drive} feeds it and keeps a {@code Track} of it, {@code Verdict} judges that, and {@code Plot}
 * draws it.
 */
@NullMarked
package dev.pools.benchmarks.scaling;

import org.jspecify.annotations.NullMarked;
