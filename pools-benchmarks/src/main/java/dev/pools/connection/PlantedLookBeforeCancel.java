package dev.pools.connection;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * A planted bug: a waiter that gives up looks whether it was served, and ignores that its
 * cancellation may be too late. What it is granted in between is lost.
 */
@JCStressTest
@Outcome(id = "0", expect = Expect.ACCEPTABLE, desc = "no lease is left")
@Outcome(expect = Expect.FORBIDDEN, desc = "a lease is lost: the planted bug")
@State
public class PlantedLookBeforeCancel {

  private final ConnectionPool<Object> pool =
      ConnectionPool.builder(Object::new).executor(Runnable::run).maxSize(1).build();
  private final Lease<Object> only;
  private final CompletableFuture<Lease<Object>> waiting;

  /** One connection, which is leased, and a waiter. */
  public PlantedLookBeforeCancel() {
    only = pool.acquireAsync().join();
    waiting = pool.acquireAsync();
  }

  /** Its user gives it back. */
  @Actor
  public void release() {
    only.close();
  }

  /** The waiter gives up. */
  @Actor
  public void giveUp() {
    if (waiting.isDone()) {
      waiting.join().close();
    } else {
      waiting.cancel(false);
    }
  }

  /** Looks at the end. */
  @Arbiter
  public void end(I_Result result) {
    result.r1 = pool.inUse();
    pool.stop(Duration.ZERO);
  }
}
