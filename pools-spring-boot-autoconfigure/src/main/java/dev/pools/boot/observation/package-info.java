/** Observations of tasks and leases: spans, linked to the code that submitted or acquired. */
@NullMarked
package dev.pools.boot.observation;

import org.jspecify.annotations.NullMarked;
