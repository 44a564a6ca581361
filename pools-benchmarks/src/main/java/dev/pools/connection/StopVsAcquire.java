package dev.pools.connection;

import dev.pools.benchmarks.Awaited;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** A pool is stopped while its connection is taken, kept for a moment and put back. */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "nothing is left, and the stop is over")
@Outcome(expect = Expect.FORBIDDEN, desc = "a connection is left, or the stop hangs")
@State
public class StopVsAcquire {

  private final ConnectionPool<Object> pool =
      ConnectionPool.builder(Object::new).executor(Runnable::run).maxSize(1).build();
  private volatile CompletableFuture<Void> stopped = new CompletableFuture<>();

  /** The connection is idle. */
  public StopVsAcquire() {
    pool.acquireAsync().join().close();
  }

  /** The operator, which waits for the holder of a connection. */
  @Actor
  public void stop() {
    stopped = pool.stop(Duration.ofHours(1));
  }

  /** A user, which may be rejected. */
  @Actor
  public void takeAndPutBack() {
    CompletableFuture<Lease<Object>> lease = pool.acquireAsync();
    if (!lease.isCompletedExceptionally()) {
      lease.join().close();
    }
  }

  /** Counts. */
  @Arbiter
  public void end(II_Result result) {
    ConnectionPoolStats stats = pool.stats();
    result.r1 = stats.size() + stats.closing() + stats.waiting();
    result.r2 = Awaited.completes(stopped) ? 1 : 0;
    pool.stop(Duration.ZERO);
  }
}
