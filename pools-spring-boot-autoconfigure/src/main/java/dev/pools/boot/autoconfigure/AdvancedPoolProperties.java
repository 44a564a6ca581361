package dev.pools.boot.autoconfigure;

import dev.pools.boot.lifecycle.StopSettings;
import dev.pools.scaling.ScalingPolicy;
import dev.pools.task.AdvancedPoolBuilder;
import dev.pools.task.OverflowPolicy;
import dev.pools.task.TaskOrder;
import dev.pools.task.WorkerThreads;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.NestedConfigurationProperty;

/** The settings of one AdvancedPool, or of all of them. */
public class AdvancedPoolProperties extends CommonPoolProperties {

  /** The kind of threads that run the tasks. */
  public enum Threads {
    /** Platform threads. The JVM does not end while the pool has tasks. */
    PLATFORM,
    /** Platform threads. The JVM may end while the pool has tasks. */
    DAEMON,
    /** A virtual thread for each task, from JDK 21 on. The JVM does not end before its tasks do. */
    VIRTUAL
  }

  /** How the number of workers follows the work. */
  public enum Scaling {
    /** By how many tasks wait for each worker. */
    THRESHOLDS,
    /** It does not: there are always as many as there may be. */
    FIXED,
    /** By the throughput that the pool measures with more and fewer workers. */
    ADAPTIVE
  }

  /**
   * Whether this pool is the application's task executor, the bean applicationTaskExecutor, in
   * place of Spring Boot's. It runs Async methods that name no executor, asynchronous requests of
   * Spring MVC, and blocking work of WebFlux. Only one pool can have this setting. Set it to true
   * when such work needs the limits, priorities or meters of a pool.
   */
  private boolean applicationTaskExecutor;

  /**
   * Smallest number of workers. Workers above it stop when they have had no task for keep-alive.
   * Raise it when the first tasks after a quiet time must not wait for threads to start.
   */
  private int minWorkers = 1;

  /**
   * Largest number of workers, and so of tasks that run at the same time. Raise it when tasks wait
   * in the queue although the machine, and the systems that the tasks call, have capacity left.
   * Lower it to protect them.
   */
  private int maxWorkers = 5;

  /**
   * Largest number of tasks that wait in the queue. A task for which a worker is free takes up no
   * place. With 0 a task is accepted only if a worker is free for it. Lower it to limit the memory
   * that waiting tasks hold and the time that they wait under overload.
   */
  private int queueCapacity = Integer.MAX_VALUE;

  /**
   * Whether the number of workers follows the work. If false, the pool always has max-workers. Set
   * it to false when the load is steady or threads are cheap.
   */
  private boolean scaling = true;

  /**
   * How the number of workers follows the work. With thresholds, the pool adds workers while tasks
   * wait, and removes idle ones. With fixed, it always has max-workers. With adaptive, it measures
   * which number of workers completes the most tasks. Set it to adaptive when the best number of
   * workers is unknown or changes.
   */
  private Scaling scalingPolicy = Scaling.THRESHOLDS;

  /**
   * Whether closing the pool cancels queued tasks and interrupts running ones, instead of waiting
   * for them. Set it to true when unfinished tasks are worthless once the application stops.
   */
  private boolean killAtExit;

  /**
   * Phase in which the application waits for the tasks of the pool when it stops. By default
   * pools.lifecycle.phase. Set it when other beans with a phase must stop before or after the pool.
   */
  private @Nullable Integer phase;

  /**
   * How long the application waits for the tasks of the pool when it stops, in the pool's phase and
   * when its bean is destroyed together. Zero means that it does not wait. By default
   * spring.lifecycle.timeout-per-shutdown-phase. Raise it when tasks take longer and must not be
   * cancelled.
   */
  private @Nullable Duration stopTimeout;

  /**
   * How long a worker above min-workers waits for a task before it stops. Raise it when load comes
   * in bursts with pauses between them. Lower it to free threads sooner.
   */
  private Duration keepAlive = Duration.ofSeconds(60);

  /**
   * What happens to a new task when the queue is full. With wait, it waits for a place and the
   * caller continues. With reject, the caller gets an exception. With caller-runs, the caller runs
   * the task itself. With discard-newest, it is dropped. With discard-oldest, the oldest of the
   * least urgent queued tasks is dropped. Change it when callers must notice a full queue (reject)
   * or slow down (caller-runs).
   */
  private OverflowPolicy overflow = OverflowPolicy.WAIT;

  /**
   * Order of tasks that have the same priority. With strict, the order of submission. With relaxed,
   * only the tasks of each submitting thread keep their order; it excludes aging. Set it to relaxed
   * when several threads submit many tiny tasks.
   */
  private TaskOrder taskOrder = TaskOrder.STRICT;

