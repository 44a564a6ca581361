package dev.pools.task;

import dev.pools.internal.Promise;
import dev.pools.internal.ThreadKind;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What travels through a pool: the user's code, the future of its result, and the node of the
 * queues that it stands in, all in one object.
 */
final class PoolTask<T> extends PoolFuture<T> implements Runnable {

  /*
   *            awaitPlace               enqueue
   *      NEW ────────────▶ WAITING ─────────────▶ QUEUED
   *       │ ╲                 │                  ▲   │
   *       │  ╲────────────────┼──── enqueue ─────╯   │ tryStart
   *       │   ╲─── start (the caller runs it) ──╮    │
   *       │                   │                 ▼    ▼
   *       │ withdraw          │ withdraw       RUNNING ── tryDecideExternally ──▶ DECIDED
   *       ▼                   ▼                     │                                │
   *    WITHDRAWN ◀────────────┴── tryWithdraw ── (QUEUED)                            │
   *                                                 ▼               end              ▼
   *                                               ENDED ◀────────────────────────────╯
   *
   *   from       to         method       by                                          how
   *   NEW        WAITING    awaitPlace   the submitter, when the queue is full       under the pool's lock
   *   NEW        QUEUED     enqueue      the submitter                               before others see it
   *   QUEUED     NEW        becomeNewAgain  the submitter, if the queue is closed    before others see it
   *   WAITING    QUEUED     enqueue      whoever made room                           under the pool's lock
   *   NEW        RUNNING    start        a submitter that runs it itself             under the pool's lock
   *   QUEUED     RUNNING    tryStart     a worker                                    compare-and-set
   *   NEW        WITHDRAWN  withdraw     the submitter: refused or discarded         before others see it
   *   WAITING    WITHDRAWN  withdraw     a canceller, a shutdown                     under the pool's lock
   *   QUEUED     WITHDRAWN  tryWithdraw  a canceller, a shutdown, a worker that      compare-and-set
   *                                      finds it expired or decided
   *   RUNNING    DECIDED    tryDecideExternally  a canceller, or a caller who completes  compare-and-set
   *                                      the future by hand
   *   RUNNING    ENDED      end          the thread that ran it                      compare-and-set
   *   DECIDED    ENDED      end          the thread that ran it                      compare-and-set
   *
   * Beside RUNNING and DECIDED there is a mark that an interrupt is underway; end waits for it to
   * be taken back.
   *
   * T1  The user's code runs at most once.  (only the two starts lead to it, nothing leads back, and
   *     a compare-and-set from one state succeeds once)
   * T2  Who decides the result is decided here, before the future is completed: the one who moves
   *     the task to WITHDRAWN or DECIDED, or else the one who moves it from RUNNING to ENDED.
   * T3  An interrupt meant for this task reaches no other: it is sent only between setting the mark
   *     and taking it back, and as long as it is there the thread that ran it does not go on. And none
   *     that is meant for it is lost: the thread clears its status once more before the code begins,
   *     and sets it again if the mark says that an interrupt is underway or has been sent.
   * T4  A result that has been decided can be delivered by anyone: to cancel is decided in the same step
   *     as WITHDRAWN or DECIDED (the mark CANCELLED); the failure of a withdrawn task is noted
   *     under the pool's lock; that of a run before ENDED, if listeners are told first. Otherwise no
   *     user code runs between the step and the completion of the future.
   * T5  The future is the only thing that is left: the code, and what it refers to, is let go of when
   *     it has run or never will.
   */
  enum State {
    /** Made, not yet submitted. */
    NEW,
    /** Waits for a place in the queue. */
    WAITING,
    /** In the queue. */
    QUEUED,
    /** Its code runs, and will decide the result. */
    RUNNING,
    /** Its code runs, but the result has been decided from outside. */
    DECIDED,
    /** Its code has run. */
    ENDED,
    /** It will never run. */
    WITHDRAWN;

