package dev.pools.task;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.PriorityQueue;
import java.util.Set;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * How many workers there are, and which of them are idle. Guarded by the pool's lock; what it
 * decides about threads (to start one, to wake one) is carried out after the lock.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>{@code size} counts each worker from the decision to start it to the decision, under the
 *       same hold of the lock, that it leaves. Whether it may leave and that it has left are one
 *       step.
 *   <li>A queued task is met by a free worker (idle, woken or starting), or there are as many
 *       workers as there may be, or starting one has just failed.
 *   <li>While tasks are queued and workers are idle, at least one worker is on its way: it has been
 *       woken or is starting, and when it takes a task it wakes the next.
 *   <li>The idle worker that became idle last is woken first, so that those that are not needed
 *       stay idle and may leave.
 * </ol>
 */
final class WorkerCrew {

  /** How long no thread is started after one could not be. */
  static final long START_PAUSE_NANOS = 100_000_000L;

  private final Dispatch dispatch;
  private final ScalingPolicy policy;
  private final boolean oneTaskEach;

  private int minWorkers;
  private int maxWorkers;
  private int limit = Integer.MAX_VALUE;
  private boolean pressed;
  private int size;
  private int starting;
  private int waking;
  private int idle;
  private int blocked;
  private boolean startsFail;
  private long noStartBeforeNanos;
  private @Nullable Worker warmest;
  private @Nullable Worker coldest;
  private final Set<Worker> present = new LinkedHashSet<>();
  private final PriorityQueue<Integer> freeNumbers = new PriorityQueue<>();

  // One for each number that there has been; written under the lock, read by anyone.
  private volatile @Nullable Service[] services = new Service[4];
  private volatile int numbers;

  // Decided under the lock, carried out after it.
  private final List<Worker> toStart = new ArrayList<>();
  private final List<Worker> toSignal = new ArrayList<>();

  WorkerCrew(Dispatch dispatch, PoolOptions options) {
    this.dispatch = dispatch;
    this.policy = options.scaling();
    this.oneTaskEach = options.threads().isVirtual();
    this.minWorkers = options.minWorkers();
    this.maxWorkers = options.maxWorkers();
  }

  // ---- Readings

  int size() {
    return size;
  }

  int idle() {
    return idle;
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
    return idle + waking + starting;
  }

  /**
   * Whether one more worker may be started. Without any, it is always tried: nobody would come by
   * later and try it again.
   */
  boolean canGrow(long nowNanos) {
    return size < most() && (!startsFail || size == 0 || nowNanos - noStartBeforeNanos >= 0);
  }

  /** How many workers there are with nothing to do. */
  int least() {
    return oneTaskEach ? 0 : policy.least(minWorkers, maxWorkers);
  }

  Iterable<Worker> present() {
    return present;
  }

  /** Whether an idle worker should be woken for a task that comes. */
  boolean canWake() {
    return waking == 0 && warmest != null;
  }

  /** Whether a worker is one too many as soon as it has no task. */
  boolean hasSurplus() {
    return size > most();
  }

  /** How many workers are not free: they run a task, or are between two. */
  int busy() {
    return size - free();
  }

  /** How many tasks there must be for the policy to want as many workers as it ever would. */
  long greatestDemand() {
    return oneTaskEach ? most() : free() + 2L * size + 2;
  }

  /** Sums something over all that workers have done. */
  long sum(ToLongFunction<Service> count) {
    long sum = 0;
    @Nullable Service[] all = services;
    for (int i = Math.min(numbers, all.length) - 1; i >= 0; i--) {
      Service service = all[i];
      if (service != null) {
        sum += count.applyAsLong(service);
      }
    }
    return sum;
  }

