package dev.pools.internal;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Time that stands still until a test moves it. Due timers run on the thread that moves it, in the
 * order of their times; parked threads whose time has come are unparked.
 */
public class ManualTime implements Time {

  private final Object monitor = new Object();

  // Guarded by monitor.
  private final PriorityQueue<Scheduled> timers =
      new PriorityQueue<>(
          Comparator.<Scheduled>comparingLong(timer -> timer.dueNanos)
              .thenComparingLong(timer -> timer.number));
  private final Map<Thread, Long> parked = new HashMap<>();
  private long nanos = TimeUnit.DAYS.toNanos(1);
  private long wallMillis = TimeUnit.DAYS.toMillis(20_000);
  private long numbers;

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
    if (parkNanos <= 0) {
      return;
    }
    synchronized (monitor) {
      parked.put(Thread.currentThread(), saturatedAdd(nanos, parkNanos));
    }
    try {
      LockSupport.park(blocker);
    } finally {
      synchronized (monitor) {
        parked.remove(Thread.currentThread());
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

  /** Runs the action on the calling thread, which is the one that moves the time. */
  @Override
  public void runOnHelperThread(Runnable action) {
    action.run();
  }

  /** Moves both clocks on, running what comes due on the way. */
  public void advance(Duration by) {
    long target;
    synchronized (monitor) {
      target = nanos + by.toNanos();
    }
    while (true) {
      Runnable action;
      synchronized (monitor) {
        Scheduled next = timers.peek();
        if (next == null || next.dueNanos > target) {
          moveTo(target);
          break;
        }
        timers.remove(next);
        moveTo(Math.max(nanos, next.dueNanos));
        action = next.action;
      }
      action.run();
    }
  }

  /** Runs what is due now, without moving. */
  public void runDue() {
    advance(Duration.ZERO);
  }

  /** Moves the wall clock only, forward or back, as an operator who sets it does. */
  public void jumpWall(Duration by) {
    synchronized (monitor) {
      wallMillis += by.toMillis();
    }
  }

  /** The machine sleeps: the wall clock goes on, the monotonic one does not. */
  public void suspend(Duration by) {
    jumpWall(by);
  }

  /** How many timers are scheduled; a stopped pool leaves none. */
  public int scheduledTimers() {
    synchronized (monitor) {
      return timers.size();
    }
  }

  /** How long until the first timer is due; there must be one. */
  public Duration untilNextTimer() {
    synchronized (monitor) {
      return Duration.ofNanos(timers.element().dueNanos - nanos);
    }
  }

  /** How many threads are parked on this time at the moment. */
  public int parkedThreads() {
    synchronized (monitor) {
      return parked.size();
    }
  }

  private void moveTo(long target) {
    wallMillis += TimeUnit.NANOSECONDS.toMillis(target) - TimeUnit.NANOSECONDS.toMillis(nanos);
    nanos = target;
    parked.forEach(
        (thread, deadline) -> {
          if (deadline <= nanos) {
            LockSupport.unpark(thread);
          }
        });
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
