package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Time;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One place of a pool, and the life of the connection that takes it.
 *
 * <p>Two may act on it at a time: the holder of the pool's lock, and a caller who goes through the
 * open {@link LeaseGate} without it. What they contend for is one word: the state, a mark, and the
 * epoch of the last ownership.
 */
final class Slot<T> extends SlotSpacing {

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
   *   first, and from there to HELD (passed) or CLOSING (retire).
   *
   *   from      to        method      by                                            ordering
   *   CREATING  HELD      made        the creation that has made the connection     lock
   *   CREATING  GONE      vacate      the creation that failed, or was given up     lock
   *   CREATING  PROVING   prove       the creation, if its connection must be       lock
   *                                   checked before it belongs to the pool
   *   PROVING   HELD      passed      the first check                               lock, store
   *   PROVING   CLOSING   retire      the first check, or a stop                    lock, store
   *   IDLE      IN_USE    take        a caller at the open gate; unmarked only      CAS
   *   IN_USE    IDLE      putBack     its lease, at the open gate; unmarked only    CAS
   *   IDLE      HELD      hold        who holds the lock                            lock, CAS
   *   IN_USE    HELD      giveBack    the lease of this epoch, under the lock       lock, CAS
   *   IDLE      HELD      seize       a reclaim, or a stop that waits no longer     lock, CAS
   *   IN_USE    HELD      seize       a reclaim, or a stop that waits no longer     lock, CAS
   *   HELD      IDLE      offer       who holds the lock                            lock, store
   *   HELD      IN_USE    lease       who holds the lock, for a caller              lock, store
   *   HELD      CHECKING  beginCheck  who holds the lock                            lock, store
   *   HELD      CLOSING   retire      who holds the lock                            lock, store
   *   CHECKING  HELD      passed      the check that this slot waits for            lock, store
   *   CHECKING  HELD      hookDone    the hook that this slot waits for             lock, store
   *   CHECKING  CLOSING   retire      the check, or a stop                          lock, store
   *   CLOSING   GONE      vacate      the cleaner, when it has returned             lock, store
   *
   * The mark is set on IDLE and IN_USE by the holder of the lock (CAS), and goes with the state.
   *
   * S1  A connection has at most one owner: out of IDLE only take and hold lead, each with a CAS on
   *     the word that was seen, and the epoch never comes back. HELD is left within the same hold of
   *     the lock, so nobody else ever sees it.
   * S2  The cleaner runs once: only retire leads to it, and nothing leads back from CLOSING.
   * S3  Who has become an owner holds the epoch of that moment, together with the state. Each
   *     beginning of an ownership raises the epoch and each end leaves its state, so a stale lease,
   *     or a check that was given up, owns nothing, and cannot do so again.
   * S4  Who finds a mark decides under the lock. So whatever is to be decided about a connection (too
   *     old, suspect, one too many, evicted) needs no look at the open gate: it sets the mark.
   * S5  All of the word's accesses are volatile: what an owner has done to the connection and to the
   *     slot's fields is seen by the next one; and the gate's argument rests on their total order.
   */
  enum State {
    /** Its connection is being made. */
    CREATING,
    /** Its connection has been created and passes its first check: it is not the pool's yet. */
    PROVING,
    /** Its connection is being checked. */
    CHECKING,
    /** Its connection is leased. */
    IN_USE,
    /** What becomes of its connection is being decided by the holder of the lock. */
    HELD,
    /** Its connection waits to be leased. */
    IDLE,
    /** Its connection is being closed. */
    CLOSING,
    /** It is no place any more. */
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

  /** What {@link #take} and {@link #giveBack} say if they came too late. */
  static final long LOST = -1;

  private static final int STATE_BITS = 7;
  private static final int MARK = 8;
  private static final int EPOCH_SHIFT = 4;

  private static final VarHandle WORD;

