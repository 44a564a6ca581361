/** Starts and stops pools with their application. */
@NullMarked
package dev.pools.boot.lifecycle;

import org.jspecify.annotations.NullMarked;
