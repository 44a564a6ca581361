/** What both pools share and users type: arguments, and how they are bound to parameters. */
@NullMarked
package dev.pools;

import org.jspecify.annotations.NullMarked;
