/** What a pool's health is, for whoever asks. */
@NullMarked
package dev.pools.boot.health;

import org.jspecify.annotations.NullMarked;
