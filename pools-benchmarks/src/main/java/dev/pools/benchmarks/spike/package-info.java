/** A sudden demand for connections, and how pools grow to meet it. */
@NullMarked
package dev.pools.benchmarks.spike;

import org.jspecify.annotations.NullMarked;
