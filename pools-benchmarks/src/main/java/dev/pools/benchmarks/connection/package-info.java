/** What ConnectionPool is measured by, and the object pools that it is measured against. */
@NullMarked
package dev.pools.benchmarks.connection;

import org.jspecify.annotations.NullMarked;
