package dev.pools.connection;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.jspecify.annotations.Nullable;

/**
 * One place of a pool, and the life of the connection that takes it.
 *
 * <p>Two threads may act on it at a time: the holder of the pool's lock, and a caller that goes
 * through the open {@link LeaseGate} without it. They contend for one word: the state, a mark, and
 * the epoch of the last ownership. This class is that state machine; {@link SlotNotes} has the
 * rest.
 */
final class Slot<T> extends SlotNotes {

  /*
   *               made            take (CAS), lease
   *   CREATING ──────▶ HELD      IDLE ──────────▶ IN_USE
   *      │            ▲ │ │ ▲    │  ▲              │  │
   *      │     passed │ │ │ ╰────╯  ╰── putBack ───╯  │
   *      │            │ │ │ hold, offer               │
   *      │ vacate     │ ▼ │ ◀────── giveBack, seize ──╯
   *      │        CHECKING│ retire
   *      │              ╲ ▼
   *      │              CLOSING
   *      ╰────▶ GONE ◀────╯ vacate
   *
   *   A connection that must pass a check before it belongs to the pool goes from CREATING to PROVING
   *   first, and from there to HELD (passed) or CLOSING (retire). One that could not be prepared goes
   *   from PROVING to CLOSING at once.
   *
   *   from      to        method      by                                            ordering
   *   CREATING  HELD      made        the creation that has delivered               lock
   *   CREATING  GONE      vacate      the creation that failed, or was given up     lock
   *   CREATING  PROVING   prove       the creation, if its connection must be       lock
   *                                   checked before it belongs to the pool
   *   PROVING   HELD      passed      the first check                               lock, store
   *   PROVING   HELD      hookDone    the hook that follows it, if there is one     lock, store
   *   PROVING   CLOSING   retire      the first check, or a stop                    lock, store
   *   IDLE      IN_USE    take        a caller at the open gate; unmarked only      CAS
   *   IN_USE    IDLE      putBack     its lease, at the open gate; unmarked only    CAS
   *   IDLE      HELD      hold        the holder of the lock                        lock, CAS
   *   IN_USE    HELD      giveBack    the lease of this epoch, under the lock       lock, CAS
   *   IDLE      HELD      seize       a reclaim, or a stop that waits no longer     lock, CAS
   *   IN_USE    HELD      seize       a reclaim, or a stop that waits no longer     lock, CAS
   *   HELD      IDLE      offer       the holder of the lock                        lock, store
   *   HELD      IN_USE    lease       the holder of the lock, for a caller          lock, store
   *   HELD      CHECKING  beginCheck  the holder of the lock                        lock, store
   *   HELD      CLOSING   retire      the holder of the lock                        lock, store
   *   CHECKING  HELD      passed      the check that this slot waits for            lock, store
   *   CHECKING  HELD      hookDone    the hook that this slot waits for             lock, store
   *   CHECKING  CLOSING   retire      the check, or a stop                          lock, store
   *   CLOSING   GONE      vacate      the cleaner, when it has returned             lock, store
   *
   * The holder of the lock sets the mark on IDLE and IN_USE (CAS). The next state has no mark.
   *
   * S1  A connection has at most one owner. Only take, hold and seize leave IDLE, each with a CAS on
   *     the word that it has read, and no epoch occurs twice. A slot leaves HELD within the hold of
   *     the lock in which it has become HELD, so no other thread sees it in this state.
   * S2  The cleaner runs once. Only retire leads to CLOSING, and no transition leads back from there.
   * S3  An owner keeps the epoch at which its ownership began. Each beginning of an ownership raises
   *     the epoch, and each end leaves its state. Therefore a stale lease, and a check that was given
   *     up, owns nothing and can never own it again.
   * S4  A caller that finds a mark decides under the lock. Therefore the open gate need not look for
   *     reasons (too old, suspect, superfluous, evicted): the thread that knows one sets the mark.
   * S5  All accesses of the word are volatile. Therefore an owner sees what the owner before it has
   *     done to the connection and to the fields of the slot, and the gate can rely on their order.
   */
  enum State {
    /** Its connection is being created. */
    CREATING,
    /** Its connection is created and in its first check; it does not belong to the pool yet. */
    PROVING,
    /** Its connection is being checked. */
    CHECKING,
    /** Its connection is leased. */
    IN_USE,
    /** The holder of the lock decides what happens to its connection. */
    HELD,
    /** Its connection can be leased. */
    IDLE,
    /** Its connection is being closed. */
    CLOSING,
    /** It is not a place of the pool any more. */
    GONE;

    private static final State[] ALL = values();

    /** Whether the table has a row from this state to the next. */
    boolean mayBecome(State next) {
      return switch (this) {
        case CREATING -> next == HELD || next == PROVING || next == GONE;
        case PROVING, CHECKING -> next == HELD || next == CLOSING;
        case IN_USE -> next == IDLE || next == HELD;
        case HELD -> next == IDLE || next == IN_USE || next == CHECKING || next == CLOSING;
        case IDLE -> next == IN_USE || next == HELD;
        case CLOSING -> next == GONE;
        case GONE -> false;
      };
    }
  }

