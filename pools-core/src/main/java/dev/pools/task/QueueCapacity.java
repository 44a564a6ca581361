package dev.pools.task;

import dev.pools.internal.PaddedLong;
import dev.pools.internal.Promise;
import dev.pools.internal.StackRoom;
import dev.pools.internal.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The places in a queue with a bound, the tasks that wait for a place, and the callers that wait
 * for a place to be free.
 *
 * <p>A queued task for which a worker is free does not take up a place: the capacity bounds what
 * has to wait. So there is room for the capacity, plus the free workers, less the queued tasks, and
 * it is kept as one number that submitters and takers change without a lock.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>While a task or a caller waits, the number is lowered by {@link #BIAS}. So no new task
 *       finds room, and a thread that gives a place back sees by that very step that another one
 *       waits.
 *   <li>No task and no caller waits while there is room for it: it registers first and looks for
 *       room after that.
 * </ol>
 *
 * <p>Waiting tasks are let in when an eighth of the capacity is free, and then as many as fit.
 * Otherwise, at a full queue, every single take would wake one submitter, which would submit one
 * task and wait again. The tasks lose nothing by it: seven eighths of the capacity stand before
 * them in any case. A task more urgent than the default would lose something, and is let in at
 * once.
 *
 * <p>Without a bound there is always a place, and nothing is counted.
 *
 * <p>Everything but taking and giving back a place is guarded by the pool's lock.
 */
final class QueueCapacity {

  /** A caller that waits for a free place, without a claim on it. */
  static final class SlotWaiter {
    final Promise<Duration> slot = new Promise<>();
    final long sinceNanos;
    volatile Time.@Nullable Timer timer;

    SlotWaiter(long sinceNanos) {
      this.sinceNanos = sinceNanos;
    }

    void cancelTimer() {
      Time.Timer present = timer;
      if (present != null) {
        present.cancel();
      }
    }
  }

  /** More than there can be places. */
  private static final long BIAS = 1L << 40;

  /** This part of the capacity is free before waiting tasks are let in. */
  private static final int BATCH_DIVISOR = 8;

  private final boolean bounded;
  private final PaddedLong room;

  // How much room there must be before a task or a caller that waits is let in. Written under the
  // pool's lock, read by threads that give a place back.
  private volatile int roomWanted = 1;

  // Guarded by the pool's lock.
  private int capacity;
  private int batch;
  private final PriorityLanes line = new PriorityLanes(TaskState.WAITING);
  private final Set<SlotWaiter> slotWaiters = new LinkedHashSet<>();
  private int waiting;
  private boolean biased;

  QueueCapacity(int capacity) {
    this.bounded = capacity != Integer.MAX_VALUE;
    this.capacity = capacity;
    this.batch = batchOf(capacity);
    this.room = new PaddedLong(capacity);
  }

  private static int batchOf(int capacity) {
    return Math.max(1, capacity / BATCH_DIVISOR);
  }

  /** Whether places are counted, so that their number can change. */
  boolean isBounded() {
    return bounded;
  }

  /**
   * Changes the number of places, if they are counted. If there are more tasks than places now, the
   * number of free places is negative until enough of them have been given back.
   */
  void become(int places) {
    if (bounded && places != capacity) {
      room.getAndAdd((long) places - capacity);
      capacity = places;
      batch = batchOf(places);
      bias();
    }
  }

  /** Takes a place if there is one and no task or caller waits. */
  boolean tryTakePlace() {
    while (bounded) {
      long seen = room.get();
      if (seen <= 0) {
        return false;
      }
      // A place that has been taken must reach the queue.
      StackRoom.ensureLittle();
      if (room.compareAndSet(seen, seen - 1)) {
        return true;
      }
    }
    return true;
  }

  /** Takes a place if there is one and no task waits; under the lock. */
  boolean tryTakePlaceInTurn() {
    if (waiting > 0) {
      return false;
    }
    if (!biased) {
      return tryTakePlace();
    }
    if (roomLeft() <= 0) {
      return false;
    }
    room.getAndAdd(-1);
    return true;
  }

  /** Takes the place that the same holder of the lock has just given back, or another's. */
  void takePlaceGivenBack() {
    room.getAndAdd(-1);
  }

  /**
   * Gives back a place: a task has left the queue for a worker that was not free, or a worker is
   * free from now on.
   *
   * @return whether a task or a caller waits that is to be let in
   */
  boolean givePlace() {
    if (!bounded) {
      return false;
    }
    long before = room.getAndAdd(1);
    return before < -BIAS / 2 && before + 1 + BIAS >= roomWanted;
  }

  /** There are more free workers, or fewer, for another reason than that one has taken a task. */
  void countFree(int more) {
    if (bounded) {
      room.getAndAdd(more);
    }
  }

  private long roomLeft() {
    return room.get() + (biased ? BIAS : 0);
  }

  /** Whether a place is free that no task waits for. */
  boolean hasPlace() {
    return !bounded || (waiting == 0 && roomLeft() > 0);
  }

  /** After a change of those that wait: applies the bias or removes it, see invariant 1. */
  private void bias() {
    boolean wanted = waiting > 0 || !slotWaiters.isEmpty();
    int enough = slotWaiters.isEmpty() && !hasUrgentWaiting() ? batch : 1;
    if (enough != roomWanted) {
      roomWanted = enough;
    }
    if (wanted != biased) {
      biased = wanted;
      room.getAndAdd(wanted ? -BIAS : BIAS);
    }
  }

  /** Whether a task waits for a place that is more urgent than the default. */
  boolean hasUrgentWaiting() {
    PoolTask<?> first = line.peek();
    return first != null && first.priority() < 0;
  }

  /** The tasks that wait for a place; under the lock, and only to look at them. */
  PriorityLanes line() {
    return line;
  }

  /** Whether tasks wait for a place; a new one must not pass them. */
  boolean hasWaiting() {
    return waiting > 0;
  }

  /** How many tasks wait for a place. */
  int waiting() {
    return waiting;
  }

  /** A task waits for a place. */
  void await(PoolTask<?> task) {
    task.awaitPlace();
    line.add(task);
    waiting++;
    bias();
  }

  /** A task that waited has been withdrawn. */
  void gaveUp() {
    waiting--;
    if (line.size() > 2 * (waiting + Long.SIZE)) {
      line.sweep();
    }
    bias();
  }

  /**
   * Whether there is room enough to let in waiting tasks.
   *
   * @param present how many workers are here to take a task, besides those that are free
   */
  boolean hasRoomForLine(int present) {
    return waiting > 0 && roomLeft() + present >= roomWanted;
  }

  /**
   * The next task in line, with a place, if there is one; {@link #hasLetIn} must follow.
   *
   * @param present as above
   */
  @Nullable PoolTask<?> next(int present) {
    if (waiting == 0 || roomLeft() + present <= 0) {
      return null;
    }
    room.getAndAdd(-1);
    return poll();
  }

  /** The tasks that were next are in the queue: only now may new ones find room. */
  void hasLetIn() {
    bias();
  }

  /** The next task in line, whether or not there is a place. */
  @Nullable PoolTask<?> pollWaiting() {
    PoolTask<?> task = poll();
    bias();
    return task;
  }

  private @Nullable PoolTask<?> poll() {
    PoolTask<?> task = line.poll();
    if (task != null) {
      waiting--;
    }
    return task;
  }

  void addSlotWaiter(SlotWaiter waiter) {
    slotWaiters.add(waiter);
    bias();
  }

  void removeSlotWaiter(SlotWaiter waiter) {
    slotWaiters.remove(waiter);
    bias();
  }

  boolean hasSlotWaiters() {
    return !slotWaiters.isEmpty();
  }

  /** A place is free: no caller waits for one any longer. */
  void tellSlotWaiters(Completions completions, long nowNanos) {
    for (SlotWaiter waiter : takeSlotWaiters()) {
      completions.tell(waiter::cancelTimer);
      completions.complete(waiter.slot, Duration.ofNanos(nowNanos - waiter.sinceNanos));
    }
  }

  /** All callers that wait for a free place; they wait no longer. */
  List<SlotWaiter> takeSlotWaiters() {
    List<SlotWaiter> all = new ArrayList<>(slotWaiters);
    slotWaiters.clear();
    bias();
    return all;
  }
}
