package dev.pools.connection;

import dev.pools.Arguments;
import dev.pools.internal.Faults;
import dev.pools.internal.StackRoom;
import dev.pools.internal.Time;
import java.lang.ref.Cleaner;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Flow;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A pool of anything that is expensive to open and must be closed: connections, sessions, channels.
 *
 * <p>Arguments given to {@code acquire} serve only to create: who asks for a connection gets one
 * that is idle, whatever it was made with, and only a new one is made with his arguments. That is
 * {@link ArgumentMatching#ANY}; with {@link ArgumentMatching#SAME} he gets only what was made with
 * equal ones.
 *
 * <ul>
 *   <li><b>Fair.</b> Callers are served in the order in which they came, whether they wait in a
 *       thread or in a future.
 *   <li><b>Safe.</b> A connection has one owner at a time and is closed once; there are never more
 *       than {@code maxSize}, those being made and being closed included. Giving back twice, or
 *       something foreign, harms nobody.
 *   <li><b>Healthy.</b> Connections are checked before use, after a while without use, and if asked
 *       on return; old, idle and worn out ones are replaced.
 *   <li><b>Resilient.</b> Connections are made off the caller's thread, with a time limit, a few at
 *       a time, and with growing pauses while it fails; the pool recovers by itself.
 * </ul>
 *
 * <p>All methods may be called by any thread; those that block say so. A pool that was never
 * started starts itself when it is first asked for a connection. The user's code (factory, checker,
 * cleaner) runs on the pool's executor, listeners where things happen, and none of it under a lock.
 *
 * <p>A pool whose users have all forgotten it, so that it is unreachable with no lease out, stops
 * itself. Better close it.
 *
 * <p>Memory effects: making a connection happens-before its first lease, and the end of each lease
 * happens-before the next lease, check or closing of the same connection.
 *
 * @param <T> what a connection is
 */
public final class ConnectionPool<T> implements AutoCloseable {

  private static final Cleaner FORGOTTEN = Cleaner.create();

  /** How often a close looks whether all leases that remain are those that cannot end. */
  private static final long CLOSE_LOOK_MILLIS = 50;

  private static final Duration STANDARD_STOP_DEADLINE = Duration.ofSeconds(30);

  private final ConnectionParts<T> parts;

  /** What publishers have not yet delivered to a start. */
  private final Set<PublishedArguments> awaitedArguments = ConcurrentHashMap.newKeySet();

  /** The rooms behind this door. */
  ConnectionParts<T> parts() {
    return parts;
  }

  ConnectionPool(ConnectionOptions<T> options) {
    ConnectionParts<T> opened = new ConnectionParts<>(options);
    parts = opened;
    // Must not lead back to this object.
    FORGOTTEN.register(
        this,
        () ->
            opened.core.time.runOnHelperThread(
                () -> opened.stop.stop(null, /* waitsHere= */ false)));
  }

  /** Starts to describe a pool whose factory takes no arguments. */
  public static <T> ConnectionPoolBuilder<T> builder(Callable<? extends T> factory) {
    Objects.requireNonNull(factory, "factory");
    return builder(arguments -> factory.call());
  }

  /** Starts to describe a pool. */
  public static <T> ConnectionPoolBuilder<T> builder(ConnectionFactory<T> factory) {
    Objects.requireNonNull(factory, "factory");
    return asyncBuilder(arguments -> CompletableFuture.completedFuture(factory.create(arguments)));
  }

  /** Starts to describe a pool whose factory holds no thread while it connects. */
  public static <T> ConnectionPoolBuilder<T> asyncBuilder(AsyncConnectionFactory<T> factory) {
    return new ConnectionPoolBuilder<>(Objects.requireNonNull(factory, "factory"));
  }

  // ---- Acquire

