package dev.pools.benchmarks.task;

import dev.pools.benchmarks.VirtualThreads;
import dev.pools.benchmarks.task.Demand.Bound;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Ten thousand virtual threads. Each submits a task and waits for it, a few times. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class VirtualSubmitters {

  private static final int SUBMITTERS = 10_000;
  private static final int TASKS_EACH = 5;

  /** Who runs the tasks. */
  @Param("OURS")
  public TaskPeer peer;

  /** What its workers are. */
  @Param("PLATFORM")
  public Threads threads;

  /** How many it has. */
  @Param("2")
  public int workers;

  private Crew crew;
  private ThreadFactory submitters;

  /** Opens the executor. */
  @Setup
  public void open() throws Exception {
    crew = peer.open(new Demand(threads, workers, Bound.NONE));
    submitters = VirtualThreads.factory();
  }

  /** Ends it. */
  @TearDown
  public void close() throws Exception {
    crew.end();
  }

  /** All of them, from start to end. */
  @Benchmark
  @OperationsPerInvocation(SUBMITTERS * TASKS_EACH)
  public void virtualSubmitters() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(SUBMITTERS);
    AtomicInteger served = new AtomicInteger();
    for (int submitter = 0; submitter < SUBMITTERS; submitter++) {
      submitters
          .newThread(
              () -> {
                try {
                  for (int task = 0; task < TASKS_EACH; task++) {
                    served.addAndGet(crew.submit(() -> 1).get());
                  }
                } catch (Exception e) {
                  throw new IllegalStateException(e);
                } finally {
                  ended.countDown();
                }
              })
          .start();
    }
    ended.await();
    if (served.get() != SUBMITTERS * TASKS_EACH) {
      throw new IllegalStateException("Only " + served.get() + " tasks were served.");
    }
  }
}