  /**
   * Kind of threads that run the tasks. The JVM does not end while the pool has tasks, except with
   * daemon. Virtual threads need JDK 21 or later. By default virtual where
   * spring.threads.virtual.enabled is true, otherwise platform. Set it to virtual when most tasks
   * wait for I/O, and many of them run at the same time.
   */
  private @Nullable Threads threads;

  /**
   * How long more urgent tasks can overtake a queued task. After this time it is taken next,
   * regardless of its priority. Zero means that there is no such limit. Set it when tasks of low
   * priority must not wait forever.
   */
  private Duration aging = Duration.ZERO;

  /**
   * How long a task may wait in the queue before it fails without running. Zero means that there is
   * no limit. Set it when a late result is useless, for example because its caller has timed out.
   */
  private Duration maxQueueTime = Duration.ZERO;

  /**
   * How long a task may run before it is reported as stuck, once, in the log with its name, its
   * time and its stack, and in the meters. Zero means that it is not reported. Set it well above
   * the longest normal run, so that tasks that hang are noticed.
   */
  private Duration stuckAfter = Duration.ZERO;

  /**
   * How long a task may run before its thread is interrupted and its future fails. Zero means that
   * there is no limit. Set it when a task that hangs must not keep its worker, and tasks end when
   * they are interrupted.
   */
  private Duration maxRunTime = Duration.ZERO;

  /**
   * Over how much of its past the pool keeps records of tasks, for whatIf. Zero means that it keeps
   * none. Set it to some minutes, such as 5m, to choose max-workers by what tasks really did.
   */
  private Duration adviceWindow = Duration.ZERO;

  @NestedConfigurationProperty
  private final AdvancedPoolHealthProperties health = new AdvancedPoolHealthProperties();

  @NestedConfigurationProperty
  private final AdvancedPoolAlarmProperties alarms = new AdvancedPoolAlarmProperties();

  /** Whether the health of the pool is shown. */
  public AdvancedPoolHealthProperties getHealth() {
    return health;
  }

  /** The alarms of the pool. */
  public AdvancedPoolAlarmProperties getAlarms() {
    return alarms;
  }

  /** The kind of threads that is set, or this one. */
  Threads threadsOr(Threads usual) {
    return threads == null ? usual : threads;
  }

  /**
   * Carries these settings over to a builder.
   *
   * @param kind the kind of threads that run the tasks
   * @throws IllegalArgumentException if this JDK has no such threads
   */
  void applyTo(AdvancedPoolBuilder builder, Threads kind) {
    if (kind == Threads.VIRTUAL && !WorkerThreads.virtualSupported()) {
      throw new IllegalArgumentException(
          "threads is virtual, but this JDK (%d) has no virtual threads: run on 21 or later, or use platform or daemon."
              .formatted(Runtime.version().feature()));
    }
    checkHealthAlarmsAndStop();
    builder
        .minWorkers(minWorkers)
        .maxWorkers(maxWorkers)
        .queueCapacity(queueCapacity)
        .scaling(scaling)
        .scalingPolicy(
            switch (scalingPolicy) {
              case THRESHOLDS -> ScalingPolicy.thresholds();
              case FIXED -> ScalingPolicy.fixed();
              case ADAPTIVE -> ScalingPolicy.adaptive();
            })
        .killAtExit(killAtExit)
        .keepAlive(keepAlive)
        .overflow(overflow)
        .taskOrder(taskOrder)
        .aging(aging)
        .maxQueueTime(maxQueueTime)
        .stuckAfter(stuckAfter)
        .maxRunTime(maxRunTime)
        .adviceWindow(adviceWindow)
        .threads(
            switch (kind) {
              // KeepAlive decides which of these two kinds keep the JVM running.
              case PLATFORM, DAEMON -> WorkerThreads.daemon();
              case VIRTUAL -> WorkerThreads.virtual();
            });
  }

  @Override
  void checkHealthAlarmsAndStop() {
    health.options();
    alarms.options();
    stop("");
  }

  /** How the pool stops with the application. */
  @Override
  public StopSettings stop(String prefix) {
    return new StopSettings(
        phase, stopTimeout, prefix + ".stop-timeout", killAtExit ? prefix + ".kill-at-exit" : null);
  }

  /** Phase in which the application waits for the tasks of the pool when it stops. */
  @Override
  public @Nullable Integer getPhase() {
    return phase;
  }

  /** Sets {@link #getPhase()}. */
  public void setPhase(@Nullable Integer phase) {
    this.phase = phase;
  }

  /** How long the application waits for the tasks of the pool when it stops. */
  public @Nullable Duration getStopTimeout() {
    return stopTimeout;
  }

