package dev.pools.task;

import dev.pools.internal.PaddedLong;
import dev.pools.internal.ThreadKind;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The callers that run their own tasks because the queue is full: all of them are registered, so
 * that it is known which thread runs a task of this pool.
 *
 * <p>A caller whose task has a future registers under the pool's lock, like a worker. A caller that
 * runs a bare Runnable registers without a lock: it takes a {@link CallerPlace}. If all places are
 * taken, the Runnable becomes a task, and its caller registers under the lock.
 *
 * <p>Invariant: a caller that has started and not ended is seen. A thread that waits until no
 * caller is inside says so first, in the {@link PoolFlags}, and then reads the places. A caller
 * notes itself first and then reads the flags, both when it starts and when it ends. In the total
 * order of these accesses, which are all volatile, the waiting thread sees the caller, or the
 * caller sees that a thread waits, and comes to the lock.
 */
final class CallerRuns {

  /** A power of two; up to twice as many as there are processors. */
  private static final int PLACES =
      2 * Integer.highestOneBit(Math.max(1, Runtime.getRuntime().availableProcessors()));

  private final boolean takeBareCode;
  private final CallerPlace[] places;
  private final PaddedLong failed = new PaddedLong(0);

  // Guarded by the pool's lock.
  private final IdentityHashMap<PoolTask<?>, RunNote> registered = new IdentityHashMap<>();

  /**
   * @param takeBareCode whether callers may run bare Runnables
   */
  CallerRuns(boolean takeBareCode) {
    this.takeBareCode = takeBareCode;
    places = new CallerPlace[takeBareCode ? PLACES : 0];
    for (int i = 0; i < places.length; i++) {
      places[i] = new CallerPlace();
    }
  }

  // ---- Bare Runnables, without the lock

  boolean takeBareCode() {
    return takeBareCode;
  }

  /** Takes a place for the current thread; null if there is none. */
  @Nullable CallerPlace tryTakePlace() {
    long thread = ThreadKind.uniqueId(Thread.currentThread());
    if (thread == ThreadKind.NO_ID) {
      return null;
    }
    int first = (int) thread;
    for (int i = 0; i < places.length; i++) {
      CallerPlace place = places[(first + i) & (places.length - 1)];
      if (place.tryTake(thread)) {
        return place;
      }
    }
    return null;
  }

  void countFailed() {
    failed.getAndAdd(1);
  }

  /** How many bare Runnables have completed normally. */
  long completed() {
    long sum = 0;
    for (CallerPlace place : places) {
      sum += place.completed();
    }
    return sum;
  }

  /** How many bare Runnables have failed. */
  long failed() {
    return failed.get();
  }

  /** How many bare Runnables run that had started before this call, and perhaps later ones. */
  int running() {
    int running = 0;
    for (CallerPlace place : places) {
      if (place.isTaken()) {
        running++;
      }
    }
    return running;
  }

  /** How many bare Runnables the current thread runs, one inside of another. */
  int runningHere() {
    long thread = ThreadKind.uniqueId(Thread.currentThread());
    if (thread == ThreadKind.NO_ID) {
      return 0;
    }
    int running = 0;
    for (CallerPlace place : places) {
      if (place.isTakenBy(thread)) {
        running++;
      }
    }
    return running;
  }

  /** How many bare Runnables these threads run, by their ids. */
  int runningOn(Set<Long> threads) {
    int running = 0;
    for (CallerPlace place : places) {
      if (threads.contains(place.runner)) {
        running++;
      }
    }
    return running;
  }

  // ---- Tasks with a future, under the pool's lock

  void register(PoolTask<?> task, RunNote run) {
    registered.put(task, run);
  }

  /** Returns what was noted of its run; null if it is not registered. */
  @Nullable RunNote unregister(PoolTask<?> task) {
    return registered.remove(task);
  }

  /** The caller that runs this task; null if none does. */
  @Nullable Thread threadOf(PoolTask<?> task) {
    RunNote run = registered.get(task);
    return run == null ? null : run.thread;
  }

  /** What all of them run. */
  Collection<RunNote> runs() {
    return registered.values();
  }

  /** Their tasks. */
  List<PoolTask<?>> tasks() {
    return new ArrayList<>(registered.keySet());
  }

  /** Whether the current thread also runs a task that was interrupted. */
  boolean isInterruptedHere() {
    Thread here = Thread.currentThread();
    for (Map.Entry<PoolTask<?>, RunNote> run : registered.entrySet()) {
      if (run.getValue().thread == here && run.getKey().isInterrupted()) {
        return true;
      }
    }
    return false;
  }

  /** How many are registered with a task. */
  int registered() {
    return registered.size();
  }
}
