/**
 * What users of either pool use: arguments, functions that are called with them, how they are bound
 * to the parameters of a method, a constructor or a record, and the change of an option.
 */
@NullMarked
package dev.pools;

import org.jspecify.annotations.NullMarked;
