package dev.pools.connection;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The only connection is put back while somebody comes for it who may be overtaken, and by nobody
 * is: he gets it, whether he finds it idle or is called for it. It is never idle while he waits.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "he has it")
@Outcome(expect = Expect.FORBIDDEN, desc = "he waits for what is idle, or it is in two hands")
@State
public class ReleaseVsBarger {

  private final ConnectionPool<Object> pool =
      ConnectionPool.builder(Object::new)
          .executor(Runnable::run)
          .fairness(Fairness.THROUGHPUT)
          .maxSize(1)
          .build();
  private final Lease<Object> lease;
  private volatile CompletableFuture<Lease<Object>> coming = new CompletableFuture<>();

  /** The lease is one that was taken without the lock. */
  public ReleaseVsBarger() {
    pool.acquireAsync().join().close();
    lease = pool.acquireAsync().join();
  }

  /** The holder puts it back. */
  @Actor
  public void putBack() {
    lease.close();
  }

  /** Another comes. */
  @Actor
  public void acquire() {
    coming = pool.acquireAsync();
  }

  /** Looks who has it. */
  @Arbiter
  public void end(II_Result result) {
    result.r1 = coming.isDone() ? 1 : 0;
    result.r2 = pool.stats().inUse();
    pool.stop(Duration.ZERO);
  }
}
