package dev.pools.connection;

import java.time.Duration;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/** The only connection comes back while the patience of the one who waits for it ends. */
@JCStressTest
@Outcome(
    id = "0, 1",
    expect = Expect.ACCEPTABLE,
    desc = "the caller has timed out, the pool has it")
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the caller has had it")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost, or in two hands")
@State
public class TimeoutVsGrant {

  private final ConnectionPool<Object> pool =
      ConnectionPool.builder(Object::new).executor(Runnable::run).maxSize(1).build();
  private final Lease<Object> held;

  /** Somebody has the connection. */
  public TimeoutVsGrant() {
    pool.acquireAsync().join().close();
    held = pool.acquireAsync().join();
  }

  /** One who waits for next to no time. */
  @Actor
  public void acquire(II_Result result) {
    try {
      pool.acquire(Duration.ofNanos(5_000)).close();
      result.r1 = 1;
    } catch (AcquireTimeoutException late) {
      result.r1 = 0;
    } catch (InterruptedException nobodyDoes) {
      throw new IllegalStateException(nobodyDoes);
    }
  }

  /** The holder gives it back. */
  @Actor
  public void release() {
    held.close();
  }

  /** Counts. */
  @Arbiter
  public void end(II_Result result) {
    ConnectionPoolStats stats = pool.stats();
    result.r2 = stats.idle() == 1 && stats.inUse() == 0 && stats.waiting() == 0 ? 1 : -1;
    pool.stop(Duration.ZERO);
  }
}