  /** What {@link #take} returns if another thread was faster. */
  static final long LOST = -1;

  private static final int STATE_BITS = 7;
  private static final int MARK = 8;
  private static final int EPOCH_SHIFT = 4;

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(SlotWord.class, "word", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** What a slot tells the table of all slots. Under the pool's lock. */
  interface Table<T> {

    /**
     * The slot is about to go from one state to another. What the step needs is allocated here, so
     * that a step that fails has changed nothing.
     *
     * @return what {@link #moved} needs
     */
    Slot<T> @Nullable [] beforeMove(Slot<T> slot, State from, State to);

    /** The slot has gone from one state to another. Allocates nothing. */
    void moved(Slot<T> slot, State from, State to, Slot<T> @Nullable [] room);

    /** A slot that was IDLE or IN_USE has become HELD. */
    void hasHeld(Slot<T> slot);
  }

  private final Table<T> slots;

  private @Nullable T connection;

  /** Whether it is CHECKING or PROVING because a hook acts on it, which proves nothing. */
  private boolean inHook;

  Slot(Table<T> slots, ConnectionSpec spec) {
    super(spec);
    this.slots = slots;
  }

  // ---- Readings, for anyone

  State state() {
    return stateOf(word);
  }

  @Override
  long epoch() {
    return word >>> EPOCH_SHIFT;
  }

  /** A number that grows with each step that is taken without the lock. */
  long steps() {
    return word;
  }

  boolean isMarked() {
    return (word & MARK) != 0;
  }

  /** Whether the lease, or the check, of this epoch still owns the connection. */
  boolean isOwnedBy(long ownersEpoch, State asState) {
    long now = word;
    return stateOf(now) == asState && now >>> EPOCH_SHIFT == ownersEpoch;
  }

  private static State stateOf(long word) {
    return State.ALL[(int) word & STATE_BITS];
  }

  private static long wordOf(long epoch, State state, int mark) {
    return epoch << EPOCH_SHIFT | mark | state.ordinal();
  }

  /** Its connection; there is one in each state but the first and the last. */
  T connection() {
    T present = connection;
    if (present == null) {
      throw new IllegalStateException("A slot that is " + state() + " has no connection.");
    }
    return present;
  }

  /** As {@link #connection}, for an owner whose ownership a stop may end at any moment. */
  @Nullable T connectionOrNull() {
    return connection;
  }

  /** As {@link #uses}, when {@link #steps} was this. */
  long usesAtSteps(long steps) {
    return usesAt(steps >>> EPOCH_SHIFT);
  }

  /** As {@link #epoch}, when {@link #steps} was this. */
  static long epochAt(long steps) {
    return steps >>> EPOCH_SHIFT;
  }

  /** Whether it was leased when {@link #steps} was this. */
  static boolean isInUse(long steps) {
    return stateOf(steps) == State.IN_USE;
  }

  // ---- Without the lock

  /**
   * Begins a lease, if it is idle and unmarked.
   *
   * @return its epoch, or {@link #LOST}
   */
  long take() {
    long seen = word;
    if ((seen & (STATE_BITS | MARK)) != State.IDLE.ordinal()) {
      return LOST;
    }
    long epoch = (seen >>> EPOCH_SHIFT) + 1;
    return WORD.compareAndSet(this, seen, wordOf(epoch, State.IN_USE, 0)) ? epoch : LOST;
  }

  /** Ends the lease of this epoch, if it is still out and unmarked. */
  boolean putBack(long epoch) {
    return WORD.compareAndSet(this, wordOf(epoch, State.IN_USE, 0), wordOf(epoch, State.IDLE, 0));
  }

  // ---- Under the lock

  /** Makes the next step from IDLE or IN_USE need the lock. */
  void mark() {
    for (long seen = word; isContended(seen); seen = word) {
      if (WORD.compareAndSet(this, seen, seen | MARK)) {
        return;
      }
    }
  }

  /**
   * As {@link #mark}, only for the lease of this epoch.
   *
   * @return whether it is still out; then its end is decided under the lock
   */
  boolean markLease(long epoch) {
    for (long seen = word; isLease(seen, epoch); seen = word) {
      if (WORD.compareAndSet(this, seen, seen | MARK)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLease(long word, long epoch) {
    return stateOf(word) == State.IN_USE && word >>> EPOCH_SHIFT == epoch;
  }

  private static boolean isContended(long word) {
    State state = stateOf(word);
    return state == State.IDLE || state == State.IN_USE;
  }

  private void become(State next, long epoch, int mark) {
    State before = state();
    if (!before.mayBecome(next)) {
      throw new IllegalStateException("A slot cannot go from " + before + " to " + next + ".");
    }
    Slot<T>[] room = slots.beforeMove(this, before, next);
    word = wordOf(epoch, next, mark);
    inHook = false;
    slots.moved(this, before, next, room);
  }

  /** Its connection is created, and belongs to the pool. */
  void made(T made, long nowNanos) {
    become(State.HELD, epoch(), 0);
    connection = made;
    noteBirth(nowNanos);
  }

  /** Its connection is created, and belongs to the pool when it has passed a check. */
  void prove(T made, long nowNanos) {
    become(State.PROVING, epoch() + 1, 0);
    noteCheck();
    connection = made;
    noteBirth(nowNanos);
  }

  /** Keeps an idle slot from all others until this hold of the lock decides about it. */
  boolean hold() {
    for (long seen = word; stateOf(seen) == State.IDLE; seen = word) {
      if (holdAsSeen(seen)) {
        return true;
      }
    }
    return false;
  }

  /** As {@link #hold}, but also ends any lease. Returns what it was; null if neither. */
  @Nullable State seize() {
    for (long seen = word; isContended(seen); seen = word) {
      if (holdAsSeen(seen)) {
        return stateOf(seen);
      }
    }
    return null;
  }

  /** As {@link #hold}, but ends the lease of this epoch, if it is still out. */
  boolean seize(long epoch) {
    for (long seen = word; isOwnedBy(epoch, State.IN_USE); seen = word) {
      if (seen >>> EPOCH_SHIFT == epoch && holdAsSeen(seen)) {
        return true;
      }
    }
    return false;
  }

  private boolean holdAsSeen(long seen) {
    boolean held = WORD.compareAndSet(this, seen, wordOf(seen >>> EPOCH_SHIFT, State.HELD, 0));
    if (held) {
      slots.hasHeld(this);
    }
    return held;
  }

  /** Ends the lease of this epoch, if it is still out. */
  boolean giveBack(long epoch, @Nullable ConnectionSpec with, long nowNanos) {
    if (!seize(epoch)) {
      return false;
    }
    noteRelease(epoch, with, nowNanos);
    return true;
  }

  /** Makes it available for a lease; with a mark if the lease must be decided under the lock. */
  void offer() {
    become(State.IDLE, epoch(), needsLock() ? MARK : 0);
  }

  /**
   * Begins a lease.
   *
   * @param marked whether its end must be decided under the lock
   */
  long lease(long nowNanos, boolean marked) {
    long epoch = nextEpoch();
    become(State.IN_USE, epoch, marked ? MARK : 0);
    noteLease(nowNanos);
    return epoch;
  }

  /** The epoch of the ownership that begins next. */
  long nextEpoch() {
    return epoch() + 1;
  }

  /** Begins a check. */
  long beginCheck() {
    checkedInDoubt = doubtful;
    long epoch = epoch() + 1;
    become(State.CHECKING, epoch, 0);
    noteCheck();
    return epoch;
  }

  /**
   * It has passed a check.
   *
   * @return whether it was the first one
   */
  boolean passed(long nowNanos) {
    become(State.HELD, epoch(), 0);
    return noteProof(epoch(), nowNanos);
  }

  /**
   * Begins the call of a hook that acts on the connection. It proves nothing, and uses up no proof.
   *
   * @param isReset whether it is the reset after a lease
   */
  long beginHook(boolean isReset) {
    boolean proofWasUnused = isProofUnused();
    noteHook(isReset);
    long epoch = beginCheck();
    if (proofWasUnused) {
      keepProof(epoch);
    }
    inHook = true;
    return epoch;
  }

  /** It has passed its first check, and a hook acts on it before it belongs to the pool. */
  void beginHookInProof(long nowNanos) {
    noteProof(epoch(), nowNanos);
    inHook = true;
  }

  /**
   * The hook has succeeded, which proves nothing. Also for a check or a hook that could not be
   * started.
   */
  void hookDone() {
    become(State.HELD, epoch(), 0);
  }

  /**
   * Makes its next lease look at the doubts about it.
   *
   * @return false if that is not necessary: it is being created, checked or closed
   */
  boolean takesDoubt() {
    mark();
    return isMarked() || inHook;
  }

  /** The clocks have jumped: its next lease comes after a check that begins from now on. */
  void distrust() {
    noteJump();
    mark();
  }

  void retire() {
    become(State.CLOSING, epoch(), 0);
    disarm();
  }

  void vacate() {
    Tenant<?> nameless = tenant.nameless();
    become(State.GONE, epoch(), 0);
    connection = null;
    forgetAll(nameless);
  }

  /** Counts a connection that is idle as used until now, if it was leased since the last call. */
  void sweep(long nowNanos) {
    long seen = word;
    if (stateOf(seen) == State.IDLE) {
      noteIdle(seen >>> EPOCH_SHIFT, nowNanos);
    }
  }
}
