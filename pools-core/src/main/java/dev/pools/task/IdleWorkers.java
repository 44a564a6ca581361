package dev.pools.task;

import dev.pools.internal.PaddedLong;
import dev.pools.internal.StackRoom;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Which workers are free, and which of these wait to be called: two bits for each worker. So a
 * submitter finds an idle worker and claims it in one atomic step, without a lock.
 *
 * <p>The idle worker with the lowest number is called first, so that workers that are not needed
 * stay idle and may leave.
 */
final class IdleWorkers {

  /*
   *   hire            rest             claim, resume
   *   ─────▶ FREE ──────────▶ IDLE ──────────────────╮
   *          │ ▲ ◀───────────────────────────────────╯
   *    begin │ │ end
   *          ▼ │
   *          BUSY            FREE, BUSY ── leave ──▶ (gone)
   *
   *   from        to      method   by                                       how
   *   (gone)      FREE    hire     the thread that plans a new worker       under the pool's lock
   *   FREE        IDLE    rest     itself: it has found no task             sets its bit
   *   IDLE        FREE    claim    a thread with a task, or with news       clears its bit; must signal it
   *   IDLE        FREE    resume   itself: it has seen a task come, and     clears its bit
   *                                has one thread for all its life
   *   FREE        BUSY    begin    itself: it has taken a task              clears its other bit
   *   BUSY        FREE    end      itself: it has found none after that     sets its other bit
   *   FREE, BUSY  (gone)  leave    itself, or the thread that lost it       under the pool's lock
   *
   * R1  An idle worker is called once: only the thread that clears its bit may call it, and must.
   * R2  A submitted task is seen. The submitter puts it into the queue and then looks at the bits; a
   *     worker that rests sets its bit and then looks into the queue. In the total order of these
   *     accesses, which are all volatile, one of them comes second and sees the other.
   * R3  While a worker is underway, no other need be called for a task: a worker that was called
   *     arrives, and looks into the queue after that. A thread that announces a worker and then finds
   *     none takes the announcement back and looks at the bits again: others may have relied on it.
   */

  private static final int GROUP = Long.SIZE;

  /** Workers of neighbouring numbers. */
  private static final class Group {
    final PaddedLong idle = new PaddedLong(0);
    final PaddedLong free = new PaddedLong(0);

    // Written under the pool's lock, before the bits of that worker are.
    final @Nullable Worker[] members = new Worker[GROUP];
  }

  /** How many have been called and have not arrived. */
  private final PaddedLong underway = new PaddedLong(0);

  // Replaced by a longer one, with the same groups, under the pool's lock.
  private volatile Group[] groups = {new Group()};

  private Group groupOf(Worker worker) {
    return groups[(worker.counters.number - 1) / GROUP];
  }

  private static long bitOf(Worker worker) {
    return 1L << (worker.counters.number - 1);
  }

  private static boolean clear(PaddedLong bits, long bit) {
    return (bits.getAndBitwiseAnd(~bit) & bit) != 0;
  }

  // ---- Under the pool's lock

  /** After this, {@link #hire} needs no memory. */
  void makeRoom(Worker worker) {
    int group = (worker.counters.number - 1) / GROUP;
    Group[] all = groups;
    if (group >= all.length) {
      Group[] more = Arrays.copyOf(all, group + 1);
      for (int i = all.length; i < more.length; i++) {
        more[i] = new Group();
      }
      groups = more;
    }
  }

  void hire(Worker worker) {
    makeRoom(worker);
    Group own = groupOf(worker);
    own.members[(worker.counters.number - 1) % GROUP] = worker;
    own.free.getAndBitwiseOr(bitOf(worker));
  }

  /** It is not idle; whether it was free. */
  boolean leave(Worker worker) {
    return clear(groupOf(worker).free, bitOf(worker));
  }

  // ---- By the worker itself

  /** It looks into the queue again after this, and resumes if there is something. */
  void rest(Worker worker) {
    groupOf(worker).idle.getAndBitwiseOr(bitOf(worker));
  }

  /** Whether it is idle no more; if not, it has been claimed, and is about to be signalled. */
  boolean resume(Worker worker) {
    return clear(groupOf(worker).idle, bitOf(worker));
  }

  /**
   * It has been called and is here; it looks into the queue after this. The count never falls below
   * zero: of a lost worker it is not known whether it was called.
   */
  void arrive() {
    long seen = underway.get();
    while (seen > 0 && !underway.compareAndSet(seen, seen - 1)) {
      seen = underway.get();
    }
  }

