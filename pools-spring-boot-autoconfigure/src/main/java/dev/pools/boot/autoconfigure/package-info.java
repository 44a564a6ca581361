/** Wires the pools into a Spring Boot application. */
@NullMarked
package dev.pools.boot.autoconfigure;

import org.jspecify.annotations.NullMarked;