  /**
   * Leases a connection, waiting for it up to the pool's {@code acquireTimeout}. May block.
   *
   * @return a lease that must be closed, best by try-with-resources
   * @throws AcquireTimeoutException if none came in time; its cause is why none could be made, if
   *     so
   * @throws PoolStoppedException if the pool is stopped, or becomes so meanwhile
   * @throws WaiterLimitException if as many wait as may
   * @throws BackendDownException if the pool has no connection and cannot make one, and it is not
   *     to be waited for ({@link WhenDown#FAIL})
   * @throws InterruptedException if interrupted while it has to wait; nothing is leased. If a
   *     connection can be had at once, it is, and the interrupt is kept.
   */
  public Lease<T> acquire() throws InterruptedException {
    Lease<T> lease = parts.fastPath.pass(this, /* async= */ false);
    return lease != null ? lease : acquireAfterOthers(AcquireOptions.DEFAULT);
  }

  /**
   * As {@link #acquire()}.
   *
   * @param timeout how long to wait for a connection: zero means not at all. If an idle one must be
   *     checked, or prepared by {@code onAcquire}, the end of this is waited for all the same, for
   *     at most {@code healthCheckTimeout}, and {@code hookTimeout} if there is that hook
   */
  public Lease<T> acquire(Duration timeout) throws InterruptedException {
    return acquire(Arguments.none(), timeout);
  }

  /**
   * As {@link #acquire()}.
   *
   * @param arguments for the factory, if a connection is made for this call; otherwise unused
   */
  public Lease<T> acquire(Arguments arguments) throws InterruptedException {
    return acquire(arguments, parts.options.acquireTimeout());
  }

  /** As {@link #acquire(Arguments)} and {@link #acquire(Duration)}. */
  public Lease<T> acquire(Arguments arguments, Duration timeout) throws InterruptedException {
    Objects.requireNonNull(arguments, "arguments");
    ConnectionOptions.requireNotNegative("timeout", timeout, "do not wait");
    Lease<T> lease = parts.fastPath.pass(this, /* async= */ false);
    return lease != null ? lease : acquireAfterOthers(arguments, timeout, parts.options.whenDown());
  }

  /** As {@link #acquire()}, as these options say. */
  public Lease<T> acquire(AcquireOptions options) throws InterruptedException {
    Objects.requireNonNull(options, "options");
    Lease<T> lease = parts.fastPath.pass(this, /* async= */ false);
    return lease != null ? lease : acquireAfterOthers(options);
  }

  private Lease<T> acquireAfterOthers(AcquireOptions wanted) throws InterruptedException {
    return acquireAfterOthers(wanted.arguments(), timeout(wanted), whenDown(wanted));
  }

  private Lease<T> acquireAfterOthers(Arguments arguments, Duration timeout, WhenDown whenDown)
      throws InterruptedException {
    long since = parts.core.time.nanoTime();
    Lease<T> lease = timeout.isZero() ? null : parts.fastPath.passAfterOthers(this);
    return lease != null
        ? lease
        : parts.acquisition.await(arguments, since, timeout, whenDown, this);
  }

  private Duration timeout(AcquireOptions wanted) {
    return Objects.requireNonNullElse(wanted.timeout(), parts.options.acquireTimeout());
  }

  private WhenDown whenDown(AcquireOptions wanted) {
    return Objects.requireNonNullElse(wanted.whenDown(), parts.options.whenDown());
  }

  /**
   * Leases a connection without blocking: the future completes when there is one, within the pool's
   * {@code acquireTimeout}, or fails as {@link #acquire()} does. If it has to wait, its dependants
   * run on the pool's executor. Cancel it to give up: then nothing is leased.
   */
  public CompletableFuture<Lease<T>> acquireAsync() {
    return acquireAsync(Arguments.none(), parts.options.acquireTimeout());
  }

  /**
   * As {@link #acquireAsync()}.
   *
   * @param timeout how long to wait, as in {@link #acquire(Duration)}
   */
  public CompletableFuture<Lease<T>> acquireAsync(Duration timeout) {
    return acquireAsync(Arguments.none(), timeout);
  }

  /**
   * As {@link #acquireAsync()}.
   *
   * @param arguments for the factory, if a connection is made for this call; otherwise unused
   */
  public CompletableFuture<Lease<T>> acquireAsync(Arguments arguments) {
    return acquireAsync(arguments, parts.options.acquireTimeout());
  }

