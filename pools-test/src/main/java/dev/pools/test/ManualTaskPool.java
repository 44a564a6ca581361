package dev.pools.test;

import dev.pools.internal.TestAccess;
import dev.pools.task.AdvancedPool;
import dev.pools.task.AdvancedPoolBuilder;
import java.time.Duration;
import java.util.Collection;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A real {@link AdvancedPool} whose tasks run when the test says so, one after another, while the
 * test waits. Its queue, order, limits, futures, listeners and figures are those of every pool;
 * only its clock and the start of its threads are in the hands of the test.
 *
 * <pre>{@code
 * try (ManualTaskPool tasks = ManualTaskPool.create()) {
 *   Reports reports = new Reports(tasks.pool());
 *   CompletableFuture<Report> report = reports.start();
 *   assertThat(report).isNotDone();
 *   tasks.runAll();
 *   assertThat(report).isCompleted();
 * }
 * }</pre>
 *
 * <p>Each task runs on a thread of its own, as with virtual workers, so {@code minWorkers}, {@code
 * keepAlive} and the kind of threads of the builder have no effect. {@code maxWorkers} is how many
 * tasks can have been started by {@link #startNext} at a time.
 *
 * <p>A task that takes long calls {@code clock().advance(…)}: its run then takes that long for the
 * pool, and limits such as {@code stuckAfter} and {@code maxRunTime} come due in the middle of it.
 * A task that waits for something else, such as an interrupt, is started by {@link #startNext}.
 *
 * <p>No task runs by itself. So a thread must not wait for a task, by {@code future.get()}, by
 * {@code pool().close()} or by a {@code submit} to a full queue, unless another thread lets tasks
 * run.
 */
public final class ManualTaskPool implements AutoCloseable {

  /** More tasks in a row look like tasks that submit each other without end. */
  private static final int MOST_TASKS = 100_000;

  /** In real time. */
  private static final long PATIENCE_NANOS = TimeUnit.MINUTES.toNanos(2);

  private final ManualClock clock;
  private final AdvancedPool pool;
  private final Queue<TestAccess.Turn> turns = new ConcurrentLinkedQueue<>();
  private final Collection<StartedTask> started = new ConcurrentLinkedQueue<>();

  private ManualTaskPool(AdvancedPoolBuilder builder, ManualClock clock) {
    this.clock = clock;
    clock.drives(builder);
    TestAccess.ofTasks().useTurns(builder, turns::add);
    this.pool = builder.build();
  }

  /** Creates a pool with the standard options and a clock of its own. */
  public static ManualTaskPool create() {
    return of(AdvancedPool.builder());
  }

  /**
   * Creates a pool with these options and a clock of its own.
   *
   * @param builder belongs to this class from now on: the threads of all pools that it builds wait
   *     for the test
   */
  public static ManualTaskPool of(AdvancedPoolBuilder builder) {
    return of(builder, new ManualClock());
  }

  /**
   * Creates a pool with these options and this clock.
   *
   * @param builder belongs to this class from now on: the threads of all pools that it builds wait
   *     for the test
   * @param clock may drive other pools as well
   */
  public static ManualTaskPool of(AdvancedPoolBuilder builder, ManualClock clock) {
    return new ManualTaskPool(builder, clock);
  }

  /** The pool, for the code under test. */
  public AdvancedPool pool() {
    return pool;
  }

  /** The clock of the pool. */
  public ManualClock clock() {
    return clock;
  }

  /**
   * Moves the clock; see {@link ManualClock#advance}. Timers run, tasks do not.
   *
   * @param by zero or positive
   */
  public void advance(Duration by) {
    clock.advance(by);
  }

  /**
   * Runs the task that is next in the order of the pool, and returns when it has ended with all
   * that follows from it on its thread: its future is complete, and dependants and listeners have
   * run.
   *
   * @return false if no task is ready; tasks that have expired or been cancelled are dropped
   * @throws AssertionError if the task does not end within a minute of real time, with its stack
   */
  public boolean runNext() {
    StartedTask next = startNext();
    if (next == null) {
      return false;
    }
    next.awaitEnd();
    return true;
  }

  /**
   * Runs tasks until none is ready, with those that they submit.
   *
   * @return how many tasks have run
   * @throws AssertionError if a task does not end within a minute of real time, or if there are
   *     more than 100,000 tasks
   */
  public int runAll() {
    return runAll(MOST_TASKS);
  }

  int runAll(int most) {
    int ran = 0;
    while (runNext()) {
      ran++;
      if (ran > most) {
        throw new AssertionError(
            "More than "
                + most
                + " tasks have run. Do they submit each other without end? "
                + pool.stats());
      }
    }
    return ran;
  }

  /**
   * Starts the task that is next, and does not wait for its end: for tasks that wait for something.
   * When this returns, the time of its run is measured: a clock that is moved now moves it towards
   * its limits.
   *
   * @return null if no task is ready, or if {@code maxWorkers} tasks run
   */
  public @Nullable StartedTask startNext() {
    started.removeIf(StartedTask::hasEnded);
    for (TestAccess.Turn turn = turns.poll(); turn != null; turn = turns.poll()) {
      StartedTask task = new StartedTask(turn);
      // Before it starts: if the current thread is interrupted, close still waits for it.
      started.add(task);
      if (task.start()) {
        return task;
      }
    }
    return null;
  }

  /**
   * Stops the pool: cancels what waits, interrupts what runs, and waits until the pool has
   * terminated. May be called twice.
   *
   * @throws AssertionError if a task that was started ignores its interrupt for a minute of real
   *     time, with its stack
   */
  @Override
  public void close() {
    pool.shutdownNow();
    long startNanos = System.nanoTime();
    while (!pool.isTerminated()) {
      runAll();
      started.forEach(StartedTask::awaitEnd);
      if (System.nanoTime() - startNanos > PATIENCE_NANOS) {
        throw new AssertionError("The pool does not terminate: " + pool.stats());
      }
      Thread.yield();
    }
  }

  @Override
  public String toString() {
    return "ManualTaskPool[" + pool.stats() + "]";
  }
}
