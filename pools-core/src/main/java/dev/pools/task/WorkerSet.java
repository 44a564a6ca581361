package dev.pools.task;

import static java.util.Objects.requireNonNull;

import dev.pools.scaling.ScalingPolicy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How many workers there are. Guarded by the pool's lock; what it decides about threads (to start
 * one, to call one) is carried out after the lock. Which of them are free or idle is in the {@link
 * IdleWorkers}, which needs no lock.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>{@code size} counts each worker from the decision to start it to the decision, under the
 *       same hold of the lock, that it leaves. Whether it may leave and that it has left are one
 *       step.
 *   <li>A queued task is met by a free worker (idle, called, starting, or looking for one), or
 *       there are as many workers as there may be, or starting one has just failed. A submitter
 *       claims an idle worker for its task or comes here. A free worker that takes a task comes
 *       here if more are queued, because their submitters may have counted upon it.
 *   <li>While tasks are queued and workers are idle, at least one worker is underway, and when it
 *       takes a task it calls the next.
 * </ol>
 *
 * <p>A virtual worker is a place in which one thread after another runs one task. While it is idle
 * it has no thread.
 */
final class WorkerSet {

  /** How long no thread is started after one could not be. */
  static final long START_PAUSE_NANOS = 100_000_000L;

  private final long pool;
  private final String poolName;
  private final QueueCapacity capacity;
  private final IdleWorkers idleWorkers = new IdleWorkers();
  private final ScalingPolicy policy;
  private final boolean threadPerTask;

  private int minWorkers;
  private int maxWorkers;
  private int limit = Integer.MAX_VALUE;
  private boolean pressed;
  private int size;
  private int blocked;
  private int startFailures;
  private long noStartBeforeNanos;
  private final Set<Worker> present = new LinkedHashSet<>();
  private final PriorityQueue<Integer> freeNumbers = new PriorityQueue<>();

  // One for each number that there has been; written under the lock, read by anyone.
  private volatile @Nullable WorkerCounters[] allCounters = new WorkerCounters[4];
  private volatile int numbers;

  // Decided under the lock, carried out after it.
  private final ArrayList<Worker> toStart = new ArrayList<>();
  private final List<Worker> toSignal = new ArrayList<>();

  WorkerSet(long pool, PoolOptions options, QueueCapacity capacity) {
    this.pool = pool;
    this.poolName = options.name();
    this.capacity = capacity;
    this.policy = options.scaling();
    this.threadPerTask = options.threads().arePerTask();
    this.minWorkers = options.minWorkers();
    this.maxWorkers = options.maxWorkers();
  }

  // ---- Readings

  IdleWorkers idleWorkers() {
    return idleWorkers;
  }

  int size() {
    return size;
  }

  /** How many workers have a thread, or are about to. */
  int alive() {
    return threadPerTask ? size - idleWorkers.idle() : size;
  }

  /** How many workers wait for a task. */
  int idle() {
    return threadPerTask ? 0 : idleWorkers.idle();
  }

  int minWorkers() {
    return minWorkers;
  }

  int maxWorkers() {
    return maxWorkers;
  }

  int blocked() {
    return blocked;
  }

  /** How many workers there may be for now. */
  int most() {
    return Math.max(minWorkers, Math.min(maxWorkers, limit));
  }

  /** How many workers will come for a task by themselves. */
  int free() {
    return idleWorkers.free();
  }

  boolean hasFailedStarts() {
    return startFailures > 0;
  }

  /** Whether one more may be started. Without any it is always tried: no thread would try later. */
  boolean canGrow(long nowNanos) {
    return size < most() && (startFailures == 0 || size == 0 || nowNanos - noStartBeforeNanos >= 0);
  }

  /** How many workers there are with nothing to do. */
  int least() {
    return threadPerTask ? 0 : policy.least(minWorkers, maxWorkers);
  }

  Iterable<Worker> present() {
    return present;
  }

  /** Whether it has not left. */
  boolean isPresent(Worker worker) {
    return present.contains(worker);
  }

  /** Whether a worker is one too many as soon as it has no task. */
  boolean hasSurplus() {
    return size > most();
  }

  /** Whether workers may leave that have been idle for long. */
  boolean mayShrink() {
    return !threadPerTask && size > least();
  }

  /** How many workers are not free: they run a task, or are between two. */
  int busy() {
    return size - free();
  }

  /** How many tasks there must be for the policy to want as many workers as it ever would. */
  long greatestDemand() {
    return free() + 2L * size + 2;
  }

