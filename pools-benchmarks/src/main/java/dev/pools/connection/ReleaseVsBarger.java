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
 * The only connection is put back while a caller asks for it that may be overtaken, and no other
 * caller does so. The caller gets it, whether it finds the connection idle or is called for it. The
 * connection is never idle while the caller waits.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the caller has it")
@Outcome(
    expect = Expect.FORBIDDEN,
    desc = "the caller waits although it is idle, or it has two owners")
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
