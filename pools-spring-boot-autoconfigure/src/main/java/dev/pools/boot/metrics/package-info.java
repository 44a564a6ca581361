/** A pool's numbers as Micrometer's meters. */
@NullMarked
package dev.pools.boot.metrics;

import org.jspecify.annotations.NullMarked;
