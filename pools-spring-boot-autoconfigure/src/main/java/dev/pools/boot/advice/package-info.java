/** Advice: what is wrong with a pool, by fixed rules, and which setting would change it. */
@NullMarked
package dev.pools.boot.advice;

import org.jspecify.annotations.NullMarked;
