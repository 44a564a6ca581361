package dev.pools.task;

import static java.util.Objects.requireNonNull;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a thread notes of the run that it begins, where anything asks for it: the task has options,
 * or the pool has listeners or watches how long runs take. Otherwise a run costs no note, and no
 * clock is read.
 *
 * <pre>
 *   from      to      method       by
 *   RUNNING   STUCK   trySetStuck  a look of the {@link RunSupervisor}
 *   RUNNING   OVER    end          the thread that runs the task
 *   STUCK     OVER    end          the same; then the end is told as well
 * </pre>
 *
 * <p>Each transition is one atomic step, so a run is told as stuck once at most, and the end of
 * each run that was told as stuck is told once. The note covers what the thread does about the task
 * after its code: listeners, and the dependants of its future.
 */
final class RunNote {

  private static final int RUNNING = 0;
  private static final int STUCK = 1;
  private static final int OVER = 2;

  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(RunNote.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The thread that runs it. */
  final Thread thread;

  /** A {@link PoolTask}, or a bare Runnable. */
  final Object task;

  /** What the user submitted, which a task forgets before its run is over. */
  final Object function;

  final long startNanos;

  /** When it was submitted, if that is known. */
  final long submittedNanos;

  final boolean knowsSubmission;

  private volatile int state = RUNNING;

  // Guarded by the pool's lock.
  /** When its limit was hit; meaningful if it was. */
  long limitHitNanos;

  boolean limitHit;

  /** When a look has first seen that its task has ended, if one has. */
  long endSeenNanos;

  boolean endSeen;

  /** Whether the result has been delivered because listeners do not return. */
  boolean deliveredLate;

  /** Is told the end; set before the state is STUCK. */
  private @Nullable Consumer<RunNote> whenStuckEnds;

  RunNote(
      Thread thread, Object task, long startNanos, boolean knowsSubmission, long submittedNanos) {
    this.thread = thread;
    this.task = task;
    this.function = task instanceof PoolTask<?> full ? full.submitted() : task;
    this.startNanos = startNanos;
    this.knowsSubmission = knowsSubmission;
    this.submittedNanos = submittedNanos;
  }

  /**
   * It counts as stuck from now on; by one thread at a time.
   *
   * @param whenItEnds is called by the thread that runs it
   * @return false if it counts as stuck already, or is over
   */
  boolean trySetStuck(Consumer<RunNote> whenItEnds) {
    if (state != RUNNING) {
      return false;
    }
    whenStuckEnds = whenItEnds;
    return STATE.compareAndSet(this, RUNNING, STUCK);
  }

  boolean isStuck() {
    return state == STUCK;
  }

  boolean isOver() {
    return state == OVER;
  }

  /** The run is over; tells that if it was stuck. */
  void end() {
    if ((int) STATE.getAndSet(this, OVER) == STUCK) {
      requireNonNull(whenStuckEnds).accept(this);
    }
  }
}
