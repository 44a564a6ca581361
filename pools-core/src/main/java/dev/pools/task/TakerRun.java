package dev.pools.task;

/**
 * How long a taker goes on with one arrival queue of several, while others may have tasks. Long,
 * because a submitter that waits for its tasks, one after the other, is woken less often if all are
 * taken in one go. Not so long that the submitters of the others notice.
 */
final class TakerRun {

  /** For how long. */
  static final long NANOS = 1_000_000;

  /** How many it takes between two readings of the clock; the first few are not timed. */
  private static final int STEP = 128;

  /** How many it takes at most. */
  static final int LONGEST = 128 * STEP;

  private final TaskFactory factory;

  TakerRun(TaskFactory factory) {
    this.factory = factory;
  }

  /** The taker got a task. Returns whether it should go on to the next arrival queue. */
  boolean isOver(QueueCursor cursor) {
    int taken = ++cursor.run;
    return taken % STEP == 0 && isOver(cursor, taken);
  }

  private boolean isOver(QueueCursor cursor, int taken) {
    long now = factory.nanoTime();
    if (taken == STEP) {
      cursor.runNanos = now;
      return false;
    }
    return now - cursor.runNanos >= NANOS || taken >= LONGEST;
  }
}
