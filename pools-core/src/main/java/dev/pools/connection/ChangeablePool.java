package dev.pools.connection;

import dev.pools.OptionChange;
import dev.pools.internal.OptionValues;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * The options of a {@link ConnectionPool}, and how they change while it runs.
 *
 * <p>All methods may be called by any thread. None of them waits.
 *
 * @param <T> what a connection is
 */
public abstract sealed class ChangeablePool<T> extends UsingPool<T> permits ConnectionPool {

  ChangeablePool(ConnectionParts<T> parts) {
    super(parts);
  }

  /**
   * Sets the smallest and the largest number of connections. If callers wait, more connections are
   * created at once. Superfluous connections are closed: idle ones at once, others when they are
   * released.
   *
   * @param minSize from 0 to {@code maxSize}
   * @param maxSize from 1 to 1,000,000
   * @return completes when there are at most {@code maxSize} connections
   * @throws IllegalArgumentException if a number is out of its range; nothing has changed
   */
  public CompletableFuture<Void> resize(int minSize, int maxSize) {
    SizeOptions.check(minSize, maxSize);
    return parts.resize.resize(minSize, maxSize);
  }

  /**
   * Changes options while the pool runs, all at once: no caller finds some of them changed and
   * others not, except that a lease that begins at that moment may be judged by the old ones.
   *
   * <pre>{@code
   * pool.reconfigure(change -> change.acquireTimeout(Duration.ofSeconds(2)).maxSize(20));
   * }</pre>
   *
   * <p>The options count for what begins from now on, and for the connections and leases that
   * exist; {@link ConnectionPoolChange} says so for each. Callers that wait already keep their
   * timeouts and their places. A pool that runs does its {@linkplain ConnectionPool#maintain()
   * maintenance} at once. A pool that is stopped keeps the change for its next start.
   *
   * <p>Changes at the same time follow each other, and options that one of them does not name keep
   * the value of the other. Never blocks.
   *
   * @param change is called once, on this thread, before anything changes
   * @return what has changed; empty if all options had these values already
   * @throws IllegalArgumentException if a value is out of its range; the message is that of the
   *     builder, and nothing has changed
   */
  public List<OptionChange> reconfigure(Consumer<? super ConnectionPoolChange> change) {
    ConnectionPoolChange wanted = new ConnectionPoolChange();
    Objects.requireNonNull(change, "change").accept(wanted);
    return parts.resize.reconfigure(wanted.copy());
  }

  /**
   * Says what {@link #reconfigure} would change at this moment, and changes nothing. With it
   * several pools can be changed together: first each change is checked, and then all are applied.
   *
   * @param change is called once, on this thread
   * @return what would change; empty if all options have these values already
   * @throws IllegalArgumentException if a value is out of its range; the message is that of the
   *     builder
   */
  public List<OptionChange> preview(Consumer<? super ConnectionPoolChange> change) {
    ConnectionPoolChange wanted = new ConnectionPoolChange();
    Objects.requireNonNull(change, "change").accept(wanted);
    ConnectionOptions<T> now = parts.options();
    return OptionValues.changes(now, wanted.appliedTo(now), OptionChange::new);
  }

  /** How long closing a connection may take before another one may take its place. */
  public Duration closeTimeout() {
    return parts.options().closing().closeTimeout();
  }

  /** How long a connection lives at most, before jitter; zero: no limit. */
  public Duration maxLife() {
    return parts.options().sizes().maxLife();
  }

  /**
   * The options that the pool has now, by the names of the builder's methods: numbers, durations,
   * flags and choices. Objects such as the factory are left out. {@link #resize} and {@link
   * #reconfigure} change what this returns.
   */
  public Map<String, Object> options() {
    return OptionValues.of(parts.options());
  }
}
