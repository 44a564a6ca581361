package dev.pools.connection;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * A lease is closed by two threads at a time, while another may take what comes back: one counts.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "one end, and the next lease stays")
@Outcome(expect = Expect.FORBIDDEN, desc = "ended twice, or lost, or in two hands")
@State
public class ReleaseVsRelease {

  private final ConnectionPool<Object> pool =
      ConnectionPool.builder(Object::new).executor(Runnable::run).maxSize(1).build();
  private final Lease<Object> lease;

  /** The lease is one that was taken without the lock. */
  public ReleaseVsRelease() {
    pool.acquireAsync().join().close();
    lease = pool.acquireAsync().join();
  }

  /** One of its users closes it. */
  @Actor
  public void close() {
    lease.close();
  }

  /** So does another, who then takes it, if it is there, and keeps it. */
  @Actor
  public void closeTooAndTake(II_Result result) {
    lease.close();
    result.r2 = pool.tryAcquire().isPresent() ? 1 : 0;
  }

  /** Looks whether the books say the same. */
  @Arbiter
  public void end(II_Result result) {
    ConnectionPoolStats stats = pool.stats();
    boolean isRight = stats.size() == 1 && stats.inUse() == result.r2 && lease.isClosed();
    result.r1 = isRight ? 1 : 0;
    pool.stop(Duration.ZERO);
  }
}