  /** Sets {@link #getStopTimeout()}. */
  public void setStopTimeout(@Nullable Duration stopTimeout) {
    this.stopTimeout = stopTimeout;
  }

  /** Whether this pool is the executor of the application, in place of Spring Boot's. */
  public boolean isApplicationTaskExecutor() {
    return applicationTaskExecutor;
  }

  /** Sets {@link #isApplicationTaskExecutor()}. */
  public void setApplicationTaskExecutor(boolean applicationTaskExecutor) {
    this.applicationTaskExecutor = applicationTaskExecutor;
  }

  /** Minimum number of workers, from 0 to the maximum. */
  public int getMinWorkers() {
    return minWorkers;
  }

  /** Sets {@link #getMinWorkers()}. */
  public void setMinWorkers(int minWorkers) {
    this.minWorkers = minWorkers;
  }

  /** Maximum number of workers, from 1 to 1,000,000. */
  public int getMaxWorkers() {
    return maxWorkers;
  }

  /** Sets {@link #getMaxWorkers()}. */
  public void setMaxWorkers(int maxWorkers) {
    this.maxWorkers = maxWorkers;
  }

  /** Largest number of queued tasks, without those for which a worker is free. */
  public int getQueueCapacity() {
    return queueCapacity;
  }

  /** Sets {@link #getQueueCapacity()}. */
  public void setQueueCapacity(int queueCapacity) {
    this.queueCapacity = queueCapacity;
  }

  /** Whether the number of workers follows the work. */
  public boolean isScaling() {
    return scaling;
  }

  /** Sets {@link #isScaling()}. */
  public void setScaling(boolean scaling) {
    this.scaling = scaling;
  }

  /** How the number of workers follows the work. */
  public Scaling getScalingPolicy() {
    return scalingPolicy;
  }

  /** Sets {@link #getScalingPolicy()}. */
  public void setScalingPolicy(Scaling scalingPolicy) {
    this.scalingPolicy = scalingPolicy;
  }

  /** Whether closing the pool cancels and interrupts tasks instead of waiting for them. */
  public boolean isKillAtExit() {
    return killAtExit;
  }

  /** Sets {@link #isKillAtExit()}. */
  public void setKillAtExit(boolean killAtExit) {
    this.killAtExit = killAtExit;
  }

  /** How long a worker is idle before it may leave. */
  public Duration getKeepAlive() {
    return keepAlive;
  }

  /** Sets {@link #getKeepAlive()}. */
  public void setKeepAlive(Duration keepAlive) {
    this.keepAlive = keepAlive;
  }

  /** What happens to a new task when the queue is full. */
  public OverflowPolicy getOverflow() {
    return overflow;
  }

  /** Sets {@link #getOverflow()}. */
  public void setOverflow(OverflowPolicy overflow) {
    this.overflow = overflow;
  }

  /** In which order tasks of the same priority are taken. */
  public TaskOrder getTaskOrder() {
    return taskOrder;
  }

  /** Sets {@link #getTaskOrder()}. */
  public void setTaskOrder(TaskOrder taskOrder) {
    this.taskOrder = taskOrder;
  }

  /** The kind of threads that run the tasks. */
  public @Nullable Threads getThreads() {
    return threads;
  }

  /** Sets {@link #getThreads()}. */
  public void setThreads(@Nullable Threads threads) {
    this.threads = threads;
  }

  /** Time in the queue after which a task is taken next, regardless of its priority. */
  public Duration getAging() {
    return aging;
  }

  /** Sets {@link #getAging()}. */
  public void setAging(Duration aging) {
    this.aging = aging;
  }

  /** How long a task may be queued before it fails instead of being run. */
  public Duration getMaxQueueTime() {
    return maxQueueTime;
  }

  /** Sets {@link #getMaxQueueTime()}. */
  public void setMaxQueueTime(Duration maxQueueTime) {
    this.maxQueueTime = maxQueueTime;
  }

  /** How long a task may run before it is reported as stuck. */
  public Duration getStuckAfter() {
    return stuckAfter;
  }

  /** Sets {@link #getStuckAfter()}. */
  public void setStuckAfter(Duration stuckAfter) {
    this.stuckAfter = stuckAfter;
  }

  /** How long a task may run before its thread is interrupted and its future fails. */
  public Duration getMaxRunTime() {
    return maxRunTime;
  }

  /** Sets {@link #getMaxRunTime()}. */
  public void setMaxRunTime(Duration maxRunTime) {
    this.maxRunTime = maxRunTime;
  }

  /** Over how much of its past the pool keeps records of tasks. */
  public Duration getAdviceWindow() {
    return adviceWindow;
  }

  /** Sets {@link #getAdviceWindow()}. */
  public void setAdviceWindow(Duration adviceWindow) {
    this.adviceWindow = adviceWindow;
  }
}
