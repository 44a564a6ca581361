/**
 * Draws the plots of {@code docs/performance.md} from the figures that {@code
 * docs/performance-grid.md} publishes.
 *
 * <p>{@link dev.pools.benchmarks.plots.PerformancePlots} lists the plots, {@code PublishedFigures}
 * reads the tables, and {@code BarChart} draws.
 */
@NullMarked
package dev.pools.benchmarks.plots;

import org.jspecify.annotations.NullMarked;
