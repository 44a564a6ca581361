package dev.pools.connection;

import dev.pools.internal.Lincheck;
import dev.pools.internal.StackRoom;
import dev.pools.internal.StillTime;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuarantee;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.StressOptions;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Leases against a counter and a line: every result of every interleaving of acquire, release and
 * cancel is one that these could have given. Therefore no caller overtakes another, no grant is
 * lost with a caller that has given up, and no connection is leased twice.
 */
@Param(name = "thread", gen = ThreadIdGen.class)
public class LeasesLincheckTest {

  private static final int THREADS = 3;

  /** Those of the parallel part, and who comes before and after them. */
  private static final int CALLERS = THREADS + 2;

  /** In the parallel part from the start: one has the connection, and the other wants it. */
  private static final int HAS = 1;

  private static final int WANTS = 2;

  private final AtomicInteger made = new AtomicInteger();
  private final ConnectionPool<Integer> pool =
      ConnectionPool.<Integer>builder(made::incrementAndGet)
          .name("lincheck")
          .minSize(1)
          .maxSize(1)
          .executor(Runnable::run)
          .time(new StillTime())
          .build();

  // Each caller uses only its own.
  private final List<Deque<Lease<Integer>>> held = new ArrayList<>();
  private final List<Deque<CompletableFuture<Lease<Integer>>>> wanted = new ArrayList<>();

  /** One connection, which is leased, and for which a caller waits. */
  @SuppressWarnings("this-escape") // The subclass has no fields.
  public LeasesLincheckTest() {
    for (int caller = 0; caller < CALLERS; caller++) {
      held.add(new ArrayDeque<>());
      wanted.add(new ArrayDeque<>());
    }
    pool.start().join();
    tryAcquire(HAS);
    acquire(WANTS);
  }

  /**
   * Takes a connection, or stands in line for one. Whether it was served at once is not part of the
   * result: between joining the line and a look at the future, others may acquire and release, and
   * the future is done although a connection was never idle. {@link #release} and {@link #cancel}
   * tell who was served.
   */
  @Operation
  public void acquire(@Param(name = "thread") int thread) {
    wanted.get(thread).add(pool.acquireAsync());
  }

  /** Takes a connection only if one is idle. */
  @Operation
  public boolean tryAcquire(@Param(name = "thread") int thread) {
    pool.tryAcquire().ifPresent(held.get(thread)::push);
    return !held.get(thread).isEmpty();
  }

  /** Leaves the line, if this caller's oldest acquire is still in it. */
  @Operation
  public boolean cancel(@Param(name = "thread") int thread) {
    CompletableFuture<Lease<Integer>> oldest = wanted.get(thread).poll();
    if (oldest == null) {
      return false;
    }
    if (leavesLine(oldest)) {
      return true;
    }
    held.get(thread).push(oldest.join());
    return false;
  }

  /** Cancels an acquire, unless it has been served. */
  boolean leavesLine(CompletableFuture<Lease<Integer>> acquire) {
    return acquire.cancel(false);
  }

  /**
   * A planted bug: looks whether the acquire was served, and loses what it is granted meanwhile.
   */
  public static final class LooksBeforeItLeaves extends LeasesLincheckTest {

    /** One connection, which is leased, and a waiter. */
    public LooksBeforeItLeaves() {}

    @Override
    boolean leavesLine(CompletableFuture<Lease<Integer>> acquire) {
      boolean leaves = !acquire.isDone();
      acquire.cancel(false);
      return leaves;
    }
  }

  /** Gives back what this caller has been leased, if anything. */
  @Operation
  public boolean release(@Param(name = "thread") int thread) {
    Lease<Integer> lease = held.get(thread).poll();
    if (lease == null) {
      CompletableFuture<Lease<Integer>> oldest = wanted.get(thread).peek();
      if (oldest == null || !oldest.isDone()) {
        return false;
      }
      lease = wanted.get(thread).remove().join();
    }
    lease.close();
    return true;
  }

  /** The specification. */
  public static final class CounterAndLine {

    /** A caller that wants a connection, and may have it. */
    private static final class Wish {
      private boolean granted;
    }

    private final Deque<Wish> line = new ArrayDeque<>();
    private final int[] held = new int[CALLERS];
    private final List<Deque<Wish>> wanted = new ArrayList<>();
    private int idle = 1;

    /** None is idle. */
    public CounterAndLine() {
      for (int caller = 0; caller < CALLERS; caller++) {
        wanted.add(new ArrayDeque<>());
      }
      tryAcquire(HAS);
      acquire(WANTS);
    }

    /** Counts, or queues. */
    public void acquire(int thread) {
      Wish wish = new Wish();
      wanted.get(thread).add(wish);
      if (idle > 0) {
        idle--;
        wish.granted = true;
      } else {
        line.add(wish);
      }
    }

    /** Counts. */
    public boolean tryAcquire(int thread) {
      if (idle > 0) {
        idle--;
        held[thread]++;
      }
      return held[thread] > 0;
    }

    /** Leaves the line. */
    public boolean cancel(int thread) {
      Wish oldest = wanted.get(thread).poll();
      if (oldest == null) {
        return false;
      }
      if (line.remove(oldest)) {
        return true;
      }
      held[thread]++;
      return false;
    }

    /** Serves the first in line, or counts. */
    public boolean release(int thread) {
      if (held[thread] > 0) {
        held[thread]--;
      } else {
        Wish oldest = wanted.get(thread).peek();
        if (oldest == null || !oldest.granted) {
          return false;
        }
        wanted.get(thread).remove();
      }
      Wish first = line.poll();
      if (first == null) {
        idle++;
      } else {
        first.granted = true;
      }
      return true;
    }
  }

  /** A checker that cannot look into the code would report success. */
  @Tag("heavy")
  @Test
  void plantedBugIsFound_whenInterleavingsAreWalked() {
    Lincheck.assumeNamesSurvive();
    Lincheck.assertFinds(interleavings(), LooksBeforeItLeaves.class);
  }

  @Tag("heavy")
  @Test
  void everyInterleavingGivesWhatACounterAndALineCouldGive() throws LincheckAssertionError {
    Lincheck.assumeNamesSurvive();
    interleavings().check(LeasesLincheckTest.class);
  }

  private static ModelCheckingOptions interleavings() {
    // A recursion of fixed depth, which Lincheck would take for one without end.
    ManagedStrategyGuarantee stackRoomEnds =
        ManagedStrategyGuaranteeKt.forClasses(StackRoom.class.getName()).allMethods().ignore();
    return new ModelCheckingOptions()
        .addGuarantee(stackRoomEnds)
        .sequentialSpecification(CounterAndLine.class)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(2)
        .iterations(Integer.getInteger("lincheck.iterations", 5))
        .invocationsPerIteration(Integer.getInteger("lincheck.invocations", 100));
  }

  @Tag("heavy")
  @Test
  void everyRaceOfThreadsGivesWhatACounterAndALineCouldGive() throws LincheckAssertionError {
    Lincheck.assumeNamesSurvive();
    new StressOptions()
        .sequentialSpecification(CounterAndLine.class)
        .threads(THREADS)
        .actorsPerThread(4)
        .actorsBefore(0)
        .actorsAfter(2)
        .iterations(Integer.getInteger("lincheck.iterations", 10))
        .invocationsPerIteration(Integer.getInteger("lincheck.invocations", 500))
        .check(LeasesLincheckTest.class);
  }
}
