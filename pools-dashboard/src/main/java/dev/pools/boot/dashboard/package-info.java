/**
 * The live page of the pools: an Actuator endpoint that serves a page, its session and its live
 * updates. All data of a pool, and all changes, go through the endpoint {@code pools}.
 */
@org.jspecify.annotations.NullMarked
package dev.pools.boot.dashboard;
