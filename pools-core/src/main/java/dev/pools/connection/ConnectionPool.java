package dev.pools.connection;

import dev.pools.Arguments;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A pool of objects that are expensive to open and must be closed: connections, sessions, channels.
 *
 * <pre>{@code
 * try (ConnectionPool<Session> pool =
 *     ConnectionPool.builder(() -> Session.open(address))
 *         .healthChecker(Session::answers)
 *         .maxSize(8)
 *         .build()) {
 *   String answer = pool.use(session -> session.ask("time"));
 * }
 * }</pre>
 *
 * <p>The arguments of {@code acquire} are used only to create a connection. A caller gets any idle
 * connection, whatever arguments it was created with; the factory gets the caller's arguments if
 * the pool has to create one. That is {@link ArgumentMatching#ANY}; with {@link
 * ArgumentMatching#SAME} a caller gets only connections that were created with equal arguments.
 *
 * <ul>
 *   <li><b>Fair.</b> Callers are served in the order in which they asked, whether they wait in a
 *       thread or in a future.
 *   <li><b>Safe.</b> A connection has one owner at a time and is closed once. There are never more
 *       than {@code maxSize}, including those that are being created or closed. Releasing a
 *       connection twice, or a foreign one, does no harm.
 *   <li><b>Healthy.</b> The pool checks connections before use, after some time without use, and on
 *       return if told so; it replaces old, idle and worn out ones.
 *   <li><b>Resilient.</b> The pool creates connections outside of the caller's thread, with a time
 *       limit, a few at a time, and with growing pauses while creation fails. It recovers by
 *       itself.
 * </ul>
 *
 * <p>All methods may be called by any thread. Those that block say so. A pool that was never
 * started starts itself when a caller first asks for a connection. The user's code (factory,
 * checker, cleaner) runs on the pool's executor; listeners run on the thread of the event; none of
 * it runs under a lock.
 *
 * <p>A pool that is unreachable and has no lease out stops itself. It is better to close it.
 *
 * <p>Memory effects: creating a connection happens-before its first lease, and the end of each
 * lease happens-before the next lease, check or closing of the same connection.
 *
 * @param <T> what a connection is
 */
public final class ConnectionPool<T> extends ChangeablePool<T> implements AutoCloseable {

  private static final Cleaner FORGOTTEN = Cleaner.create();

  /** How often a close checks whether all leases that remain are leases that cannot end. */
  private static final long CLOSE_LOOK_MILLIS = 50;

  private static final Duration STANDARD_STOP_DEADLINE = Duration.ofSeconds(30);

  private final PublishedStarts<T> publishedStarts;

  ConnectionPool(ConnectionOptions<T> options) {
    super(new ConnectionParts<>(options));
    publishedStarts = new PublishedStarts<>(parts, /* keepAlive= */ this);
    // The action must not refer to this object.
    FORGOTTEN.register(this, new Forgotten(parts));
  }

  /** What is done when the users of a pool have forgotten it. */
  private static final class Forgotten implements Runnable {

    private final ConnectionParts<?> parts;

    Forgotten(ConnectionParts<?> parts) {
      this.parts = parts;
    }

    @Override
    public void run() {
      parts.core.time.runOnHelperThread(() -> parts.stop.stop(null, /* waitsHere= */ false));
    }
  }

  /** Returns a builder for a pool whose factory takes no arguments. */
  public static <T> ConnectionPoolBuilder<T> builder(Callable<? extends T> factory) {
    Objects.requireNonNull(factory, "factory");
    return asyncBuilder(new Synchronous.Creation<>(factory));
  }

  /** Returns a builder for a pool whose factory takes the arguments of the acquire. */
  public static <T> ConnectionPoolBuilder<T> builder(ConnectionFactory<T> factory) {
    Objects.requireNonNull(factory, "factory");
    return asyncBuilder(new Synchronous.CreationWithArguments<>(factory));
  }

  /** Returns a builder for a pool whose factory holds no thread while it connects. */
  public static <T> ConnectionPoolBuilder<T> asyncBuilder(AsyncConnectionFactory<T> factory) {
    return new ConnectionPoolBuilder<>(Objects.requireNonNull(factory, "factory"));
  }

  // ---- Start and stop

  /**
   * Starts the pool: creates its first {@code minSize} connections. Does nothing if the pool is
   * started. If the pool is being stopped, it starts after the stop, unless it is stopped once more
   * before. If the pool runs only because a caller has asked it for a connection, this start counts
   * from now on: it waits for {@code minSize} connections, and {@code onStartFailure} applies.
   *
   * @return completes when the first connections are created. If one cannot be created, {@code
   *     onStartFailure} decides whether it fails with a {@link ConnectionCreationException} and the
   *     pool is stopped again, the pool tries again, or the future completes. Fails with a {@link
   *     PoolStoppedException} if the pool is stopped before
   */
  public CompletableFuture<Void> start() {
    return start(List.of());
  }

  /**
   * As {@link #start()}.
   *
   * @param arguments for the factory, one for each of the first connections; those beyond {@code
   *     minSize} are not read. A connection that later replaces one of the first is created with
   *     the same arguments.
   */
  public CompletableFuture<Void> start(Iterable<Arguments> arguments) {
    return begin(arguments, null);
  }

