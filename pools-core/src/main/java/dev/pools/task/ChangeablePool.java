package dev.pools.task;

import dev.pools.OptionChange;
import dev.pools.internal.OptionValues;
import java.lang.ref.Reference;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The options of an {@link AdvancedPool}, and how they change while it runs.
 *
 * <p>All methods may be called by any thread. None of them waits.
 */
public abstract sealed class ChangeablePool extends InspectablePool permits AdvancedPool {

  ChangeablePool(PoolParts parts) {
    super(parts);
  }

  /**
   * Sets the smallest and the largest number of workers. Missing workers are started and
   * superfluous ones leave, idle ones at once, busy ones after their task; no task is lost.
   *
   * @param minWorkers from 0 to {@code maxWorkers}
   * @param maxWorkers from 1 to 1,000,000
   * @return completes when the number of workers is within the limits; fails if a thread that is
   *     needed cannot be started, or with a {@link PoolShutDownException} if the pool has
   *     terminated
   * @throws IllegalArgumentException if a number is out of its range; nothing has changed
   */
  public CompletableFuture<Void> resize(int minWorkers, int maxWorkers) {
    try {
      PoolOptions.checkWorkers(minWorkers, maxWorkers);
      return parts.lifecycle.resize(minWorkers, maxWorkers);
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Changes options while the pool runs, all at once: other changes, {@link #options()} and {@link
   * AdvancedPool#stats()} find all of them changed or none. A task that another thread submits at
   * this moment may still have some of the old limits.
   *
   * <pre>{@code
   * pool.reconfigure(change -> change.maxWorkers(20).maxQueueTime(Duration.ofSeconds(2)));
   * }</pre>
   *
   * <p>The options count for what begins from now on; {@link AdvancedPoolChange} says for each what
   * it does to tasks and workers that exist. Changes at the same time follow each other, and
   * options that one of them does not name keep the value of the other. To learn when workers that
   * are too many have left, use {@link #resize}. Never blocks.
   *
   * @param change is called once, on this thread, before anything changes
   * @return what has changed; empty if all options had these values already
   * @throws IllegalArgumentException if a value is out of its range, with the message of the
   *     builder, or if a queue that has no bound is to have one; nothing has changed
   * @throws PoolShutDownException if the pool has terminated
   */
  public List<OptionChange> reconfigure(Consumer<? super AdvancedPoolChange> change) {
    try {
      return new Reconfiguration(parts).apply(wanted(change));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * Says what {@link #reconfigure} would change at this moment, and changes nothing. With it
   * several pools can be changed together: first each change is checked, and then all are applied.
   *
   * @param change is called once, on this thread
   * @return what would change; empty if all options have these values already
   * @throws IllegalArgumentException as {@link #reconfigure}
   */
  public List<OptionChange> preview(Consumer<? super AdvancedPoolChange> change) {
    try {
      return new Reconfiguration(parts).preview(wanted(change));
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  /**
   * The names of the options of this pool that {@link #reconfigure} can change: those of {@link
   * AdvancedPoolChange#options()}, without {@code queueCapacity} if the pool was built without a
   * bound.
   */
  public Set<String> changeable() {
    try {
      Set<String> options = new LinkedHashSet<>(AdvancedPoolChange.options());
      if (!parts.core.capacity.isBounded()) {
        options.remove("queueCapacity");
      }
      return options;
    } finally {
      Reference.reachabilityFence(this);
    }
  }

  private static AdvancedPoolChange wanted(Consumer<? super AdvancedPoolChange> change) {
    AdvancedPoolChange wanted = new AdvancedPoolChange();
    Objects.requireNonNull(change, "change").accept(wanted);
    return wanted.copy();
  }

  /**
   * The options that the pool has now, by the names of the builder's methods: numbers, durations,
   * flags and choices. Objects such as listeners are left out. {@link #resize} and {@link
   * #reconfigure} change what this returns. Takes no lock.
   */
  public Map<String, Object> options() {
    try {
      return OptionValues.of(parts.core.options);
    } finally {
      Reference.reachabilityFence(this);
    }
  }
}
