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

/** The pool is made smaller while connections are taken and put back: in the end it is smaller. */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "one is left, and the resize is over")
@Outcome(expect = Expect.FORBIDDEN, desc = "too many are left, or the resize hangs")
@State
public class ResizeVsAcquire {

  private final ConnectionPool<Object> pool =
      ConnectionPool.builder(Object::new).executor(Runnable::run).maxSize(2).build();
  private final Lease<Object> lease;
  private volatile CompletableFuture<Void> resized = new CompletableFuture<>();

  /** Two connections, one of them leased without the lock. */
  public ResizeVsAcquire() {
    Lease<Object> first = pool.acquireAsync().join();
    pool.acquireAsync().join().close();
    first.close();
    lease = pool.acquireAsync().join();
  }

  /** The operator. */
  @Actor
  public void resize() {
    resized = pool.resize(0, 1);
  }

  /** A user, who gives one back, and takes one and gives that back. */
  @Actor
  public void putBackAndTake() {
    lease.close();
    pool.tryAcquire().ifPresent(Lease::close);
  }

  /** Counts. */
  @Arbiter
  public void end(II_Result result) {
    ConnectionPoolStats stats = pool.stats();
    result.r1 = stats.size() + stats.closing() - stats.inUse();
    result.r2 = Awaited.completes(resized) ? 1 : 0;
    pool.stop(Duration.ZERO);
  }
}