  /** Sums something over all that workers have done. */
  long sum(ToLongFunction<WorkerCounters> count) {
    long sum = 0;
    @Nullable WorkerCounters[] all = allCounters;
    for (int i = Math.min(numbers, all.length) - 1; i >= 0; i--) {
      WorkerCounters counters = all[i];
      if (counters != null) {
        sum += count.applyAsLong(counters);
      }
    }
    return sum;
  }

  /** Reads all workers, each at one moment. */
  WorkerReadings read(long nowNanos) {
    WorkerReadings reading = new WorkerReadings();
    @Nullable WorkerCounters[] all = allCounters;
    for (int i = Math.min(numbers, all.length) - 1; i >= 0; i--) {
      WorkerCounters counters = all[i];
      if (counters != null) {
        // The bits first: one that takes a task after that is seen to have it.
        boolean free = idleWorkers.isFree(counters.number);
        boolean idle = idleWorkers.isIdle(counters.number);
        reading.add(counters, free, idle, nowNanos);
      }
    }
    return reading;
  }

  /** Notes which runs there are; the longest watched one that has ended since the last time. */
  long watch(long nowNanos) {
    long longest = 0;
    for (int i = 0; i < numbers; i++) {
      longest = Math.max(longest, requireNonNull(allCounters[i]).watch(nowNanos));
    }
    return longest;
  }

  List<WorkerReport> reports() {
    List<WorkerReport> reports = new ArrayList<>(numbers);
    for (int i = 0; i < numbers; i++) {
      reports.add(requireNonNull(allCounters[i]).report());
    }
    return reports;
  }

  void blocked(int more) {
    blocked += more;
  }

  // ---- Growing

  /**
   * Plans the workers that waiting tasks need, as far as there may be more.
   *
   * @param demand how many tasks are queued or wait for a place
   * @param free how many workers are free. Workers take tasks meanwhile, and each take lowers both
   *     numbers: read before the demand, it may be too high, and the worker that has taken a task
   *     looks again; read after it, too low, and the pool grows too far.
   */
  void meet(int demand, int free, long nowNanos) {
    int unmet = demand - free;
    pressed = unmet > 0 && size >= most();
    if (unmet <= 0 || !canGrow(nowNanos)) {
      return;
    }
    int target =
        threadPerTask
            ? (int) Math.min(most(), (long) size + unmet)
            : policy.grown(
                new ScalingPolicy.Load(size, busy() + demand, unmet, minWorkers, most()));
    growTo(target);
  }

  /** Plans the workers that there must be in any case. */
  void fill(long nowNanos) {
    if (canGrow(nowNanos)) {
      growTo(least());
    }
  }

  /** Plans one more worker, if there may be one. */
  boolean growByOne(long nowNanos) {
    if (!canGrow(nowNanos)) {
      return false;
    }
    growTo(size + 1);
    return true;
  }

  private void growTo(int target) {
    while (size < target) {
      if (freeNumbers.isEmpty()) {
        freeNumbers.add(newCounters().number);
      }
      WorkerCounters counters = requireNonNull(allCounters[freeNumbers.element() - 1]);
      Worker worker = new Worker(pool, poolName, counters);
      idleWorkers.makeRoom(worker);
      toStart.ensureCapacity(toStart.size() + 1);
      present.add(worker);
      // From here on nothing fails: a worker that is counted is started.
      freeNumbers.remove();
      size++;
      idleWorkers.hire(worker);
      capacity.countFree(1);
      toStart.add(worker);
    }
  }

  private WorkerCounters newCounters() {
    int number = numbers + 1;
    @Nullable WorkerCounters[] all = allCounters;
    if (number > all.length) {
      all = Arrays.copyOf(all, 2 * all.length);
      allCounters = all;
    }
    WorkerCounters counters = new WorkerCounters(number);
    all[number - 1] = counters;
    numbers = number;
    return counters;
  }

  /** It comes for a task, for the first time or again. */
  void comesForTask(Worker worker) {
    if (worker.isNew) {
      worker.isNew = false;
      startFailures = 0;
    }
  }

  /** Its thread could not be started. Returns how many could not in a row. */
  int startFailed(Worker worker, Throwable cause, long nowNanos) {
    lost(worker, cause);
    startFailures++;
    noStartBeforeNanos = nowNanos + START_PAUSE_NANOS;
    return startFailures;
  }

