package dev.pools.task;

import dev.pools.Arguments;
import dev.pools.ArgumentsFunction;
import dev.pools.internal.Faults;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A function applied to the rows of some inputs: reads a row, submits its element, and reads on as
 * elements end, so that no more than a window of them is there at any time.
 *
 * <p>Reading has no thread of its own. It is done in turns, by whoever brings the news that there
 * is something to do: the caller at first, then a worker whose element has ended, or a publisher.
 * Since none of these came to read, a turn is short; when there is more to read than that, a thread
 * that belongs to nobody goes on with it.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>M1: inputs and reader's fields are touched by the holder of the {@link NonBlockingTurn}
 *       only, and user code runs under no lock.
 *   <li>M2: rows are read, and elements submitted, in the order of the inputs. At most a window of
 *       elements is underway.
 *   <li>M3: the map cannot get stuck: while it has not ended, someone has the turn, or an element
 *       is underway whose end will claim it, or a publisher owes a signal that will.
 *   <li>M4: after {@code stopped}, no row is read and no element starts; and the result never
 *       becomes a list. Who sets it sees to the result.
 *   <li>M5: each input is closed by a holder of the turn, after the last row or {@code stopped}.
 *   <li>M6: with a decorator, rows are read and elements are submitted inside of the context that
 *       was captured where the map was called; so each element is decorated there as well, whoever
 *       reads it.
 * </ol>
 */