    /** Whether the table has a row from this state to the next. */
    boolean mayBecome(State next) {
      return switch (this) {
        case NEW -> next == WAITING || next == QUEUED || next == RUNNING || next == WITHDRAWN;
        case WAITING -> next == QUEUED || next == WITHDRAWN;
        case QUEUED -> next == RUNNING || next == WITHDRAWN;
        case RUNNING -> next == DECIDED || next == ENDED;
        case DECIDED -> next == ENDED;
        case ENDED, WITHDRAWN -> false;
      };
    }
  }

  /** Things that few tasks have. */
  private static final class Extras {
    long maxQueueNanos;

    // Guarded by the pool's lock.
    @Nullable List<Promise<Void>> acceptances;
    @Nullable Throwable verdict;

    DrainTracker.@Nullable Phase phase;
    @Nullable TaskContext context;
    @Nullable CompletableFuture<?> ended;
    @Nullable Throwable failure;
  }

  /** What a run came to, while listeners are told and the future is not complete. */
  private record RunResult(@Nullable Object value, @Nullable Throwable thrown) {}

  /** A Runnable with the result that was given beside it. */
  private record WithResult(Runnable code, @Nullable Object result) {}

  private static final State[] STATES = State.values();

  // The bits of the state word.
  private static final int STATE = 0b111;
  private static final int HAD_PLACE = 1 << 3;
  private static final int STAMPED = 1 << 4;
  private static final int INTERRUPT_UNDERWAY = 1 << 5;
  private static final int INTERRUPTED = 1 << 6;

  /** The code is a Runnable. It may be a Callable too, so that it can't be asked. */
  private static final int RUNNABLE = 1 << 7;

  /** Nobody sees the future, so that a failure has to be reported. */
  private static final int EXECUTED = 1 << 8;

  /** It is an element of a map that was accepted before. */
  private static final int ELEMENT = 1 << 14;

  /** A shutdown has given it back to its user, who may run it. */
  private static final int RETURNED = 1 << 9;

  /** Its result has been decided: it is cancelled. */
  private static final int CANCELLED = 1 << 10;

  /** How many turns a caller gives to other threads before he goes to sleep. */
  private static final int TURNS = 8;

