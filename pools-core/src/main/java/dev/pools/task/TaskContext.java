package dev.pools.task;

import dev.pools.internal.FaultSeries;
import dev.pools.internal.InterruptibleCode;
import dev.pools.internal.ThreadInterrupt;
import dev.pools.map.MapExecutor;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * The context that a decorator has captured where a task was submitted. The pool runs what it does
 * about the task inside of it, as one action: the task's code, the listeners, the completion of its
 * future with all dependants, and the report of a failure; or, if the task never runs, what is told
 * of that. So the decorator's Runnable runs once for each task, whatever becomes of the task.
 *
 * <pre>
 *   from     to       method   by
 *   SHUT     OPEN     perform  the thread that owns the task's end
 *   OPEN     INSIDE   run      the thread on which the decorator runs what it wraps
 *   INSIDE   SHUT     run      the same
 *   OPEN     SHUT     perform  the first thread: the decorator has not run what it wraps
 * </pre>
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>TC1: an action runs once at most. Only OPEN leads to it, and leaving OPEN is a
 *       compare-and-set.
 *   <li>TC2: {@code perform} says whether the action has run, and returns only when it does not run
 *       any more: a decorator that returns earlier, because it uses another thread, is waited for.
 *   <li>TC3: nothing that a decorator does or omits can lose the task: its owner learns that the
 *       action has not run, and does without the context.
 *   <li>TC4: if the task's code runs on another thread, an interrupt that the waiting owner gets is
 *       passed on to that thread: once at most, and only while the code runs. {@link
 *       InterruptibleCode} holds the code meanwhile. No such interrupt is lost, because both sides
 *       write before they read, all volatile: the owner notes the interrupt and then looks for the
 *       code; the other thread publishes the code and then reads the note. If both see the other,
 *       one of them passes it on.
 * </ol>
 */
final class TaskContext implements Runnable, MapExecutor.Context {

  private enum State {
    SHUT,
    OPEN,
    INSIDE
  }

  private final FaultSeries faults;
  private final Runnable decorated;
  private final AtomicReference<State> state = new AtomicReference<>(State.SHUT);

  // Handed from the owner to the decorator's thread, and back, with the state.
  private @Nullable Runnable action;
  private @Nullable Thread owner;
  private @Nullable Throwable fault;

  /** The owner was interrupted while it waited for the action. */
  private volatile boolean ownerInterrupted;

  /** The task's code on another thread; null as long as there is none. */
  private volatile @Nullable InterruptibleCode elsewhere;

  private TaskContext(FaultSeries faults, TaskDecorator decorator) {
    this.faults = faults;
    Runnable wrapped = decorator.decorate(this);
    if (wrapped == null) {
      throw new NullPointerException(
          "The task decorator of pool '"
              + faults.pool()
              + "' returned null. It must return a Runnable.");
    }
    this.decorated = wrapped;
  }

  /**
   * Captures the context of the current thread.
   *
   * @throws RuntimeException what the decorator throws
   */
  static TaskContext capture(FaultSeries faults, TaskDecorator decorator) {
    return new TaskContext(faults, decorator);
  }

  /**
   * Runs an action inside of the context. Called by one thread at a time, each after the one
   * before.
   *
   * @return null if the action has run; else why the decorator has not run it
   */
  @Override
  public @Nullable Throwable perform(Runnable inside) {
    action = inside;
    owner = Thread.currentThread();
    state.set(State.OPEN);
    Throwable failure = null;
    try {
      decorated.run();
    } catch (Throwable thrown) {
      failure = thrown;
    }
    if (state.compareAndSet(State.OPEN, State.SHUT)) {
      action = null;
      return failure != null ? failure : leftOut();
    }
    awaitReturn();
    if (failure != null) {
      faults.error(
          TaskContext.class,
          decorated,
          failure,
          "Pool '{}': the task decorator failed after the task had run. The result of the task stays",
          faults.pool());
    }
    Throwable own = fault;
    if (own != null) {
      fault = null;
      throw rethrown(own);
    }
    return null;
  }

  /** What the decorator runs. */
  @Override
  public void run() {
    if (!state.compareAndSet(State.OPEN, State.INSIDE)) {
      throw new IllegalStateException(
          "A task runs once, on a worker; the task decorator of pool '"
              + faults.pool()
              + "' tried to run it again or elsewhere.");
    }
    try {
      action().run();
    } catch (Throwable failure) {
      // The pool's own, which the decorator must not see.
      fault = failure;
    } finally {
      action = null;
      Thread waiting = owner;
      state.set(State.SHUT);
      LockSupport.unpark(waiting);
    }
  }

  /**
   * Runs a task's code; once, and within the action.
   *
   * @return what the code has returned
   * @throws Throwable what it has thrown
   */
  @Nullable Object call(Code code) throws Throwable {
    if (Thread.currentThread() == owner) {
      return code.run();
    }
    InterruptibleCode inside = new InterruptibleCode();
    inside.enter();
    try {
      elsewhere = inside;
      if (ownerInterrupted) {
        inside.interrupt(faults.pool());
      }
      return code.run();
    } finally {
      inside.leave();
    }
  }

  /** What a task runs. */
  interface Code {

    /** Runs it. */
    @Nullable Object run() throws Throwable;
  }

  /** Whether the task's code ran on another thread; for the owner, when the action has run. */
  boolean ranElsewhere() {
    return elsewhere != null;
  }

  private Runnable action() {
    return Objects.requireNonNull(action);
  }

  private void awaitReturn() {
    boolean interrupted = false;
    while (state.get() != State.SHUT) {
      LockSupport.park(this);
      if (Thread.interrupted()) {
        interrupted = true;
        passOnInterrupt();
      }
    }
    owner = null;
    if (interrupted) {
      ThreadInterrupt.send(Thread.currentThread(), faults.pool());
    }
  }

  private void passOnInterrupt() {
    ownerInterrupted = true;
    InterruptibleCode code = elsewhere;
    if (code != null) {
      code.interrupt(faults.pool());
    }
  }

  private IllegalStateException leftOut() {
    return new IllegalStateException(
        "The task decorator of pool '"
            + faults.pool()
            + "' returned without running the task. It must run it once.");
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> RuntimeException rethrown(Throwable failure) throws E {
    throw (E) failure;
  }
}