  List<WorkerReport> reports() {
    List<WorkerReport> reports = new ArrayList<>(numbers);
    for (int i = 0; i < numbers; i++) {
      reports.add(requireNonNull(services[i]).report());
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
   */
  void meet(int demand, long nowNanos) {
    int unmet = demand - free();
    pressed = unmet > 0 && size >= most();
    if (unmet <= 0 || !canGrow(nowNanos)) {
      return;
    }
    int target =
        oneTaskEach
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

  private void growTo(int target) {
    while (size < target) {
      Integer number = freeNumbers.poll();
      Service service = number == null ? newService() : requireNonNull(services[number - 1]);
      Worker worker = new Worker(dispatch, service);
      present.add(worker);
      size++;
      starting++;
      toStart.add(worker);
    }
  }

  private Service newService() {
    int number = numbers + 1;
    @Nullable Service[] all = services;
    if (number > all.length) {
      all = Arrays.copyOf(all, 2 * all.length);
      services = all;
    }
    Service service = new Service(number);
    all[number - 1] = service;
    numbers = number;
    return service;
  }

  /** It comes for a task: its thread has just begun, or it has been idle, or it has run one. */
  void comesForTask(Worker worker) {
    switch (worker.place) {
      case STARTING -> {
        starting--;
        startsFail = false;
      }
      case WOKEN -> waking--;
      case IDLE -> unlink(worker);
      case BUSY -> {}
    }
    worker.place = Worker.Place.BUSY;
  }

  /** Its thread could not be started. */
  void startFailed(Worker worker, Throwable cause, long nowNanos) {
    lost(worker, cause);
    startsFail = true;
    noStartBeforeNanos = nowNanos + START_PAUSE_NANOS;
  }

  // ---- Idling and waking

  /** Nothing to do for this worker. */
  void becomeIdle(Worker worker, long nowNanos) {
    worker.place = Worker.Place.IDLE;
    worker.idleSinceNanos = nowNanos;
    worker.colder = warmest;
    worker.warmer = null;
    if (warmest == null) {
      coldest = worker;
    } else {
      warmest.warmer = worker;
    }
    warmest = worker;
    idle++;
  }

  private void signal(Worker worker) {
    unlink(worker);
    worker.place = Worker.Place.WOKEN;
    waking++;
    toSignal.add(worker);
  }

  private void unlink(Worker worker) {
    Worker warmer = worker.warmer;
    Worker colder = worker.colder;
    if (warmer == null) {
      warmest = colder;
    } else {
      warmer.colder = colder;
    }
    if (colder == null) {
      coldest = warmer;
    } else {
      colder.warmer = warmer;
    }
    worker.warmer = null;
    worker.colder = null;
    idle--;
  }

  /** Tasks are queued: wakes an idle worker unless one is on its way already. */
  void wakeOne() {
    Worker first = warmest;
    if (waking == 0 && first != null) {
      signal(first);
    }
  }

  /** Wakes all idle workers, so that each sees what has changed. */
  void wakeAll() {
    while (warmest != null) {
      signal(warmest);
    }
  }

  // ---- Shrinking

  /** Whether this worker, which has no task, is one too many. */
  boolean isSurplus(boolean hasRunOne) {
    return size > most() || (oneTaskEach && hasRunOne);
  }

  /** Whether this worker, for which there is no task, is to leave rather than wait for one. */
  boolean leavesIdle(Worker worker) {
    return worker.dismissed || oneTaskEach;
  }

  void resize(int min, int max) {
    minWorkers = min;
    maxWorkers = max;
  }

  /** Sets how many workers there may be for now, within the options. */
  void limit(int workers) {
    limit = workers;
  }

  /** Whether the number of workers is within its limits. */
  boolean fits() {
    return size <= maxWorkers && size >= least();
  }

  /** Sends idle workers home that there may not be any more. */
  void dismissBeyondMax() {
    for (int surplus = size - most(); surplus > 0 && coldest != null; surplus--) {
      dismissColdest(coldest);
    }
  }

  /**
   * Sends those home that have been idle for too long, as many as the policy says.
   *
   * @return when to look again, in nanoseconds from now; negative if not before a worker is idle
   */
  long dismissIdle(int pending, long keepAliveNanos, long nowNanos) {
    int target = policy.shrunk(new ScalingPolicy.Load(size, pending, 0, minWorkers, maxWorkers));
    for (int surplus = size - target; surplus > 0; surplus--) {
      Worker candidate = coldest;
      if (candidate == null || nowNanos - candidate.idleSinceNanos < keepAliveNanos) {
        break;
      }
      dismissColdest(candidate);
    }
    Worker next = coldest;
    if (next == null || size - dismissedOnTheirWay() <= least()) {
      return -1;
    }
    long idleNanos = nowNanos - next.idleSinceNanos;
    return idleNanos >= keepAliveNanos ? keepAliveNanos : keepAliveNanos - idleNanos;
  }

  private int dismissedOnTheirWay() {
    int dismissed = 0;
    for (Worker worker : toSignal) {
      if (worker.dismissed) {
        dismissed++;
      }
    }
    return dismissed;
  }

  private void dismissColdest(Worker worker) {
    worker.dismissed = true;
    signal(worker);
  }

  /** Its thread has ended by a fault, or has never begun. */
  void lost(Worker worker, @Nullable Throwable failure) {
    comesForTask(worker);
    worker.service.endedBy(failure);
    leave(worker);
  }

  /** It leaves; it has no task. */
  void leave(Worker worker) {
    size--;
    present.remove(worker);
    freeNumbers.add(worker.service.number);
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