  /**
   * As {@link #start()}.
   *
   * @param executor runs the user's code until the pool is stopped, instead of the executor of the
   *     builder
   */
  public CompletableFuture<Void> start(Executor executor) {
    return start(List.of(), executor);
  }

  /** As {@link #start(Iterable)} and {@link #start(Executor)}. */
  public CompletableFuture<Void> start(Iterable<Arguments> arguments, Executor executor) {
    return begin(arguments, Objects.requireNonNull(executor, "executor"));
  }

  /**
   * As {@link #start(Iterable)}, with arguments that are delivered asynchronously. The pool asks
   * the publisher once, for {@code minSize} arguments, and cancels the subscription when it has got
   * them. If the publisher completes with fewer, the other connections are created without
   * arguments. The pool starts when it has the arguments, or as soon as a caller asks it for a
   * connection.
   *
   * <p>A stop of the pool revokes a start whose arguments are not delivered yet, and cancels the
   * subscription.
   *
   * @return as {@link #start()}; fails with the publisher's failure, and the pool is then as
   *     before. Cancelling it cancels the subscription. There is no time limit for a publisher that
   *     never delivers: use {@code orTimeout}
   */
  public CompletableFuture<Void> startFrom(Flow.Publisher<? extends Arguments> arguments) {
    return begin(arguments, null);
  }

  /** As {@link #startFrom(Flow.Publisher)} and {@link #start(Executor)}. */
  public CompletableFuture<Void> startFrom(
      Flow.Publisher<? extends Arguments> arguments, Executor executor) {
    return begin(arguments, Objects.requireNonNull(executor, "executor"));
  }

  private CompletableFuture<Void> begin(
      Flow.Publisher<? extends Arguments> arguments, @Nullable Executor executor) {
    return publishedStarts.start(Objects.requireNonNull(arguments, "arguments"), executor);
  }

  private CompletableFuture<Void> begin(
      Iterable<Arguments> arguments, @Nullable Executor executor) {
    List<Arguments> first = new ArrayList<>();
    int wanted = minSize();
    for (Iterator<Arguments> given = arguments.iterator();
        first.size() < wanted && given.hasNext(); ) {
      first.add(Objects.requireNonNull(given.next(), "arguments has a null"));
    }
    return parts.lifecycle.start(first, executor, parts.options().creation().onStartFailure());
  }

  /**
   * As {@link #stop(Duration)}, with a deadline of 30 seconds. If the calling thread holds a lease
   * of this pool, the pool logs a warning at once: a thread that waits for the stop would wait for
   * itself.
   */
  public CompletableFuture<Void> stop() {
    return stop(STANDARD_STOP_DEADLINE);
  }

  /**
   * Stops the pool. Waiting callers are rejected and idle connections are closed at once;
   * connections in use are closed when they are released, or at the deadline. May be called twice:
   * the earliest deadline counts, and the second stop revokes a start that waits for the first. The
   * pool may be started again.
   *
   * @param deadline how long to wait for leases to end; zero: do not wait
   * @return completes when all connections are closed; after the deadline it waits at most 5
   *     seconds for cleaners that do not return. Calls that still hang then take no place of the
   *     pool if it is started again
   */
  public CompletableFuture<Void> stop(Duration deadline) {
    return stop(deadline, /* waitsHere= */ false);
  }

  private CompletableFuture<Void> stop(Duration deadline, boolean waitsHere) {
    OptionRange.requireNotNegative("deadline", deadline, "do not wait");
    CompletableFuture<Void> over = parts.stop.stop(deadline, waitsHere);
    publishedStarts.revoke();
    return over;
  }

  /** As {@link #close(Duration)}, with a deadline of 30 seconds. */
  @Override
  public void close() {
    close(STANDARD_STOP_DEADLINE);
  }

