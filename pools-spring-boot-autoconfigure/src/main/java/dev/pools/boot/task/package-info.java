/** A pool as the executor that Spring asks for. */
@NullMarked
package dev.pools.boot.task;

import org.jspecify.annotations.NullMarked;
