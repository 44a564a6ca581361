/** Alarms of pools: thresholds that are watched, and events that tell when they are crossed. */
@NullMarked
package dev.pools.boot.alarm;

import org.jspecify.annotations.NullMarked;
