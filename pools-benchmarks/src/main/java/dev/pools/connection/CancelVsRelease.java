package dev.pools.connection;

import java.util.concurrent.CompletableFuture;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;

/**
 * The only connection is released while the caller that waits for it gives up. Either the caller
 * has it, or the pool has it; it is not lost, and it does not have two owners.
 */
@JCStressTest
@Outcome(id = "1, 0", expect = Expect.ACCEPTABLE, desc = "gave up in time, the pool has it")
@Outcome(id = "0, 1", expect = Expect.ACCEPTABLE, desc = "too late to give up, the caller has it")
@Outcome(expect = Expect.FORBIDDEN, desc = "lost, or in two hands")
@State
public class CancelVsRelease {

  private final ConnectionPool<Object> pool =
      ConnectionPool.builder(Object::new).executor(Runnable::run).maxSize(1).build();
  private final Lease<Object> held;
  private final CompletableFuture<Lease<Object>> waiting;

  /** One has the connection, another waits for it. */
  public CancelVsRelease() {
    held = pool.acquireAsync().join();
    waiting = pool.acquireAsync();
  }

  /** The one who waits gives up. */
  @Actor
  public void cancel(II_Result result) {
    result.r1 = waiting.cancel(false) ? 1 : 0;
  }

  /** The holder gives it back. */
  @Actor
  public void release() {
    held.close();
  }

  /** Looks who has it. */
  @Arbiter
  public void end(II_Result result) {
    boolean has = !waiting.isCancelled() && waiting.isDone();
    int inUse = pool.stats().inUse();
    result.r2 = inUse == (has ? 1 : 0) && pool.stats().idle() == 1 - inUse ? inUse : -1;
    if (has) {
      waiting.join().close();
    }
    pool.stop();
  }
}
