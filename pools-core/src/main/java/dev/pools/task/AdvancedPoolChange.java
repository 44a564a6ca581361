package dev.pools.task;

import dev.pools.internal.WantedOptions;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A change of the options of an {@link AdvancedPool} that runs; see {@link
 * AdvancedPool#reconfigure}. An option that is not named stays as it is. The meaning and the range
 * of each option are those of the {@link AdvancedPoolBuilder}. Not thread-safe.
 */
public final class AdvancedPoolChange {

  private static final Map<String, Class<?>> TYPES = types();

  private final WantedOptions wanted;

  AdvancedPoolChange() {
    this(new WantedOptions(TYPES));
  }

  private AdvancedPoolChange(WantedOptions wanted) {
    this.wanted = wanted;
  }

  private static Map<String, Class<?>> types() {
    Map<String, Class<?>> types = new LinkedHashMap<>();
    types.put("minWorkers", Integer.class);
    types.put("maxWorkers", Integer.class);
    types.put("queueCapacity", Integer.class);
    types.put("killAtExit", Boolean.class);
    types.put("keepAlive", Duration.class);
    types.put("overflow", OverflowPolicy.class);
    types.put("maxQueueTime", Duration.class);
    types.put("stuckAfter", Duration.class);
    types.put("maxRunTime", Duration.class);
    return Collections.unmodifiableMap(types);
  }

  /**
   * The names of the options that can change while a pool runs. All others are fixed when it is
   * built. {@code queueCapacity} can change only if the pool was built with a bound.
   */
  public static Set<String> options() {
    return TYPES.keySet();
  }

  // ---- How many workers

  /** The least number of workers. Missing ones are started at once. */
  public AdvancedPoolChange minWorkers(int minWorkers) {
    return put("minWorkers", minWorkers);
  }

  /** The greatest number of workers. Superfluous ones stop as after a resize. */
  public AdvancedPoolChange maxWorkers(int maxWorkers) {
    return put("maxWorkers", maxWorkers);
  }

  /** How long a worker above the least number may be idle; also counts for idle time so far. */
  public AdvancedPoolChange keepAlive(Duration keepAlive) {
    return put("keepAlive", keepAlive);
  }

  // ---- How tasks wait

  /**
   * How many tasks may be queued. If it is lowered, queued tasks stay, and no more are accepted
   * until there are fewer. A pool that was built without a bound does not count its queue, and
   * rejects this change.
   */
  public AdvancedPoolChange queueCapacity(int queueCapacity) {
    return put("queueCapacity", queueCapacity);
  }

  /**
   * What happens to a task that finds the queue full. Tasks that already wait keep waiting, and no
   * later one takes a place before them.
   */
  public AdvancedPoolChange overflow(OverflowPolicy overflow) {
    return put("overflow", overflow);
  }

  /** How long a task may wait. A task that was submitted before keeps its limit. */
  public AdvancedPoolChange maxQueueTime(Duration maxQueueTime) {
    return put("maxQueueTime", maxQueueTime);
  }

  // ---- How tasks run

  /**
   * After how long a run is reported as stuck. Counts for runs that start from now on, and for
   * those that the pool has noted: it notes each run if it has a listener, {@code stuckAfter} or
   * {@code maxRunTime}. The first look after the change may be up to a second late.
   */
  public AdvancedPoolChange stuckAfter(Duration stuckAfter) {
    return put("stuckAfter", stuckAfter);
  }

  /**
   * How long a task may run. Counts for the same runs as {@link #stuckAfter}, except that tasks
   * without a future (see {@link AdvancedPool#execute(Runnable)}) have a limit only if they are
   * submitted from now on.
   */
  public AdvancedPoolChange maxRunTime(Duration maxRunTime) {
    return put("maxRunTime", maxRunTime);
  }

  // ---- How the pool ends

  /** Whether {@link AdvancedPool#close()} cancels tasks; counts for the next call. */
  public AdvancedPoolChange killAtExit(boolean killAtExit) {
    return put("killAtExit", killAtExit);
  }

  /**
   * Sets an option by its name.
   *
   * @param option one of {@link #options()}
   * @param value of the type that {@link AdvancedPool#options()} has for it
   * @throws IllegalArgumentException if no option of this name can change, or the value has another
   *     type
   */
  public AdvancedPoolChange set(String option, Object value) {
    wanted.set(option, value);
    return this;
  }

  private AdvancedPoolChange put(String option, Object value) {
    wanted.put(option, value);
    return this;
  }

  /** A copy, which the user cannot change. */
  AdvancedPoolChange copy() {
    return new AdvancedPoolChange(wanted.copy());
  }

  /**
   * These options with the change.
   *
   * @throws IllegalArgumentException if a value is out of its range; the message is the builder's
   */
  PoolOptions appliedTo(PoolOptions options) {
    return new PoolOptions(
        options.name(),
        wanted.or("minWorkers", options.minWorkers()),
        wanted.or("maxWorkers", options.maxWorkers()),
        wanted.or("queueCapacity", options.queueCapacity()),
        options.scaling(),
        wanted.or("killAtExit", options.killAtExit()),
        wanted.or("keepAlive", options.keepAlive()),
        wanted.or("overflow", options.overflow()),
        options.taskOrder(),
        options.threads(),
        options.aging(),
        wanted.or("maxQueueTime", options.maxQueueTime()),
        wanted.or("stuckAfter", options.stuckAfter()),
        wanted.or("maxRunTime", options.maxRunTime()),
        options.adviceWindow(),
        options.decorator(),
        options.listeners(),
        options.uncaughtExceptionHandler(),
        options.time());
  }
}