  static {
    try {
      WORD = MethodHandles.lookup().findVarHandle(Slot.class, "word", long.class);
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

    /** The slot is held that was contended. */
    void hasHeld(Slot<T> slot);
  }

  private final Table<T> slots;

  /** From the lowest bit: three of the state, one of the mark, the epoch. */
  private volatile long word = State.CREATING.ordinal();

  private @Nullable T connection;

  // Written by the owner, or by the holder of the lock who holds the slot; a stale reading harms
  // nobody.

  /** The number of the thread that leased it last: the thread itself would be kept from its end. */
  long leasedBy;

  /** The name of that thread, if leases are watched. */
  @Nullable String leasedByName;

  boolean leasedAsync;
  long leasedNanos;

  /** When its last lease ended, or when it was created. Says nothing about its health. */
  long usedNanos;

  /** When it was created, or passed its last check: nothing else proves that it is fit. */
  long provenNanos;

  @Nullable Throwable acquiredAt;
  @Nullable Reference<?> watch;

  /** The epoch to which the three notes on the lease belong. */
  private volatile long notedEpoch;

  /** When it was offered, among those offered under the lock; zero if it was put back since. */
  long offered;

  /** Where it stands in the row that the gate looks along. */
  int place;

  // Guarded by the pool's lock.

  /** Whose connection it is. */
  Tenant<?> tenant;

  private Arguments madeWith;

  /** What its last release said; null, if that said nothing. */
  private @Nullable Wanted releasedWith;

  /** Whether there was no memory to start its first check. */
  boolean isLeftOver;

  /** Whether its connection is made for the pool itself, and not for a caller. */
  boolean upkeep;

  /** Of which generation it is. */
  long generation;

  /** Whether its creation has taken too long, and when it is given up then. */
  boolean overdue;

  /** Whether it is overdue because its time is over, and not because the pool stops. */
  boolean timedOut;

  /** Whether it has taken so long that its place may be given to another. */
  boolean hopeless;

  Time.@Nullable Timer giveUp;

  /** Set if nobody looks at the clock when this is leased: when its life is over. */
  Time.@Nullable Timer lifeOver;

  /** Whether the clocks have jumped since it was last known to be fit. */
  boolean suspect;

  /** Whether a check has found another one dead since this was last proven: it may be dead, too. */
  boolean doubtful;

  /**
   * Whether it must be checked before its next lease, but is probably fit: a use of it failed, its
   * user doubts it, another user found theirs broken, or it was in use when a check was due.
   */
  boolean unproven;

  /** Whether a use of it failed in a way that only a broken connection fails. */
  boolean broken;

  /** Whether it was so when its check began. */
  boolean checkedInDoubt;

  /** Whether it is CHECKING only until its reset after a lease is over. */
  boolean resetting;

  /** Whether it is CHECKING because a hook acts on it, which proves nothing. */
  private boolean inHook;

  /** How many leases there had been when it was last prepared for one. */
  private long preparedAtUses = -1;

  /** Whether it has ever been prepared for a lease. */
  private boolean hasBeenPrepared;

  /** Completes after the check in the background that it stands in line for. */
  @Nullable CompletableFuture<Void> awaitedCheck;

  long bornNanos;
  long lifeNanos;

  /** Whether it has passed a check. */
  private boolean hasPassed;

  /** The epoch of the last check that it has passed, if it has passed one. */
  private long provenEpoch = LOST;

  /** Whether a caller has asked for it who did not wait for its check, since its last lease. */
  private long wantedSinceUses = -1;

  /** Whether no one looks at the clock when it is leased, and its life is soon over. */
  boolean aging;

  /** How many of its epochs were checks. */
  private long checks;

  /** The last epoch whose lease was reported as leaked. */
  private long reportedEpoch;

  /** The last epoch whose end is known to the maintenance: its time is in usedNanos. */
  private long sweptEpoch;

  Slot(Table<T> slots, Wanted wanted) {
    this.slots = slots;
    this.tenant = wanted.tenant();
    this.madeWith = wanted.arguments();
  }

  // ---- Readings, for anyone

  State state() {
    return stateOf(word);
  }

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

  /** How many leases there have been, the one that is out included. */
  long uses() {
    return usesAt(word);
  }

  /** As {@link #uses}, when {@link #steps} was this. */
  long usesAt(long steps) {
    return (steps >>> EPOCH_SHIFT) - checks;
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

  /** Notes on the lease of this epoch, by its owner, for the report of a leak. */
  void note(long epoch, long nowNanos, @Nullable Throwable stack, @Nullable String threadName) {
    leasedNanos = nowNanos;
    acquiredAt = stack;
    leasedByName = threadName;
    notedEpoch = epoch;
  }

  /** Notes the end of a lease, by its owner. */
  void noteEnd(long nowNanos) {
    usedNanos = nowNanos;
    offered = 0;
    // A stack leads to the classes of its methods, and so to their class loader.
    acquiredAt = null;
    leasedByName = null;
  }

  // ---- Under the lock

  /** What its cleaner gets. */
  Arguments arguments() {
    return releasedWith == null ? madeWith : releasedWith.arguments();
  }

  /** What the one that takes its place is to be made with. */
  Wanted successor() {
    return releasedWith == null ? new Wanted(madeWith, tenant) : releasedWith;
  }

  /** The name of the thread that leased it. */
  String leasedBy() {
    String name = leasedByName;
    return name == null ? "" : name;
  }

  /** Sees to it that the next step from IDLE or IN_USE is taken under the lock. */
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

  /** Its connection has been created, and is the pool's. */
  void made(T made, long nowNanos) {
    become(State.HELD, epoch(), 0);
    born(made, nowNanos);
  }

  /** Its connection has been created, and is the pool's once it has passed a check. */
  void prove(T made, long nowNanos) {
    become(State.PROVING, epoch() + 1, 0);
    checks++;
    born(made, nowNanos);
  }

  private void born(T made, long nowNanos) {
    disarm();
    connection = made;
    bornNanos = nowNanos;
    provenNanos = nowNanos;
    usedNanos = nowNanos;
  }

  /** Takes an idle slot out of the reach of others, until this hold of the lock decides on it. */
  boolean hold() {
    for (long seen = word; stateOf(seen) == State.IDLE; seen = word) {
      if (holdAsSeen(seen)) {
        return true;
      }
    }
    return false;
  }

  /** As {@link #hold}, and from any lease, too. */
  boolean seize() {
    for (long seen = word; isContended(seen); seen = word) {
      if (holdAsSeen(seen)) {
        return true;
      }
    }
    return false;
  }

  /** As {@link #hold}, from the lease of this epoch, if it is still out. */
  boolean seize(long epoch) {
    for (long seen = word; isOwnedBy(epoch, State.IN_USE); seen = word) {
      if (seen >>> EPOCH_SHIFT == epoch && holdAsSeen(seen)) {
        return true;
      }
    }
    return false;
  }

  /** Its last lease does not count, because nobody has had it. */
  void wasUnused() {
    checks++;
  }

  private boolean holdAsSeen(long seen) {
    boolean held = WORD.compareAndSet(this, seen, wordOf(seen >>> EPOCH_SHIFT, State.HELD, 0));
    if (held) {
      slots.hasHeld(this);
    }
    return held;
  }

  /** Ends the lease of this epoch, if it is still out. */
  boolean giveBack(long epoch, @Nullable Wanted with, long nowNanos) {
    if (!seize(epoch)) {
      return false;
    }
    releasedWith = with;
    usedNanos = nowNanos;
    sweptEpoch = epoch;
    acquiredAt = null;
    leasedByName = null;
    watch = null;
    return true;
  }

  /** Puts it up for lease; to whom has to look at it first, if it is in doubt. */
  void offer() {
    boolean inDoubt = suspect || doubtful || unproven || aging || releasedWith != null;
    become(State.IDLE, epoch(), inDoubt ? MARK : 0);
  }

  /**
   * Begins an ownership.
   *
   * @param marked whether its end has to be decided under the lock, or noted with the time
   */
  long lease(long nowNanos, boolean marked) {
    long epoch = nextEpoch();
    become(State.IN_USE, epoch, marked ? MARK : 0);
    releasedWith = null;
    leasedNanos = nowNanos;
    return epoch;
  }

  /** The epoch of the ownership that begins next. */
  long nextEpoch() {
    return epoch() + 1;
  }

  /** Begins an ownership. */
  long beginCheck() {
    checkedInDoubt = doubtful;
    long epoch = epoch() + 1;
    become(State.CHECKING, epoch, 0);
    checks++;
    return epoch;
  }

  /**
   * It has passed a check.
   *
   * @return whether it was the first one
   */
  boolean passed(long nowNanos) {
    become(State.HELD, epoch(), 0);
    provenNanos = nowNanos;
    suspect = false;
    doubtful = false;
    unproven = false;
    provenEpoch = epoch();
    boolean first = !hasPassed;
    hasPassed = true;
    return first;
  }

  /**
   * Begins an ownership: a hook acts on the connection. It neither proves anything nor uses up a
   * proof.
   *
   * @param isReset whether it is the reset after a lease
   */
  long beginHook(boolean isReset) {
    boolean proofWasUnused = isProofUnused();
    resetting = isReset;
    long epoch = beginCheck();
    if (proofWasUnused) {
      provenEpoch = epoch;
    }
    inHook = true;
    return epoch;
  }

  /**
   * The hook is over: what it had to do is done, but nothing is proven. Also for a check or a hook
   * that could not be started.
   */
  void hookDone() {
    become(State.HELD, epoch(), 0);
  }

  /**
   * It has been prepared for its next lease.
   *
   * @return whether for the first time
   */
  boolean prepared() {
    preparedAtUses = uses();
    boolean isFirst = !hasBeenPrepared;
    hasBeenPrepared = true;
    return isFirst;
  }

  /** Whether it has been prepared for a lease, and has not been leased since. */
  boolean isPrepared() {
    return preparedAtUses == uses();
  }

  /**
   * Sees to it that a doubt about it is looked at before its next lease.
   *
   * @return false if that need not be: it is being checked, or closed
   */
  boolean takesDoubt() {
    mark();
    return isMarked() || inHook;
  }

  void retire() {
    become(State.CLOSING, epoch(), 0);
    disarm();
  }

  void vacate() {
    Tenant<?> nameless = tenant.nameless();
    become(State.GONE, epoch(), 0);
    disarm();
    connection = null;
    // A lease that its user keeps must not keep what may be passwords.
    madeWith = Arguments.none();
    releasedWith = null;
    tenant = nameless;
    acquiredAt = null;
    leasedByName = null;
    watch = null;
  }

  /** Whether it has passed a check, and has not been leased since. */
  boolean isProofUnused() {
    return epoch() == provenEpoch;
  }

  /** A caller asks for it who does not wait for its check. */
  void want() {
    wantedSinceUses = uses();
  }

  /** Whether such a caller has asked, and it has not been leased since. */
  boolean isWanted() {
    return wantedSinceUses == uses();
  }

  /** Whether what is noted belongs to the lease of this epoch, and not to one before. */
  boolean isNoted(long epoch) {
    return notedEpoch == epoch;
  }

  /** Whether the lease of this epoch has not been reported as leaked before; now it has. */
  boolean reportOnce(long epoch) {
    boolean first = reportedEpoch != epoch;
    reportedEpoch = epoch;
    return first;
  }

  /**
   * Whoever leases without looking at the clock leaves it to the maintenance to find out when a
   * connection was used: between the last look and this one, so it counts as used now.
   */
  void sweep(long nowNanos) {
    long seen = word;
    long epoch = seen >>> EPOCH_SHIFT;
    if (stateOf(seen) == State.IDLE && sweptEpoch != epoch) {
      sweptEpoch = epoch;
      usedNanos = nowNanos;
    }
  }

  private void disarm() {
    Time.cancel(giveUp);
    Time.cancel(lifeOver);
  }
}

/**
 * What stands before the fields of a slot, and so between the words of two: else what the users of
 * one only read would be fetched anew after each step on its neighbour. The JVM keeps the fields of
 * a superclass before a subclass's, and processors fetch lines in pairs.
 */
@SuppressWarnings("UnusedVariable")
abstract class SlotSpacing {
  private long before1, before2, before3, before4, before5, before6, before7, before8;
  private long before9, before10, before11, before12, before13, before14, before15;
}
