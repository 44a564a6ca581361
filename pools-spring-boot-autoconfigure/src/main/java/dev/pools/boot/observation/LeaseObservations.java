package dev.pools.boot.observation;

import dev.pools.connection.ConnectionPoolListener;
import dev.pools.connection.RetireReason;
import dev.pools.internal.Durations;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Observes each lease of a pool: with tracing, each lease is a span, whose parent is the
 * observation that was current where the connection was acquired, also if the caller waited in a
 * future and another thread served it. A pool needs it as a listener:
 *
 * <pre>{@code
 * ConnectionPool<Session> pool =
 *     ConnectionPool.builder(Session::open)
 *         .name("sessions")
 *         .listener(new LeaseObservations(registry, "sessions", null))
 *         .build();
 * }</pre>
 *
 * <p>An observation begins when the caller gets its connection and ends when the lease does, on
 * whichever thread. It is never the current observation, because a lease may end on another thread
 * than the one on which it began. A caller that times out has an observation without duration, with
 * a {@link TimeoutException} as its error. A caller that was rejected has none.
 *
 * <p>One instance serves one pool. What a handler or a convention throws is logged, and the lease
 * is not affected.
 */
public final class LeaseObservations implements ConnectionPoolListener<Object> {

  private static final LeaseObservationConvention USUAL = new DefaultLeaseObservationConvention();

  /** A connection; two connections that are equal are two keys. */
  private static final class Key {
    private final Object connection;

    Key(Object connection) {
      this.connection = connection;
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Key key && key.connection == connection;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(connection);
    }
  }

  private final ObservationRegistry registry;
  private final String pool;
  private final @Nullable LeaseObservationConvention convention;

  /**
   * The observations of the leases that last, the earliest first: that the next lease of a
   * connection has begun may be told, by another thread, before that its last one has ended.
   */
  private final Map<Key, Deque<Observation>> leases = new ConcurrentHashMap<>();

  /**
   * @param registry gets the observations
   * @param pool the name of the pool
   * @param convention names them; null for the convention of the registry for these contexts, or
   *     else {@link DefaultLeaseObservationConvention}
   */
  public LeaseObservations(
      ObservationRegistry registry, String pool, @Nullable LeaseObservationConvention convention) {
    this.registry = registry;
    this.pool = pool;
    this.convention = convention;
  }

  /** Keeps the current observation for a caller that waits in a future. */
  @Override
  public ConnectionPoolListener<Object> forWaiter() {
    Observation parent = registry.getCurrentObservation();
    return new ConnectionPoolListener<>() {
      @Override
      public void acquired(Object connection, Duration waited) {
        begin(connection, observation(waited, parent));
      }

      @Override
      public void acquireTimedOut(Duration waited) {
        timeOut(observation(waited, parent), waited);
      }
    };
  }

  @Override
  public void acquired(Object connection, Duration waited) {
    begin(connection, observation(waited, registry.getCurrentObservation()));
  }

  @Override
  public void acquireTimedOut(Duration waited) {
    timeOut(observation(waited, registry.getCurrentObservation()), waited);
  }

  private void begin(Object connection, Observation observation) {
    observation.start();
    leases.compute(
        new Key(connection),
        (key, before) -> {
          Deque<Observation> open = before == null ? new ArrayDeque<>(1) : before;
          open.add(observation);
          return open;
        });
  }

  private void timeOut(Observation observation, Duration waited) {
    observation.start();
    observation.error(
        new TimeoutException(
            "No connection of pool '%s' within %s".formatted(pool, Durations.text(waited))));
    end(observation, "timed_out");
  }

  @Override
  public void released(Object connection, Duration used) {
    end(earliestOf(connection), "released");
  }

  @Override
  public void takenBack(Object connection, Duration used, RetireReason reason) {
    end(earliestOf(connection), reason.name().toLowerCase(Locale.ROOT));
  }

  private @Nullable Observation earliestOf(Object connection) {
    AtomicReference<@Nullable Observation> earliest = new AtomicReference<>();
    leases.computeIfPresent(
        new Key(connection),
        (key, open) -> {
          earliest.set(open.poll());
          return open.isEmpty() ? null : open;
        });
    return earliest.get();
  }

  private Observation observation(Duration waited, @Nullable Observation parent) {
    LeaseObservationContext context = new LeaseObservationContext(pool, waited);
    // First, because a predicate may look at the parent.
    context.setParentObservation(parent);
    Observation observation =
        Observation.createNotStarted(convention, USUAL, () -> context, registry);
    // Again, because a context without a parent has got the current observation of this thread.
    context.setParentObservation(parent);
    return observation;
  }

  private static void end(@Nullable Observation observation, String outcome) {
    if (observation == null) {
      return;
    }
    if (observation.getContext() instanceof LeaseObservationContext context) {
      context.setOutcome(outcome);
    }
    observation.stop();
  }
}