  void begin(Worker worker) {
    clear(groupOf(worker).free, bitOf(worker));
  }

  void end(Worker worker) {
    groupOf(worker).free.getAndBitwiseOr(bitOf(worker));
  }

  // ---- By any thread

  boolean hasIdle() {
    Group[] all = groups;
    return all[0].idle.get() != 0 || (all.length > 1 && hasIdleBeyond(all));
  }

  private static boolean hasIdleBeyond(Group[] all) {
    for (int i = 1; i < all.length; i++) {
      if (all[i].idle.get() != 0) {
        return true;
      }
    }
    return false;
  }

  /** Whether an idle worker should be called for a task that has come. */
  boolean canCall() {
    return hasIdle() && noneUnderway();
  }

  /** Whether no worker is underway. */
  boolean noneUnderway() {
    return underway.get() == 0;
  }

  /** Claims an idle worker for a task that has come, unless one is underway already. */
  @Nullable Worker claimForTask() {
    while (canCall()) {
      // A worker that has been claimed must be called.
      StackRoom.ensure();
      if (!underway.compareAndSet(0, 1)) {
        return null;
      }
      Worker claimed = claim();
      if (claimed != null) {
        return claimed;
      }
      underway.getAndAdd(-1);
    }
    return null;
  }

  /** Claims any that is idle, to be told that something has changed. */
  @Nullable Worker claimAny() {
    if (!hasIdle()) {
      return null;
    }
    StackRoom.ensure();
    Worker claimed = claim();
    if (claimed != null) {
      underway.getAndAdd(1);
    }
    return claimed;
  }

  /** Claims this one, if it is idle. */
  boolean claim(Worker worker) {
    boolean claimed = resume(worker);
    if (claimed) {
      underway.getAndAdd(1);
    }
    return claimed;
  }

  private @Nullable Worker claim() {
    for (Group group : groups) {
      for (long idle = group.idle.get(); idle != 0; idle = group.idle.get()) {
        long bit = Long.lowestOneBit(idle);
        if (clear(group.idle, bit)) {
          return group.members[Long.numberOfTrailingZeros(bit)];
        }
      }
    }
    return null;
  }

  /**
   * The worker whose thread the current one is; null if there is none. Without the lock: what hired
   * the worker happens before its thread runs. It looks at all workers that there are.
   */
  @Nullable Worker ofCurrentThread() {
    Thread current = Thread.currentThread();
    for (Group group : groups) {
      for (Worker member : group.members) {
        if (member != null && member.thread() == current) {
          return member;
        }
      }
    }
    return null;
  }

  /** How many are idle. */
  int idle() {
    int count = 0;
    for (Group group : groups) {
      count += Long.bitCount(group.idle.get());
    }
    return count;
  }

  /** Whether the worker of this number is idle. */
  boolean isIdle(int number) {
    return isSet(number, true);
  }

  /** Whether the worker of this number will come for a task by itself, or is idle. */
  boolean isFree(int number) {
    return isSet(number, false);
  }

  private boolean isSet(int number, boolean idle) {
    Group[] all = groups;
    int index = (number - 1) / GROUP;
    if (index >= all.length) {
      return false;
    }
    PaddedLong bits = idle ? all[index].idle : all[index].free;
    return (bits.get() & 1L << (number - 1)) != 0;
  }

  /** Whether this one will come for a task by itself, or is idle. */
  boolean isFree(Worker worker) {
    return (groupOf(worker).free.get() & bitOf(worker)) != 0;
  }

  /** How many will come for a task by themselves, or are idle. */
  int free() {
    int count = 0;
    for (Group group : groups) {
      count += Long.bitCount(group.free.get());
    }
    return count;
  }

  /** The idle worker with the highest number below that one; null if there is none. */
  @Nullable Worker idleBelow(int number) {
    Group[] all = groups;
    for (int below = Math.min(number - 1, all.length * GROUP); below > 0; below--) {
      int index = (below - 1) % GROUP;
      Group group = all[(below - 1) / GROUP];
      long lower = group.idle.get() << (GROUP - 1 - index);
      if (lower == 0) {
        below -= index;
      } else {
        int found = index - Long.numberOfLeadingZeros(lower);
        return group.members[found];
      }
    }
    return null;
  }
}
