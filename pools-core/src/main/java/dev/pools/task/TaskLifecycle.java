package dev.pools.task;

import java.util.concurrent.atomic.AtomicIntegerFieldUpdater;
import org.jspecify.annotations.Nullable;

/**
 * The state machine of a task. The state and its marks are packed into one word, so that each
 * transition is one step and a queued task stays small.
 */
abstract sealed class TaskLifecycle<T> extends PoolFuture<T> permits TaskFuture {

  /*
   *            awaitPlace               becomeQueued
   *      NEW ────────────▶ WAITING ─────────────▶ QUEUED
   *       │ ╲                 │                  ▲   │
   *       │  ╲──────────────── becomeQueued ─────╯   │ tryStart
   *       │   ╲─── start (the caller runs it) ──╮    │
   *       │                   │                 ▼    ▼
   *       │ becomeWithdrawn   │                RUNNING ── tryDecideExternally ──▶ DECIDED
   *       ▼                   ▼                     │                                │
   *    WITHDRAWN ◀────────────┴── tryWithdraw ── (QUEUED)                            │
   *                                                 ▼               end              ▼
   *                                               ENDED ◀────────────────────────────╯
   *
   *   from     to         method               by                                       how
   *   NEW      WAITING    awaitPlace           the submitter, when the queue is full    under the pool's lock
   *   NEW      QUEUED     becomeQueued         the submitter                            before others see it
   *   QUEUED   NEW        becomeNewAgain       the submitter, if the queue is closed    before others see it
   *   WAITING  QUEUED     becomeQueued         the thread that has made room            under the pool's lock
   *   NEW      RUNNING    start                a submitter that runs it itself          under the pool's lock
   *   QUEUED   RUNNING    tryStart             a worker                                 compare-and-set
   *   NEW      WITHDRAWN  becomeWithdrawn      the submitter: rejected or dropped       before others see it
   *   WAITING  WITHDRAWN  becomeWithdrawn      a canceller, a shutdown                  under the pool's lock
   *   QUEUED   WITHDRAWN  tryWithdraw          a canceller, a shutdown, a worker that   compare-and-set
   *                                            finds it expired or decided
   *   RUNNING  DECIDED    tryDecideExternally  a canceller, or a caller that completes  compare-and-set
   *                                            the future by hand
   *   RUNNING  ENDED      end                  the thread that ran it                   compare-and-set
   *   DECIDED  ENDED      end                  the thread that ran it                   compare-and-set
   *
   * Beside RUNNING and DECIDED there is a mark that an interrupt is underway; end waits until that
   * mark is removed.
   *
   * T1  The user's code runs at most once. Only the two starts lead to it, nothing leads back, and a
   *     compare-and-set from one state succeeds once.
   * T2  The result is decided here, before the future is completed: by the thread that moves the task
   *     to WITHDRAWN or DECIDED, or else by the one that moves it from RUNNING to ENDED.
   * T3  An interrupt for this task reaches no other task. It is sent only while the mark is set, and
   *     the thread that ran the task does not go on before the mark is removed. No interrupt for this
   *     task is lost: the thread clears its status before the code starts, and sets it again if the
   *     mark says that an interrupt is underway or has been sent.
   * T4  Every thread can deliver a result that has been decided. A cancellation is decided in the same
   *     step as WITHDRAWN or DECIDED (the mark CANCELLED). The failure of a withdrawn task, or what a
   *     caller has decided for it by hand, is noted under the hold of the pool's lock that withdraws it.
   *     The failure by a limit is noted right after DECIDED, before the thread is interrupted. The
   *     result of a run is noted before ENDED, if listeners are told first. Otherwise no user code runs
   *     between that step and the completion of the future.
   * T5  Only the future stays: the task releases its code, and what the code refers to, when the code
   *     has run or never will.
   */

  private static final TaskState[] STATES = TaskState.values();

  // The bits of the state word.
  private static final int STATE = 0b111;
  private static final int HAD_PLACE = 1 << 3;
  private static final int STAMPED = 1 << 4;
  private static final int INTERRUPT_UNDERWAY = 1 << 5;
  private static final int INTERRUPTED = 1 << 6;

  /** The code is a Runnable. It may be a Callable too, so that its class does not tell. */
  static final int RUNNABLE = 1 << 7;

  /** No caller has the future, so that a failure has to be reported. */
  static final int EXECUTED = 1 << 8;

  /** A shutdown has returned it to its user, who may run it. */
  private static final int RETURNED = 1 << 9;

  /** Its result has been decided: it is cancelled. */
  private static final int CANCELLED = 1 << 10;

  /** It is an element of a map that was accepted before. */
  static final int ELEMENT = 1 << 11;

  /**
   * Beside EXECUTED, which no element is: another thread may interrupt its run or decide its
   * result, although no caller has its future.
   */
  static final int EXPOSED = ELEMENT;

  /** From this bit on there is the upper part of the ticket. */
  private static final int TICKET = 12;

