package dev.pools.benchmarks.task;

import dev.pools.benchmarks.Rate;
import dev.pools.benchmarks.Work;
import dev.pools.benchmarks.task.Demand.Bound;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import jdk.jfr.Recording;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Submitters, which are JMH's threads, each submit a burst of tasks and wait until all of it has
 * ended, over and over. The score is tasks in a second, of all submitters.
 *
 * <p>The tasks are made before; what is measured is the executor's own doing, and for each task the
 * count that tells its submitter when the burst is over.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class TaskBursts {

  /** A burst. */
  static final int BURST = 1000;

  /** A burst of tasks that take long. */
  static final int SHORT_BURST = 100;

  /** A burst that fills a bounded queue several times over, even by a single submitter. */
  static final int LONG_BURST = 4 * Demand.CAPACITY;

  private static final int LEVELS = 8;

  /** Who runs the tasks. */
  @Param("OURS")
  public TaskPeer peer;

  /** What its workers are. */
  @Param("PLATFORM")
  public Threads threads;

  /** How many it has. */
  @Param("2")
  public int workers;

  /** How long a task takes, in microseconds. */
  @Param("0")
  public int work;

  /** Which recording of the Flight Recorder runs meanwhile. */
  @Param("NONE")
  public FlightRecording recording;

  private Crew crew;
  private @Nullable Recording running;

  /** Opens the executor. */
  @Setup
  public void open(BenchmarkParams benchmark) throws Exception {
    running = recording.start();
    String mode = benchmark.getBenchmark();
    Bound bound =
        mode.contains("bounded")
            ? Bound.WAIT
            : mode.contains("callerRuns") ? Bound.CALLER_RUNS : Bound.NONE;
    crew = peer.open(new Demand(threads, workers, bound));
  }

  /** Ends it. */
  @TearDown
  public void close() throws Exception {
    crew.end();
    if (running != null) {
      running.close();
    }
  }

  /** A submitter, with what it needs. */
  @State(Scope.Thread)
  public static class Submitter implements Runnable, Callable<Integer>, Supplier<Integer> {

    private final AtomicInteger left = new AtomicInteger();
    private final Future<?>[] futures = new Future<?>[BURST];
    private final int[] priorities = new int[BURST];
    private Thread thread;
    private long tokens;

    /** Prepares the tasks. */
    @Setup
    public void prepare(TaskBursts bursts) {
      thread = Thread.currentThread();
      tokens = Work.tokens(bursts.work);
      Random random = new Random(42);
      for (int task = 0; task < BURST; task++) {
        priorities[task] = random.nextInt(LEVELS);
      }
    }

    /** An iteration begins. */
    @Setup(Level.Iteration)
    public void begin() {
      Rate.begin();
    }

    /** It has ended. */
    @TearDown(Level.Iteration)
    public void end() {
      Rate.end();
    }

    /** The task that has no future. */
    @Override
    public void run() {
      Work.spend(tokens);
      if (left.decrementAndGet() == 0) {
        LockSupport.unpark(thread);
      }
    }

    /** The task, where its submitter has a future. */
    @Override
    public Integer call() {
      Work.spend(tokens);
      return 1;
    }

    /** The task of a CompletableFuture. */
    @Override
    public Integer get() {
      return call();
    }

    private void expect(int tasks) {
      left.set(tasks);
    }

    private void await() {
      while (left.get() != 0) {
        LockSupport.park(this);
      }
    }

    private void awaitFutures(int tasks) throws ExecutionException, InterruptedException {
      for (int task = 0; task < tasks; task++) {
        futures[task].get();
      }
    }
  }

  /** {@code execute}. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void execute(Submitter submitter) {
    execute(submitter, BURST);
  }

  /** {@code execute}, fewer tasks at a time. */
  @Benchmark
  @OperationsPerInvocation(SHORT_BURST)
  public void executeShort(Submitter submitter) {
    execute(submitter, SHORT_BURST);
  }

  private void execute(Submitter submitter, int burst) {
    submitter.expect(burst);
    for (int task = 0; task < burst; task++) {
      crew.execute(submitter);
    }
    submitter.await();
  }

  /** {@code submit} with a future each. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void submit(Submitter submitter) throws Exception {
    submit(submitter, BURST);
  }

  /** {@code submit}, fewer tasks at a time. */
  @Benchmark
  @OperationsPerInvocation(SHORT_BURST)
  public void submitShort(Submitter submitter) throws Exception {
    submit(submitter, SHORT_BURST);
  }

  private void submit(Submitter submitter, int burst) throws Exception {
    for (int task = 0; task < burst; task++) {
      submitter.futures[task] = crew.submit((Callable<Integer>) submitter);
    }
    submitter.awaitFutures(burst);
  }

  /** {@code CompletableFuture.supplyAsync}. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void supplyAsync(Submitter submitter) throws Exception {
    supplyAsync(submitter, BURST);
  }

  /** {@code CompletableFuture.supplyAsync}, fewer tasks at a time. */
  @Benchmark
  @OperationsPerInvocation(SHORT_BURST)
  public void supplyAsyncShort(Submitter submitter) throws Exception {
    supplyAsync(submitter, SHORT_BURST);
  }

  private void supplyAsync(Submitter submitter, int burst) throws Exception {
    for (int task = 0; task < burst; task++) {
      submitter.futures[task] = CompletableFuture.supplyAsync(submitter, crew.executor());
    }
    submitter.awaitFutures(burst);
  }

  /** Priorities drawn from eight levels. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void priorities(Submitter submitter) {
    priorities(submitter, BURST);
  }

  /** Priorities drawn from eight levels, fewer tasks at a time. */
  @Benchmark
  @OperationsPerInvocation(SHORT_BURST)
  public void prioritiesShort(Submitter submitter) {
    priorities(submitter, SHORT_BURST);
  }

  private void priorities(Submitter submitter, int burst) {
    submitter.expect(burst);
    for (int task = 0; task < burst; task++) {
      crew.execute(submitter, submitter.priorities[task]);
    }
    submitter.await();
  }

  /** A bounded queue at which submitters wait; the burst is longer than the queue. */
  @Benchmark
  @OperationsPerInvocation(LONG_BURST)
  public void bounded(Submitter submitter) throws InterruptedException {
    submitter.expect(LONG_BURST);
    for (int task = 0; task < LONG_BURST; task++) {
      crew.executeOrWait(submitter);
    }
    submitter.await();
  }

  /** A bounded queue at which submitters run their tasks; the burst is longer than the queue. */
  @Benchmark
  @OperationsPerInvocation(LONG_BURST)
  public void callerRuns(Submitter submitter) {
    submitter.expect(LONG_BURST);
    for (int task = 0; task < LONG_BURST; task++) {
      crew.executeOrRun(submitter);
    }
    submitter.await();
  }

  /**
   * A burst is queued behind tasks that hold all workers up, every second task is cancelled, and
   * then the others run.
   */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void cancel(Submitter submitter) throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    for (int worker = 0; worker < workers; worker++) {
      crew.execute(() -> awaitUninterruptibly(open));
    }
    for (int task = 0; task < BURST; task++) {
      submitter.futures[task] = crew.submit((Callable<Integer>) submitter);
    }
    for (int task = 0; task < BURST; task += 2) {
      submitter.futures[task].cancel(false);
    }
    open.countDown();
    for (int task = 1; task < BURST; task += 2) {
      submitter.futures[task].get();
    }
  }

  private static void awaitUninterruptibly(CountDownLatch open) {
    try {
      open.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  /** {@code submit} and wait, one task at a time. */
  @Benchmark
  public Integer roundTrip(Submitter submitter) throws Exception {
    return crew.submit((Callable<Integer>) submitter).get();
  }
}
