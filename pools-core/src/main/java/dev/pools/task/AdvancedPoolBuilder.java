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
 * Describes an {@link AdvancedPool}; {@link AdvancedPool#builder()} creates one. Not thread-safe;
 * may be used again after {@link #build()}.
 */
public final class AdvancedPoolBuilder {

  /** The queue capacity that is no bound. */
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

  /** What threads, log lines and metrics are named after. By default {@code pool-<n>}. */
  public AdvancedPoolBuilder name(String name) {
    this.name = Objects.requireNonNull(name, "name");
    return this;
  }

  /** The least number of workers, from 0 to the greatest; by default 1. */
  public AdvancedPoolBuilder minWorkers(int minWorkers) {
    this.minWorkers = minWorkers;
    return this;
  }

  /** The greatest number of workers, from 1 to 1,000,000; by default 5. */
  public AdvancedPoolBuilder maxWorkers(int maxWorkers) {
    this.maxWorkers = maxWorkers;
    return this;
  }

  /**
   * How many tasks may be queued, beyond those for which a worker is free. 0 means that a task is
   * taken only if a worker is free for it. By default {@link #UNBOUNDED}.
   *
   * <p>Once tasks wait for a place, they are let in when an eighth of the capacity is free, and
   * then as many as fit; one with a priority below 0 at once.
   */
  public AdvancedPoolBuilder queueCapacity(int queueCapacity) {
    this.queueCapacity = queueCapacity;
    return this;
  }

  /**
   * Whether the number of workers follows the work; by default true. If not, there are always
   * {@code maxWorkers}, as with {@link ScalingPolicy#fixed()}.
   */
  public AdvancedPoolBuilder scaling(boolean scaling) {
    this.scaling = scaling;
    return this;
  }

  /** How the number of workers follows the work; by default {@link ScalingPolicy#thresholds()}. */
  public AdvancedPoolBuilder scalingPolicy(ScalingPolicy scalingPolicy) {
    this.scalingPolicy = Objects.requireNonNull(scalingPolicy, "scalingPolicy");
    return this;
  }

  /** Whether {@link AdvancedPool#close()} cancels and interrupts what there is; by default not. */
  public AdvancedPoolBuilder killAtExit(boolean killAtExit) {
    this.killAtExit = killAtExit;
    return this;
  }

  /** How long a worker is idle before it may leave; positive, by default 60 s. */
  public AdvancedPoolBuilder keepAlive(Duration keepAlive) {
    this.keepAlive = Objects.requireNonNull(keepAlive, "keepAlive");
    return this;
  }

  /** What {@code submit} does when the queue is full; by default {@link OverflowPolicy#WAIT}. */
  public AdvancedPoolBuilder overflow(OverflowPolicy overflow) {
    this.overflow = Objects.requireNonNull(overflow, "overflow");
    return this;
  }

  /** In which order equals are taken; by default {@link TaskOrder#STRICT}. */
  public AdvancedPoolBuilder taskOrder(TaskOrder taskOrder) {
    this.taskOrder = Objects.requireNonNull(taskOrder, "taskOrder");
    return this;
  }

  /** What threads the workers are; by default {@link WorkerThreads#platform()}. */
  public AdvancedPoolBuilder threads(WorkerThreads threads) {
    this.threads = Objects.requireNonNull(threads, "threads");
    return this;
  }

  /**
   * After how long a queued task is taken next whatever its priority, so that low ones cannot
   * starve; the oldest first. By default zero, which is never: the order is strict.
   */
  public AdvancedPoolBuilder aging(Duration aging) {
    this.aging = Objects.requireNonNull(aging, "aging");
    return this;
  }

  /**
   * How long a task may be queued. One that has waited longer when a worker comes to it fails with
   * a {@link TaskExpiredException} and does not run. By default zero, which is no limit.
   */
  public AdvancedPoolBuilder maxQueueTime(Duration maxQueueTime) {
    this.maxQueueTime = Objects.requireNonNull(maxQueueTime, "maxQueueTime");
    return this;
  }

  /**
   * How long a task may run before it is reported as stuck: once, as a warning in the log with its
   * name, its time and its stack, to {@link PoolListener#taskStuck}, and in {@link
   * PoolStats#stuckTasks}. When it ends, that is reported as well. Nothing is done to the task. By
   * default zero, which is never.
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
   * How long a task may run. One that runs for longer fails with a {@link TaskTimeoutException},
   * and its thread is interrupted; see {@link PoolStats#timedOut}. The interrupt never reaches the
   * next task of the thread. The worker is free when the code of the task returns, and not before:
   * what it returns or throws then is dropped. A task that still runs a second after its interrupt
   * counts as stuck, as with {@link #stuckAfter}. By default zero, which is no limit; a task may
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
   * and shorter than a day has phases. By default zero: nothing is recorded, and nothing is paid.
   *
   * <p>The pool records each task while up to 2,000 come in a second, otherwise one in 16. It keeps
   * 4,200 records in at most 200 KiB, so in a busy pool they cover less time than this. A recorded
   * task needs an object more, reads the clock three times, and lets its worker take the pool's
   * lock once; a task that is not recorded costs nothing more than without the option.
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

  /** Adds a listener; they are told in the order in which they were added. */
  public AdvancedPoolBuilder listener(PoolListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener"));
    return this;
  }

  /**
   * Gets what tasks throw and no other code can see. By default the thread's own handler, as with
   * every thread.
   *
   * <ul>
   *   <li>What executed tasks throw, which have no future to hold it: each of them.
   *   <li>An {@link Error} of a task with a future, if nothing depends on the future and no thread
   *       waits for it when the task ends, or if the future was cancelled or completed before. At
   *       most ten such errors are reported in a second; the next report says in the log how many
   *       were not. A caller that asks the future later sees the error as well.
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
   * @throws IllegalArgumentException if an option is out of its range; says which, and what to do
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
