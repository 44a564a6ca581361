package dev.pools.test;

import dev.pools.internal.TestAccess;
import java.util.concurrent.TimeUnit;

/** A task that {@link ManualTaskPool#startNext} has started. */
public final class StartedTask {

  /** In real time. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(1);

  private final TestAccess.Turn turn;
  private final long takenBefore;

  StartedTask(TestAccess.Turn turn) {
    this.turn = turn;
    this.takenBefore = turn.taken().getAsLong();
  }

  /**
   * Starts the thread and waits until the run of a task has begun, or the thread has found none.
   *
   * <p>A thread that has taken a task notes a moment later when the run begins. If the clock were
   * moved in between, the run would begin at the later time, and not reach a limit that the test
   * has just passed.
   *
   * @return whether it has taken one
   */
  boolean start() {
    Thread thread = turn.thread();
    thread.start();
    while (!hasBegun() && thread.isAlive()) {
      Thread.yield();
    }
    return hasTaken();
  }

  /** In this order: a thread that has taken no task has nothing that could have begun. */
  private boolean hasBegun() {
    return hasTaken() && turn.begun().getAsBoolean();
  }

  private boolean hasTaken() {
    return turn.taken().getAsLong() != takenBefore;
  }

  /** The thread on which the task runs, such as to interrupt it. */
  public Thread thread() {
    return turn.thread();
  }

  /** Whether the task has ended, with its dependants and listeners. */
  public boolean hasEnded() {
    return !turn.thread().isAlive();
  }

  /**
   * Waits until the task has ended, with its dependants and listeners.
   *
   * @throws AssertionError if that does not happen within a minute of real time, with the stack of
   *     the task; or if the current thread is interrupted
   */
  public void awaitEnd() {
    awaitEnd(PATIENCE_NANOS);
  }

  void awaitEnd(long nanos) {
    Thread thread = turn.thread();
    try {
      TimeUnit.NANOSECONDS.timedJoin(thread, nanos);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new AssertionError("Interrupted while a task runs", interrupted);
    }
    if (thread.isAlive()) {
      throw new AssertionError(
          "The task has not ended: it waits for something. Start it by startNext(), and let what it"
              + " waits for happen. The cause shows where it waits.",
          stackOf(thread));
    }
  }

  private static Throwable stackOf(Thread thread) {
    Throwable stack = new Throwable("The stack of " + thread.getName());
    stack.setStackTrace(thread.getStackTrace());
    return stack;
  }

  @Override
  public String toString() {
    return "StartedTask[" + turn.thread().getName() + (hasEnded() ? ", ended]" : ", running]");
  }
}
