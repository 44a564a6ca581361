/** What AdvancedPool is measured by, and the executors that it is measured against. */
@NullMarked
package dev.pools.benchmarks.task;

import org.jspecify.annotations.NullMarked;