final class BatchMap<R extends @Nullable Object>
    implements Source.Listener, OpenCompounds.Compound {

  private static final Logger LOG = LoggerFactory.getLogger(BatchMap.class);

  private static final int SMALLEST_WINDOW = 2;

  /** How many rows at most a worker or a publisher reads in one turn, if the window is smaller. */
  private static final int SHORT_TURN = 64;

  /** Makes the work of one element out of a row of values; checks them. */
  @FunctionalInterface
  private interface Preparation<R extends @Nullable Object> {
    Callable<? extends R> prepare(@Nullable Object[] row);
  }

  private final Submission pool;
  private final MapOptions options;
  private final Preparation<R> preparation;
  private final Result result = new Result();
  private final ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

  // The reader's: M1.
  private final List<Source> inputs = new ArrayList<>();
  private final Results<R> results = new Results<>();
  private long rowsRead;
  private int window;
  private long windowGoodUntil;
  private boolean exhausted;
  private boolean ranHere;
  private boolean reportedNoThread;
  private int rowsLeft;

  /** The context of the caller, in which rows are read and elements are submitted. */
  private @Nullable TaskContext context;

  // Shared.
  private final NonBlockingTurn turn = new NonBlockingTurn();
  private final Set<Element> underway = ConcurrentHashMap.newKeySet();
  private final AtomicInteger underwayCount = new AtomicInteger();
  private volatile boolean stopped;
  private volatile boolean interrupting;

  /** Why the pool accepts no more elements, if it does not. */
  private volatile @Nullable PoolShutDownException cut;

  private BatchMap(
      Submission pool, MapOptions options, List<Input<?>> inputs, Preparation<R> preparation) {
    this.pool = pool;
    this.options = Objects.requireNonNull(options, "options");
    this.preparation = preparation;
    for (Input<?> input : inputs) {
      this.inputs.add(input.open(this.inputs.size() + 1, this));
    }
  }

  // ---- The door's

  @SuppressWarnings("unchecked")
  static <A extends @Nullable Object, R extends @Nullable Object> CompletableFuture<List<R>> map(
      Submission pool,
      Function1<? super A, ? extends R> function,
      Input<? extends A> a,
      MapOptions options) {
    Objects.requireNonNull(function, "function");
    return start(pool, options, row -> () -> function.apply((A) row[0]), a);
  }

  @SuppressWarnings("unchecked")
  static <A extends @Nullable Object, B extends @Nullable Object, R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Submission pool,
          Function2<? super A, ? super B, ? extends R> function,
          Input<? extends A> a,
          Input<? extends B> b,
          MapOptions options) {
    Objects.requireNonNull(function, "function");
    return start(pool, options, row -> () -> function.apply((A) row[0], (B) row[1]), a, b);
  }

  @SuppressWarnings("unchecked")
  static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Submission pool,
          Function3<? super A, ? super B, ? super C, ? extends R> function,
          Input<? extends A> a,
          Input<? extends B> b,
          Input<? extends C> c,
          MapOptions options) {
    Objects.requireNonNull(function, "function");
    return start(
        pool, options, row -> () -> function.apply((A) row[0], (B) row[1], (C) row[2]), a, b, c);
  }

  @SuppressWarnings("unchecked")
  static <
          A extends @Nullable Object,
          B extends @Nullable Object,
          C extends @Nullable Object,
          D extends @Nullable Object,
          R extends @Nullable Object>
      CompletableFuture<List<R>> map(
          Submission pool,
          Function4<? super A, ? super B, ? super C, ? super D, ? extends R> function,
          Input<? extends A> a,
          Input<? extends B> b,
          Input<? extends C> c,
          Input<? extends D> d,
          MapOptions options) {
    Objects.requireNonNull(function, "function");
    return start(
        pool,
        options,
        row -> () -> function.apply((A) row[0], (B) row[1], (C) row[2], (D) row[3]),
        a,
        b,
        c,
        d);
  }

  static <R extends @Nullable Object> CompletableFuture<List<R>> map(
      Submission pool, FunctionN<? extends R> function, MapOptions options, Input<?>... inputs) {
    Objects.requireNonNull(function, "function");
    return start(
        pool,
        options,
        row -> {
          List<?> values = Collections.unmodifiableList(Arrays.asList(row));
          return () -> function.apply(values);
        },
        inputs);
  }

  static <R extends @Nullable Object> CompletableFuture<List<R>> starmap(
      Submission pool,
      ArgumentsFunction<? extends R> function,
      Input<? extends List<?>> positional,
      MapOptions options) {
    return applied(
        pool, function, positional, options, row -> Arguments.ofList((List<?>) present(row)));
  }

  static <R extends @Nullable Object> CompletableFuture<List<R>> doubleStarmap(
      Submission pool,
      ArgumentsFunction<? extends R> function,
      Input<? extends Map<String, ?>> named,
      MapOptions options) {
    return applied(pool, function, named, options, row -> Arguments.named(names(present(row))));
  }

  static <R extends @Nullable Object> CompletableFuture<List<R>> starmapWithKeywords(
      Submission pool,
      ArgumentsFunction<? extends R> function,
      Input<? extends Arguments> arguments,
      MapOptions options) {
    return applied(pool, function, arguments, options, row -> (Arguments) present(row));
  }

  /** Applies a function to arguments that are checked as soon as they have been read. */
  private static <R extends @Nullable Object> CompletableFuture<List<R>> applied(
      Submission pool,
      ArgumentsFunction<? extends R> function,
      Input<?> input,
      MapOptions options,
      java.util.function.Function<@Nullable Object[], Arguments> reading) {
    Objects.requireNonNull(function, "function");
    return start(
        pool,
        options,
        row -> {
          Arguments arguments = reading.apply(row);
          function.check(arguments);
          return () -> function.apply(arguments);
        },
        input);
  }

  private static Object present(@Nullable Object[] row) {
    return Objects.requireNonNull(
        row[0], "An element of the input is null: give Arguments.none() or empty ones instead.");
  }

  @SuppressWarnings("unchecked")
  private static Map<String, ?> names(Object named) {
    return (Map<String, ?>) named;
  }

  private static <R extends @Nullable Object> CompletableFuture<List<R>> start(
      Submission pool, MapOptions options, Preparation<R> preparation, Input<?>... inputs) {
    BatchMap<R> map = new BatchMap<>(pool, options, List.of(inputs), preparation);
    pool.begin(map);
    // Registered first, and so run last: what the user's dependants submit belongs to the map.
    map.result.whenComplete((values, failure) -> pool.end());
    map.captureContext();
    map.readFirstWindow();
    return map.result;
  }

  // ---- Turns

  private void captureContext() {
    try {
      context = pool.captureContext();
    } catch (Throwable refused) {
      fail(refused);
    }
  }

  /** On the thread of the caller, which is in its context anyway. */
  private void readFirstWindow() {
    if (turn.claim()) {
      read(window(), /* here= */ true);
    }
  }

  /** There may be something to do: room in the window, a value, the end. */
  private void advance() {
    if (turn.claim()) {
      read(Math.max(window, SHORT_TURN), /* here= */ false);
    } else {
      failIfCutOff();
    }
  }

  /**
   * The pool accepts no more elements. Those that are underway go on; the next one is refused,
   * which fails the map, unless there is no next one. So what is to be seen to here is only a map
   * that has none underway, because its input keeps it waiting.
   */
  @Override
  public void cutOff(PoolShutDownException why) {
    cut = why;
    advance();
  }

  /** Called after the cut by the thread that ends the last element, and by the one that cuts. */
  private void failIfCutOff() {
    PoolShutDownException why = cut;
    if (why != null && underwayCount.get() == 0) {
      fail(why);
    }
  }

  @Override
  public void changed() {
    advance();
  }

  @Override
  public void failed(Throwable cause) {
    fail(cause);
  }

  /**
   * Reads while there is something to read, and lets go of the turn; or, after some rows, leaves
   * the turn to a thread that came to read.
   */
  private void read(int mostRows, boolean here) {
    rowsLeft = mostRows;
    do {
      while (!(here ? readHere() : readInContext())) {
        if (handOver()) {
          return;
        }
        rowsLeft = Integer.MAX_VALUE;
      }
    } while (!turn.release());
  }

  /**
   * As {@link #readHere}, inside of the caller's context. The turn is kept until the context has
   * been left again, because a decorator's Runnable may not be made for two threads at a time.
   */
  private boolean readInContext() {
    TaskContext callers = context;
    if (callers == null) {
      return readHere();
    }
    boolean[] done = new boolean[1];
    Throwable leftOut = callers.perform(() -> done[0] = readHere());
    if (leftOut == null) {
      return done[0];
    }
    context = null;
    fail(leftOut);
    return readHere();
  }

  /**
   * Reads while there is something to read.
   *
   * @return whether this has been done; if not, another thread is to go on
   */
  private boolean readHere() {
    while (step()) {
      rowsLeft--;
      if (rowsLeft <= 0 && hasRoom() && !ranHere) {
        return false;
      }
    }
    return true;
  }

  private boolean handOver() {
    try {
      pool.handOff(this::readElsewhere);
      return true;
    } catch (RuntimeException | Error noThread) {
      if (!reportedNoThread) {
        reportedNoThread = true;
        Faults.warn(
            LOG,
            noThread,
            "No helper thread can be started to read on the input of a map; {} does",
            Thread.currentThread());
      }
      return false;
    }
  }

  /** The inputs are used to the class loader of whoever made them. */
  private void readElsewhere() {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    thread.setContextClassLoader(classLoader);
    try {
      read(Integer.MAX_VALUE, /* here= */ false);
    } finally {
      thread.setContextClassLoader(own);
    }
  }

  // ---- One step of a turn

  /** Whether it has submitted an element, so that there may be another. */
  private boolean step() {
    try {
      if (stopped || result.isDone()) {
        closeAfterFailure();
        return false;
      }
      if (exhausted) {
        // A publisher that has not been seen before may want to be cancelled.
        closeInputs();
        finish();
        return false;
      }
      return hasRoom() && readRow();
    } catch (Throwable thrown) {
      fail(thrown);
      return false;
    }
  }

  private boolean hasRoom() {
    return !stopped && !exhausted && underwayCount.get() < window();
  }

  /** How many may be underway; looked up anew once in a window, because the pool may be resized. */
  private int window() {
    if (options.window() != MapOptions.AUTOMATIC) {
      window = options.window();
    } else if (rowsRead >= windowGoodUntil) {
      window = Math.max(SMALLEST_WINDOW, 2 * pool.maxWorkers());
      windowGoodUntil = rowsRead + window;
    }
    return window;
  }

  private boolean readRow() throws Throwable {
    long allowed = rowsRead + window - underwayCount.get();
    for (Source input : inputs) {
      input.allow(allowed);
    }
    switch (look()) {
      case READY -> {
        @Nullable Object[] row = new Object[inputs.size()];
        for (int i = 0; i < row.length; i++) {
          row[i] = inputs.get(i).take();
        }
        rowsRead++;
        submit(preparation.prepare(row));
        return true;
      }
      case ENDED -> {
        exhausted = true;
        closeInputs();
        finish();
        return false;
      }
      default -> {
        failIfCutOff();
        return false;
      }
    }
  }

  /** What there is of the next row. */
  private Source.State look() throws Throwable {
    int ended = -1;
    int ready = -1;
    int pending = -1;
    for (int i = 0; i < inputs.size(); i++) {
      switch (inputs.get(i).look()) {
        case READY -> ready = i;
        case PENDING -> pending = i;
        case ENDED -> {
          if (options.lengths() == Lengths.SHORTEST) {
            return Source.State.ENDED;
          }
          ended = ended < 0 ? i : ended;
        }
      }
    }
    if (ended >= 0 && ready >= 0) {
      throw new IllegalArgumentException(
          "Input %d of %d ended after %s, but input %d has more. With Lengths.STRICT all must be equally long; Lengths.SHORTEST stops at the shortest."
              .formatted(
                  ended + 1,
                  inputs.size(),
                  Faults.count(rowsRead, "element", "elements"),
                  ready + 1));
    }
    if (pending >= 0) {
      return Source.State.PENDING;
    }
    return ready >= 0 ? Source.State.READY : Source.State.ENDED;
  }

  private void submit(Callable<? extends R> work) {
    Element element = new Element(rowsRead, work, results.next());
    underway.add(element);
    underwayCount.incrementAndGet();
    CompletableFuture<?> future;
    try {
      future = pool.submit(element, options.priority());
    } catch (Throwable refused) {
      element.leave();
      throw refused;
    }
    ranHere = element.runner == Thread.currentThread();
    element.submitted(future);
  }

  private void finish() {
    if (!stopped && underwayCount.get() == 0) {
      result.become(results.toList());
    }
  }

  private void closeInputs() throws Exception {
    Exception failure = null;
    for (Source input : inputs) {
      try {
        input.close();
      } catch (Exception e) {
        if (failure == null) {
          failure = e;
        } else {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void closeAfterFailure() {
    try {
      closeInputs();
    } catch (Exception e) {
      Faults.warn(LOG, e, "An input of a map that had failed or was cancelled could not be closed");
    }
  }

  // ---- Ends

  /** The first failure decides the result; what has not started never starts. */
  private void fail(Throwable cause) {
    if (!stopped) {
      stop();
      result.fail(cause);
    }
  }

  private void stop() {
    stopped = true;
    // First those that stand in the queue: an interrupted one frees a worker, who would start them.
    for (Element element : underway) {
      if (element.runner == null) {
        element.drop();
      }
    }
    for (Element element : underway) {
      if (element.runner != null) {
        element.drop();
      }
    }
    // So that the inputs are closed.
    advance();
  }

  /** One row: the task that the pool runs, and what is done when it has ended. */
  private final class Element implements Callable<Object>, BiConsumer<Object, Throwable> {

    private final long number;
    private final Callable<? extends R> work;
    private final Results.Place place;
    private volatile @Nullable Thread runner;
    private volatile @Nullable CompletableFuture<?> future;
    private @Nullable Throwable failure;

    Element(long number, Callable<? extends R> work, Results.Place place) {
      this.number = number;
      this.work = work;
      this.place = place;
    }

    @Override
    public @Nullable Object call() throws Exception {
      runner = Thread.currentThread();
      if (stopped || result.isDone()) {
        throw new CancellationException("The map that " + this + " belongs to has ended.");
      }
      try {
        place.set(work.call());
      } catch (Throwable thrown) {
        failure = thrown;
        throw thrown;
      }
      return null;
    }

    void submitted(CompletableFuture<?> taken) {
      future = taken;
      // Whoever stops the map after this line finds the future; who did so before is seen here.
      if (stopped) {
        drop();
      }
      taken.whenComplete(this);
    }

    /** Takes it back if it has not started, or in any case if the map interrupts. */
    void drop() {
      CompletableFuture<?> taken = future;
      if (taken != null && (interrupting || runner == null)) {
        taken.cancel(interrupting);
      }
    }

    /** It has ended, or will never run. */
    @Override
    public void accept(@Nullable Object nothing, @Nullable Throwable thrown) {
      Throwable own = failure;
      if (own != null) {
        fail(own);
      } else if (thrown instanceof CancellationException) {
        cancelledByOthers();
      } else if (thrown != null) {
        fail(thrown);
      }
      leave();
      advance();
    }

    private void cancelledByOthers() {
      if (!stopped) {
        stop();
        result.cancelBecause(
            "The map was cancelled with "
                + this
                + ", which the pool dropped before it ran, as in a shutdown or by its overflow policy.");
      }
    }

    /** What it did before happens-before the result of the map. */
    void leave() {
      underway.remove(this);
      underwayCount.decrementAndGet();
    }

    @Override
    public String toString() {
      return "element " + number + " of a map";
    }
  }

  /** What the user gets. Whatever ends it from outside stops the map. */
  private final class Result extends CompletableFuture<List<R>> {

    @Override
    public boolean complete(List<R> value) {
      return stopUnlessDone() && completing(() -> super.complete(value));
    }

    @Override
    public boolean completeExceptionally(Throwable cause) {
      return stopUnlessDone() && completing(() -> super.completeExceptionally(cause));
    }

    @Override
    public boolean cancel(boolean mayInterruptIfRunning) {
      if (!isDone()) {
        if (mayInterruptIfRunning) {
          interrupting = true;
        }
        stop();
        completing(() -> super.cancel(mayInterruptIfRunning));
      }
      return isCancelled();
    }

    private boolean stopUnlessDone() {
      if (isDone()) {
        return false;
      }
      stop();
      return true;
    }

    private void become(List<R> value) {
      completing(() -> super.complete(value));
    }

    private void fail(Throwable cause) {
      completing(
          () -> super.completeExceptionally(Deliverable.of(cause, getNumberOfDependents() > 0)));
    }

    private void cancelBecause(String why) {
      completing(() -> super.completeExceptionally(new CancellationException(why)));
    }

    /** Its dependants may submit to the pool, as long as the map is open. */
    private boolean completing(BooleanSupplier completion) {
      boolean[] completed = {false};
      pool.complete(() -> completed[0] = completion.getAsBoolean());
      return completed[0];
    }
  }
}