  /** As {@link #acquireAsync(Arguments)} and {@link #acquireAsync(Duration)}. */
  public CompletableFuture<Lease<T>> acquireAsync(Arguments arguments, Duration timeout) {
    Objects.requireNonNull(arguments, "arguments");
    ConnectionOptions.requireNotNegative("timeout", timeout, "do not wait");
    Lease<T> lease = parts.fastPath.pass(this, /* async= */ true);
    return lease != null
        ? inFuture(lease)
        : waitInFuture(arguments, timeout, parts.options.whenDown());
  }

  /** As {@link #acquireAsync()}, as these options say. */
  public CompletableFuture<Lease<T>> acquireAsync(AcquireOptions options) {
    Objects.requireNonNull(options, "options");
    Lease<T> lease = parts.fastPath.pass(this, /* async= */ true);
    return lease != null
        ? inFuture(lease)
        : waitInFuture(options.arguments(), timeout(options), whenDown(options));
  }

  private static <T> CompletableFuture<Lease<T>> inFuture(Lease<T> lease) {
    try {
      return CompletableFuture.completedFuture(lease);
    } catch (Throwable noMemory) {
      lease.undo();
      throw noMemory;
    }
  }

  private CompletableFuture<Lease<T>> waitInFuture(
      Arguments arguments, Duration timeout, WhenDown whenDown) {
    return parts.acquisition.waitInFuture(arguments, timeout, whenDown, this);
  }

  /**
   * Leases a connection that is idle and need be neither checked nor prepared by {@code onAcquire},
   * if nobody waits for one. Never waits. If there is none, one is checked and prepared, or made if
   * there may be more, for a later call: the connection is kept for the next lease without another
   * check, for as long as {@code healthCheckInterval} allows. With {@link ArgumentMatching#SAME}
   * one of other arguments may be closed to make room.
   *
   * @throws PoolStoppedException if the pool is stopped
   */
  public Optional<Lease<T>> tryAcquire() {
    return tryAcquire(Arguments.none());
  }

  /**
   * As {@link #tryAcquire()}.
   *
   * @param arguments for the factory, if a connection is made because of this call; otherwise
   *     unused
   */
  public Optional<Lease<T>> tryAcquire(Arguments arguments) {
    Objects.requireNonNull(arguments, "arguments");
    Lease<T> lease = parts.fastPath.pass(this, /* async= */ false);
    Lease<T> taken = lease != null ? lease : parts.acquisition.tryAcquire(arguments, this);
    try {
      return Optional.ofNullable(taken);
    } catch (Throwable noMemory) {
      if (taken != null) {
        taken.undo();
      }
      throw noMemory;
    }
  }

  /**
   * Leases a connection, uses it, and gives it back. Blocks as {@link #acquire()} does.
   *
   * <p>If the function throws, the connection is closed if {@code brokenWhen} says so, and
   * otherwise checked before its next lease.
   *
   * @return what the function returns
   * @throws Exception what {@link #acquire()} or the function throws
   */
  public <R> R use(ConnectionFunction<? super T, ? extends R> function) throws Exception {
    return use(Arguments.none(), function);
  }

  /** As {@link #use(ConnectionFunction)}, with arguments for the factory. */
  public <R> R use(Arguments arguments, ConnectionFunction<? super T, ? extends R> function)
      throws Exception {
    StackRoom.ensure();
    return use(acquire(arguments), function);
  }

  /** As {@link #use(ConnectionFunction)}, as these options say. */
  public <R> R use(AcquireOptions options, ConnectionFunction<? super T, ? extends R> function)
      throws Exception {
    StackRoom.ensure();
    return use(acquire(options), function);
  }

  private static <T, R> R use(Lease<T> lease, ConnectionFunction<? super T, ? extends R> function)
      throws Exception {
    R result;
    try {
      result = function.apply(lease.connection());
    } catch (Throwable failure) {
      try {
        lease.fail(failure);
      } catch (Throwable another) {
        failure.addSuppressed(another);
      }
      throw failure;
    }
    lease.close();
    return result;
  }

