package dev.pools.test;

import dev.pools.connection.ConnectionPoolBuilder;
import dev.pools.internal.TestAccess;
import dev.pools.task.AdvancedPoolBuilder;
import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Time for pools that stands still until the test moves it: timeouts, pauses, life times, leak
 * reports and all other durations of a pool that was built with it.
 *
 * <pre>{@code
 * ManualClock clock = new ManualClock();
 * ConnectionPool<Session> pool =
 *     clock.drives(ConnectionPool.builder(Session::open)).idleTimeout(Duration.ofMinutes(5)).build();
 * …
 * clock.advance(Duration.ofMinutes(6));
 * }</pre>
 *
 * <p>One clock may drive several pools, and may be used by several threads. What comes due runs on
 * the thread that moves the clock, in the order of the times, before {@link #advance} returns; that
 * includes the completions of futures that a timer causes. Functions of a connection pool (factory,
 * checker, hooks, cleaner) run on the pool's executor as always: with {@code
 * executor(Runnable::run)} they run on the thread that causes them.
 *
 * <p>A caller that waits with a timeout of its own, such as {@code future.get(5, SECONDS)}, waits
 * in real time.
 */
public final class ManualClock {

  final ClockTime time = new ClockTime();

  /** Creates a clock that stands. */
  public ManualClock() {}

  /**
   * Lets this clock drive the pools that a builder builds from now on.
   *
   * @return the same builder
   */
  public AdvancedPoolBuilder drives(AdvancedPoolBuilder builder) {
    TestAccess.ofTasks().useTime(builder, time);
    return builder;
  }

  /**
   * Lets this clock drive the pools that a builder builds from now on.
   *
   * @return the same builder
   */
  public <T> ConnectionPoolBuilder<T> drives(ConnectionPoolBuilder<T> builder) {
    TestAccess.ofConnections().useTime(builder, time);
    return builder;
  }

  /**
   * Moves the clock on, and runs what comes due on the way. The clock shows the due time while an
   * action runs, and an action may set timers that come due on the same way.
   *
   * @param by zero or positive; zero runs what is due now
   * @throws IllegalArgumentException if {@code by} is negative; {@link #jumpWallClock} can go back
   */
  public void advance(Duration by) {
    Objects.requireNonNull(by, "by");
    if (by.isNegative()) {
      throw new IllegalArgumentException(
          "by is "
              + by
              + ", but must be zero or positive: the clock of a pool never goes back. Use"
              + " jumpWallClock to set the wall clock.");
    }
    time.advance(by);
  }

  /**
   * Moves the clock to the timer that is due next, and runs it with all that is due then.
   *
   * @return by how much the clock has moved; zero as well if no timer is set
   */
  public Duration advanceToNextTimer() {
    return time.advanceToNextTimer();
  }

  /**
   * Sets the wall clock, as an operator or a time server does: the durations of a pool must not
   * depend on it.
   *
   * @param by forward, or back if it is negative
   */
  public void jumpWallClock(Duration by) {
    time.jumpWallClock(Objects.requireNonNull(by, "by"));
  }

  /** How far the clock has moved since it was created, without jumps of the wall clock. */
  public Duration elapsed() {
    return time.elapsed();
  }

  /** In how long each timer is due that is set now, the next one first. */
  public List<Duration> pendingTimers() {
    return time.pendingTimers();
  }

  /** How many threads wait on this clock, such as callers of {@code acquire()}. */
  public int waitingThreads() {
    return time.waitingThreads();
  }

  /**
   * Waits, in real time, until that many threads or more wait on this clock. A test that has
   * started a thread calls this before it moves the clock.
   *
   * @throws AssertionError if that does not happen within 30 s, or if the current thread is
   *     interrupted
   */
  public void awaitWaitingThreads(int threads) {
    time.awaitWaitingThreads(threads);
  }

  /**
   * Lets threads that wait move the clock: instead of waiting, a thread moves the clock to the next
   * timer, or to its own timeout if that comes first. So a test with a single thread can call
   * {@code acquire()} on an exhausted pool, and gets its timeout at once. A thread that waits
   * without a timeout while no timer is set waits really.
   *
   * @return this clock
   */
  public ManualClock moveWhileWaiting() {
    time.moveWhileWaiting();
    return this;
  }

  @Override
  public String toString() {
    return "ManualClock[elapsed=" + elapsed() + ", pendingTimers=" + pendingTimers() + "]";
  }
}