  /** After this much time in all he gives no other: the processors are busy with something else. */
  private static final long TURNS_NANOS = 50_000;

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(PoolTask.class, "word", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  // A queued task shall not take more than 56 bytes: there may be millions.

  // Fixed at construction.
  private final Dispatch dispatch;
  private final int priority;
  private @Nullable Extras extras;

  // The user's code; null once it has run, or never will.
  private @Nullable Object work;

  // State and marks; changed through WORD once others see the task.
  private volatile int word;

  // Written before others see the task.
  private long submittedNanos;

  /** The lower half of the ticket that it has drawn. */
  int ticket;

  /** The next in its lane. Guarded by who guards the lane. */
  @Nullable PoolTask<?> next;

  private PoolTask(Dispatch dispatch, Object work, int kind, TaskOptions options) {
    this.dispatch = dispatch;
    this.work = work;
    this.priority = options.priority();
    WORD.set(this, State.NEW.ordinal() | kind);
    long maxQueueNanos = dispatch.maxQueueNanos(options);
    if (maxQueueNanos > 0) {
      extras().maxQueueNanos = maxQueueNanos;
    }
    if (maxQueueNanos > 0 || dispatch.timestampsEveryTask()) {
      stamp(dispatch.nanoTime());
    }
    if (dispatch.decorates()) {
      extras().context = dispatch.captureContext();
    }
  }

  private Extras extras() {
    Extras present = extras;
    if (present == null) {
      present = new Extras();
      extras = present;
    }
    return present;
  }

  /** A task whose future carries the result. */
  static <T> PoolTask<T> of(Dispatch dispatch, Callable<T> work, TaskOptions options) {
    return new PoolTask<>(dispatch, work, 0, options);
  }

  /** A task whose future carries a result given beforehand. */
  static <T> PoolTask<T> of(
      Dispatch dispatch, Runnable work, @Nullable T result, TaskOptions options) {
    return new PoolTask<>(
        dispatch, result == null ? work : new WithResult(work, result), RUNNABLE, options);
  }

  /** A task of an accepted map, which is accepted even while the pool drains. */
  static <T> PoolTask<T> element(Dispatch dispatch, Callable<T> work, TaskOptions options) {
    return new PoolTask<>(dispatch, work, ELEMENT, options);
  }

  /** A task without a future that anyone sees, so that its failure must be reported. */
  static PoolTask<Void> executed(Dispatch dispatch, Runnable work, TaskOptions options) {
    return new PoolTask<>(dispatch, work, RUNNABLE | EXECUTED, options);
  }

  // ---- What the submitter sees

  @Override
  public int priority() {
    return priority;
  }

  @Override
  public CompletableFuture<Void> accepted() {
    return dispatch.acceptedOf(this);
  }

  @Override
  public boolean cancel(boolean mayInterruptIfRunning) {
    switch (dispatch.tryDecideExternally(this, /* cancels= */ true)) {
      case WITHDRAWN -> {
        dispatch.finish(this, Outcome.CANCELLED, this::completeAsDecided);
        return true;
      }
      case RUNNING -> {
        try {
          if (mayInterruptIfRunning) {
            dispatch.interrupt(this);
          }
        } finally {
          inScope(() -> super.cancel(false));
        }
        return true;
      }
      default -> {
        awaitDecision();
        helpWithDependants();
        return isCancelled();
      }
    }
  }

  @Override
  public boolean complete(@Nullable T result) {
    return decideByHand(() -> super.complete(result));
  }

  @Override
  public boolean completeExceptionally(Throwable cause) {
    return decideByHand(() -> super.completeExceptionally(cause));
  }

  @Override
  public void obtrudeValue(@Nullable T result) {
    inScope(
        () -> {
          super.obtrudeValue(result);
          return true;
        });
    decideByHand(() -> false);
  }

  @Override
  public void obtrudeException(Throwable cause) {
    inScope(
        () -> {
          super.obtrudeException(cause);
          return true;
        });
    decideByHand(() -> false);
  }

  private boolean decideByHand(BooleanSupplier completion) {
    return switch (dispatch.tryDecideExternally(this, /* cancels= */ false)) {
      case WITHDRAWN -> dispatch.finish(this, Outcome.CANCELLED, completion);
      case RUNNING -> inScope(completion);
      case TOO_LATE -> {
        awaitDecision();
        helpWithDependants();
        yield false;
      }
    };
  }

  /** Completes this future; what its dependants submit to the pool belongs to accepted work. */
  private boolean inScope(BooleanSupplier completion) {
    if (getNumberOfDependents() == 0) {
      return completion.getAsBoolean();
    }
    boolean[] completed = {false};
    CompoundScope.run(dispatch, () -> completed[0] = completion.getAsBoolean());
    return completed[0];
  }

  /**
   * Someone else has decided the result, and is about to complete this future. If it may take long
   * until then, or if it is the current thread that owes it, this completes it in the same way.
   * Otherwise it waits for a moment; not on the very thread that runs the task.
   */
  private void awaitDecision() {
    while (!isDone() && !inScope(this::completeAsDecided) && !dispatch.isRunnerOf(this)) {
      Thread.yield();
    }
  }

  /**
   * Runs the dependants that are left, as each attempt to complete a CompletableFuture does: the
   * thread that runs them may be blocked by one of them until the others have run. Not with a
   * decorator, because this is not the task's context.
   */
  private void helpWithDependants() {
    if (isDone() && getNumberOfDependents() > 0 && !dispatch.decorates()) {
      CompoundScope.run(dispatch, () -> super.cancel(false));
    }
  }

  /** Completes the future with the result that has been decided, if that can be seen. */
  boolean completeAsDecided() {
    if ((word & CANCELLED) != 0) {
      return super.cancel(false);
    }
    if (is(State.ENDED)) {
      Object noted = work;
      return noted instanceof RunResult run && deliver(run.value, run.thrown);
    }
    Throwable verdict = is(State.WITHDRAWN) ? dispatch.verdictOf(this) : null;
    return verdict != null && super.completeExceptionally(verdict);
  }

  /**
   * Completes the future of a task that will not run.
   *
   * @param completion does it
   * @param settled is run as soon as the future is complete, before its dependants if they were
   *     added before this call: they may wait for what it does. May be run twice.
   */
  boolean complete(BooleanSupplier completion, Runnable settled) {
    if (getNumberOfDependents() > 0) {
      // The one that is added last runs first.
      super.whenComplete((value, failure) -> settled.run());
    }
    try {
      return completion.getAsBoolean();
    } finally {
      settled.run();
    }
  }

  @Override
  public @Nullable T get() throws InterruptedException, ExecutionException {
    letOthersGoFirst();
    Worker waiting = dispatch.enterWait(this);
    try {
      if (leavesDependantsToOthers()) {
        ended().get();
      }
      return getInScope();
    } finally {
      dispatch.leaveWait(waiting);
    }
  }

  @Override
  public @Nullable T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    Worker waiting = dispatch.enterWait(this);
    try {
      return leavesDependantsToOthers()
          ? getWhenEnded(extras(), timeout, unit)
          : getInScope(timeout, unit);
    } finally {
      dispatch.leaveWait(waiting);
    }
  }

