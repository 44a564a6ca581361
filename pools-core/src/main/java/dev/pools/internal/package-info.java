/** What both pools stand on and users never see: time and the lock whose readers never wait. */
@NullMarked
package dev.pools.internal;

import org.jspecify.annotations.NullMarked;
