package dev.pools.internal;

/**
 * Keeps the fields of a subclass two cache lines apart from what stands before them in memory,
 * because processors fetch lines in pairs. Otherwise a thread that only reads what stands there
 * would fetch it anew after each change of the fields. The JVM keeps the fields of a superclass
 * before those of a subclass, except one of at most four bytes: that may fill the gap after the
 * header of the object, where nothing stands before it.
 *
 * <p>If what stands after the fields must be apart as well, a subclass of theirs declares as many
 * longs once more.
 */
@SuppressWarnings("UnusedVariable")
public abstract class PaddingBefore {

  private long before1, before2, before3, before4, before5, before6, before7, before8;
  private long before9, before10, before11, before12, before13, before14, before15;

  /** For subclasses. */
  protected PaddingBefore() {}
}