  /**
   * As {@link #stop(Duration)}, and waits until the stop is over. Blocks, and does not react to
   * interrupts. May be called twice.
   *
   * <p>Does not wait for leases that cannot end before this method returns: those that the calling
   * thread holds, and those of threads that have called {@link System#exit}. If no other leases are
   * out, their connections are closed without waiting for the deadline.
   *
   * @param deadline how long to wait for leases to end; zero: do not wait
   */
  public void close(Duration deadline) {
    CompletableFuture<Void> over = stop(deadline, /* waitsHere= */ true);
    boolean interrupted = false;
    while (!over.isDone()) {
      if (parts.stop.onlyLeasesRemainThatCannotEnd(Thread.currentThread())) {
        over = stop(Duration.ZERO, /* waitsHere= */ true);
      }
      try {
        over.get(CLOSE_LOOK_MILLIS, TimeUnit.MILLISECONDS);
      } catch (TimeoutException notYet) {
        // Check again.
      } catch (InterruptedException e) {
        interrupted = true;
      } catch (ExecutionException e) {
        throw new IllegalStateException(e);
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- Connections outside of the pool

  /** As {@link #createConnection(Arguments)}, without arguments. */
  public CompletableFuture<T> createConnection() {
    return createConnection(Arguments.none());
  }

  /**
   * Creates a connection with the pool's factory, but not for the pool: it belongs to the caller,
   * who has to close it, and counts in no reading of the pool.
   *
   * @return fails with a {@link ConnectionCreationException} if the connection cannot be created
   *     within {@code createTimeout}; a connection that comes later is closed. While 10 such calls
   *     of the factory, or {@code maxSize} if that is more, have not returned within that limit, it
   *     fails at once, except for a trial now and then
   */
  public CompletableFuture<T> createConnection(Arguments arguments) {
    return createConnection(arguments, parts.core.threads());
  }

  /** As {@link #createConnection(Arguments, Executor)}, without arguments. */
  public CompletableFuture<T> createConnection(Executor executor) {
    return createConnection(Arguments.none(), executor);
  }

  /**
   * As {@link #createConnection(Arguments)}.
   *
   * @param executor runs the factory
   */
  public CompletableFuture<T> createConnection(Arguments arguments, Executor executor) {
    Objects.requireNonNull(executor, "executor");
    return createConnection(arguments, parts.core.threads().on(executor));
  }

  private CompletableFuture<T> createConnection(Arguments arguments, ConnectionThreads threads) {
    Objects.requireNonNull(arguments, "arguments");
    return UnpooledCreation.start(parts, arguments, threads);
  }

  /**
   * Asks the health checker about any connection, of this pool or not. Blocks, for at most {@code
   * healthCheckTimeout}.
   *
   * @return whether the connection is healthy; true if there is no checker, false if the checker
   *     fails or takes too long, or is not called because too many calls of it hang (see {@link
   *     ConnectionPoolBuilder#healthCheckTimeout})
   */
  public boolean isHealthy(T connection) {
    Objects.requireNonNull(connection, "connection");
    return parts.calls.health(connection).join();
  }

  // ---- Sizes and care

  /**
   * Does now what the pool does every {@code maintenanceInterval}: closes connections that are too
   * old or not needed, checks idle ones, looks for leaks, and creates connections up to {@code
   * minSize}.
   *
   * @return completes when the checks that this maintenance has started are over, and all closings
   *     that it or these checks have started. Does not wait for connections that are being created
   */
  public CompletableFuture<Void> maintain() {
    return parts.maintenance.maintain();
  }

  /**
   * Replaces all connections that exist now, for a new password, a failover or a new address. Idle
   * ones are closed at once, those in use when they are released, and those that are being checked
   * or created when that is over. No caller loses its lease or its place in line; waiting callers
   * get new connections. Never blocks.
   *
   * @return completes when the last of them is closed, with the number of connections, without
   *     those that were being created; at once with 0 if there were none. Cancelling it changes
   *     nothing.
   */
  public CompletableFuture<Integer> softEvict() {
    return parts.resize.softEvict();
  }

  /**
   * Leases, creates and checks no connection until {@link #resume()}, for a maintenance or a
   * failover of the server. Leases that are out go on; those that end are reset by {@code onReturn}
   * as usual. Running creations and checks finish. Callers wait in line as usual, blocking or not,
   * and their timeouts run; {@code tryAcquire} finds nothing. Connections that are too old, or idle
   * for too long, are closed meanwhile.
   *
   * <p>May be called twice. A pool that was not started may be suspended, too: it creates its first
   * connections when it is resumed. A stop works as usual, and ends the suspension.
   *
   * @throws PoolStoppedException if the pool is stopped, or is being stopped
   */
  public void suspend() {
    parts.lifecycle.suspend();
  }

  /**
   * Ends a suspension: serves the waiting callers in their order. Does nothing if the pool is not
   * suspended. Never blocks.
   */
  public void resume() {
    parts.lifecycle.resume();
  }

  /**
   * Runs an action each time the pool has started, begins to stop, has stopped, is suspended or is
   * resumed, from now on. The action gets no argument, because several changes may have followed
   * each other before it runs: let it read the {@link #stats() state}.
   *
   * <p>It runs on the thread that has changed the state, outside of locks, so it should be quick.
   * What it throws is logged, and the pool goes on. The pool keeps the action as long as it exists.
   * Never blocks.
   */
  public void onStateChange(Runnable action) {
    parts.core.onStateChange(Objects.requireNonNull(action, "action"));
  }

  // ---- Readings: none takes a lock

  /** How many connections are ready to be leased. */
  public int available() {
    return stats().idle();
  }

  /** How many connections exist: idle, in use and being checked. */
  public int size() {
    return stats().size();
  }

  /** How many connections are leased. */
  public int inUse() {
    return stats().inUse();
  }

  /** The largest number of connections. */
  public int maxSize() {
    return stats().maxSize();
  }

  /** The smallest number of connections. */
  public int minSize() {
    return stats().minSize();
  }

  /** All numbers in one consistent snapshot, without the pool's lock. */
  public ConnectionPoolStats stats() {
    return parts.stats.stats();
  }

  @Override
  public String toString() {
    return "ConnectionPool" + stats();
  }
}
