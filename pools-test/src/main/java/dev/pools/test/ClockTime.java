package dev.pools.test;

import dev.pools.internal.Time;
import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The time that a {@link ManualClock} moves. No action runs under its monitor. */
final class ClockTime implements Time {

  private static final long START_NANOS = TimeUnit.DAYS.toNanos(1);

  /** In real time. */
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  private final Object monitor = new Object();

  // Guarded by monitor.
  private final PriorityQueue<Scheduled> timers =
      new PriorityQueue<>(
          Comparator.<Scheduled>comparingLong(timer -> timer.dueNanos)
              .thenComparingLong(timer -> timer.number));
  private final Map<Thread, Long> waiting = new HashMap<>();
  private long nanos = START_NANOS;
  private long wallMillis = TimeUnit.DAYS.toMillis(20_000);
  private long numbers;
  private boolean movesWhileWaiting;

  // ---- For the pools

  @Override
  public long nanoTime() {
    synchronized (monitor) {
      return nanos;
    }
  }

  @Override
  public long wallMillis() {
    synchronized (monitor) {
      return wallMillis;
    }
  }

  @Override
  public void park(Object blocker, long parkNanos) {
    if (parkNanos <= 0 || Thread.currentThread().isInterrupted()) {
      return;
    }
    long deadline;
    Scheduled next = null;
    boolean moves;
    synchronized (monitor) {
      deadline = saturatedAdd(nanos, parkNanos);
      moves = movesWhileWaiting && (deadline < Long.MAX_VALUE || !timers.isEmpty());
      if (moves) {
        next = takeNext(deadline);
        if (next == null) {
          moveTo(deadline);
        }
      } else {
        waiting.put(Thread.currentThread(), deadline);
        monitor.notifyAll();
      }
    }
    if (moves) {
      // Who parks must expect to return early, so it looks again after each timer.
      run(next);
      return;
    }
    try {
      LockSupport.park(blocker);
    } finally {
      synchronized (monitor) {
        waiting.remove(Thread.currentThread());
      }
    }
  }

  @Override
  public Timer schedule(long delayNanos, Runnable action) {
    synchronized (monitor) {
      Scheduled timer =
          new Scheduled(saturatedAdd(nanos, Math.max(0, delayNanos)), numbers++, action);
      timers.add(timer);
      return timer;
    }
  }

  /** Runs the action on the current thread, which is the one that moves the time. */
  @Override
  public void runOnHelperThread(Runnable action) {
    action.run();
  }

  // ---- For the test

  void advance(Duration by) {
    long target;
    synchronized (monitor) {
      target = saturatedAdd(nanos, Time.nanos(by));
    }
    advanceTo(target);
  }

  Duration advanceToNextTimer() {
    long from;
    long target;
    synchronized (monitor) {
      from = nanos;
      Scheduled next = timers.peek();
      target = next == null ? nanos : Math.max(nanos, next.dueNanos);
    }
    advanceTo(target);
    return Duration.ofNanos(target - from);
  }

  private void advanceTo(long target) {
    Scheduled next;
    do {
      synchronized (monitor) {
        next = takeNext(target);
        if (next == null) {
          moveTo(target);
        }
      }
      run(next);
    } while (next != null);
  }

  void jumpWallClock(Duration by) {
    synchronized (monitor) {
      wallMillis += by.toMillis();
    }
  }

  Duration elapsed() {
    return Duration.ofNanos(nanoTime() - START_NANOS);
  }

  List<Duration> pendingTimers() {
    synchronized (monitor) {
      return timers.stream()
          .map(timer -> timer.dueNanos - nanos)
          .sorted()
          .map(Duration::ofNanos)
          .toList();
    }
  }

  int waitingThreads() {
    synchronized (monitor) {
      return waiting.size();
    }
  }

  void awaitWaitingThreads(int threads) {
    awaitWaitingThreads(threads, PATIENCE_NANOS);
  }

  void awaitWaitingThreads(int threads, long patienceNanos) {
    long startNanos = System.nanoTime();
    synchronized (monitor) {
      while (waiting.size() < threads) {
        long leftNanos = patienceNanos - (System.nanoTime() - startNanos);
        if (leftNanos <= 0) {
          throw new AssertionError(
              threads + " threads should wait on this clock, but " + waiting.keySet() + " do.");
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(monitor, leftNanos);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw new AssertionError("Interrupted while waiting for other threads", interrupted);
        }
      }
    }
  }

  void moveWhileWaiting() {
    synchronized (monitor) {
      movesWhileWaiting = true;
    }
  }

  // ---- Under the monitor

  /** Takes the next timer out that is due until then, and moves to its time. */
  private @Nullable Scheduled takeNext(long target) {
    Scheduled next = timers.peek();
    if (next == null || next.dueNanos > target) {
      return null;
    }
    timers.remove(next);
    moveTo(next.dueNanos);
    return next;
  }

  /** Never back: an action on the way may have moved further. */
  private void moveTo(long target) {
    if (target <= nanos) {
      return;
    }
    wallMillis += TimeUnit.NANOSECONDS.toMillis(target) - TimeUnit.NANOSECONDS.toMillis(nanos);
    nanos = target;
    waiting.forEach(
        (thread, deadline) -> {
          if (deadline <= nanos) {
            LockSupport.unpark(thread);
          }
        });
  }

  private static void run(@Nullable Scheduled due) {
    if (due != null) {
      due.action.run();
    }
  }

  private static long saturatedAdd(long a, long b) {
    long sum = a + b;
    return sum < a ? Long.MAX_VALUE : sum;
  }

  private final class Scheduled implements Timer {

    private final long dueNanos;
    private final long number;
    private final Runnable action;

    private Scheduled(long dueNanos, long number, Runnable action) {
      this.dueNanos = dueNanos;
      this.number = number;
      this.action = action;
    }

    @Override
    public void cancel() {
      synchronized (monitor) {
        timers.remove(this);
      }
    }
  }
}
