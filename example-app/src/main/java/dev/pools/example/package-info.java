/** A thumbnail service that uses both pools through the starter. */
@NullMarked
package dev.pools.example;

import org.jspecify.annotations.NullMarked;
