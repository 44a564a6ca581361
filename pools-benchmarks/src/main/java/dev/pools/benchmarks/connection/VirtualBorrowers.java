package dev.pools.benchmarks.connection;

import dev.pools.benchmarks.VirtualThreads;
import dev.pools.benchmarks.connection.Borrowing.Hold;
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

/** Ten thousand virtual threads share a few objects. The score is cycles in a second. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class VirtualBorrowers {

  private static final int BORROWERS = 10_000;
  private static final int CYCLES_EACH = 5;

  /** Who lends. */
  @Param("OURS")
  public ObjectPeer peer;

  /** How many objects there are. */
  @Param("50")
  public int objects;

  /** How long they are held. */
  @Param("NONE")
  public Hold hold;

  private Lending<Object> lending;
  private ThreadFactory borrowers;

  /** Opens the pool. */
  @Setup
  public void open() throws Exception {
    lending = peer.openFull(objects);
    borrowers = VirtualThreads.factory();
  }

  /** Ends it. */
  @TearDown
  public void close() throws Exception {
    lending.end();
  }

  /** All of them, from start to end. */
  @Benchmark
  @OperationsPerInvocation(BORROWERS * CYCLES_EACH)
  public void virtualBorrowers() throws InterruptedException {
    CountDownLatch ended = new CountDownLatch(BORROWERS);
    AtomicInteger served = new AtomicInteger();
    long tokens = hold.tokens();
    for (int borrower = 0; borrower < BORROWERS; borrower++) {
      borrowers
          .newThread(
              () -> {
                try {
                  for (int cycle = 0; cycle < CYCLES_EACH; cycle++) {
                    Object lease = lending.take();
                    hold.hold(tokens);
                    lending.give(lease);
                    served.incrementAndGet();
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
    if (served.get() != BORROWERS * CYCLES_EACH) {
      throw new IllegalStateException("Only " + served.get() + " leases were served.");
    }
  }
}
