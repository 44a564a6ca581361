/**
 * Protects the application and its management port from other web sites, and from requests that
 * would keep a thread or fill the memory.
 */
@NullMarked
package dev.pools.example.guard;

import org.jspecify.annotations.NullMarked;
