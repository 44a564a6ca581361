package dev.pools.map;

import org.jspecify.annotations.Nullable;

/**
 * One input of one map while the map reads it. One thread at a time calls its methods, the one that
 * has the turn to read, each after the one before.
 */
abstract sealed class Source permits IteratorSource, PublisherSource {

  /** What there is to read now. */
  enum State {
    /** A value. */
    READY,
    /** Nothing yet; the source will call the listener. */
    PENDING,
    /** Nothing more. */
    ENDED
  }

  /** The map, which a source tells what happens by itself, on any thread. */
  interface Listener {

    /** The source was pending, and may have a value or an end now. */
    void changed();

    /** The source has failed. */
    void failed(Throwable cause);
  }

  /** Allows a source that delivers by itself to have delivered this many values in total. */
  abstract void allow(long total);

  /**
   * Whether there is a value; starts to read if necessary.
   *
   * @throws Throwable what the user's code throws
   */
  abstract State look() throws Throwable;

  /**
   * The value that {@link #look} has found.
   *
   * @throws Throwable what the user's code throws
   */
  abstract @Nullable Object take() throws Throwable;

  /**
   * Closes the user's resource. Can be called again, because the resource may arrive later.
   *
   * @throws Exception what closing the user's resource throws
   */
  abstract void close() throws Exception;
}
