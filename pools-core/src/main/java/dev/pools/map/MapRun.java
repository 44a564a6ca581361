package dev.pools.map;

import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * One map from its start to its end: reads a row, submits its element, and reads on as elements
 * end, so that no more than a window of elements is underway at any time.
 *
 * <p>A map has no thread of its own. A thread that knows that there is something to do takes the
 * turn and reads: first the caller, then a worker whose element has ended, or a publisher. These
 * threads have other work, so a turn is short. If there is more to read, a helper thread continues.
 *
 * <p>Invariants:
 *
 * <ol>
 *   <li>M1: only the holder of the {@link NonBlockingTurn} touches the inputs and the reader's
 *       fields. No user code runs under a lock.
 *   <li>M2: rows are read, and elements submitted, in the order of the inputs. At most a window of
 *       elements is underway.
 *   <li>M3: the map cannot get stuck. While it has not ended, a thread has the turn, or an element
 *       is underway whose end will claim the turn, or a publisher owes a signal that will.
 *   <li>M4: after {@code stopped}, no row is read, no element starts, and the result never becomes
 *       a list. The thread that stops the map completes the result, whatever is thrown meanwhile;
 *       see {@link MapResult}.
 *   <li>M5: a holder of the turn closes each input, after the last row or after {@code stopped}.
 *   <li>M6: with a decorator, the map reads rows and submits elements inside of the context of the
 *       thread that called the map. So each element is decorated in that context, whichever thread
 *       reads its row.
 *   <li>M7: the code of the inputs runs inside of the pool, on whichever thread: the pool waits for
 *       it, therefore it must not wait for the end of the pool.
 * </ol>
 */
