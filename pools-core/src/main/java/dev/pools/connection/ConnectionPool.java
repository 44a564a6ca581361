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
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
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

  private final Exchange<T> exchange;

  /** What publishers have not yet delivered to a start. */
  private final Set<PublishedArguments> awaitedArguments = ConcurrentHashMap.newKeySet();

  /** Where a lease goes back to. */
  Exchange<T> exchange() {
    return exchange;
  }

  private ConnectionPool(ConnectionOptions<T> options) {
    Exchange<T> opened = new Exchange<>(options);
    exchange = opened;
    // Must not lead back to this object.
    FORGOTTEN.register(
        this, () -> opened.time().handOff(() -> opened.stop(null, /* waitsHere= */ false)));
  }

  /** Starts to describe a pool whose factory takes no arguments. */
  public static <T> Builder<T> builder(Callable<? extends T> factory) {
    Objects.requireNonNull(factory, "factory");
    return builder(arguments -> factory.call());
  }

  /** Starts to describe a pool. */
  public static <T> Builder<T> builder(ConnectionFactory<T> factory) {
    Objects.requireNonNull(factory, "factory");
    return asyncBuilder(arguments -> CompletableFuture.completedFuture(factory.create(arguments)));
  }

  /** Starts to describe a pool whose factory holds no thread while it connects. */
  public static <T> Builder<T> asyncBuilder(AsyncConnectionFactory<T> factory) {
    return new Builder<>(Objects.requireNonNull(factory, "factory"));
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
    Lease<T> lease = exchange.pass(this, /* async= */ false);
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
    return acquire(arguments, exchange.options().acquireTimeout());
  }

  /** As {@link #acquire(Arguments)} and {@link #acquire(Duration)}. */
  public Lease<T> acquire(Arguments arguments, Duration timeout) throws InterruptedException {
    Objects.requireNonNull(arguments, "arguments");
    ConnectionOptions.requireNotNegative("timeout", timeout, "do not wait");
    Lease<T> lease = exchange.pass(this, /* async= */ false);
    return lease != null
        ? lease
        : acquireAfterOthers(arguments, timeout, exchange.options().whenDown());
  }

  /** As {@link #acquire()}, as these options say. */
  public Lease<T> acquire(AcquireOptions options) throws InterruptedException {
    Objects.requireNonNull(options, "options");
    Lease<T> lease = exchange.pass(this, /* async= */ false);
    return lease != null ? lease : acquireAfterOthers(options);
  }

  private Lease<T> acquireAfterOthers(AcquireOptions wanted) throws InterruptedException {
    return acquireAfterOthers(wanted.arguments(), timeout(wanted), whenDown(wanted));
  }

  private Lease<T> acquireAfterOthers(Arguments arguments, Duration timeout, WhenDown whenDown)
      throws InterruptedException {
    long since = exchange.time().nanoTime();
    Lease<T> lease = timeout.isZero() ? null : exchange.passAfterOthers(this);
    return lease != null
        ? lease
        : await(wait(arguments, since, timeout, whenDown, /* async= */ false));
  }

  private Duration timeout(AcquireOptions wanted) {
    return Objects.requireNonNullElse(wanted.timeout(), exchange.options().acquireTimeout());
  }

  private WhenDown whenDown(AcquireOptions wanted) {
    return Objects.requireNonNullElse(wanted.whenDown(), exchange.options().whenDown());
  }

  private Waiter<T> wait(
      Arguments arguments, long since, Duration timeout, WhenDown whenDown, boolean async) {
    long nanos = Time.nanos(timeout);
    // Beyond some hundred years the clock could not say when it is over.
    long deadline = nanos > Long.MAX_VALUE / 4 ? Long.MAX_VALUE : since + nanos;
    Waiter<T> waiter =
        new Waiter<>(exchange, arguments, since, deadline, async, whenDown == WhenDown.FAIL, this);
    exchange.join(waiter);
    return waiter;
  }

  /**
   * Waits until it is decided what the caller gets. Once another thread has granted him a
   * connection he takes it, even if his time is over or he is interrupted: it is his, and on its
   * way.
   */
  private Lease<T> await(Waiter<T> waiter) throws InterruptedException {
    try {
      return awaitAnswer(waiter);
    } catch (OutOfMemoryError | StackOverflowError full) {
      waiter.abandon();
      throw full;
    }
  }

  private Lease<T> awaitAnswer(Waiter<T> waiter) throws InterruptedException {
    Time time = exchange.time();
    boolean interrupted = false;
    boolean hasCome = exchange.hasComeFor(waiter);
    while (!hasCome && !waiter.isDone()) {
      long leftNanos = waiter.leftNanos(time.nanoTime());
      if (leftNanos <= 0) {
        exchange.timeOut(waiter);
        leftNanos = Long.MAX_VALUE;
      }
      waiter.sleep(time, leftNanos);
      if (waiter.called) {
        waiter.called = false;
        exchange.takeCalledFor();
      }
      if (Thread.interrupted()) {
        if (exchange.cancel(waiter)) {
          throw new InterruptedException(
              "Interrupted while waiting for a connection of pool '" + name() + "'");
        }
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    try {
      Lease<T> lease = waiter.join();
      try {
        exchange.tellServed(waiter, lease);
      } catch (Throwable noMemoryOrStack) {
        lease.undo();
        throw noMemoryOrStack;
      }
      return lease;
    } catch (CompletionException e) {
      exchange.tellRefused(waiter);
      throw e.getCause() instanceof ConnectionPoolException refusal ? refusal : e;
    }
  }

  /**
   * Leases a connection without blocking: the future completes when there is one, within the pool's
   * {@code acquireTimeout}, or fails as {@link #acquire()} does. If it has to wait, its dependants
   * run on the pool's executor. Cancel it to give up: then nothing is leased.
   */
  public CompletableFuture<Lease<T>> acquireAsync() {
    return acquireAsync(Arguments.none(), exchange.options().acquireTimeout());
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
    return acquireAsync(arguments, exchange.options().acquireTimeout());
  }

  /** As {@link #acquireAsync(Arguments)} and {@link #acquireAsync(Duration)}. */
  public CompletableFuture<Lease<T>> acquireAsync(Arguments arguments, Duration timeout) {
    Objects.requireNonNull(arguments, "arguments");
    ConnectionOptions.requireNotNegative("timeout", timeout, "do not wait");
    Lease<T> lease = exchange.pass(this, /* async= */ true);
    return lease != null
        ? inFuture(lease)
        : waitInFuture(arguments, timeout, exchange.options().whenDown());
  }

  /** As {@link #acquireAsync()}, as these options say. */
  public CompletableFuture<Lease<T>> acquireAsync(AcquireOptions options) {
    Objects.requireNonNull(options, "options");
    Lease<T> lease = exchange.pass(this, /* async= */ true);
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

  private Waiter<T> waitInFuture(Arguments arguments, Duration timeout, WhenDown whenDown) {
    return wait(arguments, exchange.time().nanoTime(), timeout, whenDown, /* async= */ true);
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
    Lease<T> lease = exchange.pass(this, /* async= */ false);
    Lease<T> taken = lease != null ? lease : exchange.tryAcquire(arguments, this);
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
    exchange.release(connection, arguments, LeaseEnd.RETURNED);
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
    exchange.release(connection, Arguments.none(), LeaseEnd.INVALIDATED);
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
    long stopsBefore = exchange.stopsAsked();
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
    if (exchange.stopsAsked() != stopsBefore) {
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
      exchange
          .startUnlessStopped(first, executor, exchange.options().onStartFailure(), stopsBefore)
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
    return exchange.start(first, executor, exchange.options().onStartFailure());
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
    CompletableFuture<Void> over = exchange.stop(deadline, waitsHere);
    if (!awaitedArguments.isEmpty()) {
      try {
        // To user code: the publisher's, and what depends on the start.
        exchange.time().handOff(this::giveUpArguments);
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
      if (exchange.onlyLeasesRemainThatCannotEnd(Thread.currentThread())) {
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
    return createConnection(arguments, exchange.threads());
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
    return createConnection(arguments, exchange.threads().on(executor));
  }

  private CompletableFuture<T> createConnection(Arguments arguments, ConnectionThreads threads) {
    Objects.requireNonNull(arguments, "arguments");
    CompletableFuture<T> result = new CompletableFuture<>();
    ConnectionOptions<T> options = exchange.options();
    TimedCall.start(
        threads,
        exchange.time(),
        Time.nanos(options.createTimeout()),
        () -> exchange.createPrepared(arguments, threads),
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
              exchange.closeStray(connection, arguments);
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
    return exchange.health(connection).join();
  }

  /**
   * Does now what the pool does every {@code maintenanceInterval}: closes connections that are too
   * old or not needed, checks idle ones, looks for leaks, and fills up to {@code minSize}.
   *
   * @return completes when the checks that it has begun are over, and the closings that it, or
   *     these checks, have begun. Connections that are created meanwhile are not waited for
   */
  public CompletableFuture<Void> maintain() {
    return exchange.maintain();
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
    return exchange.resize(minSize, maxSize);
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
    return exchange.softEvict();
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
    exchange.suspend();
  }

  /**
   * Ends a suspension: serves those in line, in their order. Does nothing if there is none. Never
   * blocks.
   */
  public void resume() {
    exchange.resume();
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
    exchange.onStateChange(Objects.requireNonNull(action, "action"));
  }

  // ---- Readings: none takes a lock

  /** The pool's name, which its log lines and metrics carry. */
  public String name() {
    return exchange.name();
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
    return exchange.options().acquireTimeout();
  }

  /** How long closing a connection may take before its place is free for another one. */
  public Duration closeTimeout() {
    return exchange.options().closeTimeout();
  }

  /** How long a connection lives at most, before jitter; zero means without limit. */
  public Duration maxLife() {
    return exchange.options().maxLife();
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
    return exchange.stats();
  }

  @Override
  public String toString() {
    return "ConnectionPool" + stats();
  }

  /**
   * Describes a pool. Not thread-safe; may be used again after {@link #build()}.
   *
   * @param <T> what a connection is
   */
  public static final class Builder<T> {

    private static final AtomicInteger UNNAMED = new AtomicInteger();

    private final AsyncConnectionFactory<T> factory;
    private @Nullable String name;
    private int minSize = 1;
    private int maxSize = 10;
    private Duration maxLife = Duration.ofHours(1);
    private double maxLifeJitter = 0.1;
    private @Nullable AsyncHealthChecker<? super T> healthChecker;
    private Duration healthCheckTimeout = Duration.ofSeconds(1);
    private boolean checkOnCreate;
    private boolean checkOnBorrow = true;
    private Duration idleBypass = Duration.ofMillis(500);
    private boolean checkOnReturn;
    private Duration healthCheckInterval = Duration.ofSeconds(30);
    private Predicate<? super Throwable> brokenWhen = BrokenWhen.connectionFails();
    private @Nullable AsyncConnectionHook<? super T> onCreate;
    private @Nullable AsyncConnectionHook<? super T> onAcquire;
    private @Nullable AsyncConnectionHook<? super T> onReturn;
    private Duration hookTimeout = Duration.ofSeconds(5);
    private AsyncConnectionCleaner<? super T> cleaner = async(ConnectionCleaner.closing());
    private Duration closeTimeout = Duration.ofSeconds(10);
    private int maxConcurrentCloses = 10;
    private Duration acquireTimeout = Duration.ofSeconds(30);
    private Duration idleTimeout = Duration.ofMinutes(10);
    private int maxUses;
    private Duration createTimeout = Duration.ofSeconds(30);
    private int maxConcurrentCreates = 4;
    private Duration backoffInitial = Duration.ofMillis(100);
    private Duration backoffMax = Duration.ofSeconds(1);
    private Duration leakThreshold = Duration.ZERO;
    private Duration reclaimAfter = Duration.ZERO;
    private boolean reclaimForgotten;
    private @Nullable Class<T> guard;
    private Fairness fairness = Fairness.STRICT;
    private ArgumentMatching argumentMatching = ArgumentMatching.ANY;
    private int waiterLimit = Integer.MAX_VALUE;
    private WhenDown whenDown = WhenDown.WAIT;
    private Duration maintenanceInterval = Duration.ofSeconds(30);
    private StartFailure onStartFailure = StartFailure.FAIL;
    private Duration startTimeout = Duration.ofMinutes(5);
    private @Nullable Executor executor;
    private final List<ConnectionPoolListener<? super T>> listeners = new ArrayList<>();
    private Time time = Time.system();

    private Builder(AsyncConnectionFactory<T> factory) {
      this.factory = factory;
    }

    /** What log lines and metrics are named after. By default {@code connections-<n>}. */
    public Builder<T> name(String name) {
      this.name = Objects.requireNonNull(name, "name");
      return this;
    }

    /** The greatest number of connections, from 1 to 1,000,000; by default 10. */
    public Builder<T> maxSize(int maxSize) {
      this.maxSize = maxSize;
      return this;
    }

    /** The least number of connections, from 0 to the greatest; by default 1. */
    public Builder<T> minSize(int minSize) {
      this.minSize = minSize;
      return this;
    }

    /**
     * How long a connection lives at most; zero means without limit. By default 1 hour. No lease
     * begins after that time, counted from the moment at which the pool has got the connection from
     * the factory; a lease that has begun before may go on. An idle connection is closed when its
     * life is over, one in use when it is given back.
     *
     * <p>The age is looked at before each lease, unless the pool has neither a health checker, nor
     * a listener, nor a guard, nor looks for leaks, and {@code maxLife} is a minute or more: such a
     * pool, whose leases cost no look at the clock, looks at the age in the last sixteenth of a
     * connection's life, but in the last 10 s at most, from when its timer says so. There a lease
     * can begin too late if the machine holds up this timer for longer than that.
     */
    public Builder<T> maxLife(Duration maxLife) {
      this.maxLife = Objects.requireNonNull(maxLife, "maxLife");
      return this;
    }

    /**
     * By how much of {@code maxLife} a connection may live shorter, drawn at random, so that they
     * do not all end together; from 0 to 0.5, by default 0.1.
     */
    public Builder<T> maxLifeJitter(double maxLifeJitter) {
      this.maxLifeJitter = maxLifeJitter;
      return this;
    }

    /** Tells whether a connection is fit; by default each is. */
    public Builder<T> healthChecker(HealthChecker<? super T> healthChecker) {
      Objects.requireNonNull(healthChecker, "healthChecker");
      this.healthChecker =
          connection -> CompletableFuture.completedFuture(healthChecker.isHealthy(connection));
      return this;
    }

    /** As {@link #healthChecker}, but without holding a thread meanwhile. */
    public Builder<T> asyncHealthChecker(AsyncHealthChecker<? super T> healthChecker) {
      this.healthChecker = Objects.requireNonNull(healthChecker, "healthChecker");
      return this;
    }

    /**
     * How long a health check may take; positive, by default 1 s. That is also how long a caller
     * may be held up by a connection that died without a word.
     */
    public Builder<T> healthCheckTimeout(Duration healthCheckTimeout) {
      this.healthCheckTimeout = Objects.requireNonNull(healthCheckTimeout, "healthCheckTimeout");
      return this;
    }

    /**
     * Whether a new connection is checked before it belongs to the pool; by default false. One that
     * fails this check is closed and counts as a failed attempt to create one, with its pause: it
     * is never leased. While the pool is in doubt, every new connection is checked like this,
     * whatever this option says: after a failed attempt, or after a connection failed its check,
     * until a new connection has passed.
     */
    public Builder<T> checkOnCreate(boolean checkOnCreate) {
      this.checkOnCreate = checkOnCreate;
      return this;
    }

    /** Whether connections are checked before they are leased; by default true. */
    public Builder<T> checkOnBorrow(boolean checkOnBorrow) {
      this.checkOnBorrow = checkOnBorrow;
      return this;
    }

    /**
     * For how long after its creation, its last check, or the normal end of its last use a
     * connection is leased unchecked; zero means that every borrow is checked. By default 500 ms. A
     * use that failed does not count, and no use puts the next check off beyond {@code
     * healthCheckInterval}. A connection that has not been leased since its last check is leased
     * once without another one for 500 ms, however short this is.
     */
    public Builder<T> idleBypass(Duration idleBypass) {
      this.idleBypass = Objects.requireNonNull(idleBypass, "idleBypass");
      return this;
    }

    /** Whether connections are checked when they are given back; by default false. */
    public Builder<T> checkOnReturn(boolean checkOnReturn) {
      this.checkOnReturn = checkOnReturn;
      return this;
    }

    /**
     * How long a connection may go without a check, idle or busy, give or take a tenth. Idle ones
     * are checked by the maintenance, which comes sooner than in its {@code maintenanceInterval} if
     * need be; busy ones are checked when they come back, or before their next lease. Zero means
     * that there is no such limit: a use that ended normally then counts as a sign of health,
     * however long ago the last check was. By default 30 s.
     */
    public Builder<T> healthCheckInterval(Duration healthCheckInterval) {
      this.healthCheckInterval = Objects.requireNonNull(healthCheckInterval, "healthCheckInterval");
      return this;
    }

    /**
     * Which failures of a use mean that the connection is broken: it is then closed when its lease
     * ends, and the others are checked before their next lease. By default {@link
     * BrokenWhen#connectionFails()}. After any other failure the connection is checked before its
     * next lease, if there is a health checker.
     *
     * <p>{@code use}, {@code useAsync} and the guard ask, on the thread that has seen the failure
     * and outside of locks. It should be quick. If it throws, that is logged, and the connection
     * counts as broken.
     */
    public Builder<T> brokenWhen(Predicate<? super Throwable> brokenWhen) {
      this.brokenWhen = Objects.requireNonNull(brokenWhen, "brokenWhen");
      return this;
    }

    /**
     * Prepares each new connection before it belongs to the pool; by default nothing does. Together
     * with the factory's call it may take {@code createTimeout}. If it fails, that is a failed
     * creation, and the connection is closed.
     */
    public Builder<T> onCreate(ConnectionHook<? super T> hook) {
      return asyncOnCreate(asynchronous(hook));
    }

    /** As {@link #onCreate}, but without holding a thread meanwhile. */
    public Builder<T> asyncOnCreate(AsyncConnectionHook<? super T> hook) {
      this.onCreate = Objects.requireNonNull(hook, "hook");
      return this;
    }

    /**
     * Adapts a connection before each lease, after its health check if one is due; by default
     * nothing does. It runs on the pool's executor, while the caller waits in line: it gets the
     * connection itself, and not what a guard puts before it. Meanwhile the connection is the
     * pool's and counts as being checked. A caller that gives up (timeout, cancel, interrupt) owns
     * nothing; what was prepared for it goes to the next caller, who gets it without another run.
     *
     * <p>If the hook fails, or takes longer than {@code hookTimeout}, the connection is closed
     * ({@link RetireReason#PREPARATION_FAILED}), the others are checked before their next lease,
     * and the caller gets another one within its time. Then each new connection must pass the hook
     * before it belongs to the pool: if it fails, that is a failed creation, so the pauses between
     * attempts grow ({@code backoff}), and the error of a caller whose time is over has the last
     * failure as its cause. This ends with the first new connection that passes. That the hook
     * passes says nothing about the health of the connection.
     *
     * <p>{@code tryAcquire} does not wait for the hook: it has an idle connection prepared, returns
     * nothing, and the connection stays prepared for the next call. {@code acquire} with a timeout
     * of zero waits for the hook of an idle connection, as it does for a check.
     *
     * <p>With this hook each acquire and each end of a lease takes the pool's lock, and each lease
     * costs a call on the executor.
     */
    public Builder<T> onAcquire(ConnectionHook<? super T> hook) {
      return asyncOnAcquire(asynchronous(hook));
    }

    /** As {@link #onAcquire}, but without holding a thread meanwhile. */
    public Builder<T> asyncOnAcquire(AsyncConnectionHook<? super T> hook) {
      this.onAcquire = Objects.requireNonNull(hook, "hook");
      return this;
    }

    /**
     * Resets each connection that comes back, however its lease ended, before anyone else gets it;
     * by default nothing does. Meanwhile it counts as being checked. If the hook fails, or takes
     * longer than {@code hookTimeout}, the connection is closed ({@link
     * RetireReason#RESET_FAILED}). For JDBC there is {@link JdbcReset}.
     *
     * <p>With this hook each acquire and each end of a lease takes the pool's lock.
     */
    public Builder<T> onReturn(ConnectionHook<? super T> hook) {
      return asyncOnReturn(asynchronous(hook));
    }

    /** As {@link #onReturn}, but without holding a thread meanwhile. */
    public Builder<T> asyncOnReturn(AsyncConnectionHook<? super T> hook) {
      this.onReturn = Objects.requireNonNull(hook, "hook");
      return this;
    }

    private static <T> AsyncConnectionHook<T> asynchronous(ConnectionHook<T> hook) {
      Objects.requireNonNull(hook, "hook");
      return connection -> {
        hook.run(connection);
        return CompletableFuture.completedFuture(null);
      };
    }

    /** How long {@code onAcquire} or {@code onReturn} may take each; positive, by default 5 s. */
    public Builder<T> hookTimeout(Duration hookTimeout) {
      this.hookTimeout = Objects.requireNonNull(hookTimeout, "hookTimeout");
      return this;
    }

    /** Closes a connection; by default {@link ConnectionCleaner#closing()}. */
    public Builder<T> cleaner(ConnectionCleaner<? super T> cleaner) {
      this.cleaner = async(Objects.requireNonNull(cleaner, "cleaner"));
      return this;
    }

    /** As {@link #cleaner}, but without holding a thread meanwhile. */
    public Builder<T> asyncCleaner(AsyncConnectionCleaner<? super T> cleaner) {
      this.cleaner = Objects.requireNonNull(cleaner, "cleaner");
      return this;
    }

    private static <C> AsyncConnectionCleaner<C> async(ConnectionCleaner<C> cleaner) {
      return (connection, arguments, reason) -> {
        cleaner.clean(connection, arguments, reason);
        return CompletableFuture.completedFuture(null);
      };
    }

    /**
     * How long closing a connection may take, from when the cleaner is called; positive, by default
     * 10 s. Then the cleaner's thread is interrupted, or its stage cancelled, the place of the
     * connection is free, and the call counts as overdue ({@link
     * ConnectionPoolStats#closingsOverdue()}) until it returns.
     *
     * <p>While as many calls are overdue as there may be connections, connections are closed one at
     * a time. So a cleaner that never returns costs one more thread in each {@code closeTimeout} at
     * most, and the pool goes on serving. Better give the cleaner time-outs of its own.
     */
    public Builder<T> closeTimeout(Duration closeTimeout) {
      this.closeTimeout = Objects.requireNonNull(closeTimeout, "closeTimeout");
      return this;
    }

    /**
     * How many connections are closed at a time, from 1 to 1,000,000; by default 10. Others wait,
     * and their places stay taken meanwhile. A stop that is at its deadline closes all at once.
     */
    public Builder<T> maxConcurrentCloses(int maxConcurrentCloses) {
      this.maxConcurrentCloses = maxConcurrentCloses;
      return this;
    }

    /** How long an acquire waits that names no time; zero means not at all. By default 30 s. */
    public Builder<T> acquireTimeout(Duration acquireTimeout) {
      this.acquireTimeout = Objects.requireNonNull(acquireTimeout, "acquireTimeout");
      return this;
    }

    /**
     * How long a connection beyond {@code minSize} may be idle; zero means for ever. By default 10
     * minutes.
     */
    public Builder<T> idleTimeout(Duration idleTimeout) {
      this.idleTimeout = Objects.requireNonNull(idleTimeout, "idleTimeout");
      return this;
    }

    /** How often a connection may be leased; zero means without limit, which is the default. */
    public Builder<T> maxUses(int maxUses) {
      this.maxUses = maxUses;
      return this;
    }

    /**
     * How long making a connection may take; positive, by default 30 s. Then its thread is
     * interrupted and another attempt may begin. Its place stays taken until the factory's call
     * ends, and if it still brings a connection, that is used.
     *
     * <p>If all places are held by such calls for as long again, one of them loses its place, and
     * what it brings is closed: that one call is all that may ever be beyond {@code maxSize}.
     * Better give the factory time-outs of its own.
     */
    public Builder<T> createTimeout(Duration createTimeout) {
      this.createTimeout = Objects.requireNonNull(createTimeout, "createTimeout");
      return this;
    }

    /** How many connections are made, or checked in the background, at a time; by default 4. */
    public Builder<T> maxConcurrentCreates(int maxConcurrentCreates) {
      this.maxConcurrentCreates = maxConcurrentCreates;
      return this;
    }

    /**
     * The pause from the beginning of an attempt to make a connection that failed to that of the
     * next: drawn at random from the upper half of a bound, which doubles with each failure in a
     * row. So while the server is down there is at most one attempt in each half of {@code max},
     * and no longer than {@code max} passes from its return to the next. While the last attempt has
     * failed the pool makes these attempts even if no caller asks and {@code minSize} is zero, so
     * that it knows when the server is back; with {@link ArgumentMatching#SAME} only if that
     * attempt was made without arguments.
     *
     * @param initial the first bound; positive, by default 100 ms
     * @param max the last bound; at least the first, by default 1 s
     */
    public Builder<T> backoff(Duration initial, Duration max) {
      this.backoffInitial = Objects.requireNonNull(initial, "initial");
      this.backoffMax = Objects.requireNonNull(max, "max");
      return this;
    }

    /**
     * After how long a lease is reported as leaked, with the stack of its acquire. Zero means
     * never, and is the default, because each acquire then takes a stack trace.
     */
    public Builder<T> leakThreshold(Duration leakThreshold) {
      this.leakThreshold = Objects.requireNonNull(leakThreshold, "leakThreshold");
      return this;
    }

    /**
     * After how long a lease is reported as leaked and taken back: it counts as closed, its
     * connection is closed under whoever may still use it, and its place is free for another.
     * Closing the lease later does nothing. Zero means never, and is the default. Looked at as
     * often as this, and every {@code maintenanceInterval}.
     */
    public Builder<T> reclaimAfter(Duration reclaimAfter) {
      this.reclaimAfter = Objects.requireNonNull(reclaimAfter, "reclaimAfter");
      return this;
    }

    /**
     * Whether a lease is taken back, and its connection closed, when nobody can close it any more,
     * because nothing holds the {@link Lease}; by default false. It is found some time after the
     * garbage collector has, at the latest by the maintenance after that, and at once if somebody
     * has to wait.
     *
     * <p>Not for those who keep the connection only and give it back by {@link #release(Object)}:
     * their leases look forgotten. Each lease then costs one more object.
     */
    public Builder<T> reclaimForgotten(boolean reclaimForgotten) {
      this.reclaimForgotten = reclaimForgotten;
      return this;
    }

    /**
     * Protects connections from being used after their lease: what is leased is then an object of
     * this interface that passes each call on, exceptions and all, until its lease has ended in
     * whatever way; from then on each call fails with an {@link IllegalStateException}. A call that
     * is under way at that moment goes on. By default off: connections are leased as they are.
     *
     * <p>If the type has a {@code close()}, that ends the lease, and closes nothing: a second one
     * does nothing. If it has {@code isClosed()}, that is true afterwards.
     *
     * <p>The object is equal to itself only, so that it may be kept in a set, and its {@code
     * toString} never fails. A connection that returns itself returns the object. What leads back
     * to a connection, as statements, their results and {@code getMetaData()} of JDBC do, is
     * guarded in the same way, and returns the object where it would return the connection; not so
     * the elements of collections, futures and publishers. {@code isWrapperFor} and {@code unwrap}
     * agree: an interface is guarded again, a class leads to the connection itself.
     *
     * <p>Factory, checker, cleaner and listeners see the connection itself, and so does the holder
     * of a lease by {@link Lease#unguarded()}. {@link ConnectionPool#release(Object)} refuses it:
     * only the object tells whose lease it is.
     *
     * @param guard the connections' type, if it is an interface and not sealed
     */
    public Builder<T> guard(Class<T> guard) {
      this.guard = Objects.requireNonNull(guard, "guard");
      return this;
    }

    /**
     * Who gets a connection that comes back while callers wait; by default {@link Fairness#STRICT}.
     */
    public Builder<T> fairness(Fairness fairness) {
      this.fairness = Objects.requireNonNull(fairness, "fairness");
      return this;
    }

    /**
     * Whether a caller may get a connection that was made with other arguments than his; by default
     * {@link ArgumentMatching#ANY}. {@link ArgumentMatching#SAME} cannot go with {@link
     * Fairness#THROUGHPUT}.
     */
    public Builder<T> argumentMatching(ArgumentMatching argumentMatching) {
      this.argumentMatching = Objects.requireNonNull(argumentMatching, "argumentMatching");
      return this;
    }

    /**
     * How many callers may wait at a time, blocking or not; zero means that nobody may, so that who
     * finds none idle is refused, while one is made for the next if there may be more. By default
     * without limit. The end of a check that is under way for a caller may be waited for all the
     * same.
     */
    public Builder<T> waiterLimit(int waiterLimit) {
      this.waiterLimit = waiterLimit;
      return this;
    }

    /**
     * What becomes of callers while the pool has no connection and cannot make one; by default
     * {@link WhenDown#WAIT}. A single acquire may say otherwise by {@link AcquireOptions}.
     */
    public Builder<T> whenDown(WhenDown whenDown) {
      this.whenDown = Objects.requireNonNull(whenDown, "whenDown");
      return this;
    }

    /**
     * How often the pool looks after its connections; positive, by default 30 s. It does so more
     * often where {@code healthCheckInterval}, {@code idleTimeout}, {@code leakThreshold} or {@code
     * reclaimAfter} is shorter, and when the life of a connection is over.
     */
    public Builder<T> maintenanceInterval(Duration maintenanceInterval) {
      this.maintenanceInterval = Objects.requireNonNull(maintenanceInterval, "maintenanceInterval");
      return this;
    }

    /**
     * What happens if the first connections cannot be made; by default {@link StartFailure#FAIL}.
     */
    public Builder<T> onStartFailure(StartFailure onStartFailure) {
      this.onStartFailure = Objects.requireNonNull(onStartFailure, "onStartFailure");
      return this;
    }

    /**
     * How long a start with {@link StartFailure#WAIT} waits for the first connections; by default 5
     * minutes. Zero means without limit. Has no effect with another {@code onStartFailure}.
     */
    public Builder<T> startTimeout(Duration startTimeout) {
      this.startTimeout = Objects.requireNonNull(startTimeout, "startTimeout");
      return this;
    }

    /**
     * Where factory, checker, cleaner and the dependants of {@code acquireAsync} run. By default
     * daemon platform threads of the pool, one for each call at a time, on every JDK: a factory
     * that computes, or waits in native code, would hold the carriers of all virtual threads.
     *
     * <p>A time limit of a call starts when the call starts, not while it waits for a thread. A
     * call that the executor refuses, or has not begun within half a second (or the call's limit,
     * if that is shorter), runs on a thread of the pool instead: the executor may be full of tasks
     * that wait for this pool.
     *
     * @param executor should have more than one thread: calls that hang hold up as many
     */
    public Builder<T> executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /** Adds a listener; they are told in the order in which they were added. */
    public Builder<T> listener(ConnectionPoolListener<? super T> listener) {
      listeners.add(Objects.requireNonNull(listener, "listener"));
      return this;
    }

    /** Replaces the time of this machine, in tests. */
    Builder<T> time(Time time) {
      this.time = time;
      return this;
    }

    /**
     * Makes the pool; it opens nothing until it is started or first used.
     *
     * @throws IllegalArgumentException if an option is out of its range; says which, and what to do
     */
    public ConnectionPool<T> build() {
      String known = name == null ? "connections-" + UNNAMED.incrementAndGet() : name;
      return new ConnectionPool<>(
          new ConnectionOptions<>(
              known,
              factory,
              minSize,
              maxSize,
              maxLife,
              maxLifeJitter,
              healthChecker,
              healthCheckTimeout,
              checkOnCreate,
              checkOnBorrow,
              idleBypass,
              checkOnReturn,
              healthCheckInterval,
              brokenWhen,
              onCreate,
              onAcquire,
              onReturn,
              hookTimeout,
              cleaner,
              closeTimeout,
              maxConcurrentCloses,
              acquireTimeout,
              idleTimeout,
              maxUses,
              createTimeout,
              maxConcurrentCreates,
              backoffInitial,
              backoffMax,
              leakThreshold,
              reclaimAfter,
              reclaimForgotten,
              guard == null ? null : new ConnectionGuard<>(known, guard),
              fairness,
              argumentMatching,
              waiterLimit,
              whenDown,
              maintenanceInterval,
              onStartFailure,
              startTimeout,
              executor,
              listeners,
              time));
    }
  }
}
