package dev.pools.benchmarks.connection;

import dev.pools.benchmarks.Percentiles;
import dev.pools.benchmarks.Rate;
import dev.pools.benchmarks.Waits;
import dev.pools.benchmarks.Work;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.BenchmarkParams;

/**
 * Threads, which are JMH's, lease an object, hold it, and give it back, over and over. The score is
 * such cycles in a second, of all threads.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
public class Borrowing {

  /** Where threads stand in line the clock may be read more often than where they rarely wait. */
  private static final int SAMPLED_IN_LINE = 8;

  private static final int SAMPLED_ELSE = 64;

  /** How long an object is held. */
  public enum Hold {
    /** Not at all. */
    NONE(0, 0),
    /** By a thread that is busy for a microsecond. */
    BUSY_1US(1, 0),
    /** By a thread that waits, as for a reply, for 100 microseconds and whatever the timer adds. */
    PARK_100US(0, 100);

    private final int busyMicros;
    private final int parkedMicros;

    Hold(int busyMicros, int parkedMicros) {
      this.busyMicros = busyMicros;
      this.parkedMicros = parkedMicros;
    }

    void hold(long tokens) {
      Work.spend(tokens);
      if (parkedMicros > 0) {
        long end = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(parkedMicros);
        // A pool may have left a permit with which the first park returns at once.
        for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
          LockSupport.parkNanos(this, left);
        }
      }
    }

    long tokens() {
      return Work.tokens(busyMicros);
    }
  }

  /** Who lends. */
  @Param("OURS")
  public ObjectPeer peer;

  /** How many objects there are. */
  @Param("10")
  public int objects;

  /** How long they are held. */
  @Param("NONE")
  public Hold hold;

  private final AtomicReference<@Nullable Object> passed = new AtomicReference<>();
  private Lending<Object> lending;

  /** Opens the pool. */
  @Setup
  public void open() throws Exception {
    lending = peer.openFull(objects);
  }

  /** Ends it. */
  @TearDown
  public void close() throws Exception {
    Object last = passed.getAndSet(null);
    if (last != null) {
      lending.give(last);
    }
    lending.end();
  }

  /**
   * Keeps the fields of a subclass two cache lines apart from what stands before them in memory.
   * JMH does so behind them only. Where an object that all threads read stands before them, each
   * read fetches its line anew.
   */
  @SuppressWarnings("UnusedVariable")
  public abstract static class Apart {
    private long before1, before2, before3, before4, before5, before6, before7, before8;
    private long before9, before10, before11, before12, before13, before14, before15, before16;
  }

  /** One who leases. */
  @State(Scope.Thread)
  public static class Borrower extends Apart {
    private Percentiles waits;
    private long tokens;
    private int mask;
    private int cycle;

    /** Prepares to take samples. */
    @Setup
    public void prepare(Borrowing borrowing, BenchmarkParams benchmark) {
      waits = Waits.newSample();
      tokens = borrowing.hold.tokens();
      boolean inLine = benchmark.getThreads() > borrowing.objects;
      mask = (inLine ? SAMPLED_IN_LINE : SAMPLED_ELSE) - 1;
      if (borrowing.hold == Hold.PARK_100US) {
        mask = 0;
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
  }

  private Object take(Borrower borrower) throws Exception {
    if ((++borrower.cycle & borrower.mask) != 0) {
      return lending.take();
    }
    long before = System.nanoTime();
    Object lease = lending.take();
    borrower.waits.record(System.nanoTime() - before);
    return lease;
  }

  /** One lease at a time. */
  @Benchmark
  public void oneLease(Borrower borrower) throws Exception {
    Object lease = take(borrower);
    hold.hold(borrower.tokens);
    lending.give(lease);
  }

  /** Two leases at a time; where there are as many threads as objects they would hang. */
  @Benchmark
  public void twoLeases(Borrower borrower) throws Exception {
    Object first = take(borrower);
    Object second = take(borrower);
    hold.hold(borrower.tokens);
    lending.give(second);
    lending.give(first);
  }

  /** Each thread gives back what another one has leased. */
  @Benchmark
  public void otherThread(Borrower borrower) throws Exception {
    Object mine = take(borrower);
    hold.hold(borrower.tokens);
    Object theirs = passed.getAndSet(mine);
    if (theirs != null) {
      lending.give(theirs);
    }
  }
}
