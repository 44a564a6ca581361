/** The health of a pool, as health endpoints report it. */
@NullMarked
package dev.pools.boot.health;

import org.jspecify.annotations.NullMarked;
