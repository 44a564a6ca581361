package dev.pools.connection;

/**
 * The word that threads contend for, with all that is seldom written between it and the next slot.
 */
abstract class SlotWord extends SlotSpacing {

  /**
   * From the lowest bit: three bits of the state (CREATING is zero), one bit of the mark, the
   * epoch. Only {@link Slot} uses it.
   */
  volatile long word;
}

/**
 * What stands before the word of a slot, and so between the words of two slots. Without it, threads
 * that only read one slot would fetch its line again after each step on its neighbour. The JVM
 * keeps the fields of a superclass before those of a subclass, and processors fetch lines in pairs.
 */
@SuppressWarnings("UnusedVariable")
abstract class SlotSpacing {
  private long before1, before2, before3, before4, before5, before6, before7, before8;
  private long before9, before10, before11, before12, before13, before14, before15;
}