  /**
   * Leases a connection, uses it, and gives it back when the function's stage completes. Never
   * blocks. If the stage fails, or the function throws, that says the same about the connection as
   * with {@link #use(ConnectionFunction)}.
   *
   * @return what the stage completes with. Cancel it to give up waiting: then the function is not
   *     called. Once it has been, the connection is given back when its stage completes, whatever
   *     becomes of the future.
   */
  public <R> CompletableFuture<R> useAsync(AsyncConnectionFunction<? super T, R> function) {
    return useAsync(Arguments.none(), function);
  }

  /** As {@link #useAsync(AsyncConnectionFunction)}, with arguments for the factory. */
  public <R> CompletableFuture<R> useAsync(
      Arguments arguments, AsyncConnectionFunction<? super T, R> function) {
    return useAsync(AcquireOptions.DEFAULT.withArguments(arguments), function);
  }

  /** As {@link #useAsync(AsyncConnectionFunction)}, as these options say. */
  public <R> CompletableFuture<R> useAsync(
      AcquireOptions options, AsyncConnectionFunction<? super T, R> function) {
    Objects.requireNonNull(function, "function");
    // A lease must reach those that will close it.
    StackRoom.ensureMuch();
    CompletableFuture<R> result = new CompletableFuture<>();
    BiConsumer<@Nullable Lease<T>, @Nullable Throwable> use =
        (lease, refusal) -> {
          if (lease != null) {
            apply(lease, function, result);
          } else {
            result.completeExceptionally(Objects.requireNonNull(refusal));
          }
        };
    CompletableFuture<Lease<T>> coming = acquireAsync(options);
    try {
      // Not thenCompose: that drops the lease, unclosed, if its own future is complete already.
      coming.whenComplete(use);
    } catch (Throwable noMemory) {
      coming.cancel(false);
      if (coming.isDone() && !coming.isCompletedExceptionally()) {
        coming.join().undo();
      }
      throw noMemory;
    }
    result.whenComplete(
        (value, failure) -> {
          if (!coming.isDone()) {
            coming.cancel(false);
          }
        });
    return result;
  }

  private static <T, R> void apply(
      Lease<T> lease, AsyncConnectionFunction<? super T, R> function, CompletableFuture<R> result) {
    if (result.isDone()) {
      lease.close();
      return;
    }
    try {
      function
          .apply(lease.connection())
          .whenComplete(
              (value, failure) -> {
                if (failure == null) {
                  try {
                    lease.close();
                  } finally {
                    result.complete(value);
                  }
                } else {
                  fail(lease, failure, result);
                }
              });
    } catch (Throwable failure) {
      fail(lease, failure, result);
    }
  }

  private static <R> void fail(Lease<?> lease, Throwable failure, CompletableFuture<R> result) {
    try {
      lease.fail(failure);
    } finally {
      result.completeExceptionally(failure);
    }
  }

  // ---- Release

  /**
   * Gives a connection back, found by identity. Prefer to close the lease, which is exact: this
   * cannot tell a holder from one who gave the same connection back before.
   *
   * @throws IllegalReleaseException if the connection is not leased from this pool; nobody is
   *     harmed
   */
  public void release(T connection) {
    release(connection, Arguments.none());
  }

  /**
   * As {@link #release(Object)}.
   *
   * @param arguments if the pool closes the connection now, the cleaner gets these, and so does the
   *     factory if it makes another instead
   */
  public void release(T connection, Arguments arguments) {
    Objects.requireNonNull(connection, "connection");
    Objects.requireNonNull(arguments, "arguments");
    parts.release.release(connection, arguments, LeaseEnd.RETURNED);
  }

  /**
   * Gives a connection back to be closed, because it is broken. The others are checked before their
   * next lease: they may be broken, too.
   *
   * @throws IllegalReleaseException if the connection is not leased from this pool; nobody is
   *     harmed
   */
  public void invalidate(T connection) {
    Objects.requireNonNull(connection, "connection");
    parts.release.release(connection, Arguments.none(), LeaseEnd.INVALIDATED);
  }

