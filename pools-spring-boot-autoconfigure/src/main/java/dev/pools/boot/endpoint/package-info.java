/** The Actuator endpoint that shows the pools and changes them at run time. */
@NullMarked
package dev.pools.boot.endpoint;

import org.jspecify.annotations.NullMarked;
