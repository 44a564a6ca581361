package dev.pools.task;

import dev.pools.internal.Time;
import dev.pools.scaling.ScalingPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The options of an {@link AdvancedPool} to be created; {@link AdvancedPool#builder()} creates a
 * builder. Not thread-safe; may be used again after {@link #build()}.
 */
public final class AdvancedPoolBuilder {

  /** The queue capacity that means no limit. */
  public static final int UNBOUNDED = Integer.MAX_VALUE;

  private static final AtomicInteger UNNAMED = new AtomicInteger();

  private @Nullable String name;
  private int minWorkers = 1;
  private int maxWorkers = 5;
  private int queueCapacity = UNBOUNDED;
  private boolean scaling = true;
  private ScalingPolicy scalingPolicy = ScalingPolicy.thresholds();
  private boolean killAtExit;
  private Duration keepAlive = Duration.ofSeconds(60);
  private OverflowPolicy overflow = OverflowPolicy.WAIT;
  private TaskOrder taskOrder = TaskOrder.STRICT;
  private WorkerThreads threads = WorkerThreads.platform();
  private Duration aging = Duration.ZERO;
  private Duration maxQueueTime = Duration.ZERO;
  private Duration stuckAfter = Duration.ZERO;
  private Duration maxRunTime = Duration.ZERO;
  private Duration adviceWindow = Duration.ZERO;
  private @Nullable TaskDecorator decorator;
  private final List<PoolListener> listeners = new ArrayList<>();
  private Thread.@Nullable UncaughtExceptionHandler uncaughtExceptionHandler;
  private Time time = Time.system();

  AdvancedPoolBuilder() {}

  /** The name of the pool in threads, log lines and metrics. By default {@code pool-<n>}. */
  public AdvancedPoolBuilder name(String name) {
    this.name = Objects.requireNonNull(name, "name");
    return this;
  }

  /** The smallest number of workers, from 0 to {@link #maxWorkers}; by default 1. */
  public AdvancedPoolBuilder minWorkers(int minWorkers) {
    this.minWorkers = minWorkers;
    return this;
  }

  /**
   * The largest number of workers, and so of tasks that run at a time; from 1 to 1,000,000, by
   * default 5.
   */
  public AdvancedPoolBuilder maxWorkers(int maxWorkers) {
    this.maxWorkers = maxWorkers;
    return this;
  }

  /**
   * How many tasks may be queued, beyond those for which a worker is free; 0 or more. With 0 a task
   * is accepted only if a worker is free for it. By default {@link #UNBOUNDED}. {@link #overflow}
   * says what happens to a task that finds the queue full.
   *
   * <p>Tasks that wait for a place get one when an eighth of the capacity is free, then as many as
   * fit. A task with a priority below 0 gets the first free place.
   */
  public AdvancedPoolBuilder queueCapacity(int queueCapacity) {
    this.queueCapacity = queueCapacity;
    return this;
  }

  /**
   * Whether the number of workers follows the load; by default true. If false, there are always
   * {@code maxWorkers}, as with {@link ScalingPolicy#fixed()}.
   */
  public AdvancedPoolBuilder scaling(boolean scaling) {
    this.scaling = scaling;
    return this;
  }

  /** How the number of workers follows the load; by default {@link ScalingPolicy#thresholds()}. */
  public AdvancedPoolBuilder scalingPolicy(ScalingPolicy scalingPolicy) {
    this.scalingPolicy = Objects.requireNonNull(scalingPolicy, "scalingPolicy");
    return this;
  }

  /**
   * Whether {@link AdvancedPool#close()} cancels queued tasks and interrupts running ones, instead
   * of waiting for them; by default false.
   */
  public AdvancedPoolBuilder killAtExit(boolean killAtExit) {
    this.killAtExit = killAtExit;
    return this;
  }

  /**
   * How long a worker above {@code minWorkers} waits for a task before it stops; positive, by
   * default 60 s.
   */
  public AdvancedPoolBuilder keepAlive(Duration keepAlive) {
    this.keepAlive = Objects.requireNonNull(keepAlive, "keepAlive");
    return this;
  }

  /** What {@code submit} does when the queue is full; by default {@link OverflowPolicy#WAIT}. */
  public AdvancedPoolBuilder overflow(OverflowPolicy overflow) {
    this.overflow = Objects.requireNonNull(overflow, "overflow");
    return this;
  }

  /** The order of tasks with the same priority; by default {@link TaskOrder#STRICT}. */
  public AdvancedPoolBuilder taskOrder(TaskOrder taskOrder) {
    this.taskOrder = Objects.requireNonNull(taskOrder, "taskOrder");
    return this;
  }

  /** The kind of threads that run the tasks; by default {@link WorkerThreads#platform()}. */
  public AdvancedPoolBuilder threads(WorkerThreads threads) {
    this.threads = Objects.requireNonNull(threads, "threads");
    return this;
  }

  /**
   * How long more urgent tasks can overtake a queued task. After this time it is taken next,
   * regardless of its priority, the oldest first. By default zero, which means no limit: a task of
   * low priority may wait as long as more urgent ones arrive.
   */
  public AdvancedPoolBuilder aging(Duration aging) {
    this.aging = Objects.requireNonNull(aging, "aging");
    return this;
  }

  /**
   * How long a task may wait in the queue. If it has waited longer when a worker takes it, it fails
   * with a {@link TaskExpiredException} and does not run. By default zero, which means no limit; a
   * task may have its own ({@link TaskOptions#maxQueueTime}).
   */
  public AdvancedPoolBuilder maxQueueTime(Duration maxQueueTime) {
    this.maxQueueTime = Objects.requireNonNull(maxQueueTime, "maxQueueTime");
    return this;
  }

  /**
   * How long a task may run before it is reported as stuck: once, as a warning in the log with its
   * name, its time and its stack, to {@link PoolListener#taskStuck}, and in {@link
   * PoolStats#stuckTasks}. When it ends, that is reported as well. Nothing is done to the task. By
   * default zero, which means never.
   *
   * <p>The pool looks at its runs four times in this time, at most once a millisecond and only
   * while tasks run, so a report may be late by a quarter. The time covers what the thread does
   * about the task after its code, too: listeners, and the dependants of its future. Tasks that
   * their callers run ({@link OverflowPolicy#CALLER_RUNS}) are watched like others.
   */
  public AdvancedPoolBuilder stuckAfter(Duration stuckAfter) {
    this.stuckAfter = Objects.requireNonNull(stuckAfter, "stuckAfter");
    return this;
  }

  /**
   * How long a task may run. A task that runs for longer fails with a {@link TaskTimeoutException},
   * and its thread is interrupted; see {@link PoolStats#timedOut}. The interrupt never reaches the
   * next task of the thread. The worker is free when the code of the task returns, and not before:
   * what it returns or throws then is dropped. A task that still runs a second after its interrupt
   * counts as stuck, as with {@link #stuckAfter}. By default zero, which means no limit; a task may
   * have its own ({@link TaskOptions#maxRunTime}).
   *
   * <p>The pool looks at its runs four times in this time, at most once a millisecond and only
   * while tasks run, so the limit may come late by a quarter. It covers the code of the task only,
   * not listeners or dependants. A task that its caller runs ({@link OverflowPolicy#CALLER_RUNS})
   * has the limit, too, and then the thread of the caller is interrupted. If the thread of a task
   * runs another task inside of it, that one sees the interrupt as well.
   */
  public AdvancedPoolBuilder maxRunTime(Duration maxRunTime) {
    this.maxRunTime = Objects.requireNonNull(maxRunTime, "maxRunTime");
    return this;
  }

  /**
   * Over how much of its past the pool keeps records of tasks, for {@link AdvancedPool#whatIf};
   * zero, or at least 1 s. Some minutes are a good choice: longer than the load takes to change,
   * and shorter than the phases of a day. By default zero: nothing is recorded, and it costs
   * nothing.
   *
   * <p>The pool records each task while up to 2,000 arrive in a second, otherwise one in 16. It
   * keeps 4,200 records in at most 200 KiB, so in a busy pool they cover less time than this. For a
   * recorded task the pool creates two more objects and reads the clock three times. A task that is
   * not recorded costs no more than without the option.
   */
  public AdvancedPoolBuilder adviceWindow(Duration adviceWindow) {
    this.adviceWindow = Objects.requireNonNull(adviceWindow, "adviceWindow");
    return this;
  }

  /**
   * Wraps each task, so that context can travel with it to the task itself, the dependants of its
   * future, the listeners and the report of a failure; by default none.
   */
  public AdvancedPoolBuilder taskDecorator(TaskDecorator decorator) {
    this.decorator = Objects.requireNonNull(decorator, "decorator");
    return this;
  }

  /** Adds a listener. Listeners are called in the order in which they were added. */
  public AdvancedPoolBuilder listener(PoolListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * The handler of what tasks throw and no other code can see. By default the thread's own handler,
   * as with every thread. It gets:
   *
   * <ul>
   *   <li>Everything that a task given to {@code execute} throws, because it has no future.
   *   <li>An {@link Error} of a task with a future, if nothing depends on the future and no thread
   *       waits for it when the task ends, or if the future was cancelled or completed before. At
   *       most ten such errors are reported in a second; the next report says in the log how many
   *       were left out. A caller that asks the future later gets the error as well.
   * </ul>
   *
   * <p>An exception that is not an Error stays in the future, where its caller may expect it.
   */
  public AdvancedPoolBuilder uncaughtExceptionHandler(Thread.UncaughtExceptionHandler handler) {
    this.uncaughtExceptionHandler = Objects.requireNonNull(handler, "handler");
    return this;
  }

  /** Replaces the time of this machine, in tests. */
  AdvancedPoolBuilder time(Time time) {
    this.time = time;
    return this;
  }

  /**
   * Creates the pool and starts its first workers.
   *
   * @throws IllegalArgumentException if an option is out of its range; the message names the
   *     option, its value, the range and the fix
   */
  public AdvancedPool build() {
    return new AdvancedPool(
        new PoolOptions(
            name == null ? "pool-".concat(Integer.toString(UNNAMED.incrementAndGet())) : name,
            minWorkers,
            maxWorkers,
            queueCapacity,
            scaling ? scalingPolicy : ScalingPolicy.fixed(),
            killAtExit,
            keepAlive,
            overflow,
            taskOrder,
            threads,
            aging,
            maxQueueTime,
            stuckAfter,
            maxRunTime,
            adviceWindow,
            decorator,
            listeners,
            uncaughtExceptionHandler,
            time));
  }
}