  // ---- Start and stop

  /**
   * Starts the pool: makes its first {@code minSize} connections. Does nothing if it was started;
   * if it is being stopped, it starts after that, unless it is told to stop once more by then. If
   * the pool runs only because somebody has asked it for a connection, this start counts from now
   * on: it waits for {@code minSize} connections, and {@code onStartFailure} applies.
   *
   * @return completes when they are there. If one cannot be made: fails with a {@link
   *     ConnectionCreationException}, with the pool stopped again, or goes on trying, or completes,
   *     as the builder's {@code onStartFailure} says. Fails with a {@link PoolStoppedException} if
   *     the pool is told to stop before
   */
  public CompletableFuture<Void> start() {
    return start(List.of());
  }

  /**
   * As {@link #start()}.
   *
   * @param arguments for the factory, one for each of the first connections; read as far as is
   *     needed: those beyond {@code minSize} are not read. A connection that later takes the place
   *     of one of these is made with the same.
   */
  public CompletableFuture<Void> start(Iterable<Arguments> arguments) {
    return begin(arguments, null);
  }

  /**
   * As {@link #start()}.
   *
   * @param executor runs the user's code until the pool is stopped, in place of the builder's
   */
  public CompletableFuture<Void> start(Executor executor) {
    return start(List.of(), executor);
  }

  /** As {@link #start(Iterable)} and {@link #start(Executor)}. */
  public CompletableFuture<Void> start(Iterable<Arguments> arguments, Executor executor) {
    return begin(arguments, Objects.requireNonNull(executor, "executor"));
  }

  /**
   * As {@link #start(Iterable)}, with arguments that are delivered asynchronously. The publisher is
   * asked once, for {@code minSize} arguments, and cancelled when they are here. If it ends before,
   * the other connections are made without arguments. The pool starts when the arguments are here,
   * or as soon as a caller asks it for a connection.
   *
   * <p>A stop of the pool revokes a start whose arguments are not here yet, and cancels the
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
    Objects.requireNonNull(arguments, "arguments");
    CompletableFuture<Void> started = new CompletableFuture<>();
    long stopsBefore = parts.stop.stopsAsked();
    PublishedArguments awaited =
        new PublishedArguments(
            minSize(),
            (all, failure) -> {
              if (failure == null) {
                start(all, executor, stopsBefore, started);
              } else {
                started.completeExceptionally(failure);
              }
            });
    // Before it subscribes: a stop finds it here, or has been counted by the look after that.
    awaitedArguments.add(awaited);
    started.whenComplete(
        (nothing, failure) -> {
          awaitedArguments.remove(awaited);
          // If the caller has given up.
          awaited.giveUp(new CancellationException());
        });
    if (parts.stop.stopsAsked() != stopsBefore) {
      awaited.giveUp(new PoolStoppedException(name()));
    } else {
      awaited.subscribeTo(arguments);
    }
    return started;
  }

  private void start(
      List<Arguments> first,
      @Nullable Executor executor,
      long stopsBefore,
      CompletableFuture<Void> started) {
    try {
      parts
          .lifecycle
          .startUnlessStopped(first, executor, parts.options.onStartFailure(), stopsBefore)
          .whenComplete(
              (nothing, failure) -> {
                if (failure == null) {
                  started.complete(null);
                } else {
                  started.completeExceptionally(
                      failure instanceof CompletionException wrapped && wrapped.getCause() != null
                          ? wrapped.getCause()
                          : failure);
                }
              });
    } catch (Throwable failure) {
      started.completeExceptionally(failure);
    }
  }

  private CompletableFuture<Void> begin(
      Iterable<Arguments> arguments, @Nullable Executor executor) {
    List<Arguments> first = new ArrayList<>();
    int wanted = minSize();
    for (Iterator<Arguments> given = arguments.iterator();
        first.size() < wanted && given.hasNext(); ) {
      first.add(Objects.requireNonNull(given.next(), "arguments has a null"));
    }
    return parts.lifecycle.start(first, executor, parts.options.onStartFailure());
  }

  /**
   * As {@link #stop(Duration)}, with a deadline of 30 seconds. If the calling thread holds a lease
   * of this pool, a warning is logged at once: a thread that waits for the stop would wait for
   * itself.
   */
  public CompletableFuture<Void> stop() {
    return stop(STANDARD_STOP_DEADLINE);
  }