  @Override
  public @Nullable T join() {
    letOthersGoFirst();
    Worker waiting = dispatch.enterWait(this);
    try {
      if (leavesDependantsToOthers()) {
        ended().join();
      }
      return joinInScope();
    } finally {
      dispatch.leaveWait(waiting);
    }
  }

  // A thread that has to wait may run dependants, and what these submit belongs to accepted work.

  private @Nullable T joinInScope() {
    if (isDone()) {
      return super.join();
    }
    CompoundScope scope = CompoundScope.enter(dispatch);
    try {
      return super.join();
    } finally {
      scope.leave();
    }
  }

  private @Nullable T getInScope() throws InterruptedException, ExecutionException {
    if (isDone()) {
      return super.get();
    }
    CompoundScope scope = CompoundScope.enter(dispatch);
    try {
      return super.get();
    } finally {
      scope.leave();
    }
  }

  private @Nullable T getInScope(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    if (isDone()) {
      return super.get(timeout, unit);
    }
    CompoundScope scope = CompoundScope.enter(dispatch);
    try {
      return super.get(timeout, unit);
    } finally {
      scope.leave();
    }
  }

  /**
   * A thread that waits for a CompletableFuture may run dependants of it, in its own context. With
   * a decorator it waits for {@link #ended} instead, which has no others.
   */
  private boolean leavesDependantsToOthers() {
    return !isDone() && dispatch.decorates();
  }

  /** Completes when this does. */
  private CompletableFuture<?> ended() {
    return handle((value, failure) -> null);
  }

  /** All waits with a time limit share one future, so that those that are over leave nothing. */
  private @Nullable T getWhenEnded(Extras present, long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<?> ended;
    synchronized (present) {
      if (present.ended == null) {
        present.ended = ended();
      }
      ended = present.ended;
    }
    try {
      ended.get(timeout, unit);
    } catch (TimeoutException late) {
      if (!isDone()) {
        throw late;
      }
    }
    return super.get();
  }

  /**
   * Before a caller goes to sleep: whoever is about to run this task may only need a processor, and
   * has nobody to wake then. Not in a virtual thread, which must leave its carrier; nor with a
   * time-out, of which this would use up an unknown part.
   */
  private void letOthersGoFirst() {
    if (isDone() || ThreadKind.isVirtual(Thread.currentThread())) {
      return;
    }
    long startNanos = dispatch.nanoTime();
    for (int turns = 0; turns < TURNS && !isDone(); turns++) {
      Thread.yield();
      if (dispatch.nanoTime() - startNanos > TURNS_NANOS) {
        return;
      }
    }
  }

  /**
   * Runs the task's code on the current thread, if {@code shutdownNow} has returned this task:
   * once, and for its effect only, since the future has been cancelled. What the code throws is
   * thrown, a checked exception as the cause of a {@link CompletionException}.
   *
   * @throws IllegalStateException if it has been run already, or no shutdown has returned it
   */
  @Override
  public void run() {
    if (!takeReturned()) {
      throw new IllegalStateException(
          "This task of pool '%s' cannot be run by hand: its state is %s. Only a task that shutdownNow() has returned can, and only once."
              .formatted(dispatch.name(), state()));
    }
    try {
      perform();
    } catch (RuntimeException | Error failure) {
      throw failure;
    } catch (Throwable failure) {
      throw new CompletionException(failure);
    } finally {
      forget();
    }
  }

