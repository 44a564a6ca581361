/** Races of ConnectionPool, for jcstress, which may see what the package keeps to itself. */
@org.jspecify.annotations.NullMarked
package dev.pools.connection;