  // ---- Calling

  /**
   * Claims an idle worker for a task that has come, unless one is underway already. Not so if each
   * task has a thread of its own: to start one costs little, and where the processors are busy it
   * may be long until the one before it runs. May be called without the lock.
   */
  @Nullable Worker claimForTask() {
    return threadPerTask ? idleWorkers.claimAny() : idleWorkers.claimForTask();
  }

  /** Tasks are queued: calls an idle worker, as {@link #claimForTask} says. */
  void callOne() {
    Worker claimed = claimForTask();
    if (claimed != null) {
      toSignal.add(claimed);
    }
  }

  /** Calls all idle workers, so that each sees what has changed. */
  void callAll() {
    for (Worker idle = idleWorkers.claimAny(); idle != null; idle = idleWorkers.claimAny()) {
      call(idle);
    }
  }

  /** A claimed worker has to see what has changed; one without a thread can only leave. */
  private void call(Worker claimed) {
    if (threadPerTask) {
      idleWorkers.arrive();
      leave(claimed);
    } else {
      toSignal.add(claimed);
    }
  }

  // ---- Shrinking

  void resize(int min, int max) {
    minWorkers = min;
    maxWorkers = max;
    startFailures = 0; // Without a pause.
  }

  /** Sets how many workers there may be for now, within the options. */
  void limit(int workers) {
    limit = workers;
  }

  /** Whether the number of workers is within its limits. */
  boolean fits() {
    return size <= maxWorkers && size >= least();
  }

  /** Dismisses idle workers beyond the greatest number. */
  void dismissBeyondMax() {
    int surplus = size - most();
    for (Worker idle = highestIdle(); surplus > 0 && idle != null; idle = idleBelow(idle)) {
      if (dismiss(idle)) {
        surplus--;
      }
    }
  }

  /**
   * Dismisses workers that have been idle for too long, as many as the policy says. Returns when to
   * look again, in nanoseconds from now; negative if not before a worker is idle.
   */
  long dismissIdle(int pending, long keepAliveNanos, long nowNanos) {
    int target = policy.shrunk(new ScalingPolicy.Load(size, pending, 0, minWorkers, maxWorkers));
    int surplus = size - target;
    int dismissed = 0;
    long againNanos = -1;
    for (Worker idle = highestIdle(); idle != null; idle = idleBelow(idle)) {
      long idleNanos = nowNanos - idle.idleSinceNanos;
      if (dismissed < surplus && idleNanos >= keepAliveNanos && dismiss(idle)) {
        dismissed++;
      } else {
        long leftNanos = idleNanos >= keepAliveNanos ? keepAliveNanos : keepAliveNanos - idleNanos;
        againNanos = againNanos < 0 ? leftNanos : Math.min(againNanos, leftNanos);
      }
    }
    return size - dismissed <= least() ? -1 : againNanos;
  }

  private @Nullable Worker highestIdle() {
    return idleWorkers.idleBelow(numbers + 1);
  }

  private @Nullable Worker idleBelow(Worker worker) {
    return idleWorkers.idleBelow(worker.counters.number);
  }

  private boolean dismiss(Worker idle) {
    if (!idleWorkers.claim(idle)) {
      return false;
    }
    idle.dismissed = true;
    call(idle);
    return true;
  }

  /** Its thread has ended by a fault, or has never begun. */
  void lost(Worker worker, @Nullable Throwable failure) {
    if (worker.resting && !idleWorkers.resume(worker)) {
      idleWorkers.arrive();
    }
    worker.resting = false;
    worker.counters.endedBy(failure);
    leave(worker);
  }

  /** It leaves; it has no task. If there is no memory, it has not left. */
  void leave(Worker worker) {
    freeNumbers.add(worker.counters.number);
    present.remove(worker);
    size--;
    if (idleWorkers.leave(worker)) {
      capacity.countFree(-1);
    }
  }

  // ---- What the lock's holder has to carry out after it

  /** Whether tasks have found as many workers as there may be, and wait. */
  boolean takePressed() {
    boolean taken = pressed;
    pressed = false;
    return taken;
  }

  List<Worker> takeStarts() {
    return take(toStart);
  }

  List<Worker> takeSignals() {
    return take(toSignal);
  }

  private static List<Worker> take(List<Worker> decided) {
    if (decided.isEmpty()) {
      return List.of();
    }
    List<Worker> taken = List.copyOf(decided);
    decided.clear();
    return taken;
  }
}