final class MapRun<R extends @Nullable Object>
    implements Source.Listener, MapExecutor.OpenMap, MapElement.Owner, MapResult.Owner {

  private static final int SMALLEST_WINDOW = 2;

  /** How many rows a worker or a publisher reads in one turn at most, if the window is smaller. */
  private static final int SHORT_TURN = 64;

  /** A turn of this many rows has no end of its own. */
  private static final int ALL_ROWS = Integer.MAX_VALUE;

  private final MapExecutor executor;
  private final MapOptions options;
  private final Object usersFunction;
  private final RowFunction<R> function;
  private final MapResult<R> result;
  private final ClassLoader classLoader = Thread.currentThread().getContextClassLoader();

  // The reader's: M1.
  private final InputReader inputs;
  private final Results<R> results = new Results<>();
  private int window;
  private long windowGoodUntil;
  private boolean exhausted;
  private boolean ranHere;
  private boolean reportedNoThread;
  private boolean hasOtherWork;
  private int rowsLeft;
  private boolean allRead;

  /** Created once, because a turn may be as short as a row. */
  private final Runnable rows = this::readRows;

  /** The context of the caller: M6. */
  private MapExecutor.@Nullable Context context;

  /**
   * The reader while it submits. Any thread asks whether it is this one: of its own writes it sees
   * the last one, and no other thread writes its name.
   */
  private @Nullable Thread submitter;

  // Shared.
  private final NonBlockingTurn turn = new NonBlockingTurn();
  private final Set<MapElement<?>> underway = ConcurrentHashMap.newKeySet();
  private final AtomicInteger underwayCount = new AtomicInteger();
  private volatile boolean stopped;
  private volatile boolean interrupting;

  /** Why the pool accepts no more elements; null while it accepts them. */
  private volatile @Nullable RuntimeException cut;

  private MapRun(
      MapExecutor executor,
      MapOptions options,
      Object usersFunction,
      RowFunction<R> function,
      List<Input<?>> inputs) {
    this.usersFunction = Objects.requireNonNull(usersFunction, "function");
    this.executor = executor;
    this.options = Objects.requireNonNull(options, "options");
    this.function = function;
    this.result = new MapResult<>(this, executor);
    this.inputs = new InputReader(options.lengths(), inputs, this);
  }

  /**
   * Starts a map, and reads its first window on the calling thread.
   *
   * @param usersFunction what the user calls it by
   * @param function calls it for a row
   */
  static <R extends @Nullable Object> CompletableFuture<List<R>> start(
      MapExecutor executor,
      MapOptions options,
      Object usersFunction,
      RowFunction<R> function,
      Input<?>... inputs) {
    MapRun<R> map = new MapRun<>(executor, options, usersFunction, function, List.of(inputs));
    executor.started(map);
    // Registered first, and therefore run last: the tasks that the user's dependants submit still
    // belong to the map.
    map.result.whenComplete((values, failure) -> executor.finished());
    executor.runInside(map::captureContext);
    map.readFirstWindow();
    return map.result;
  }

  // ---- Turns

  private void captureContext() {
    try {
      context = executor.captureContext();
    } catch (Throwable refused) {
      fail(refused);
    }
  }

  /** The caller is in its own context already. */
  private void readFirstWindow() {
    if (turn.claim()) {
      read(window(), /* here= */ true);
    }
  }

  /** There may be something to do: room in the window, a value, the end of an input. */
  private void advance() {
    if (turn.claim()) {
      read(Math.max(window, SHORT_TURN), /* here= */ false);
    } else {
      failIfCutOff();
    }
  }

  /**
   * Elements that are underway continue. If there is another element, the pool rejects it, which
   * fails the map. So only a map without elements underway, whose input keeps it waiting, must be
   * failed here.
   */
  @Override
  public void cutOff(RuntimeException why) {
    cut = why;
    advance();
  }

  /** Called after the cut by the thread that ends the last element, and by the thread that cuts. */
  private void failIfCutOff() {
    RuntimeException why = cut;
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
   * Reads while there is something to read, and releases the turn; or, after some rows, leaves the
   * turn to a helper thread.
   */
  private void read(int mostRows, boolean here) {
    rowsLeft = mostRows;
    hasOtherWork = !here && mostRows < ALL_ROWS;
    do {
      while (!(here ? readHere() : readInContext())) {
        if (continueElsewhere()) {
          return;
        }
        rowsLeft = ALL_ROWS;
        hasOtherWork = false;
      }
    } while (!turn.release());
  }

  /**
   * As {@link #readHere}, inside of the caller's context. The thread keeps the turn until it has
   * left the context, because a decorator's Runnable need not be safe for two threads at a time.
   */
  private boolean readInContext() {
    MapExecutor.Context callers = context;
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
   * Reads while there is something to read: M7.
   *
   * @return whether everything has been read; if not, another thread must continue
   */
  private boolean readHere() {
    executor.runInside(rows);
    return allRead;
  }

  private void readRows() {
    allRead = false;
    while (step()) {
      rowsLeft--;
      boolean isOver = ranHere ? hasOtherWork : rowsLeft <= 0;
      if (isOver && hasRoom()) {
        // A pool whose queue is full has had this thread run the element. A worker must not go on
        // with that: what is queued would wait for the end of the input. If elements are underway,
        // the end of one claims the turn (M3). Otherwise a helper thread continues.
        allRead = ranHere && underwayCount.get() > 0;
        return;
      }
    }
    allRead = true;
  }

  private boolean continueElsewhere() {
    try {
      executor.runOnHelperThread(this::readElsewhere);
      return true;
    } catch (RuntimeException | Error noThread) {
      if (!reportedNoThread) {
        reportedNoThread = true;
        executor.warn(
            noThread,
            "Pool '{}': no helper thread can be started to read on the input of a map, so thread '{}' reads it",
            executor.poolName(),
            Thread.currentThread().getName());
      }
      return false;
    }
  }

  /** The inputs expect the class loader of the thread that called the map. */
  private void readElsewhere() {
    Thread thread = Thread.currentThread();
    ClassLoader own = thread.getContextClassLoader();
    thread.setContextClassLoader(classLoader);
    try {
      read(ALL_ROWS, /* here= */ false);
    } finally {
      thread.setContextClassLoader(own);
    }
  }

  // ---- One step of a turn

  /** Returns whether it has submitted an element, so that there may be another. */
  private boolean step() {
    try {
      if (isStopped()) {
        closeAfterFailure();
        return false;
      }
      if (exhausted) {
        // A publisher that has called onSubscribe only now must be cancelled.
        inputs.close();
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

  /** How many may be underway; computed again once per window, because the pool may be resized. */
  private int window() {
    if (options.window() != MapOptions.AUTOMATIC) {
      window = options.window();
    } else if (inputs.rowsRead() >= windowGoodUntil) {
      window = Math.max(SMALLEST_WINDOW, 2 * executor.maxWorkers());
      windowGoodUntil = inputs.rowsRead() + window;
    }
    return window;
  }

  private boolean readRow() throws Throwable {
    inputs.allow(inputs.rowsRead() + window - underwayCount.get());
    switch (inputs.look()) {
      case READY -> {
        @Nullable Object[] row = inputs.take();
        submit(new MapElement<>(this, inputs.rowsRead(), function.prepare(row), results.next()));
        return true;
      }
      case ENDED -> {
        exhausted = true;
        inputs.close();
        finish();
        return false;
      }
      default -> {
        failIfCutOff();
        return false;
      }
    }
  }

  private void submit(MapElement<R> element) {
    underway.add(element);
    underwayCount.incrementAndGet();
    CompletableFuture<?> future;
    submitter = Thread.currentThread();
    try {
      try {
        future = executor.submit(element, options.priority());
      } catch (Throwable refused) {
        leave(element);
        throw refused;
      }
      ranHere = element.ranHere();
      element.submitted(future);
    } finally {
      submitter = null;
    }
  }

  private void finish() {
    if (!stopped && underwayCount.get() == 0) {
      result.become(results.toList());
    }
  }

  private void closeAfterFailure() {
    try {
      inputs.close();
    } catch (Throwable thrown) {
      executor.warn(
          thrown,
          "Pool '{}': an input of a map that had failed or was cancelled could not be closed",
          executor.poolName());
    }
  }

  // ---- The end of an element

  @Override
  public Object function() {
    return usersFunction;
  }

  @Override
  public boolean isStopped() {
    return stopped || result.isDone();
  }

  @Override
  public boolean isInterrupting() {
    return interrupting;
  }

  @Override
  public void elementFailed(Throwable cause) {
    fail(cause);
  }

  @Override
  public void elementDropped(MapElement<?> element) {
    if (stopped) {
      // The thread that stops the map may be held up, by a listener that it tells of an element.
      result.completeAsNoted();
    } else {
      result.cancelBecause(
          "The map was cancelled with "
              + element
              + ", which the pool dropped before it ran, as in a shutdown or by its overflow policy.");
    }
  }

  @Override
  public void elementEnded(MapElement<?> element) {
    leave(element);
    // The thread that has the turn looks again after it has submitted, and must be able to stop.
    if (submitter != Thread.currentThread()) {
      advance();
    }
  }

  /** What the element did before happens-before the result of the map. */
  private void leave(MapElement<?> element) {
    underway.remove(element);
    underwayCount.decrementAndGet();
  }

  // ---- The end of the map

  /** The first failure decides the result; elements that have not started never start. */
  private void fail(Throwable cause) {
    if (!stopped) {
      result.fail(cause);
    }
  }

  @Override
  public void stop(boolean interrupt) {
    if (interrupt) {
      interrupting = true;
    }
    stopped = true;
    // First those in the queue: an interrupted one frees a worker, which would start them.
    try {
      dropAll(/* started= */ false);
      dropAll(/* started= */ true);
    } finally {
      // Closes the inputs.
      advance();
    }
  }

  private void dropAll(boolean started) {
    for (MapElement<?> element : underway) {
      if (element.hasStarted() == started) {
        element.drop();
      }
    }
  }
}
