package dev.pools.task;

import org.jspecify.annotations.Nullable;

/**
 * One input of one map while it is read. Its methods are called by one thread at a time, the one
 * that has the turn to read, each after the one before.
 */
abstract sealed class Source permits IteratorSource, PublisherSource {

  /** What there is to read. */
  enum State {
    /** A value. */
    READY,
    /** Nothing yet; the listener will be told. */
    PENDING,
    /** Nothing any more. */
    ENDED
  }

  /** Whom a source tells what happens by itself, on any thread. */
  interface Listener {

    /** Something that was pending is no more. */
    void changed();

    /** The source has failed. */
    void failed(Throwable cause);
  }

  /**
   * Allows a source that delivers by itself to have delivered so many values since its beginning.
   */
  abstract void allow(long total);

  /**
   * Whether there is a value; begins to read if need be.
   *
   * @throws Throwable whatever the user's code throws
   */
  abstract State look() throws Throwable;

  /**
   * The value that {@link #look} has found.
   *
   * @throws Throwable whatever the user's code throws
   */
  abstract @Nullable Object take() throws Throwable;

  /**
   * Ends the reading. May be called again, in case that something to close came later.
   *
   * @throws Exception what closing the user's resource throws
   */
  abstract void close() throws Exception;
}
