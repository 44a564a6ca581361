/** The health of the pools. */
@NullMarked
package dev.pools.boot.health;

import org.jspecify.annotations.NullMarked;