  /** Who takes the mark away is the only one who runs it. */
  private boolean takeReturned() {
    for (int seen = word; (seen & RETURNED) != 0; seen = word) {
      if (WORD.compareAndSet(this, seen, seen & ~RETURNED)) {
        return true;
      }
    }
    return false;
  }

  // ---- Transitions

  State state() {
    return STATES[word & STATE];
  }

  boolean is(State state) {
    return (word & STATE) == state.ordinal();
  }

  boolean isQueued() {
    return (word & STATE) == State.QUEUED.ordinal();
  }

  private boolean tryBecome(int seen, State next) {
    return tryBecome(seen, next, seen);
  }

  private boolean tryBecome(int marks, State next, int seen) {
    return WORD.compareAndSet(this, seen, (marks & ~STATE) | next.ordinal());
  }

  private void become(State next, int marks) {
    int seen = word;
    if (!STATES[seen & STATE].mayBecome(next)
        || !WORD.compareAndSet(this, seen, (seen & ~STATE) | next.ordinal() | marks)) {
      throw new IllegalStateException("A task cannot go from " + state() + " to " + next + ".");
    }
  }

  void awaitPlace() {
    become(State.WAITING, 0);
  }

  /** The acceptances to complete outside of the lock, as far as anyone has asked for them. */
  List<Promise<Void>> enqueue() {
    int seen = word;
    if ((seen & STATE) == State.NEW.ordinal()) {
      // Nobody else sees it before it stands in its slot.
      WORD.set(this, (seen & ~STATE) | State.QUEUED.ordinal() | HAD_PLACE);
      return List.of();
    }
    become(State.QUEUED, HAD_PLACE);
    return takeAcceptances();
  }

  private List<Promise<Void>> takeAcceptances() {
    Extras present = extras;
    if (present == null || present.acceptances == null) {
      return List.of();
    }
    List<Promise<Void>> taken = present.acceptances;
    present.acceptances = null;
    return taken;
  }

  /** The submitter runs it. */
  void start() {
    become(State.RUNNING, HAD_PLACE);
  }

  /** A worker that finds it queued claims it. */
  boolean tryStart() {
    int seen = word;
    return (seen & STATE) == State.QUEUED.ordinal() && tryBecome(seen, State.RUNNING);
  }

  /** The acceptances to cancel outside of the lock, as far as anyone waits for them. */
  List<Promise<Void>> withdraw() {
    return withdraw(/* cancels= */ false);
  }

  /**
   * As {@link #withdraw()}.
   *
   * @param cancels whether that decides the result, too: it is cancelled
   */
  List<Promise<Void>> withdraw(boolean cancels) {
    become(State.WITHDRAWN, cancels ? CANCELLED : 0);
    return takeAcceptances();
  }

  /** It seemed to be in the queue, but the queue was closed; nobody else has seen it. */
  void becomeNewAgain() {
    WORD.set(this, (word & ~STATE & ~HAD_PLACE) | State.NEW.ordinal());
  }

  /** Whether it is an element of a map that was accepted before. */
  boolean isElement() {
    return (word & ELEMENT) != 0;
  }

  /** Whoever finds it queued takes care that it never runs, and decides its result later. */
  boolean tryWithdraw() {
    return tryWithdraw(/* cancels= */ false);
  }

  /**
   * Whoever finds it queued takes care that it never runs.
   *
   * @param cancels whether that decides the result, too: it is cancelled
   */
  boolean tryWithdraw(boolean cancels) {
    int seen = word;
    return (seen & STATE) == State.QUEUED.ordinal()
        && tryBecome(cancels ? seen | CANCELLED : seen, State.WITHDRAWN, seen);
  }