  /**
   * Stops the pool: those who wait are refused at once, idle connections are closed, and those in
   * use are closed when they are given back, or at the deadline. May be called twice; the earliest
   * deadline counts, and a start that waits for the first stop is revoked by the second. The pool
   * may be started again.
   *
   * @param deadline how long to wait for leases to end; zero means not at all
   * @return completes when all connections are closed; after the deadline it waits no more than 5
   *     seconds for cleaners that do not return. Calls that still hang then hold no place of the
   *     pool, should it be started again
   */
  public CompletableFuture<Void> stop(Duration deadline) {
    return stop(deadline, /* waitsHere= */ false);
  }

  private CompletableFuture<Void> stop(Duration deadline, boolean waitsHere) {
    ConnectionOptions.requireNotNegative("deadline", deadline, "do not wait");
    CompletableFuture<Void> over = parts.stop.stop(deadline, waitsHere);
    if (!awaitedArguments.isEmpty()) {
      try {
        // To user code: the publisher's, and what depends on the start.
        parts.core.time.runOnHelperThread(this::giveUpArguments);
      } catch (RuntimeException | Error noThread) {
        giveUpArguments();
      }
    }
    return over;
  }

  private void giveUpArguments() {
    for (PublishedArguments awaited : awaitedArguments) {
      awaited.giveUp(new PoolStoppedException(name()));
    }
  }

  /** As {@link #close(Duration)}, with a deadline of 30 seconds. */
  @Override
  public void close() {
    close(STANDARD_STOP_DEADLINE);
  }

  /**
   * As {@link #stop(Duration)}, and waits until it is over. Blocks, and does not react to
   * interrupts. May be called twice.
   *
   * <p>Leases that cannot end before this returns are not waited for: those that the calling thread
   * holds, and those of threads that have called {@link System#exit}. When no others are left,
   * their connections are closed without waiting for the deadline.
   *
   * @param deadline how long to wait for leases to end; zero means not at all
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
      } catch (TimeoutException goesOn) {
        // Looks again.
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

  // ---- Connections by hand

  /** As {@link #createConnection(Arguments)}, without arguments. */
  public CompletableFuture<T> createConnection() {
    return createConnection(Arguments.none());
  }

  /**
   * Makes a connection with the pool's factory, but not for the pool: it belongs to the caller, who
   * closes it, and counts nowhere.
   *
   * @return fails with a {@link ConnectionCreationException} if it cannot be made within {@code
   *     createTimeout}; if it comes later it is closed
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
    CompletableFuture<T> result = new CompletableFuture<>();
    ConnectionOptions<T> options = parts.options;
    TimedCall.start(
        threads,
        parts.core.time,
        Time.nanos(options.createTimeout()),
        () -> parts.calls.createPrepared(arguments, threads),
        new TimedCall.Listener<T>() {
          @Override
          public void overdue() {
            result.completeExceptionally(
                new ConnectionCreationException(
                    name(),
                    "the factory has not answered within " + options.createTimeout(),
                    new TimeoutException()));
          }

          @Override
          public void ended(@Nullable T connection, @Nullable Throwable failure) {
            if (connection == null) {
              Throwable told = Secrets.withoutSecrets(failure, arguments);
              String what = told == null ? "the factory returned null" : Faults.describe(told);
              result.completeExceptionally(new ConnectionCreationException(name(), what, told));
            } else if (!result.complete(connection)) {
              parts.retirement.closeStray(connection, arguments);
            }
          }
        });
    return result;
  }

  /**
   * Asks the health checker about a connection, wherever it is from. Blocks, for at most {@code
   * healthCheckTimeout}.
   *
   * @return whether it is fit; true if there is no checker, false if it fails or takes too long
   */
  public boolean isHealthy(T connection) {
    Objects.requireNonNull(connection, "connection");
    return parts.calls.health(connection).join();
  }

