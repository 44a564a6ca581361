package dev.pools.connection;

import dev.pools.internal.PaddingBefore;

/**
 * The word that threads contend for. What is seldom written stands between it and the word of the
 * next slot.
 */
abstract class SlotWord extends PaddingBefore {

  /**
   * From the lowest bit: three bits of the state (CREATING is zero), one bit of the mark, the
   * epoch. Only {@link Slot} uses it.
   */
  volatile long word;
}