  /** Whoever finds it running decides its result, which is not that it is cancelled. */
  boolean tryDecideExternally() {
    return tryDecideExternally(/* cancels= */ false);
  }

  /**
   * Whoever finds it running decides its result.
   *
   * @param cancels whether it is cancelled
   */
  boolean tryDecideExternally(boolean cancels) {
    for (int seen = word; (seen & STATE) == State.RUNNING.ordinal(); seen = word) {
      if (tryBecome(cancels ? seen | CANCELLED : seen, State.DECIDED, seen)) {
        return true;
      }
    }
    return false;
  }

  /**
   * It has run; waits for interrupts underway.
   *
   * @return whether its own result counts
   */
  boolean end() {
    int running = word;
    if ((running & (STATE | INTERRUPT_UNDERWAY)) == State.RUNNING.ordinal()) {
      if ((running & EXECUTED) != 0) {
        // Nobody has its future, so nobody can be ahead.
        WORD.setRelease(this, (running & ~STATE) | State.ENDED.ordinal());
        return true;
      }
      if (tryBecome(running, State.ENDED)) {
        return true;
      }
    }
    while (true) {
      int seen = word;
      State now = STATES[seen & STATE];
      if (!now.mayBecome(State.ENDED)) {
        throw new IllegalStateException("A task cannot go from " + now + " to ENDED.");
      }
      if ((seen & INTERRUPT_UNDERWAY) != 0) {
        Thread.yield();
      } else if (tryBecome(seen, State.ENDED)) {
        return now == State.RUNNING;
      }
    }
  }

  /** Keeps it from ending until {@link #interruptSent}; no if it does not run. */
  boolean tryHoldForInterrupt() {
    while (true) {
      int seen = word;
      int state = seen & STATE;
      if (state != State.RUNNING.ordinal() && state != State.DECIDED.ordinal()) {
        return false;
      }
      if ((seen & INTERRUPT_UNDERWAY) != 0) {
        Thread.yield();
      } else if (WORD.compareAndSet(this, seen, seen | INTERRUPT_UNDERWAY)) {
        return true;
      }
    }
  }

  void interruptSent() {
    int seen;
    do {
      seen = word;
    } while (!WORD.compareAndSet(this, seen, (seen & ~INTERRUPT_UNDERWAY) | INTERRUPTED));
  }

  /** Whether the pool has interrupted it; for the thread that ran it, once it has ended. */
  boolean wasInterrupted() {
    return (word & INTERRUPTED) != 0;
  }

  /** Whether an interrupt that is meant for this task is on its way or has been sent. */
  boolean isInterrupted() {
    return (word & (INTERRUPT_UNDERWAY | INTERRUPTED)) != 0;
  }

  /** Reads it, for nothing but to have read it. */
  void touch() {
    WORD.getOpaque(this);
  }

  // ---- What it carries

  /** Notes when it came, before others see it. */
  void stamp(long nowNanos) {
    int seen = word;
    if ((seen & STAMPED) == 0) {
      submittedNanos = nowNanos;
      WORD.set(this, seen | STAMPED);
    }
  }

  /** Notes when it came, which was before it was an object of its own. */
  void cameAt(long nanos) {
    submittedNanos = nanos;
    WORD.set(this, word | STAMPED);
  }

  boolean isStamped() {
    return (word & STAMPED) != 0;
  }

  /** When it came, if it is stamped. */
  long submittedNanos() {
    return submittedNanos;
  }

  /** How long it may be queued; zero if there is no limit. */
  long maxQueueNanos() {
    Extras present = extras;
    return present == null ? 0 : present.maxQueueNanos;
  }

  /** The phase that counts it; under the pool's lock. */
  DrainTracker.@Nullable Phase phase() {
    Extras present = extras;
    return present == null ? null : present.phase;
  }

  void phase(DrainTracker.@Nullable Phase counting) {
    extras().phase = counting;
  }

  /** Whether the thread that ran it has to look whether a phase counts it. */
  boolean hasExtras() {
    return extras != null;
  }

  /** Whether it has been accepted; this stays so. */
  boolean hadPlace() {
    return (word & HAD_PLACE) != 0;
  }

