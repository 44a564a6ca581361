package dev.pools.example;

import dev.pools.task.PoolFuture;
import dev.pools.task.TaskExpiredException;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Sends tasks of one kind to the pool at a rate, and counts what becomes of them. While {@link
 * #MOST_WAITING} of them wait for a place in the queue, or {@link #MOST_OPEN} have no outcome, it
 * sends no more: this is how a sender follows the pool's back-pressure.
 */
final class WorkStream {

  static final int MOST_WAITING = 20;
  static final int MOST_OPEN = 1000;

  /**
   * What was sent so far.
   *
   * @param perSecond the rate that is asked for
   * @param open how many tasks are queued or run
   * @param heldBack how many tasks were not sent because of back-pressure
   */
  record Counts(
      int perSecond,
      long sent,
      long open,
      long completed,
      long failed,
      long expired,
      long cancelled,
      long heldBack,
      AnswerTimes.Summary lastSeconds) {}

  private final Supplier<PoolFuture<?>> task;
  private final Set<PoolFuture<?>> open = ConcurrentHashMap.newKeySet();
  private final AnswerTimes times = new AnswerTimes();
  private final AtomicInteger waiting = new AtomicInteger();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong completed = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicLong expired = new AtomicLong();
  private final AtomicLong cancelled = new AtomicLong();
  private final AtomicLong heldBack = new AtomicLong();

  // Guarded by this.
  private int perSecond;
  private double owed;
  private long lastNanos;

  /**
   * Describes a stream that sends nothing yet.
   *
   * @param task submits one task to the pool
   */
  WorkStream(Supplier<PoolFuture<?>> task) {
    this.task = task;
  }

  synchronized void setRate(int tasksPerSecond) {
    perSecond = tasksPerSecond;
  }

  /** Sends what is due since the last call: at most the tasks of one second. */
  synchronized void sendDue(long nowNanos) {
    double seconds = (nowNanos - lastNanos) / (double) TimeUnit.SECONDS.toNanos(1);
    owed += perSecond * Math.max(0, Math.min(1, seconds));
    lastNanos = nowNanos;
    for (; owed >= 1; owed--) {
      if (waiting.get() >= MOST_WAITING || open.size() >= MOST_OPEN) {
        heldBack.incrementAndGet();
      } else {
        send();
      }
    }
  }

  private void send() {
    long startNanos = System.nanoTime();
    PoolFuture<?> future = task.get();
    sent.incrementAndGet();
    waiting.incrementAndGet();
    open.add(future);
    future.accepted().whenComplete((accepted, failure) -> waiting.decrementAndGet());
    future.whenComplete(
        (result, failure) -> {
          open.remove(future);
          long nowNanos = System.nanoTime();
          if (failure == null) {
            times.add(nowNanos, nowNanos - startNanos);
          }
          counterOf(failure).incrementAndGet();
        });
  }

  private synchronized int rate() {
    return perSecond;
  }

  private AtomicLong counterOf(@Nullable Throwable failure) {
    if (failure == null) {
      return completed;
    } else if (failure instanceof TaskExpiredException) {
      return expired;
    }
    return failure instanceof CancellationException ? cancelled : failed;
  }

  /** Sends no more, and cancels the open tasks. Those that run go on to their end. */
  synchronized void end() {
    perSecond = 0;
    owed = 0;
    open.forEach(future -> future.cancel(false));
  }

  Counts counts() {
    return new Counts(
        rate(),
        sent.get(),
        open.size(),
        completed.get(),
        failed.get(),
        expired.get(),
        cancelled.get(),
        heldBack.get(),
        times.summary(System.nanoTime()));
  }
}