  // Not a VarHandle: a JVM that has just started interprets several times as many steps for one.
  @SuppressWarnings("rawtypes") // It is for tasks of every type.
  private static final AtomicIntegerFieldUpdater<TaskLifecycle> WORD =
      AtomicIntegerFieldUpdater.newUpdater(TaskLifecycle.class, "word");

  // State and marks; changed through WORD once other threads see the task.
  private volatile int word;

  // Written before other threads see the task.
  private long submittedNanos;

  /** The lower half of the ticket that it has drawn, or the number of its submitter before. */
  private int lowTicket;

  /** The next in its lane. Guarded by what guards the lane. */
  @Nullable PoolTask<?> next;

  /** A new task with these marks. */
  TaskLifecycle(int marks) {
    WORD.lazySet(this, TaskState.NEW.ordinal() | marks);
  }

  // ---- The state

  final TaskState state() {
    return STATES[word & STATE];
  }

  final boolean is(TaskState state) {
    return (word & STATE) == state.ordinal();
  }

  final boolean isQueued() {
    return (word & STATE) == TaskState.QUEUED.ordinal();
  }

  private boolean tryBecome(int seen, TaskState next) {
    return tryBecome(seen, next, seen);
  }

  private boolean tryBecome(int marks, TaskState next, int seen) {
    return WORD.compareAndSet(this, seen, (marks & ~STATE) | next.ordinal());
  }

  private void become(TaskState next, int marks) {
    int seen = word;
    if (!STATES[seen & STATE].mayBecome(next)
        || !WORD.compareAndSet(this, seen, (seen & ~STATE) | next.ordinal() | marks)) {
      throw new IllegalStateException("A task cannot go from " + state() + " to " + next + ".");
    }
  }

  // ---- Into the queue

  final void awaitPlace() {
    become(TaskState.WAITING, 0);
  }

  /**
   * It is in the queue.
   *
   * @return whether it was new, so that no other thread knows it yet
   */
  final boolean becomeQueued() {
    int seen = word;
    if ((seen & STATE) == TaskState.NEW.ordinal()) {
      // No other thread sees it before it stands in its slot.
      WORD.lazySet(this, (seen & ~STATE) | TaskState.QUEUED.ordinal() | HAD_PLACE);
      return true;
    }
    become(TaskState.QUEUED, HAD_PLACE);
    return false;
  }

  /** It seemed to be in the queue, but the queue was closed; no other thread has seen it. */
  final void becomeNewAgain() {
    WORD.lazySet(this, (word & ~STATE & ~HAD_PLACE) | TaskState.NEW.ordinal());
  }

  // ---- Its run

  /** The submitter runs it, on a thread that only an interrupt for this task may reach. */
  final void start() {
    become(TaskState.RUNNING, isExecuted() ? HAD_PLACE | EXPOSED : HAD_PLACE);
  }

  /** Whether other threads may interrupt its run, or decide its result. */
  final boolean isExposed() {
    return (word & (EXECUTED | EXPOSED)) != EXECUTED;
  }

  /** A worker that finds it queued claims it. */
  final boolean tryStart() {
    int seen = word;
    return (seen & STATE) == TaskState.QUEUED.ordinal() && tryBecome(seen, TaskState.RUNNING);
  }

  /**
   * It has run; waits for interrupts that are underway.
   *
   * @return whether its own result counts
   */
  final boolean end() {
    int running = word;
    if ((running & (STATE | INTERRUPT_UNDERWAY)) == TaskState.RUNNING.ordinal()) {
      if ((running & (EXECUTED | EXPOSED)) == EXECUTED) {
        // No other thread knows it, so none can be ahead.
        WORD.lazySet(this, (running & ~STATE) | TaskState.ENDED.ordinal());
        return true;
      }
      if (tryBecome(running, TaskState.ENDED)) {
        return true;
      }
    }
    while (true) {
      int seen = word;
      TaskState now = STATES[seen & STATE];
      if (!now.mayBecome(TaskState.ENDED)) {
        throw new IllegalStateException("A task cannot go from " + now + " to ENDED.");
      }
      if ((seen & INTERRUPT_UNDERWAY) != 0) {
        Thread.yield();
      } else if (tryBecome(seen, TaskState.ENDED)) {
        return now == TaskState.RUNNING;
      }
    }
  }

  // ---- Withdrawn, or decided by another thread

  /**
   * It will never run.
   *
   * @param cancels whether that decides the result too: it is cancelled
   */
  final void becomeWithdrawn(boolean cancels) {
    become(TaskState.WITHDRAWN, cancels ? CANCELLED : 0);
  }

  /** The caller that finds it queued prevents its run, and decides its result later. */
  final boolean tryWithdraw() {
    return tryWithdraw(/* cancels= */ false);
  }

  /**
   * The caller that finds it queued prevents its run.
   *
   * @param cancels whether that decides the result too: it is cancelled
   */
  final boolean tryWithdraw(boolean cancels) {
    int seen = word;
    return (seen & STATE) == TaskState.QUEUED.ordinal()
        && tryBecome(cancels ? seen | CANCELLED : seen, TaskState.WITHDRAWN, seen);
  }

