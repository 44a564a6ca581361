package dev.pools.task;

/**
 * How a taker gives way to another that was quicker. Two that want the same tasks, each smaller
 * than the way from one processor to another, are slower than one. So the one that loses looks
 * away, for longer each time. While the tasks are that small, one taker does most of the work, and
 * the other gives its processor to threads that submit or wait.
 */
final class TakerBackOff {

  /** How long a taker looks away at a time, in spins. */
  private static final int PAUSE = 16;

  /** How often that doubles at most for a taker that loses its task to another again and again. */
  private static final int MOST_HEAT = 6;

  /** After so many pauses in a row it also lets other threads have its processor. */
  private static final int PAUSES_PER_YIELD = 4;

  /** How many tasks a taker gets undisturbed before it backs off for less. */
  private static final int TAKES_TO_COOL = 16;

  /** How many it gets at least between two collisions that are no sign of tiny tasks. */
  private static final int FEW_TAKES = 4;

  private final boolean threadPerTask;

  /**
   * The back-off of one queue.
   *
   * @param threadPerTask whether each taker takes one task only
   */
  TakerBackOff(boolean threadPerTask) {
    this.threadPerTask = threadPerTask;
  }

  /** The taker got a task. */
  void hasTaken(QueueCursor cursor) {
    if (cursor.heat > 0 && ++cursor.undisturbed % TAKES_TO_COOL == 0) {
      cursor.heat--;
    }
  }

  /** The taker lost a task to another, or found the lock taken. */
  void lookAway(QueueCursor cursor) {
    if (threadPerTask) {
      Thread.yield();
      return;
    }
    if (cursor.undisturbed >= FEW_TAKES) {
      cursor.heat = Math.max(0, cursor.heat - 1);
    } else if (cursor.heat < MOST_HEAT) {
      cursor.heat++;
    }
    cursor.undisturbed = 0;
    for (int pauses = 1 << cursor.heat; pauses > 0; pauses--) {
      pause();
      if (pauses % PAUSES_PER_YIELD == 0) {
        Thread.yield();
      }
    }
  }

  /** Looks away for a moment, so that others go on undisturbed. */
  static void pause() {
    for (int spins = 0; spins < PAUSE; spins++) {
      Thread.onSpinWait();
    }
  }
}
