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
 * The only connection is released while the caller that waits for it parks. The caller is woken, or
 * does not park at all. It is never granted to a caller that stays parked.
 */
@JCStressTest
@Outcome(id = "1, 1", expect = Expect.ACCEPTABLE, desc = "the caller has had it")
@Outcome(expect = Expect.FORBIDDEN, desc = "the caller was parked until its timeout")
@State
public class SleepVsGrant {

  /** Long after the holder must have given it back. */
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final ConnectionPool<Object> pool =
      ConnectionPool.builder(Object::new).executor(Runnable::run).maxSize(1).build();
  private final Lease<Object> held;

  /** Somebody has the connection. */
  public SleepVsGrant() {
    pool.acquireAsync().join().close();
    held = pool.acquireAsync().join();
  }

  /** One who waits. */
  @Actor
  public void acquire(II_Result result) {
    long before = System.nanoTime();
    try {
      pool.acquire(PATIENCE.multipliedBy(2)).close();
    } catch (InterruptedException nobodyDoes) {
      throw new IllegalStateException(nobodyDoes);
    }
    result.r1 = System.nanoTime() - before < PATIENCE.toNanos() ? 1 : 0;
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