  /**
   * Does now what the pool does every {@code maintenanceInterval}: closes connections that are too
   * old or not needed, checks idle ones, looks for leaks, and fills up to {@code minSize}.
   *
   * @return completes when the checks that it has begun are over, and the closings that it, or
   *     these checks, have begun. Connections that are created meanwhile are not waited for
   */
  public CompletableFuture<Void> maintain() {
    return parts.maintenance.maintain();
  }

  /**
   * Sets the least and the greatest number of connections. More are made at once if callers wait;
   * superfluous ones are closed, idle ones at once, others when they are given back.
   *
   * @param minSize from 0 to {@code maxSize}
   * @param maxSize from 1 to 1,000,000
   * @return completes when there are no more than may be
   * @throws IllegalArgumentException if a number is out of its range; nothing has changed
   */
  public CompletableFuture<Void> resize(int minSize, int maxSize) {
    ConnectionOptions.checkSizes(minSize, maxSize);
    return parts.resize.resize(minSize, maxSize);
  }

  /**
   * Replaces all connections that there are now, for a new password, a failover or a new address:
   * idle ones are closed at once, those in use when they are given back, and those being checked or
   * made when that is over. Nobody loses his lease or his turn; who waits gets a new one. Never
   * blocks.
   *
   * @return completes when the last of them is closed, with how many there were, those that were
   *     being made not counted; at once with 0 if there were none. Cancelling it changes nothing.
   */
  public CompletableFuture<Integer> softEvict() {
    return parts.resize.softEvict();
  }

  /**
   * Leases nothing and makes and checks nothing until {@link #resume()}, for a maintenance or a
   * failover of the server. Leases that are out go on, and what is being made or checked is
   * finished. Callers stand in line as ever, blocking or not, and their time-outs run; {@code
   * tryAcquire} finds nothing. What is too old, or idle for too long, is closed meanwhile.
   *
   * <p>May be called twice. A pool that was not started may be suspended too: it then makes its
   * first connections when it is resumed. A stop works as ever, and ends the suspension.
   *
   * @throws PoolStoppedException if the pool is stopped, or is being stopped
   */
  public void suspend() {
    parts.lifecycle.suspend();
  }

  /**
   * Ends a suspension: serves those in line, in their order. Does nothing if there is none. Never
   * blocks.
   */
  public void resume() {
    parts.lifecycle.resume();
  }

  /**
   * Runs an action each time the pool has started, begins to stop, has stopped, is suspended or is
   * resumed, from now on. It says nothing about the change, because several may have followed each
   * other before it runs: let it look at the {@link #stats() state}.
   *
   * <p>It runs on the thread that has changed the state, outside of locks, so it should be quick.
   * What it throws is logged, and the pool goes on. The pool keeps it as long as it lives. Never
   * blocks.
   */
  public void onStateChange(Runnable action) {
    parts.core.onStateChange(Objects.requireNonNull(action, "action"));
  }

  // ---- Readings: none takes a lock

  /** The pool's name, which its log lines and metrics carry. */
  public String name() {
    return parts.core.name();
  }

  /** How many connections are ready to be leased. */
  public int available() {
    return stats().idle();
  }

  /** How many connections there are: idle, in use and being checked. */
  public int size() {
    return stats().size();
  }

  /** How many connections are leased. */
  public int inUse() {
    return stats().inUse();
  }

  /** How long an acquire waits that names no time; zero means not at all. */
  public Duration acquireTimeout() {
    return parts.options.acquireTimeout();
  }

  /** How long closing a connection may take before its place is free for another one. */
  public Duration closeTimeout() {
    return parts.options.closeTimeout();
  }

  /** How long a connection lives at most, before jitter; zero means without limit. */
  public Duration maxLife() {
    return parts.options.maxLife();
  }

  /** The greatest number of connections. */
  public int maxSize() {
    return stats().maxSize();
  }

  /** The least number of connections. */
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