  /** The caller that finds it running decides its result, which is not a cancellation. */
  final boolean tryDecideExternally() {
    return tryDecideExternally(/* cancels= */ false);
  }

  /**
   * The caller that finds it running decides its result.
   *
   * @param cancels whether it is cancelled
   */
  final boolean tryDecideExternally(boolean cancels) {
    for (int seen = word; (seen & STATE) == TaskState.RUNNING.ordinal(); seen = word) {
      if (tryBecome(cancels ? seen | CANCELLED : seen, TaskState.DECIDED, seen)) {
        return true;
      }
    }
    return false;
  }

  /** Whether its result has been decided to be a cancellation. */
  final boolean isDecidedCancelled() {
    return (word & CANCELLED) != 0;
  }

  // ---- Interrupts

  /** Keeps it from ending until {@link #interruptSent}; false if it does not run. */
  final boolean tryHoldForInterrupt() {
    while (true) {
      int seen = word;
      int state = seen & STATE;
      if (state != TaskState.RUNNING.ordinal() && state != TaskState.DECIDED.ordinal()) {
        return false;
      }
      if ((seen & INTERRUPT_UNDERWAY) != 0) {
        Thread.yield();
      } else if (WORD.compareAndSet(this, seen, seen | INTERRUPT_UNDERWAY)) {
        return true;
      }
    }
  }

  final void interruptSent() {
    int seen;
    do {
      seen = word;
    } while (!WORD.compareAndSet(this, seen, (seen & ~INTERRUPT_UNDERWAY) | INTERRUPTED));
  }

  /** Whether the pool has interrupted it; for the thread that ran it, once it has ended. */
  final boolean wasInterrupted() {
    return (word & INTERRUPTED) != 0;
  }

  /** Whether an interrupt for this task is on its way or has been sent. */
  final boolean isInterrupted() {
    return (word & (INTERRUPT_UNDERWAY | INTERRUPTED)) != 0;
  }

  // ---- Marks

  /** Whether it is an element of a map that was accepted before. */
  final boolean isElement() {
    return (word & (ELEMENT | EXECUTED)) == ELEMENT;
  }

  /** Whether its code is a Runnable. */
  final boolean isRunnable() {
    return (word & RUNNABLE) != 0;
  }

  /** Whether no caller has its future. */
  final boolean isExecuted() {
    return (word & EXECUTED) != 0;
  }

  /** Whether it has been accepted; this stays so. */
  final boolean hadPlace() {
    return (word & HAD_PLACE) != 0;
  }

  /** A shutdown returns it to its user, who may run it. */
  final void markReturned() {
    int seen = word;
    while (!WORD.compareAndSet(this, seen, seen | RETURNED)) {
      seen = word;
    }
  }

  final boolean isReturned() {
    return (word & RETURNED) != 0;
  }

  /** The one caller that removes the mark runs it. */
  final boolean takeReturned() {
    for (int seen = word; (seen & RETURNED) != 0; seen = word) {
      if (WORD.compareAndSet(this, seen, seen & ~RETURNED)) {
        return true;
      }
    }
    return false;
  }

  /** Reads it only to have it in this processor's cache. */
  final void touch() {
    WORD.get(this);
  }

  // ---- Its ticket

  /** Tickets are lower: so many tasks are more than a pool runs in years. */
  static final long TICKET_END = ((1L << (Integer.SIZE - TICKET)) - 1) << Integer.SIZE;

  /** Notes which ticket it has drawn, before a taker sees it. */
  final void drew(long ticket) {
    lowTicket = (int) ticket;
    int upper = (int) (ticket >>> Integer.SIZE);
    WORD.lazySet(this, (word & ((1 << TICKET) - 1)) | (upper << TICKET));
  }

  /** The ticket that it has drawn. */
  final long ticket() {
    return ((long) (word >>> TICKET) << Integer.SIZE) | Integer.toUnsignedLong(lowTicket);
  }

  /** Notes the number of its submitter, as long as it has no ticket. */
  final void submitter(int number) {
    drew(TICKET_END | Integer.toUnsignedLong(number));
  }

  final int submitter() {
    return lowTicket;
  }

  // ---- When it was submitted

  /** Notes the time of its submission, before other threads see it. */
  final void stamp(long nowNanos) {
    int seen = word;
    if ((seen & STAMPED) == 0) {
      submittedNanos = nowNanos;
      WORD.lazySet(this, seen | STAMPED);
    }
  }

  /** Notes the time of its submission, which was before it was an object of its own. */
  final void cameAt(long nanos) {
    submittedNanos = nanos;
    WORD.lazySet(this, word | STAMPED);
  }

  final boolean isStamped() {
    return (word & STAMPED) != 0;
  }

  /** When it was submitted, if it is stamped. */
  final long submittedNanos() {
    return submittedNanos;
  }
}
