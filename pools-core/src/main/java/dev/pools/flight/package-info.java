/**
 * What the JDK's Flight Recorder is told of pools, and a program that reads a recording after a
 * crash. The pools know {@link dev.pools.flight.Flight} only, which names no class of the recorder:
 * so a JVM without the module {@code jdk.jfr} runs pools as well, and a JVM that records nothing
 * loads none of its classes for the first pool.
 */
@NullMarked
package dev.pools.flight;

import org.jspecify.annotations.NullMarked;