  /** A future of the caller's own that follows the acceptance of this task; under the lock. */
  CompletableFuture<Void> acceptance() {
    if (hadPlace()) {
      return CompletableFuture.completedFuture(null);
    }
    Promise<Void> own = new Promise<>();
    if (is(State.WITHDRAWN)) {
      own.cancel(false);
      return own;
    }
    Extras present = extras();
    List<Promise<Void>> acceptances = present.acceptances;
    if (acceptances == null) {
      acceptances = new ArrayList<>(1);
      present.acceptances = acceptances;
    }
    acceptances.add(own);
    own.whenGivenUp(() -> dispatch.forgetAcceptance(this, own));
    return own;
  }

  /** Nobody waits for it any more; under the lock. */
  void forgetAcceptance(Promise<Void> acceptance) {
    Extras present = extras;
    if (present != null && present.acceptances != null) {
      present.acceptances.remove(acceptance);
    }
  }

  /** The exception that has been decided for a task that will not run; under the lock. */
  void verdict(Throwable failure) {
    extras().verdict = failure;
  }

  @Nullable Throwable verdict() {
    Extras present = extras;
    return present == null ? null : present.verdict;
  }

  /**
   * Notes what its run came to, so that others can complete the future while listeners are told.
   */
  void note(@Nullable Object value, @Nullable Throwable thrown) {
    work = new RunResult(value, thrown);
  }

  // ---- Its run, on the thread that runs it

  /**
   * Takes the context that its decorator has captured, for whoever decides what becomes of it; null
   * if there is none.
   */
  @Nullable TaskContext takeContext() {
    Extras present = extras;
    if (present == null) {
      return null;
    }
    TaskContext taken = present.context;
    present.context = null;
    return taken;
  }

  /** Its decorator has not run it: it fails by this, and its code does not run. */
  void failInsteadOfRunning(Throwable cause) {
    extras().failure = cause;
  }

  /** Runs the user's code. Returns what it returned or throws what it threw. */
  @Nullable Object perform() throws Throwable {
    Extras present = extras;
    if (present != null && present.failure != null) {
      throw present.failure;
    }
    return call();
  }

  private @Nullable Object call() throws Exception {
    Object code = work;
    if (code == null) {
      throw new IllegalStateException("The code of this task is gone.");
    }
    if ((word & RUNNABLE) == 0) {
      return ((Callable<?>) code).call();
    }
    if (code instanceof WithResult withResult) {
      withResult.code.run();
      return withResult.result;
    }
    ((Runnable) code).run();
    return null;
  }

  /** Completes the future with what the run came to; runs dependants. */
  @SuppressWarnings("unchecked")
  boolean deliver(@Nullable Object value, @Nullable Throwable thrown) {
    if (thrown != null) {
      return super.completeExceptionally(asThrown(thrown));
    }
    return (word & EXECUTED) == 0 && super.complete((T) value);
  }

  /** Fails a task that could not be run. */
  void fail(Throwable cause) {
    super.completeExceptionally(asThrown(cause));
  }

  private Throwable asThrown(Throwable thrown) {
    return Deliverable.of(thrown, getNumberOfDependents() > 0);
  }

  boolean reportsFailures() {
    return (word & EXECUTED) != 0;
  }

  /** What the user submitted. */
  Object submitted() {
    Object code = work;
    if (code instanceof WithResult withResult) {
      return withResult.code;
    }
    return code == null ? this : code;
  }

  /**
   * What shutdownNow returns for it: the caller's own Runnable if it was executed, and otherwise
   * this, which keeps its code until it is run. For the thread that has withdrawn it, before its
   * future is completed.
   */
  Runnable returned() {
    if ((word & EXECUTED) != 0 && work instanceof Runnable own) {
      return own;
    }
    WORD.getAndBitwiseOr(this, RETURNED);
    return this;
  }

  /** Lets go of the user's code: the future may be kept much longer. */
  void forget() {
    if ((word & RETURNED) != 0) {
      return;
    }
    work = null;
    Extras present = extras;
    if (present != null) {
      present.context = null;
    }
  }
}
