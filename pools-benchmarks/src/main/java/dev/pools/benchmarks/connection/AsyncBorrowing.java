package dev.pools.benchmarks.connection;

import dev.pools.benchmarks.Rate;
import dev.pools.benchmarks.connection.Lending.Pending;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
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

/** Leases that come in a future. The score is leases in a second, of all threads. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class AsyncBorrowing {

  private static final int BURST = 1000;

  /** Who lends. */
  @Param("OURS")
  public ObjectPeer peer;

  /** How many objects there are. */
  @Param("10")
  public int objects;

  private Lending<Object> lending;

  /** Opens the pool. */
  @Setup
  public void open() throws Exception {
    lending = peer.openFull(objects);
  }

  /** Ends it. */
  @TearDown
  public void close() throws Exception {
    lending.end();
  }

  /** One who asks. */
  @State(Scope.Thread)
  public static class Borrower {
    private final AtomicInteger left = new AtomicInteger();
    private final Pending[] pending = new Pending[BURST];
    private Thread thread;
    private Lending<Object> lending;

    /** Prepares. */
    @Setup
    public void prepare(AsyncBorrowing borrowing) {
      thread = Thread.currentThread();
      lending = borrowing.lending;
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

    private void served(Object lease) {
      try {
        lending.give(lease);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      // To wake oneself costs as much as some leases do.
      if (left.decrementAndGet() == 0 && Thread.currentThread() != thread) {
        LockSupport.unpark(thread);
      }
    }

    private void await() {
      while (left.get() != 0) {
        LockSupport.park(this);
      }
    }
  }

  /** One lease at a time, mostly there at once. */
  @Benchmark
  public void async(Borrower borrower) {
    borrower.left.set(1);
    lending.takeLater(borrower::served);
    borrower.await();
  }

  /** A thousand ask while all objects are leased, then they come back one by one. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void asyncInLine(Borrower borrower) throws Exception {
    Object[] all = takeAll();
    borrower.left.set(BURST);
    for (int asked = 0; asked < BURST; asked++) {
      lending.takeLater(borrower::served);
    }
    giveAll(all);
    borrower.await();
  }

  /** As before, but every second caller gives up before its turn. */
  @Benchmark
  @OperationsPerInvocation(BURST)
  public void halfCancelled(Borrower borrower) throws Exception {
    Object[] all = takeAll();
    borrower.left.set(BURST / 2);
    for (int asked = 0; asked < BURST; asked++) {
      borrower.pending[asked] = lending.takeLater(borrower::served);
    }
    for (int asked = 0; asked < BURST; asked += 2) {
      borrower.pending[asked].cancel();
    }
    giveAll(all);
    borrower.await();
  }

  private Object[] takeAll() throws Exception {
    Object[] all = new Object[objects];
    for (int object = 0; object < objects; object++) {
      all[object] = lending.take();
    }
    return all;
  }

  private void giveAll(Object[] all) throws Exception {
    for (Object lease : all) {
      lending.give(lease);
    }
  }
}
