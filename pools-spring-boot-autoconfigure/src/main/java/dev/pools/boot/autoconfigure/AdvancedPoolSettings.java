package dev.pools.boot.autoconfigure;

import dev.pools.task.AdvancedPool;
import dev.pools.task.OverflowPolicy;
import dev.pools.task.ScalingPolicy;
import dev.pools.task.TaskOrder;
import dev.pools.task.WorkerThreads;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** The settings of one AdvancedPool, or of all of them. */
public class AdvancedPoolSettings implements PoolSettings {

  /** What kind of threads run the tasks. */
  public enum Threads {
    /** Platform threads, which keep the JVM alive until the pool is shut down. */
    PLATFORM,
    /** Platform threads that do not keep the JVM alive. */
    DAEMON,
    /** A virtual thread for each task, from JDK 21 on. */
    VIRTUAL
  }

  /** How the number of workers follows the work. */
  public enum Scaling {
    /** By how many tasks wait for each worker. */
    THRESHOLDS,
    /** It does not: there are always as many as there may be. */
    FIXED,
    /** By what completes most, found by trying. */
    ADAPTIVE
  }

  /** Whether there is such a pool. */
  private boolean enabled = true;

  /**
   * Name of the base configuration, under bases, whose settings come before those of the pool and
   * after the defaults.
   */
  private @Nullable String base;

  /**
   * Whether this pool is the executor of the application, in place of Spring Boot's: the bean
   * applicationTaskExecutor, for Async methods that name no executor, for requests that Spring MVC
   * handles asynchronously, and for blocking work of WebFlux. Only one pool can be.
   */
  private boolean applicationTaskExecutor;

  /** Least number of workers, from 0 to the greatest. */
  private int minWorkers = 1;

  /** Greatest number of workers, from 1 to 1,000,000. */
  private int maxWorkers = 5;

  /**
   * How many tasks may be queued, beyond those for which a worker is free. 0 takes a task only if a
   * worker is free for it.
   */
  private int queueCapacity = Integer.MAX_VALUE;

  /** Whether the number of workers follows the work. If not, there are always max-workers. */
  private boolean scaling = true;

  /**
   * How the number of workers follows the work: by how many tasks wait for each worker, not at all,
   * or by what completes most.
   */
  private Scaling scalingPolicy = Scaling.THRESHOLDS;

  /** Whether closing the pool cancels and interrupts what there is, instead of letting it end. */
  private boolean killAtExit;

  /** How long a worker is idle before it may leave. */
  private Duration keepAlive = Duration.ofSeconds(60);

  /** What a submit does when the queue is full. */
  private OverflowPolicy overflow = OverflowPolicy.WAIT;

  /**
   * In which order tasks of the same priority are taken: as they have come, or only those of each
   * thread as it has submitted them.
   */
  private TaskOrder taskOrder = TaskOrder.STRICT;

  /**
   * What kind of threads run the tasks. By default platform threads, or virtual ones where
   * spring.threads.virtual.enabled is true.
   */
  private @Nullable Threads threads;

  /** After how long a queued task is taken next whatever its priority. Zero is never. */
  private Duration aging = Duration.ZERO;

  /** How long a task may be queued before it fails instead of being run. Zero is without limit. */
  private Duration maxQueueTime = Duration.ZERO;

  private final Health health = new Health();

  /** Whether the health of the pool is shown. */
  public static class Health {

    /** Whether the health of the pool is shown. */
    private boolean enabled = true;

    /** Whether the health of the pool is shown. */
    public boolean isEnabled() {
      return enabled;
    }

    /** Sets {@link #isEnabled()}. */
    public void setEnabled(boolean enabled) {
      this.enabled = enabled;
    }
  }

  /** Whether the health of the pool is shown. */
  public Health getHealth() {
    return health;
  }

  /** The kind of threads that is set, or this one. */
  Threads threadsOr(Threads usual) {
    return threads == null ? usual : threads;
  }

  /**
   * Carries these settings over to a builder.
   *
   * @param kind what kind of threads run the tasks
   * @throws IllegalArgumentException if this JDK has no such threads
   */
  void applyTo(AdvancedPool.Builder builder, Threads kind) {
    if (kind == Threads.VIRTUAL && !WorkerThreads.virtualSupported()) {
      throw new IllegalArgumentException(
          "threads is virtual, but this JDK (%d) has no virtual threads: run on 21 or later, or use platform or daemon."
              .formatted(Runtime.version().feature()));
    }
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
        .threads(
            switch (kind) {
              case PLATFORM -> WorkerThreads.platform();
              case DAEMON -> WorkerThreads.daemon();
              case VIRTUAL -> WorkerThreads.virtual();
            });
  }

  /** Whether there is such a pool. */
  @Override
  public boolean isEnabled() {
    return enabled;
  }

  /** Sets {@link #isEnabled()}. */
  public void setEnabled(boolean enabled) {
    this.enabled = enabled;
  }

  /** Name of the base configuration whose settings come before those of the pool. */
  @Override
  public @Nullable String getBase() {
    return base;
  }

  /** Sets {@link #getBase()}. */
  public void setBase(@Nullable String base) {
    this.base = base;
  }

  /** Whether this pool is the executor of the application, in place of Spring Boot's. */
  public boolean isApplicationTaskExecutor() {
    return applicationTaskExecutor;
  }

  /** Sets {@link #isApplicationTaskExecutor()}. */
  public void setApplicationTaskExecutor(boolean applicationTaskExecutor) {
    this.applicationTaskExecutor = applicationTaskExecutor;
  }

  /** Least number of workers, from 0 to the greatest. */
  public int getMinWorkers() {
    return minWorkers;
  }

  /** Sets {@link #getMinWorkers()}. */
  public void setMinWorkers(int minWorkers) {
    this.minWorkers = minWorkers;
  }

  /** Greatest number of workers, from 1 to 1,000,000. */
  public int getMaxWorkers() {
    return maxWorkers;
  }

  /** Sets {@link #getMaxWorkers()}. */
  public void setMaxWorkers(int maxWorkers) {
    this.maxWorkers = maxWorkers;
  }

  /** How many tasks may be queued, beyond those for which a worker is free. */
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

  /** Whether closing the pool cancels and interrupts what there is, instead of letting it end. */
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

  /** What a submit does when the queue is full. */
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

  /** What kind of threads run the tasks. */
  public @Nullable Threads getThreads() {
    return threads;
  }

  /** Sets {@link #getThreads()}. */
  public void setThreads(@Nullable Threads threads) {
    this.threads = threads;
  }

  /** After how long a queued task is taken next whatever its priority. */
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
}
