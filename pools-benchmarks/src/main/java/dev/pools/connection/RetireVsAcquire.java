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

/** All connections are evicted while one is taken: who takes an old one gives it back for good. */
@JCStressTest
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "no old one is left")
@Outcome(expect = Expect.FORBIDDEN, desc = "an old one stays, or the eviction hangs")
@State
public class RetireVsAcquire {

  private final ConnectionPool<Object> pool =
      ConnectionPool.builder(Object::new).executor(Runnable::run).minSize(0).maxSize(1).build();
  private volatile CompletableFuture<Integer> evicted = new CompletableFuture<>();

  /** The connection is idle. */
  public RetireVsAcquire() {
    pool.acquireAsync().join().close();
  }

  /** The operator. */
  @Actor
  public void evict() {
    evicted = pool.softEvict();
  }

  /** A user, who makes none if there is none. */
  @Actor
  public void takeAndPutBack() {
    pool.tryAcquire().ifPresent(Lease::close);
  }

  /** Counts those that were made before the eviction and are left. */
  @Arbiter
  public void end(II_Result result) {
    ConnectionPoolStats stats = pool.stats();
    result.r1 = stats.created() == 1 ? stats.size() + stats.closing() : 0;
    result.r2 = Awaited.completes(evicted) ? 1 : 0;
    pool.stop(Duration.ZERO);
  }
}
