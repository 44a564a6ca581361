/** Races of AdvancedPool, for jcstress, which may see what the package keeps to itself. */
@org.jspecify.annotations.NullMarked
package dev.pools.task;
